"""Ten thousand generated appraisals: the same on both databases and in twelve time zones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.support.databases import PostgresqlTemplate, SqliteTemplate
from tests.support.many import ZONES, Line, runs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

ROUNDS = 840
"""Of twelve people each."""
EVERYWHERE = 4
"""Rounds that run in each of the zones on each database."""


def test_ten_thousand_outcomes_are_the_same_on_both_databases(
    sqlite_template: SqliteTemplate, postgresql_template: PostgresqlTemplate, tmp_path: Path
) -> None:
    name, part = "ten_thousand", ROUNDS // len(ZONES)
    addresses = (sqlite_template.copy(name), postgresql_template.copy(name))
    found: list[Line] = []
    for number in range(len(ZONES)):
        zones = (ZONES[number], ZONES[(number + 5) % len(ZONES)])
        here, there = runs(
            dict(zip(addresses, zones, strict=True)),
            tmp_path,
            seed=10_000,
            first=number * part,
            last=(number + 1) * part,
        )
        assert here == there, zones
        found += here
    assert len(found) >= 10_000
    results = Counter((line[2], line[3]) for line in found)
    print(dict(results))  # noqa: T201 - what they came to is the point
    assert min(results.values()) >= 10
    sqlite_template.drop(name)
    postgresql_template.drop(name)


def test_the_same_appraisals_come_to_the_same_in_each_of_twelve_zones(
    sqlite_template: SqliteTemplate, postgresql_template: PostgresqlTemplate, tmp_path: Path
) -> None:
    told = []
    for number, zone in enumerate(ZONES):
        name = f"everywhere_{number}"
        places = {sqlite_template.copy(name): zone, postgresql_template.copy(name): zone}
        told += runs(places, tmp_path, seed=12, last=EVERYWHERE)
        sqlite_template.drop(name)
        postgresql_template.drop(name)
    assert len(told) == 2 * len(ZONES)
    assert all(lines == told[0] for lines in told)
