"""What was acknowledged survives SIGKILL: two hundred on each database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.appraisals import open_road
from tests.support.cast import World
from tests.support.kills import kill_again_and_again

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


def test_two_hundred_kills_lose_nothing_that_was_acknowledged(
    world: World, database_url: str, tmp_path: Path
) -> None:
    ledger, broken = kill_again_and_again(
        open_road(world), database_url, tmp_path, times=200, seed=200
    )
    assert broken == []
    print(f"{ledger.saves} saves, {ledger.submissions} submissions, {ledger.cut_short} cut short")  # noqa: T201 - the figure is the point
    assert ledger.saves > 1000
    assert ledger.submissions > 50
    assert ledger.cut_short > 100
