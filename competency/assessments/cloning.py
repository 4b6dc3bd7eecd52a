"""What a new cycle takes over from an earlier one: its options, people and dates."""

from __future__ import annotations

import re
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session
from werkzeug.datastructures import MultiDict

from competency.assessments.certification_models import CycleCertification
from competency.assessments.forms import BY_POSITION
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.schedule import a_year_later
from competency.assessments.schema import Mode
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import versions_of
from competency.people.models import Employee
from competency.people.queries import employees_in_scope
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]
PLACES = {
    "site": "site_id",
    "team": "team_id",
    "campaign": "campaign_id",
    "position": "position_id",
    "employer": "employer_id",
    "hired_by": "hired_by",
    "months_here": "months_here",
}
"""The form's fields, and what a cycle keeps of its population under which name."""
_YEAR = re.compile(r"\b20[0-9]{2}\b")


def like(session: AnySession, actor: Actor, now: datetime, cycle: Cycle) -> MultiDict[str, str]:
    """Return the form of a cycle like an earlier one, a year later.

    Against the newest version of its framework; a scope that this has no more is left
    out. Whoever was listed by number is listed again, unless they have left.
    """
    before = session.get_one(FrameworkVersion, cycle.framework_version_id)
    newest = versions_of(session, before.slug)[0]
    own = "none" if not cycle.self_assessment else "blind" if cycle.blind else "open"
    values: dict[str, object] = {
        "title": _YEAR.sub(lambda year: str(int(year[0]) + 1), cycle.title),
        "framework": newest.id,
        "scope": _scope(cycle, newest),
        "mode": cycle.mode.value,
        "self_assessment": own,
        "review": cycle.review.value,
        "contest_days": cycle.contest_days,
        "single_review_percent": cycle.single_review_percent,
    }
    for name in ("submit_due_on", "self_assessment_due_on", "review_due_on", "releases_on"):
        values[name] = a_year_later(getattr(cycle, name))
    filled = MultiDict({name: _text(value) for name, value in values.items() if value is not None})
    filled.update(_people(session, actor, now, cycle))
    if cycle.mode is Mode.CERTIFICATION:
        filled.update(_certification(session, cycle))
    return filled


def _text(value: object) -> str:
    """Return a value as a form carries it."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _scope(cycle: Cycle, version: FrameworkVersion) -> str:
    """Return the choice of scope, if the version still has it."""
    if cycle.scope_by_position:
        return BY_POSITION
    known = {scope["id"] for scope in version.scopes}
    return f"{version.id}:{cycle.scope_id}" if cycle.scope_id in known else ""


def _people(session: AnySession, actor: Actor, now: datetime, cycle: Cycle) -> MultiDict[str, str]:
    """Return whom the cycle was for; by number where that is all that is known."""
    kept = cycle.population
    if kept is None or kept.get("listed"):
        return MultiDict({"numbers": " ".join(_numbers(session, actor, now, cycle))})
    found = {field: kept[name] for field, name in PLACES.items() if name in kept}
    return MultiDict({f: str(v) for f, v in found.items()} or {"everybody": "y"})


def _numbers(session: AnySession, actor: Actor, now: datetime, cycle: Cycle) -> list[str]:
    """Return the numbers of those in the actor's scope whom the cycle had and who are here."""
    today = actor.today(now)
    query = (
        sa.select(Employee.employee_number)
        .join(Appraisal, Appraisal.subject_id == Employee.id)
        .where(
            Appraisal.cycle_id == cycle.id,
            employees_in_scope(actor, today, [Role.HR]),
            sa.or_(Employee.left_on.is_(None), Employee.left_on > today),
        )
        .order_by(Employee.sort_key)
    )
    return list(session.scalars(query))


def _certification(session: AnySession, cycle: Cycle) -> MultiDict[str, str]:
    """Return who assessed the certifications, which units, and how many attempts there were."""
    values: MultiDict[str, str] = MultiDict()
    kept = session.get(CycleCertification, cycle.id)
    if kept is not None:
        values["assessor"] = session.get_one(Employee, kept.assessor_id).employee_number
        values["attempts"] = str(kept.attempts_maximum)
        values.setlist("units", list(kept.unit_ids or ()))
    return values
