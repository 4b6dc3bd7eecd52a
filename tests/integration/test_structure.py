"""The organisation from one file: applied again it changes nothing, and faults are placed."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from competency import clock
from competency.audit.models import AuditEvent
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, InvalidFile, NotAllowed
from competency.people.models import Campaign, Employer, Organisation, Position, Site, Team
from competency.people.setup_cli import read_structure
from competency.people.structure import Structure, apply_structure
from tests.support.cast import World

TEXT = """
organisation: Centro de Pruebas
employers:
  - code: CDP
    legal_name: Centro de Pruebas SpA
    country: CL
    tax_number: 76.000.000-0
    time_zone: America/Santiago
    language: es
    sites:
      - name: Santiago
        time_zone: America/Santiago
        teams: [Equipo Uno, Equipo Dos]
      - {name: Arica, time_zone: America/Santiago}
    campaigns:
      - {code: ALFA, name: Servicio Alfa}
      - {code: BETA, name: Servicio Beta}
  - code: CDP-IT
    legal_name: Centro Prove S.r.l.
    country: IT
    time_zone: Europe/Rome
    language: it
positions:
  - {code: supervisor, title: Supervisor de oficina comercial}
  - {code: agent, title: Agente}
"""
TABLES = (Organisation, Employer, Site, Team, Campaign, Position)


def read(folder: Path, text: str = TEXT) -> Structure:
    """Return the structure of a file."""
    path = folder / "organisation.yaml"
    path.write_text(text, encoding="utf-8")
    return read_structure(path)


def faults(folder: Path, text: str) -> tuple[str, ...]:
    """Return the faults that refuse a file."""
    with pytest.raises(InvalidFile) as refused:
        read(folder, text)
    return tuple(fault.removeprefix(f"{folder}/") for fault in refused.value.faults)


def apply(world: World, structure: Structure, name: str = "") -> None:
    """Apply a structure as the system, or as somebody of the cast."""
    with unit_of_work(world.session):
        actor = world.actor(name) if name else world.system()
        apply_structure(world.session, actor=actor, now=clock.now(), structure=structure)


def rows(world: World) -> list[tuple[object, ...]]:
    """Return every row of the structure's tables."""
    world.session.rollback()
    return [
        (table.__name__, *row)
        for table in TABLES
        for row in world.session.execute(sa.select(table.__table__).order_by(table.id))
    ]


def applications(world: World) -> list[dict[str, int]]:
    """Return what each recorded application changed."""
    world.session.rollback()
    query = sa.select(AuditEvent.data).where(AuditEvent.action == "organisation.applied")
    return list(world.session.scalars(query.order_by(AuditEvent.sequence)))


def test_what_is_missing_is_made_and_what_was_there_stays(world: World, tmp_path: Path) -> None:
    before = rows(world)
    apply(world, read(tmp_path))
    after = rows(world)
    assert [row for row in before if row in after] == before
    assert len(after) - len(before) == 5
    assert applications(world) == [{"added": 5, "changed": 0}]


def test_the_same_file_again_changes_nothing_and_records_nothing(
    world: World, tmp_path: Path
) -> None:
    apply(world, read(tmp_path))
    before = rows(world)
    apply(world, read(tmp_path))
    assert rows(world) == before
    assert len(applications(world)) == 1


def test_a_changed_name_is_changed_in_place_and_what_is_left_out_stays(
    world: World, tmp_path: Path
) -> None:
    apply(world, read(tmp_path))
    before = rows(world)
    changed = TEXT.replace("title: Agente", "title: Agente de atención")
    left_out = changed.replace("      - {name: Arica, time_zone: America/Santiago}\n", "")
    apply(world, read(tmp_path, left_out))
    after = rows(world)
    assert [row[:3] for row in after] == [row[:3] for row in before]
    assert sum(row not in before for row in after) == 1
    assert applications(world)[1] == {"added": 0, "changed": 1}


def test_a_campaign_of_another_employer_is_not_taken_over(world: World, tmp_path: Path) -> None:
    taken = TEXT.replace(
        "    language: it\n", "    language: it\n    campaigns: [{code: ALFA, name: Mía}]\n"
    )
    before = rows(world)
    with pytest.raises(Invalid, match="ALFA"):
        apply(world, read(tmp_path, taken))
    assert rows(world) == before


def test_only_human_resources_over_all_change_the_structure(world: World, tmp_path: Path) -> None:
    structure = read(tmp_path)
    for name in ("simon", "ada", "augusto", "aurora"):
        with pytest.raises(NotAllowed):
            apply(world, structure, name)
    apply(world, structure, "hilda")


def test_every_fault_is_placed_in_one_run(tmp_path: Path) -> None:
    text = """organisation: " "
employers:
  - code: low case
    legal_name: X
    country: CHL
    time_zone: Mars/Olympus
    language: xx
    surprise: 1
    sites:
      - {name: A, time_zone: Europe/Rome}
      - {name: A, time_zone: Europe/Rome}
positions:
  - {code: x, title: y}
  - {code: x, title: z}
accent_colour: red
"""
    found = faults(tmp_path, text)
    for place, word in (
        ("1:15", "organisation"),
        ("3:11", "code"),
        ("5:14", "country"),
        ("6:16", "time_zone"),
        ("7:15", "language"),
        ("8:5", "surprise"),
        ("10:7", "name A is there twice"),
        ("13:3", "code x is there twice"),
        ("15:16", "accent_colour"),
    ):
        expected = f"organisation.yaml:{place}: "
        assert any(f.startswith(expected) and word in f for f in found), (place, found)
    assert len(found) == 9


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list",
        "organisation: x",
        "organisation: x\nemployers: []",
        "a: *b",
        "a: !!python/x 1",
    ],
)
def test_a_file_that_describes_no_organisation_is_refused_with_a_place(
    tmp_path: Path, text: str
) -> None:
    assert all(fault.startswith("organisation.yaml:") for fault in faults(tmp_path, text))
    assert faults(tmp_path, text)


def test_a_text_longer_than_its_column_is_a_fault_of_the_file(tmp_path: Path) -> None:
    long = TEXT.replace("76.000.000-0", "7" * 33).replace("Servicio Beta", "b" * 121)
    assert len(faults(tmp_path, long)) == 2
