"""Leave: entered without a reason, seen by few, and what waits for it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.bulk_steps import Bulk, Order, take_in_portions
from competency.assessments.models import Appraisal, Cycle
from competency.audit.models import AuditEvent
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.errors import Invalid, InvalidFile, NotAllowed
from competency.people.absence_file import read_absences
from competency.people.absences import (
    absences_of,
    away_until,
    import_absences,
    record_absence,
    remove_absence,
)
from competency.people.models import Absence
from competency.progression.reminders import Reminded
from tests.integration.test_cli import run as command
from tests.integration.test_mail_queue import planned, reminded
from tests.integration.test_reminders import due, run, told
from tests.support.appraisals import open_road
from tests.support.cast import NUMBERS, World
from tests.support.client import sign_in
from tests.support.register import erase
from tests.web.test_cycle_pages import wanted

DAY = timedelta(days=1)


def enter(world: World, name: str, first: date, last: date, *, by: str = "hilda") -> bool:
    """Enter a leave of somebody."""
    with unit_of_work(world.session):
        return record_absence(
            world.session,
            actor=world.actor(by),
            now=clock.now(),
            employee=world.employee(name),
            starts_on=first,
            last_on=last,
        )


def today(world: World) -> date:
    """Return the date where the cast works."""
    return world.actor("hilda").today(clock.now())


def test_leave_is_entered_by_human_resources_once_and_does_not_overlap(world: World) -> None:
    day = today(world)
    assert enter(world, "aurora", day, day + 3 * DAY)
    assert not enter(world, "aurora", day, day + 3 * DAY)
    with pytest.raises(Invalid, match="overlap"):
        enter(world, "aurora", day + 3 * DAY, day + 5 * DAY)
    with pytest.raises(Invalid, match="before its first"):
        enter(world, "aurora", day + 9 * DAY, day + 8 * DAY)
    assert enter(world, "aurora", day + 4 * DAY, day + 4 * DAY)
    for by in ("simon", "aurora", "augusto"):
        with pytest.raises(NotAllowed):
            enter(world, "aurora", day + 20 * DAY, day + 20 * DAY, by=by)
    with pytest.raises(NotAllowed):
        enter(world, "hilda", day, day)
    aurora = world.employee("aurora").id
    assert away_until(world.session, [aurora], day + 3 * DAY) == {aurora: day + 3 * DAY}
    assert away_until(world.session, [aurora], day - DAY) == {}
    said = world.session.scalars(
        sa.select(AuditEvent.data).where(AuditEvent.action == "employee.absence")
    )
    assert list(said) == [{}, {}], "the chain, which nobody erases, names no day"


def test_removing_and_erasing_leave_nothing_of_it(world: World) -> None:
    day = today(world)
    enter(world, "aurora", day, day)
    [one] = absences_of(world.session, world.employee("aurora").id)
    public_id = one.public_id
    with unit_of_work(world.session):
        remove_absence(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            employee=world.employee("aurora"),
            public_id=public_id,
        )
    assert world.session.scalars(sa.select(Absence)).all() == []
    enter(world, "aurora", day, day)
    erase(world)
    world.session.rollback()
    assert world.session.scalars(sa.select(Absence)).all() == []


def test_nobody_is_reminded_while_on_leave_by_date_or_by_hand(world: World) -> None:
    open_road(world)
    now = due(world, submit=0)
    enter(world, "simon", today(world), today(world))
    assert run(world, now) == 1
    assert told(world, "simon") == []
    with unit_of_work(world.session):
        world.session.execute(sa.update(Appraisal).values(lead_id=world.employee("simon").id))
        world.session.execute(sa.update(Cycle).values(self_assessment=False))
        from_test(world)
    ids = list(world.session.scalars(sa.select(Appraisal.public_id)))
    cycle_id = world.session.scalars(sa.select(Cycle.id)).one()
    hilda = world.actor("hilda")
    [(_, done)] = take_in_portions(
        world.session, Order(Bulk.REMIND), cycle_id, ids, actor=hilda, now=now
    )
    assert [str(e) for e in done.refused.values()] == [
        "Whoever this appraisal waits for is on leave."
    ]
    assert run(world, now + DAY) == 1, "back, and reminded the day after"
    assert told(world, "simon") == ["reminder_to_judge"]


def from_test(world: World) -> None:
    """Say that a test changes rows by itself."""
    exempt(world.session, "a test says whom an appraisal waits for")


def test_what_a_plan_asks_is_said_once_they_are_back(world: World) -> None:
    now = planned(world, days=5)
    enter(world, "simon", today(world), today(world) + DAY)
    assert reminded(world, now) == Reminded()
    assert reminded(world, now + 3 * DAY) == Reminded(due=1)


def test_a_file_of_leave_is_read_whole_or_not_at_all(
    app: Flask, world: World, tmp_path: Path
) -> None:
    path = tmp_path / "leave.csv"
    path.write_text(
        "number;from;until\nE301;2030-01-01;2030-01-10\nE999;2030-01-01;2030-01-02\n"
        "E200;2030-02-30;2030-03-01\nE302;2030-02-03;2030-02-01\n"
    )
    file = read_absences(path.read_bytes())
    with pytest.raises(InvalidFile) as refused, unit_of_work(world.session):
        import_absences(world.session, actor=world.actor("hilda"), now=clock.now(), file=file)
    said = "\n".join(str(fault) for fault in refused.value.faults)
    assert len(refused.value.faults) == 3
    for row, column in ((3, "number"), (4, "from"), (5, "until")):
        assert f"row {row}" in said
        assert column in said
    assert world.session.scalars(sa.select(Absence)).all() == []
    path.write_text("number,from,until\ne301,2030-01-01,2030-01-10\n")
    leave = ("people", "leave", str(path), "--as", NUMBERS["hilda"])
    assert "entered: 1, unchanged: 0" in command(app, *leave).output
    assert "entered: 0, unchanged: 1" in command(app, *leave).output
    command(app, *leave[:-1], NUMBERS["simon"], code=1)
    path.write_text("number,from,until,reason\nE301,2031-01-01,2031-01-10,secret\n")
    assert "reason" in command(app, *leave, code=1).output


def test_the_person_s_page_and_the_preview_say_it_to_whom_it_is_for(
    app: Flask, world: World
) -> None:
    day = today(world)
    hilda, page = sign_in(app, "hilda"), f"/people/{world.employee('aurora').public_id}"
    days = {"starts_on": day.isoformat(), "last_on": (day + DAY).isoformat()}
    wrong = {**days, "last_on": "2020-01-01"}
    refused = hilda.post(f"{page}/absences", wrong)
    assert refused.status_code == 422
    assert "before its first" in refused.text
    assert 'value="2020-01-01"' in refused.text
    assert hilda.post(f"{page}/absences", days).status_code == 302
    assert "Enter the leave" in hilda.get(page).text
    own = sign_in(app, "aurora").get(page).text
    assert "On leave" in own
    assert "Enter the leave" not in own
    for name in ("simon", "augusto"):
        assert "On leave" not in sign_in(app, name).get(page).text, name
    enter(world, "renata", day, day)
    preview = hilda.get("/cycles/new", query_string=wanted(world)).text
    assert preview.count("on leave until") == 3, "Aurora, and Renata as the lead of two"
    [one] = absences_of(world.session, world.employee("aurora").id)
    public_id = one.public_id
    world.session.rollback()
    assert hilda.post(f"{page}/absences/{public_id}/remove").status_code == 302
    assert "on leave" not in hilda.get(page).text.replace("who is on leave", "")
