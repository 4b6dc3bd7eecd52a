"""What was acknowledged survives SIGKILL: ten on each database (``tests/prove`` does 200)."""

from __future__ import annotations

from pathlib import Path

from tests.support.appraisals import open_road
from tests.support.cast import World
from tests.support.kills import kill_again_and_again


def test_ten_kills_lose_nothing_that_was_acknowledged(
    world: World, database_url: str, tmp_path: Path
) -> None:
    ledger, broken = kill_again_and_again(
        open_road(world), database_url, tmp_path, times=10, seed=10
    )
    assert broken == []
    assert ledger.saves > 0
    assert ledger.cut_short > 0
