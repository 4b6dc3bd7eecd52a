"""The people of an open cycle: added, withdrawn, handed over, transferred, followed."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.calendar_file import LINE_OCTETS, DueDate, calendar
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.people.models import Team
from competency.people.operations import report_to
from tests.support.appraisals import Road, open_road
from tests.support.cast import NOW, World
from tests.support.client import sign_in

WITHDRAWN = "Se trasladó a otra área."


def people_of(road: Road) -> str:
    """Return the address of the cycle's people."""
    return f"/cycles/{road.cycle_id}/people"


def appraisal_of(world: World, name: str) -> Appraisal:
    """Return somebody's appraisal."""
    world.session.rollback()
    query = sa.select(Appraisal).where(Appraisal.subject_id == world.employee(name).id)
    return world.session.scalars(query).one()


def transfer(world: World, name: str, above: str) -> None:
    """Let somebody report to somebody else from today on."""
    now = clock.now()
    with unit_of_work(world.session):
        report_to(
            world.session,
            actor=world.actor("hilda"),
            now=now,
            employee=world.employee(name),
            supervisor=world.employee(above),
            starts_on=world.actor("hilda").today(now),
        )


def test_people_are_previewed_and_added_to_an_open_cycle(app: Flask, world: World) -> None:
    road, hilda = open_road(world), sign_in(app, "hilda")
    page = hilda.get(people_of(road), query_string={"numbers": "E301 E302 E999 E100"}).text
    assert "1 person can be added" in page
    assert "Is or was in this cycle already" in page
    assert "You cannot open an appraisal of yourself" in page
    assert "E999" in page
    answer = hilda.post(people_of(road), {"numbers": "E301 E302 E999"})
    assert "1 person is added." in hilda.get(answer.location).text
    added = appraisal_of(world, "bruno")
    assert added.state is State.OPEN
    assert added.lead_id == world.employee("renata").id
    assert hilda.post(people_of(road), {"numbers": "E302"}).status_code == 422
    assert hilda.post(people_of(road), {"numbers": ""}).status_code == 422


def test_nobody_is_added_to_a_closed_cycle(app: Flask, world: World) -> None:
    road, hilda = open_road(world), sign_in(app, "hilda")
    with unit_of_work(world.session):
        exempt(world.session, "a test closes a cycle")
        world.session.execute(sa.update(Cycle).values(closed_at=clock.now()))
    page = hilda.post(people_of(road), {"numbers": "E302"})
    assert page.status_code == 422
    assert "This cycle is closed already." in page.text


def test_who_is_withdrawn_does_not_come_in_again(app: Flask, world: World) -> None:
    road, hilda = open_road(world), sign_in(app, "hilda")
    sent = {"appraisals": road.public_id, "step": "withdraw"}
    assert "Say why" in hilda.post(f"{people_of(road)}/change", sent).text
    assert road.state() is State.OPEN
    answer = hilda.post(f"{people_of(road)}/change", {**sent, "comment": WITHDRAWN})
    assert "1 person is withdrawn." in hilda.get(answer.location).text
    assert road.state() is State.CANCELLED
    assert hilda.post(people_of(road), {"numbers": "E301"}).status_code == 422


def test_an_appraisal_of_another_cycle_is_not_changed_here(app: Flask, world: World) -> None:
    road, hilda = open_road(world), sign_in(app, "hilda")
    road.step("cancel", "hilda", reason="Por error.")
    other = open_road(world)
    sent = {"appraisals": other.public_id, "step": "withdraw", "comment": WITHDRAWN}
    assert hilda.post(f"{people_of(road)}/change", sent).status_code == 404
    assert other.state() is State.OPEN


def test_a_transfer_shows_the_new_supervisor_and_leaves_the_work_with_the_lead(
    app: Flask, world: World
) -> None:
    road = open_road(world)
    carla, simon = sign_in(app, "carla"), sign_in(app, "simon")
    assert carla.get(road.path).status_code == 404
    transfer(world, "aurora", "carla")
    assert carla.get(road.path).status_code == 200, "today's reporting line decides who sees"
    assert simon.get(road.path).status_code == 200
    draft = {"kind": "lead", "version": "0", "level": "met", "note": ""}
    save = f"{road.path}/drafts/{road.criteria[0]}"
    assert carla.post(save, draft).status_code == 403
    assert simon.post(save, draft).status_code < 400, "the assigned lead keeps the work"
    assert appraisal_of(world, "aurora").lead_id == world.employee("simon").id
    hilda = sign_in(app, "hilda")
    page = hilda.get(people_of(road), query_string={"only": "moved"}).text
    assert "Carla Imaginaria" in page
    sent = {"appraisals": road.public_id, "step": "to_supervisors"}
    hilda.post(f"{people_of(road)}/change", sent)
    assert appraisal_of(world, "aurora").lead_id == world.employee("carla").id
    assert simon.get(road.path).status_code == 404
    assert carla.post(save, {**draft, "version": "1"}).status_code < 400
    assert "Nobody here" in hilda.get(people_of(road), query_string={"only": "moved"}).text


def test_several_are_handed_over_and_who_cannot_be_is_named(app: Flask, world: World) -> None:
    road, hilda = open_road(world), sign_in(app, "hilda")
    hilda.post(people_of(road), {"numbers": "E302"})
    ids = [appraisal_of(world, name).public_id for name in ("aurora", "bruno")]
    sent = {"appraisals": ids, "step": "to_lead", "lead": "E302"}
    page = hilda.get(hilda.post(f"{people_of(road)}/change", sent).location).text
    assert "1 appraisal is handed over." in page
    assert "Not changed, Bruno Inventado: Nobody leads their own appraisal." in page
    assert appraisal_of(world, "aurora").lead_id == world.employee("bruno").id
    nobody = hilda.post(f"{people_of(road)}/change", {**sent, "lead": "E999"})
    assert nobody.status_code == 422
    assert hilda.post(f"{people_of(road)}/change", {"step": "to_lead"}).status_code == 422


def test_a_cycle_is_filtered_and_its_progress_is_told(app: Flask, world: World) -> None:
    road, hilda = open_road(world), sign_in(app, "hilda")
    hilda.post(people_of(road), {"numbers": "E302"})
    road.to(State.SUBMITTED)
    cycle = f"/cycles/{road.cycle_id}"
    team = str(world.session.scalars(sa.select(Team.id)).one())

    def shown(**filters: str) -> list[str]:
        page = hilda.get(cycle, query_string=filters).text
        return [name for name in ("Aurora", "Bruno") if f">{name} " in page]

    assert shown(team=team) == ["Aurora", "Bruno"]
    assert shown(team="999") == []
    assert shown(lead="e200") == ["Aurora"]
    assert shown(lead="E400") == ["Bruno"]
    flags = appraisal_of(world, "aurora").flags
    assert shown(flag=next(iter(flags), "self_differs")) == (["Aurora"] if flags else [])
    assert shown(state="to_do") == ["Bruno"]
    page = " ".join(hilda.get(f"{cycle}/progress").text.split())
    assert f"{cycle}?lead=E400" in page
    page = " ".join(hilda.get(f"{cycle}/progress", query_string={"by": "team"}).text.split())
    assert "Equipo Uno" in page
    assert sign_in(app, "augusto").get(f"{cycle}/progress").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_people(app: Flask, world: World) -> None:
    road, hilda = open_road(world), sign_in(app, "hilda")
    paths = [f"/cycles/{road.cycle_id}{rest}" for rest in ("", "/people", "/progress")]

    def queries() -> list[str | None]:
        return [hilda.get(path).headers.get("X-Query-Count") for path in paths * 2][3:]

    before = queries()
    hilda.post(people_of(road), {"numbers": "E302 E200"})
    assert len(world.session.scalars(sa.select(Appraisal)).all()) == 3
    hilda.get(people_of(road))
    assert queries() == before


def test_who_is_late_is_reminded_by_a_button_once(app: Flask, world: World) -> None:
    road, hilda = open_road(world), sign_in(app, "hilda")
    cycle = f"/cycles/{road.cycle_id}"
    assert "Remind those who are late" not in hilda.get(cycle).text
    with unit_of_work(world.session):
        exempt(world.session, "a test sets a date")
        days = {"opened_on": date(2026, 1, 1), "submit_due_on": date(2026, 1, 2)}
        world.session.execute(sa.update(Cycle).values(**days))
    assert "Remind those who are late" in hilda.get(cycle).text
    assert "2 people are reminded." in hilda.get(hilda.post(f"{cycle}/remind").location).text
    again = hilda.get(hilda.post(f"{cycle}/remind").location).text
    assert "Nobody is reminded" in again
    assert "Those who were late reminded" in sign_in(app, "augusto").get("/audit").text


def unfolded(content: bytes) -> list[str]:
    """Return the lines of a calendar file as its reader joins them."""
    for line in content.split(b"\r\n"):
        assert len(line) <= LINE_OCTETS
        line.decode()
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def test_one_s_own_due_dates_are_a_calendar_file(app: Flask, world: World) -> None:
    road = open_road(world)
    due = appraisal_of(world, "aurora").cycle.submit_due_on
    files = {name: sign_in(app, name).get("/home/dates.ics") for name in ("simon", "aurora")}
    for answer in files.values():
        assert answer.mimetype == "text/calendar"
    lines = unfolded(files["simon"].data)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}" in lines
    assert f"DTEND;VALUE=DATE:{due + timedelta(days=1):%Y%m%d}" in lines
    assert any(line.startswith(f"UID:submit-{road.cycle_id}@") for line in lines)
    assert "Aurora" not in files["simon"].text
    own = unfolded(files["aurora"].data)
    assert any(line.startswith(f"UID:self-{road.public_id}@") for line in own)
    assert not any("submit-" in line for line in own)
    assert "VEVENT" not in sign_in(app, "bruno").get("/home/dates.ics").text
    road.to(State.RELEASED)
    after = sign_in(app, "aurora").get("/home/dates.ics").text
    assert f"UID:answer-{road.public_id}@" in after.replace("\r\n ", "")
    assert "UID:self-" not in after


@pytest.mark.parametrize(
    "title", ["Ñandú; pingüino, \\ 2026 ", "Оценка " * 40, "a" * 400, "🐦" * 60]
)
def test_a_calendar_keeps_every_sign_across_its_folds(title: str) -> None:
    dates = [DueDate("x-1", date(2026, 12, 31), title, "https://example.test/home")]
    content = calendar(dates, host="example.test", now=NOW)
    (line,) = [one for one in unfolded(content) if one.startswith("SUMMARY:")]
    plain = re.sub(r"\\(.)", r"\1", line.removeprefix("SUMMARY:"))
    assert plain == title.strip()
    assert "DTEND;VALUE=DATE:20270101" in unfolded(content)
    assert calendar(dates, host="example.test", now=NOW) == content


def test_each_reads_the_date_that_is_theirs(app: Flask, world: World) -> None:
    road = open_road(world)
    today = world.actor("hilda").today(clock.now())
    days = {"self_assessment": 5, "submit": 10, "review": 15}
    with unit_of_work(world.session):
        exempt(world.session, "a test sets dates")
        dates = {f"{name}_due_on": today + timedelta(days=d) for name, d in days.items()}
        world.session.execute(sa.update(Cycle).values(**dates))
    for name, words in (("aurora", "in 5 days"), ("simon", "in 10 days")):
        for path in ("/home", road.path):
            assert words in sign_in(app, name).get(path).text, (name, path)
    road.to(State.SUBMITTED)
    assert "in 15 days" in sign_in(app, "renata").get("/home").text
