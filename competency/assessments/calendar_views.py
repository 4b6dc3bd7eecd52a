"""The calendar file of one's own due dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urlsplit

from flask import Response, current_app
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.calendar_file import DueDate, calendar
from competency.assessments.models import Cycle
from competency.assessments.overview import reviews_due
from competency.assessments.schema import State
from competency.assessments.worklists import WorkRow, worklist
from competency.config import Config
from competency.extensions import db
from competency.mail.rendering import links_of
from competency.people.schema import Actor
from competency.web.permission import access, actor


def _home() -> str:
    """Return the address of the page that shows what is due."""
    return _outside("assessments.home")


def _outside(endpoint: str, **values: str) -> str:
    """Return an address as people outside reach it."""
    config: Config = current_app.extensions["competency"]
    return links_of(current_app.url_map, config.public_url)(endpoint, values)


def _to_submit(rows: list[WorkRow]) -> Iterator[DueDate]:
    """Yield a day for each cycle in which somebody leads what is not submitted."""
    cycles: dict[int, tuple[Cycle, int]] = {}
    for row in rows:
        count = cycles.get(row.cycle.id, (row.cycle, 0))[1]
        cycles[row.cycle.id] = (row.cycle, count + 1)
    for cycle, count in cycles.values():
        words = ngettext(
            "Submit %(num)d appraisal: %(cycle)s",
            "Submit %(num)d appraisals: %(cycle)s",
            count,
            cycle=cycle.title,
        )
        yield DueDate(f"submit-{cycle.public_id}", cycle.submit_due_on, words, _home())


def _own(rows: list[WorkRow]) -> Iterator[DueDate]:
    """Yield the day of each self-assessment that is not handed in."""
    for row in rows:
        waits = row.appraisal.state is State.OPEN and row.cycle.self_assessment
        if waits and not row.handed_in:
            words = gettext("Hand in the self-assessment: %(cycle)s", cycle=row.cycle.title)
            place = _outside("assessments.appraisal", public_id=row.appraisal.public_id)
            yield DueDate(f"self-{row.appraisal.public_id}", row.cycle.own_due_on, words, place)


def _answers(rows: list[WorkRow]) -> Iterator[DueDate]:
    """Yield the last day to answer each result that can be read."""
    for row in rows:
        if row.appraisal.state is State.RELEASED and row.appraisal.contest_until is not None:
            words = gettext("Last day to answer the result: %(cycle)s", cycle=row.cycle.title)
            place = _outside("assessments.appraisal", public_id=row.appraisal.public_id)
            day = row.appraisal.contest_until
            yield DueDate(f"answer-{row.appraisal.public_id}", day, words, place)


def _reviews(me: Actor, today: date) -> Iterator[DueDate]:
    """Yield the day of each cycle that says by when to review, where something waits."""
    for cycle in reviews_due(db.session, me, today):
        words = gettext("Review what was submitted: %(cycle)s", cycle=cycle.title)
        if cycle.review_due_on is not None:
            yield DueDate(f"review-{cycle.public_id}", cycle.review_due_on, words, _home())


def dates_of(me: Actor, now: datetime) -> list[DueDate]:
    """Return the due dates of whoever is signed in, the earliest first."""
    work = worklist(db.session, me)
    found = [
        *_to_submit(work.to_judge),
        *_own(work.own),
        *_answers(work.own_results),
        *_reviews(me, me.today(now)),
    ]
    return sorted(found, key=lambda each: (each.day, each.key))


@blueprint.get("/home/dates.ics")
@access()
def calendar_of_dates() -> ResponseReturnValue:
    """Give one's own due dates as a calendar file."""
    me, now = actor(), clock.now()
    config: Config = current_app.extensions["competency"]
    host = urlsplit(config.public_url).hostname or "localhost"
    return Response(
        calendar(dates_of(me, now), host=host, now=now),
        mimetype="text/calendar",
        headers={"Content-Disposition": 'attachment; filename="dates.ics"'},
    )
