"""Which scope of a framework a position asks for, told by the room that knows positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import Appraisal
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.schema import Framework
from competency.people.models import Position, PositionAssignment
from competency.people.queries import on

AnySession = Session | scoped_session[Session]

Teller = Callable[[AnySession, str], Mapping[str, str]]
_tellers: list[Teller] = []


def tells_scopes(teller: Teller) -> Teller:
    """Ask ``teller`` too: it returns scope ids by position code, for a framework's id."""
    _tellers.append(teller)
    return teller


def scopes_of_positions(session: AnySession, framework: Framework) -> dict[str, str]:
    """Return the id of the scope that each position asks for, by the position's code.

    A scope that this version of the framework hasn't got is none.
    """
    known = {scope.id for scope in framework.scopes}
    told = (teller(session, framework.id) for teller in _tellers)
    return {code: scope for asked in told for code, scope in asked.items() if scope in known}


def usual_scope(
    session: AnySession, employee_id: int, framework: Framework, today: date
) -> str | None:
    """Return the scope that a person is appraised in: their position's, else the last one's."""
    asked = scopes_of_positions(session, framework)
    held = session.scalar(
        sa.select(Position.code)
        .join(PositionAssignment, PositionAssignment.position_id == Position.id)
        .where(PositionAssignment.employee_id == employee_id, on(PositionAssignment, today))
    )
    if held in asked:
        return asked[held]
    last = session.scalar(
        sa.select(Appraisal.scope_id)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .where(Appraisal.subject_id == employee_id, FrameworkVersion.slug == framework.id)
        .order_by(Appraisal.id.desc())
        .limit(1)
    )
    return last if last in {scope.id for scope in framework.scopes} else None
