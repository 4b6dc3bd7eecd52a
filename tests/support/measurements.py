"""Files of measurements, a source to import them from, and what the database then holds."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.errors import InvalidFile
from competency.kpis.import_files import NamedFile
from competency.kpis.import_preparing import Prepared, prepare
from competency.kpis.import_profile import read_profile
from competency.kpis.importing import Imported, apply_import
from competency.kpis.models import DataSource, KpiName, Measurement, ReplacedMeasurement
from competency.kpis.schema import SourceKind
from competency.people.models import Employee
from tests.support.cast import NOW, World
from tests.support.catalogue import publish_shipped

WIDE = """format: 1
source: telephony
shape: wide
person: {column: Agent}
day: Date
fields:
  handled: {column: Calls}
  handle-seconds: {column: Time, written: 'hh:mm:ss'}
"""
HEAD = "Agent,Date,Calls,Time\n"
Values = dict[tuple[str, str, date], tuple[int, int | None]]


def with_source(world: World) -> None:
    """Publish the shipped indicators, and add the source that files come from."""
    publish_shipped(world)
    add_source(world)


def add_source(world: World) -> DataSource:
    """Add the source that files come from."""
    with unit_of_work(world.session):
        source = DataSource(code="telephony", name="Telephony", kind=SourceKind.FILES)
        world.session.add(source)
        exempt(world.session, "a test's source")
    return source


def named(text: str | bytes, name: str = "a.csv") -> NamedFile:
    """Return a file."""
    return NamedFile(name, text.encode() if isinstance(text, str) else text)


def prepared(world: World, *files: NamedFile, profile: str = WIDE, now: datetime = NOW) -> Prepared:
    """Return what Hilda's files hold."""
    return prepare(
        world.session,
        actor=world.actor("hilda"),
        now=now,
        files=files,
        profile=read_profile(profile),
    )


def bring_in(world: World, *files: NamedFile, profile: str = WIDE, now: datetime = NOW) -> Imported:
    """Import files as Hilda; raise the refusal where they are refused."""
    found = prepared(world, *files, profile=profile, now=now)
    with unit_of_work(world.session):
        return apply_import(world.session, actor=world.actor("hilda"), now=now, prepared=found)


def faults(world: World, *files: NamedFile, profile: str = WIDE) -> list[str]:
    """Return the faults of files as sentences."""
    try:
        return [str(fault) for fault in prepared(world, *files, profile=profile).faults]
    except InvalidFile as error:
        return [str(error), *error.faults]


def stored(world: World, table: type[Measurement | ReplacedMeasurement] = Measurement) -> Values:
    """Return what is stored by number, indicator and day."""
    rows = world.session.execute(
        sa.select(
            Employee.employee_number, KpiName.slug, table.day, table.numerator, table.denominator
        )
        .join(Employee, Employee.id == table.employee_id)
        .join(KpiName, KpiName.id == table.kpi_id)
    ).all()
    world.session.rollback()
    found = {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}
    assert len(found) == len(rows)
    return found
