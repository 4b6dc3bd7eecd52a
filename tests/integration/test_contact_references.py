"""References of imported contacts: kept once, for some days, and gone with what brought them."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from competency.database.transactions import unit_of_work
from competency.errors import InvalidFile
from competency.kpis.import_contacts import forget_old_contacts
from competency.kpis.import_profile import read_profile
from competency.kpis.importing import reverse_import
from competency.kpis.models import ContactReference
from competency.people.models import Employee
from tests.support.cast import NOW, World
from tests.support.measurements import bring_in, faults, named, stored, with_source
from tests.support.register import erase

CALLS = """format: 1
source: telephony
shape: calls
person: {column: Agent}
day: Began
fields:
  handled: {where: {column: State, values: [answered]}}
contact:
  reference: Call
  line: Line
  where: {column: State, values: [answered]}
  kept_days: 30
"""
HEAD = "Agent,Began,State,Call,Line,Caller\n"
FILE = (
    HEAD
    + "E301,2026-03-02 09:00,answered,LL-1,Sur,+56 canario\n"
    + "e301,2026-03-02 10:00,answered,LL-2,,+56 canario\n"
    + "E301,2026-03-02 10:00,answered,LL-2,,+56 canario\n"
    + "E301,2026-03-02 11:00,lost,LL-3,,+56 canario\n"
    + "E302,2026-03-03 11:00,answered,LL-1,,\n"
    + "E302,2026-03-03 11:00,answered,,,\n"
    + "E301,2026-02-01 11:00,answered,LL-0,,\n"
)


def kept(world: World) -> list[tuple[str, str, str, str | None]]:
    """Return the references that are kept: number, day, reference and line."""
    world.session.rollback()
    rows = world.session.execute(
        sa.select(
            Employee.employee_number,
            ContactReference.day,
            ContactReference.reference,
            ContactReference.line,
        )
        .join(Employee, Employee.id == ContactReference.employee_id)
        .order_by(Employee.employee_number, ContactReference.reference)
    )
    return [(number, day.isoformat(), call, line) for number, day, call, line in rows]


ALL = [
    ("E301", "2026-03-02", "LL-1", "Sur"),
    ("E301", "2026-03-02", "LL-2", None),
    ("E302", "2026-03-03", "LL-1", None),
]


def test_references_of_counted_contacts_are_kept_once_and_nothing_else(world: World) -> None:
    with_source(world)
    bring_in(world, named(FILE), profile=CALLS)
    assert kept(world) == ALL
    assert bring_in(world, named(FILE), profile=CALLS).public_id is None
    assert kept(world) == ALL
    columns = {column.name for column in sa.inspect(ContactReference).columns}
    assert columns == {
        "id",
        "employee_id",
        "day",
        "source_id",
        "import_id",
        "kept_until",
        "campaign_id",
        "reference",
        "channel",
        "line",
    }


def test_a_profile_that_begins_to_name_contacts_brings_them_without_new_figures(
    world: World,
) -> None:
    with_source(world)
    bring_in(world, named(FILE), profile=CALLS.partition("contact:")[0])
    before = stored(world)
    assert kept(world) == []
    assert bring_in(world, named(FILE), profile=CALLS).public_id is not None
    assert (stored(world), kept(world)) == (before, ALL)


def test_a_reversed_import_takes_its_references_along(world: World) -> None:
    with_source(world)
    first = bring_in(world, named(FILE), profile=CALLS)
    later = HEAD + "E302,2026-03-04 11:00,answered,LL-9,,\n"
    bring_in(world, named(later), profile=CALLS)
    with unit_of_work(world.session):
        reverse_import(
            world.session,
            actor=world.actor("hilda"),
            now=NOW,
            public_id=str(first.public_id),
            reason="Otro día",
        )
    assert kept(world) == [("E302", "2026-03-04", "LL-9", None)]


def test_references_go_with_the_person_and_with_their_last_day(world: World) -> None:
    with_source(world)
    bring_in(world, named(FILE), profile=CALLS)
    erase(world)
    assert kept(world) == ALL[2:]
    for days, left in ((30, ALL[2:]), (40, [])):
        with unit_of_work(world.session):
            forget_old_contacts(
                world.session, actor=world.system(), now=NOW + timedelta(days=days - 8)
            )
        assert kept(world) == left


def test_what_cannot_be_kept_is_a_fault_at_its_place(world: World) -> None:
    with_source(world)
    long = HEAD + f"E301,2026-03-02 09:00,answered,{'x' * 81},,\n"
    [fault] = faults(world, named(long), profile=CALLS)
    assert "row 2, Call: A contact's reference" in fault
    wide = CALLS.replace("shape: calls", "shape: wide").replace(
        "{where: {column: State, values: [answered]}}\ncontact", "{column: Calls}\ncontact"
    )
    assert "only a file of contacts names them" in " ".join(faults_of_profile(wide))


def faults_of_profile(text: str) -> list[str]:
    """Return the faults of a profile."""
    try:
        read_profile(text)
    except InvalidFile as error:
        return list(error.faults)
    return []
