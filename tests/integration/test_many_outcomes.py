"""The same appraisals come to the same on both databases, wherever a server stands."""

from __future__ import annotations

from pathlib import Path

from tests.support.databases import PostgresqlTemplate, SqliteTemplate
from tests.support.many import ZONES, runs

ROUNDS = 8


def test_outcomes_are_the_same_on_both_databases_in_zones_a_day_apart(
    sqlite_template: SqliteTemplate, postgresql_template: PostgresqlTemplate, tmp_path: Path
) -> None:
    name = "many_outcomes"
    places = {
        sqlite_template.copy(name): ZONES[0],
        postgresql_template.copy(name): ZONES[-1],
    }
    here, there = runs(places, tmp_path, seed=1, last=ROUNDS)
    assert len(here) == ROUNDS * len(ZONES)
    assert here == there
    assert len({line[4] for line in here}) > ROUNDS * 4, "they are not all alike"
    sqlite_template.drop(name)
    postgresql_template.drop(name)


def test_days_are_those_of_where_a_person_works(
    sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    places = {sqlite_template.copy("own_zones"): "UTC"}
    [own] = runs(places, tmp_path, seed=1, last=ROUNDS)
    places = {sqlite_template.copy("one_zone"): "UTC"}
    [same] = runs(places, tmp_path, seed=1, last=ROUNDS, one_zone="UTC")
    shifted = {line[1] for line, other in zip(own, same, strict=True) if line[4] != other[4]}
    assert ZONES.index("UTC") not in shifted
    assert shifted, "the same facts come to something else where the day is another"
    sqlite_template.drop("own_zones")
    sqlite_template.drop("one_zone")
