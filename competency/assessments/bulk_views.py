"""A step for many appraisals of a cycle at once, and what came of it for each person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.bulk_steps import Bulk, concerned, order, take_in_portions
from competency.assessments.cycle_queries import counts_of, subject_names
from competency.assessments.queries import cycle_by_public_id
from competency.errors import CompetencyError, Invalid, NotFound
from competency.extensions import db
from competency.people.schema import Role
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import stages

AT_ONCE = 100
"""Appraisals of one request; the page goes on with the next."""


@dataclass(frozen=True)
class Came:
    """What came of a step for one person; ``reason`` is empty where it was taken."""

    public_id: str
    name: str
    reason: str


def bulk_words() -> dict[str, str]:
    """Return what can be done for many at once, in words."""
    return {
        Bulk.REMIND: gettext("Remind whoever it waits for"),
        Bulk.OPEN: gettext("Open"),
        Bulk.RELEASE: gettext("Release to the employees"),
        Bulk.REASSIGN: gettext("Hand over to another assessor"),
        Bulk.SUSPEND: gettext("Suspend"),
        Bulk.RESUME: gettext("Resume"),
    }


def _page(title: str, cycle_id: str, status: int = 200, **told: object) -> ResponseReturnValue:
    """Return the page of what came of it, or of what is missing."""
    page = render_template(
        "assessments/bulk.html",
        title=title,
        cycle_title=title,
        cycle_id=cycle_id,
        bulk=bulk_words(),
        sent=request.form,
        ticked=request.form.getlist("appraisal"),
        **told,
    )
    return make_response(page, status)


@blueprint.post("/cycles/<public_id>/steps")
@access(Role.HR)
@stages
def take_for_many(public_id: str) -> ResponseReturnValue:
    """Take a step for those who were ticked, or for everybody to whom it applies."""
    me, now, form = actor(), clock.now(), request.form
    cycle = cycle_by_public_id(db.session, public_id)
    counts_of(db.session, me, now, cycle)
    title, cycle_id = cycle.title, cycle.id
    try:
        ordered = order(
            db.session,
            me,
            now,
            form.get("what", ""),
            form.get("reason", ""),
            form.get("lead", ""),
        )
        if form.get("whom") == "all":
            after = form.get("after", "")
            ids = concerned(db.session, me, now, cycle, ordered.what, after)
        else:
            ids = list(dict.fromkeys(form.getlist("appraisal")))
        _require_somebody(ids)
    except Invalid as error:
        return _page(title, public_id, 422, error=worded(error))
    refused: dict[str, CompetencyError] = {}
    for _portion, done in take_in_portions(
        db.session, ordered, cycle_id, ids[:AT_ONCE], actor=me, now=now
    ):
        refused |= done.refused
    taken = len(ids[:AT_ONCE]) - len(refused)
    return _page(
        title,
        public_id,
        came=_came(ids[:AT_ONCE], refused),
        taken=taken + _number("taken"),
        refused=len(refused) + _number("refused"),
        left=len(ids) - len(ids[:AT_ONCE]),
        after=ids[:AT_ONCE][-1],
        did=bulk_words()[ordered.what],
    )


def _require_somebody(ids: list[str]) -> None:
    """Raise ``Invalid`` where nobody is meant."""
    if not ids:
        raise Invalid("Tick whom it is for, or choose everybody to whom it applies.", "whom")


def _number(name: str) -> int:
    """Return a count that the page before carried along."""
    value = request.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < AT_ONCE else 0


def _came(ids: list[str], refused: Mapping[str, CompetencyError]) -> list[Came]:
    """Return what came of it, those refused first; strangers are not named."""
    names = subject_names(db.session, ids)
    seen = [i for i in ids if not isinstance(refused.get(i), NotFound)]
    came = [Came(i, names[i], worded(refused[i]) if i in refused else "") for i in seen]
    return sorted(came, key=lambda one: not one.reason)
