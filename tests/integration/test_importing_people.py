"""Importing people: every fault at once, all or nothing, and again changes nothing."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from competency.audit.models import AuditEvent
from competency.audit.operations import exempt
from competency.cli import main
from competency.database.transactions import unit_of_work
from competency.errors import InvalidFile, NotAllowed
from competency.extensions import db
from competency.people.history import history
from competency.people.import_file import read_people
from competency.people.importing import ImportResult, import_people, preview_people
from competency.people.models import Campaign, Employee, Employer, Team
from competency.people.queries import standing
from tests.support.cast import World

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
AnySession = Session | scoped_session[Session]
COLUMNS = (
    "employer,employee_number,given_name,family_name,second_family_name,patronymic,"
    "national_id,email,document_language,hired_on,site,team,position,supervisor,campaign"
)
PLACE = "Santiago,Equipo Uno,supervisor"
BOSS = f"CDP,N1,Íñigo,O'Higgins,Ñandú,,12.345.678-5,i@example.org,es,2026-01-05,{PLACE},E200,ALFA"
AGENT = f"CDP,N2,Lía,Prueba,,,,,,2026-02-01,{PLACE},n1,Servicio Alfa"


def table(*rows: str) -> str:
    return "\n".join([COLUMNS, *rows, ""])


def run(world: World, text: str, name: str = "hilda") -> ImportResult:
    lines = read_people(text.encode())
    assert not lines.faults
    with unit_of_work(world.session):
        return import_people(world.session, actor=world.actor(name), now=NOW, rows=lines.lines)


def looked_at(world: World, text: str) -> list[str]:
    result = preview_people(
        world.session, actor=world.actor("hilda"), now=NOW, file=read_people(text.encode())
    )
    return [str(fault) for fault in result.faults]


def named(session: AnySession, number: str) -> Employee:
    return session.scalars(sa.select(Employee).where(Employee.employee_number == number)).one()


def events(session: AnySession) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) or 0


def test_people_are_added_with_place_and_a_supervisor_from_the_same_file(world: World) -> None:
    assert run(world, table(AGENT, BOSS)) == ImportResult(added=2)
    boss, agent = named(world.session, "N1"), named(world.session, "N2")
    assert boss.printed_name == "Íñigo O'Higgins Ñandú"
    assert (agent.document_language, agent.national_id) == ("es", None)
    where = standing(world.session, agent.id, TODAY)
    assert (where.supervisor_id, len(where.campaign_ids)) == (boss.id, 1)
    assert where.team_id is not None
    assert {row.starts_on for row in history(world.session, agent.id)} == {date(2026, 2, 1)}


def test_the_same_file_again_changes_nothing_and_records_nothing(world: World) -> None:
    text = table(BOSS, AGENT)
    run(world, text)
    before = events(world.session)
    assert run(world, text) == ImportResult(unchanged=2)
    assert events(world.session) == before
    assert run(world, text.replace(",", ";").replace("Servicio Alfa", "ALFA")) == ImportResult(
        unchanged=2
    )


def test_a_change_holds_from_the_day_and_leaves_the_rest(world: World) -> None:
    run(world, table(BOSS, AGENT))
    session = world.session
    moved = AGENT.replace("Lía", "Lía Inés").replace("n1", "E400")
    assert run(world, table(BOSS, moved)) == ImportResult(changed=1, unchanged=1)
    agent = named(session, "N2")
    assert agent.search_key.startswith("lia ines")
    lines = [row for row in history(session, agent.id) if row.kind == "supervisor"]
    assert [(row.starts_on, row.ends_on) for row in lines] == [
        (TODAY, None),
        (date(2026, 2, 1), TODAY),
    ]
    assert len(history(session, agent.id)) == 5
    assert run(world, table(moved.replace("E400", "E500"))) == ImportResult(changed=1)
    assert run(world, table(moved.replace("E400", "E500"))) == ImportResult(unchanged=1)
    assert len(history(session, agent.id)) == 5


def test_an_empty_cell_clears_own_data_and_keeps_where_somebody_works(world: World) -> None:
    run(world, table(BOSS))
    bare = "CDP,N1,Íñigo,O'Higgins,,,,,,2026-01-05,,,,,"
    assert run(world, table(bare)) == ImportResult(changed=1)
    boss = named(world.session, "N1")
    assert (boss.second_family_name, boss.national_id, boss.email) == (None, None, None)
    assert boss.document_language == "es"
    assert standing(world.session, boss.id, TODAY).supervisor_id == world.employee("simon").id


def test_a_column_left_out_changes_nothing(world: World) -> None:
    run(world, table(BOSS))
    head = "employer,employee_number,given_name,family_name,hired_on\n"
    assert run(world, head + "CDP,N1,Íñigo,O'Higgins,2026-01-05\n") == ImportResult(unchanged=1)


def test_every_fault_is_named_in_one_run_and_nothing_is_imported(world: World) -> None:
    rows = (
        "CPD,N1,Ana,Uno,,,,,,2026-01-05,,,,,",
        "CDP,N2,Ana,Dos,,,12.345.678-9,,,2026-01-05,Santiagо,,Supervisor,E20X,ALPHA",
        "CDP,N3,Ana,Tres,,,12.345.678-5,,,2026-01-05,Santiago,Equipo Dos,,N3,",
        "CDP,N4,Ana,Cuatro,,,12345678-5,,,05/01/2026,,,,N9,",
        "CDP,Ñ5,Ana,Cinco,,,,,,2026-01-05,,,,,",
        "CDP,E301,Aurora,Ficticia,,,,,,2020-01-01,,,,,",
    )
    before = events(world.session)
    found = looked_at(world, table(*rows))
    assert [text.split(":")[0] for text in found] == [
        "row 2, employer",
        "row 3, site",
        "row 3, national_id",
        "row 3, position",
        "row 3, campaign",
        "row 3, supervisor",
        "row 4, team",
        "row 4, supervisor",
        "row 5, hired_on",
        "row 5, national_id",
        "row 5, supervisor",
        "row 6, employee_number",
        "row 7, hired_on",
    ]
    assert "did you mean “CDP”" in found[0]
    assert "is the identifier of N3" in found[9]
    with pytest.raises(InvalidFile) as refused:
        run(world, table(*rows[:3]))
    assert len(refused.value.faults) == 8
    world.session.rollback()
    assert events(world.session) == before
    assert (
        world.session.scalar(
            sa.select(sa.func.count()).select_from(Employee).where(Employee.employee_number == "N3")
        )
        == 0
    )


def test_reporting_lines_in_a_circle_are_faults(world: World) -> None:
    own = table("CDP,N1,Ana,Uno,,,,,,2026-01-05,,,,N2,", "CDP,N2,Ana,Dos,,,,,,2026-01-05,,,,N1,")
    assert [text.split(":")[0] for text in looked_at(world, own)] == [
        "row 2, supervisor",
        "row 3, supervisor",
    ]
    through_the_record = table("CDP,E400,Renata,Supuesta,,,,,,2024-01-08,,,,E301,")
    (fault,) = looked_at(world, through_the_record)
    assert "E400 → E301 → E200 → E400" in fault


def test_somebody_who_left_cannot_be_changed_or_be_a_supervisor(world: World) -> None:
    with unit_of_work(world.session):
        world.employee("bruno").left_on = TODAY
        exempt(world.session, "a test sets the scene")
    (fault,) = looked_at(world, table("CDP,E302,Bruno,Inventado,,,,,,2024-01-08,,,,,"))
    assert fault == "row 2, employee_number: This person left on 2026-03-10."
    (fault,) = looked_at(world, table("CDP,N2,Ana,Dos,,,,,,2026-01-05,,,,E302,"))
    assert fault.startswith("row 2, supervisor")


def test_only_human_resources_over_everyone_import_and_never_themselves(world: World) -> None:
    for name in ("simon", "ada", "augusto"):
        with pytest.raises(NotAllowed):
            run(world, table(BOSS), name)
    with pytest.raises(InvalidFile, match="faults: 1"):
        run(world, table("CDP,E100,Hilda Otra,Ejemplo,,,,,,2024-01-08,,,,,"))
    same = table("CDP,E100,Hilda,Ejemplo,,,,,,2024-01-08,,,,,")
    assert run(world, same) == ImportResult(unchanged=1)


def test_a_thousand_people_take_few_queries_and_seconds(app: Flask, world: World) -> None:
    assert app.testing
    teams = ["Equipo Uno", *(f"Equipo {number}" for number in range(2, 12))]
    with unit_of_work(world.session):
        site_id = world.session.scalars(sa.select(Team.site_id)).first()
        world.session.add_all(Team(site_id=site_id, name=name) for name in teams[1:])
        exempt(world.session, "a test sets the scene")
    rows = [
        f"CDP,M{i},Ana{i},Prueba,,,,,,2026-02-01,Santiago,{teams[i % 11]},supervisor,"
        f"{'E200' if i < 20 else f'M{i % 20}'},ALFA"
        for i in range(1000)
    ]
    counted: list[str] = []

    def count(*arguments: object) -> None:
        counted.append(str(arguments[2])[:60])

    sa.event.listen(db.engine, "before_cursor_execute", count)
    started = time.perf_counter()
    assert run(world, table(*rows)) == ImportResult(added=1000)
    took = time.perf_counter() - started
    inserted, counted[:] = len([s for s in counted if not s.startswith("INSERT")]), []
    assert run(world, table(*rows)) == ImportResult(unchanged=1000)
    sa.event.remove(db.engine, "before_cursor_execute", count)
    assert inserted < 30
    assert len(counted) < 30
    assert took < 20


def command(app: Flask, *arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), obj=lambda: app)


def test_the_command_checks_imports_and_names_faults(
    app: Flask, session: scoped_session[Session], tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(table(BOSS, AGENT), encoding="utf-8")
    checked = command(app, "people", "import", str(path), "--check", "--json")
    assert (checked.exit_code, '"added": 2' in checked.output) == (0, True)
    assert session.scalar(sa.select(Employee.id).where(Employee.employee_number == "N1")) is None
    session.rollback()
    assert command(app, "people", "import", str(path)).output == (
        "added: 2, changed: 0, unchanged: 0\n"
    )
    assert command(app, "people", "import", str(path)).output == (
        "added: 0, changed: 0, unchanged: 2\n"
    )
    path.write_text(table(AGENT.replace("n1", "N7")), encoding="utf-8")
    refused = command(app, "people", "import", str(path))
    assert refused.exit_code == 1
    assert "row 2, supervisor: “N7” does not exist" in refused.output
    assert command(app, "people", "import", "nowhere.csv").exit_code == 2


def test_codes_of_another_employer_are_not_known(world: World) -> None:
    with unit_of_work(world.session):
        mine = world.session.scalars(sa.select(Employer)).one()
        other = Employer(
            organisation_id=mine.organisation_id,
            code="OTRO",
            legal_name="Otro SpA",
            country="CL",
            time_zone="America/Santiago",
            language="es",
        )
        world.session.add(other)
        world.session.flush()
        world.session.add(Campaign(employer_id=other.id, code="BETA", name="Beta"))
        exempt(world.session, "a test sets the scene")
    (fault,) = looked_at(world, table("CDP,N1,Ana,Uno,,,,,,2026-01-05,,,,,BETA"))
    assert fault.startswith("row 2, campaign")


def test_hours_a_week_are_imported_kept_without_their_column_and_cleared_by_an_empty_cell(
    world: World,
) -> None:
    def hours(cell: str | None) -> Decimal | None:
        heads, row = "employer,employee_number,given_name,family_name,hired_on", "CDP,N3,Ana,Prueba"
        extra = ("", "") if cell is None else (",weekly_hours", f',"{cell}"')
        run(world, f"{heads}{extra[0]}\n{row},2026-02-01{extra[1]}\n")
        world.session.rollback()
        return named(world.session, "N3").weekly_hours

    assert [hours("30"), hours(None), hours("37,5"), hours("")] == [
        Decimal(30),
        Decimal(30),
        Decimal("37.5"),
        None,
    ]
    faults = read_people(
        b"employer,employee_number,given_name,family_name,hired_on,weekly_hours\n"
        b"CDP,N3,Ana,Prueba,2026-02-01,99\n"
    ).faults
    assert [fault.column for fault in faults] == ["weekly_hours"]
