"""Whom a cycle is for: each choice narrows the others, and a list says what is wrong in it."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.population import of_file, of_text
from competency.audit.operations import exempt
from competency.clock import months_before
from competency.database.transactions import unit_of_work
from competency.errors import InvalidFile
from competency.frameworks.models import FrameworkVersion
from competency.people.models import Campaign, Employee, Employer, PositionAssignment
from tests.support.cast import World
from tests.support.client import Browser, sign_in

PREVIEW = "/cycles/preview"


def wanted(world: World, **more: str) -> dict[str, str]:
    """Return a form that names nobody yet."""
    version = world.session.scalar(sa.select(sa.func.min(FrameworkVersion.id)))
    due = (world.actor("hilda").today(clock.now()) + timedelta(days=20)).isoformat()
    base = {
        "title": "Ciclo 2026",
        "framework": str(version),
        "submit_due_on": due,
        "review": "all",
        "self_assessment": "blind",
        "contest_days": "10",
    }
    return {**base, **more}


def hired(world: World, name: str, day: date) -> None:
    """Let somebody have been hired on a day."""
    with unit_of_work(world.session):
        exempt(world.session, "a test sets a date")
        number = world.employee(name).employee_number
        world.session.execute(
            sa.update(Employee).where(Employee.employee_number == number).values(hired_on=day)
        )


def previewed(browser: Browser, world: World, **more: str) -> str:
    """Return the preview's page."""
    answer = browser.get("/cycles/new", query_string=wanted(world, **more))
    assert answer.status_code == 200, answer.text
    return answer.text


def test_time_here_narrows_to_the_day(app: Flask, world: World) -> None:
    hilda, today = sign_in(app, "hilda"), world.actor("hilda").today(clock.now())
    hired(world, "aurora", months_before(today, 6))
    hired(world, "bruno", months_before(today, 6) + timedelta(days=1))
    page = previewed(hilda, world, months_here="6")
    assert "Ficticia" in page
    assert "Inventado" not in page
    page = previewed(hilda, world, hired_by=months_before(today, 6).isoformat())
    assert "Ficticia" in page
    assert "Inventado" not in page


def test_employer_and_campaign_narrow_together(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    employer = world.session.scalars(sa.select(Employer.id)).one()
    campaign = world.session.scalars(sa.select(Campaign.id)).one()
    with unit_of_work(world.session):
        exempt(world.session, "a test makes another campaign")
        other = Campaign(employer_id=employer, code="BETA", name="Servicio Beta")
        world.session.add(other)
        world.session.flush()
        elsewhere = other.id
    assert "3 appraisals" in previewed(hilda, world, employer=str(employer), campaign=str(campaign))
    empty = previewed(hilda, world, employer=str(employer), campaign=str(elsewhere))
    assert "Nobody can be included" in empty


def test_who_holds_no_position_cannot_be_asked_what_it_asks_for(app: Flask, world: World) -> None:
    with unit_of_work(world.session):
        exempt(world.session, "a test takes a position away")
        world.session.execute(
            sa.delete(PositionAssignment).where(
                PositionAssignment.employee_id == world.employee("aurora").id
            )
        )
    hilda = sign_in(app, "hilda")
    page = previewed(hilda, world, everybody="y", scope="by-position")
    assert "Holds no position today" in page
    assert "2 appraisals" in page
    assert "3 appraisals" in previewed(hilda, world, everybody="y")


def test_a_file_says_which_rows_count_for_nobody_and_why(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    content = "name;number\nAurora;E301\nDos veces;e301\nNadie;E999\nVacía;\nBruno;E302\n"
    sent = {**wanted(world), "people_file": (io.BytesIO(content.encode()), "lista.csv")}
    page = hilda.post(PREVIEW, sent)
    assert page.status_code == 200
    text = " ".join(page.text.split())
    assert "2 appraisals" in text
    for row, number, why in (
        (3, "e301", "Stands in it twice."),
        (4, "E999", "Nobody in your scope"),
        (5, "–", "There is no number in this row."),
    ):
        assert f">{row}</td>" in text
        assert number in text
        assert why in text
    assert 'name="numbers" value="E301 E999 E302"' in text
    opened = hilda.post("/cycles", {**wanted(world), "numbers": "E301 E999 E302"})
    assert opened.status_code == 302
    world.session.rollback()
    assert len(world.session.scalars(sa.select(Appraisal)).all()) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"E301\nE302\n", "names no column"),
        (b"", "names no column"),
        (b"number\n\xff\xfe\n", "UTF-8"),
        (b"number\n" + b"\n".join(b"N%d" % n for n in range(10_001)), "more than"),
        (b"number\n" + b"x" * 1024 * 1024, "larger than"),
    ],
)
def test_what_is_no_list_is_refused(app: Flask, world: World, content: bytes, why: str) -> None:
    with pytest.raises(InvalidFile, match=why):
        of_file(content)
    if len(content) < 500_000:  # more is a file of the test client's own, left open
        sent = {**wanted(world), "people_file": (io.BytesIO(content), "lista.csv")}
        page = sign_in(app, "hilda").post(PREVIEW, sent)
        assert page.status_code == 422
        assert why in page.text


def test_what_fits_an_address_is_previewed_at_one(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    answer = hilda.post(PREVIEW, wanted(world, numbers="E301, E302"))
    assert answer.status_code == 303
    assert "csrf" not in answer.location
    assert "2 appraisals" in hilda.get(answer.location).text
    many = " ".join(["E301", *(f"N{n}" for n in range(1000))])
    page = hilda.post(PREVIEW, wanted(world, numbers=many))
    assert page.status_code == 200
    assert "1 appraisal" in page.text


def test_numbers_come_on_lines_too_and_each_once() -> None:
    found = of_text("E301, e301;E302\nE303")
    assert found.numbers == ("E301", "E302", "E303")
    assert [(f.row, f.number) for f in found.faults] == [(2, "e301")]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 15), 13, date(2024, 12, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ({"submit_due_on": -1}, "passed already"),
        ({"self_assessment_due_on": -1}, "passed already"),
        ({"self_assessment_due_on": 21}, "after the assessors"),
        ({"self_assessment_due_on": 5, "self_assessment": "none"}, "no self-assessment"),
        ({"review_due_on": 19}, "before the assessors"),
        ({"review_due_on": 25, "review": "none"}, "no review"),
        ({"releases_on": 19}, "before the assessors"),
        ({"review_due_on": 25, "releases_on": 24}, "before the reviews"),
    ],
)
def test_each_date_is_checked_against_the_others(
    app: Flask, world: World, days: dict[str, int | str], why: str
) -> None:
    hilda, today = sign_in(app, "hilda"), world.actor("hilda").today(clock.now())
    more = {
        name: value if isinstance(value, str) else (today + timedelta(days=value)).isoformat()
        for name, value in days.items()
    }
    more.setdefault("submit_due_on", (today + timedelta(days=20)).isoformat())
    for answer in (
        hilda.get("/cycles/new", query_string=wanted(world, everybody="y", **more)),
        hilda.post("/cycles", wanted(world, everybody="y", **more)),
    ):
        assert answer.status_code == 422
        assert why in answer.text
    sound = {
        name: today + timedelta(days=d)
        for name, d in zip(
            ("self_assessment_due_on", "submit_due_on", "review_due_on", "releases_on"),
            (10, 20, 20, 20),
            strict=True,
        )
    }
    sent = wanted(world, everybody="y", **{n: d.isoformat() for n, d in sound.items()})
    opened = hilda.post("/cycles", sent)
    assert opened.status_code == 302
    page = hilda.get(opened.location).text
    assert "Self-assessments due" in page
    assert "Reviews due" in page


def test_a_cycle_like_the_last_one_is_a_year_later_against_the_newest_version(
    app: Flask, world: World
) -> None:
    hilda, today = sign_in(app, "hilda"), world.actor("hilda").today(clock.now())
    place = {"team": str(world.session.scalars(sa.text("SELECT id FROM team")).one())}
    opened = hilda.post("/cycles", wanted(world, **place, self_assessment="open", contest_days="7"))
    page = hilda.get(f"{opened.location}/again").text
    due = (today + timedelta(days=20)).replace(year=today.year + 1)
    assert 'value="Ciclo 2027"' in page
    assert f'value="{due.isoformat()}"' in page or "02-2" in due.isoformat()
    assert f'<option selected value="{place["team"]}">' in page
    assert (
        'id="contest_days" max="90" min="0" name="contest_days" required type="number" value="7"'
        in page
    )
    assert '<option selected value="open">' in page


def test_a_list_is_kept_by_whom_the_cycle_had(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    opened = hilda.post("/cycles", wanted(world, numbers="E301 E302 E999"))
    with unit_of_work(world.session):
        exempt(world.session, "a test lets somebody leave")
        bruno = world.employee("bruno")
        bruno.left_on = clock.now().date() - timedelta(days=2)
    world.session.rollback()
    kept = world.session.scalars(sa.select(Cycle.population)).one()
    assert kept == {"listed": True}, "nobody's number is kept beside their appraisal"
    page = hilda.get(f"{opened.location}/again").text
    assert ">E301</textarea>" in page.replace("\r\n", "")
