"""1,000 damaged files are wholly applied or wholly refused; 50 kills leave one of two states."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from competency.errors import InvalidFile
from tests.support.cast import World
from tests.support.import_kills import kill_at
from tests.support.measured_files import Way, damaged
from tests.support.measurements import bring_in, stored, with_source

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
FILES = 1_000
CELL = re.compile(r"row \d+, [^:]+: ")
ROW = re.compile(r"row \d+: (The file|This row|This is not a CSV file)")


def is_placed(seed: int, fault: str) -> bool:
    """Return whether a fault names file, row and column, as far as it has any.

    What is wrong with a whole row has no column, and a container that can't be opened no row.
    """
    name, _, rest = fault.partition(" ")
    if re.fullmatch(rf"damaged-{seed}\.[a-z]+[,:]", name) is None:
        return False
    return bool(CELL.match(rest) or ROW.match(rest)) or "can't be read" in rest


def test_a_thousand_damaged_files_are_wholly_applied_or_wholly_refused(world: World) -> None:
    with_source(world)
    profile = Way(written="hh:mm:ss").profile()
    refused = placed = 0
    for seed in range(FILES):
        before = stored(world)
        try:
            done = bring_in(world, damaged(seed), profile=profile)
        except InvalidFile as error:
            refused += 1
            assert stored(world) == before, seed
            placed += bool(error.faults) and all(is_placed(seed, one) for one in error.faults)
        else:
            assert len(stored(world)) == len(before) + done.merge.added, seed
    print(f"{refused} of {FILES} refused, {placed} with their place")  # noqa: T201 - the figure is the point
    assert placed == refused
    assert FILES / 2 < refused < FILES


def test_fifty_kills_of_an_import_leave_one_of_two_states(
    world: World, database_url: str, tmp_path: Path
) -> None:
    died, broken = kill_at(world, database_url, tmp_path, 50)
    assert broken == []
    assert died > 0
