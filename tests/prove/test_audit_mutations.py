"""A thousand ways of tampering with the audit chain, on each database."""

from __future__ import annotations

import pytest

from tests.support.cast import World
from tests.support.chain import grow, tamper_again_and_again

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def test_a_thousand_ways_of_tampering_are_all_found_given_one_checkpoint(world: World) -> None:
    grow(world, 40)
    assert tamper_again_and_again(world.session, seed=33, times=1000) == []
