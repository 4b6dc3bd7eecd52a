"""Changes from a day on, of one person or of several at once: everybody's or nobody's.

Each is made of the same operations: place, position, supervisor, campaign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session, scoped_session

from competency.errors import CompetencyError, IllegalTransition, Invalid, NotAllowed
from competency.people.choosing import SHOWN
from competency.people.models import Employee
from competency.people.operations import At, assign_campaign, assign_position, place, report_to
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

REFUSALS = (Invalid, NotAllowed, IllegalTransition)


@dataclass(frozen=True)
class Change:
    """What holds from a day on; what is ``None`` stays as it is.

    ``place`` is a site's id with a team's, or with none.
    """

    starts_on: date
    place: tuple[int, int | None] | None = None
    position_id: int | None = None
    supervisor: Employee | None = None
    campaign_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether nothing would change."""
        kept = (self.place, self.position_id, self.supervisor, self.campaign_id)
        return all(one is None for one in kept)


@dataclass(frozen=True)
class Moved:
    """What a change does to one person, as the audit names it, or why it can't be made."""

    employee: Employee
    actions: tuple[str, ...] = ()
    refusal: CompetencyError | None = None


def move(
    session: AnySession, *, actor: Actor, now: datetime, employee: Employee, change: Change
) -> tuple[str, ...]:
    """Change what holds of one person from a day on; return what changed.

    Raises what the operations raise; the transaction is then to be given up.
    """
    at: At = {"actor": actor, "now": now, "employee": employee, "starts_on": change.starts_on}
    done = []
    if change.place is not None:
        site_id, team_id = change.place
        if place(session, site_id=site_id, team_id=team_id, **at):
            done.append("employee.placed")
    if change.position_id is not None and assign_position(
        session, position_id=change.position_id, **at
    ):
        done.append("employee.position")
    if change.supervisor is not None and report_to(session, supervisor=change.supervisor, **at):
        done.append("employee.reports_to")
    if change.campaign_id is not None and assign_campaign(
        session, campaign_id=change.campaign_id, **at
    ):
        done.append("employee.campaign")
    return tuple(done)


def preview_moves(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employees: Sequence[Employee],
    change: Change,
) -> tuple[Moved, ...]:
    """Return what a change would do to each, or why it can't; nothing of it stays.

    It is tried in a savepoint, so that what the people of the list do to one another
    (a supervisor among them, a circle) shows as it would when applied.
    """
    _check_size(employees, change)
    with session.begin_nested() as tried:
        found = tuple(_tried(session, actor, now, one, change) for one in employees)
        tried.rollback()
    return found


def apply_moves(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employees: Sequence[Employee],
    change: Change,
) -> int:
    """Change everybody's, and return how many people's anything changed for.

    Raises ``Invalid`` naming everybody whom it can't be done for; the transaction is
    then to be given up, so that nobody's changes.
    """
    _check_size(employees, change)
    found = [_tried(session, actor, now, one, change) for one in employees]
    refused = [one.employee.printed_name for one in found if one.refusal is not None]
    if refused:
        raise Invalid(
            "Nobody was moved: it cannot be done for %(who)s. Look at the preview again.",
            "people",
            who=", ".join(refused),
        )
    return sum(bool(one.actions) for one in found)


def _tried(
    session: AnySession, actor: Actor, now: datetime, employee: Employee, change: Change
) -> Moved:
    """Return what the change did to one person, or what refused it."""
    try:
        return Moved(
            employee, move(session, actor=actor, now=now, employee=employee, change=change)
        )
    except REFUSALS as error:
        return Moved(employee, refusal=error)


def _check_size(employees: Sequence[Employee], change: Change) -> None:
    """Raise ``Invalid`` where nobody, nothing or too many people were chosen."""
    if not employees:
        raise Invalid("Choose whom to move.", "people")
    if len(employees) > SHOWN:
        raise Invalid("Choose at most %(number)s people.", "people", number=SHOWN)
    if change.is_empty:
        raise Invalid("Choose what changes: place, position, supervisor or campaign.")
