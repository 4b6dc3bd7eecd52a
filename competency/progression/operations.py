"""Development plans: made from the gaps of a decided appraisal, edited by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.carrying import criteria_about
from competency.assessments.queries import Loaded, load
from competency.assessments.rules import in_scope
from competency.audit.operations import record
from competency.documents.fonts import check_printable
from competency.errors import (
    Conflict,
    IllegalTransition,
    Invalid,
    NotAllowed,
    NotFound,
    message_id,
)
from competency.people.schema import Actor
from competency.progression.models import DevelopmentPlan, PlanAction
from competency.progression.permissions import can_read_plan, can_write_plan
from competency.progression.schema import ActionKind, ActionState

AnySession = Session | scoped_session[Session]

TEXT_MAXIMUM = 2000
NOT_YOURS = message_id("Only the employee and their supervisor write the development plan.")


@dataclass(frozen=True)
class ActionDetails:
    """What people decide about one action."""

    criteria: tuple[str, ...]
    kind: ActionKind
    text: str
    owner_id: int
    due_on: date
    measure: str = ""


def _writable(session: AnySession, actor: Actor, now: datetime, appraisal_public_id: str) -> Loaded:
    """Load the appraisal under its lock; raise unless the actor writes its plan."""
    loaded = load(session, actor=actor, now=now, public_id=appraisal_public_id, lock=True)
    if not can_read_plan(actor, loaded.facts, loaded.standing):
        raise NotFound
    if not can_write_plan(actor, loaded.facts, loaded.standing):
        raise NotAllowed(NOT_YOURS)
    if not loaded.subject.printed_name:
        raise IllegalTransition("This person's data have been erased; the plan stays closed.")
    return loaded


def make_plan(
    session: AnySession, *, actor: Actor, now: datetime, appraisal_public_id: str
) -> DevelopmentPlan:
    """Return the plan of a decided appraisal, made on the first call."""
    loaded = _writable(session, actor, now, appraisal_public_id)
    existing = session.scalar(
        sa.select(DevelopmentPlan).where(DevelopmentPlan.appraisal_id == loaded.appraisal.id)
    )
    if existing is not None:
        return existing
    plan = DevelopmentPlan(
        appraisal_id=loaded.appraisal.id,
        subject_id=loaded.appraisal.subject_id,
        made_by_id=actor.account_id,
        made_at=now,
    )
    session.add(plan)
    session.flush()
    _record(session, actor, now, "plan.made", plan.public_id)
    return plan


def _check(
    session: AnySession,
    loaded: Loaded,
    details: ActionDetails,
    owners: Sequence[int],
    earliest: date | None,
) -> None:
    """Raise ``Invalid`` for the first thing that an action can't have."""
    known = set(in_scope(loaded.framework, criteria_about(session, loaded.appraisal)))
    if not details.criteria or not set(details.criteria) <= known:
        raise Invalid("Choose at least one criterion that the action is for.", "criteria")
    if not details.text.strip():
        raise Invalid("Say what will be done.", "text")
    for field, text in (("text", details.text), ("measure", details.measure)):
        if len(text) > TEXT_MAXIMUM:
            raise Invalid("A text of the plan can have at most 2,000 characters.", field)
        check_printable(text, field)
    if details.owner_id not in owners:
        raise Invalid("Choose who does it: the employee, the supervisor or the lead.", "owner")
    if earliest is not None and details.due_on < earliest:
        raise Invalid("The due date has passed already.", "due_on")


def owners_of(loaded: Loaded) -> tuple[int, ...]:
    """Return the employees who can own an action: subject, supervisor and lead, once each."""
    people = (loaded.subject.id, loaded.standing.supervisor_id, loaded.appraisal.lead_id)
    return tuple(dict.fromkeys(i for i in people if i is not None))


def add_action(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    appraisal_public_id: str,
    details: ActionDetails,
) -> PlanAction:
    """Add an action to the plan, which is made if there is none yet.

    The same details again, as from a form that was sent twice, return the open action
    that has them already.
    """
    loaded = _writable(session, actor, now, appraisal_public_id)
    _check(session, loaded, details, owners_of(loaded), actor.today(now))
    plan = make_plan(session, actor=actor, now=now, appraisal_public_id=appraisal_public_id)
    same = _same_action(session, plan, details)
    if same is not None:
        return same
    action = PlanAction(plan_id=plan.id, subject_id=plan.subject_id, saved_at=now)
    _write(action, details)
    session.add(action)
    session.flush()
    _record(session, actor, now, "plan.action_added", plan.public_id)
    return action


def change_action(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    appraisal_public_id: str,
    action_public_id: str,
    details: ActionDetails,
    version: int,
) -> PlanAction:
    """Change an action over the version that the page had; ``Conflict`` on an older one."""
    loaded = _writable(session, actor, now, appraisal_public_id)
    action = _action(session, loaded, action_public_id)
    _check_version(action, version)
    earliest = actor.today(now) if details.due_on != action.due_on else None
    _check(session, loaded, details, (*owners_of(loaded), action.owner_id), earliest)
    _write(action, details)
    action.version, action.saved_at = version + 1, now
    session.flush()
    _record(session, actor, now, "plan.action_changed", action.public_id)
    return action


def set_action_state(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    appraisal_public_id: str,
    action_public_id: str,
    state: ActionState,
    version: int,
) -> PlanAction:
    """Mark an action done or dropped, or open it again."""
    loaded = _writable(session, actor, now, appraisal_public_id)
    action = _action(session, loaded, action_public_id)
    if action.state is state:
        return action
    _check_version(action, version)
    action.state, action.version, action.saved_at = state, version + 1, now
    session.flush()
    _record(session, actor, now, f"plan.action_{state}", action.public_id)
    return action


def _write(action: PlanAction, details: ActionDetails) -> None:
    """Put the details into the row; a criterion named twice counts once."""
    action.criteria, action.kind = list(dict.fromkeys(details.criteria)), details.kind
    action.text, action.measure = details.text.strip(), details.measure.strip()
    action.owner_id, action.due_on = details.owner_id, details.due_on


def _same_action(
    session: AnySession, plan: DevelopmentPlan, details: ActionDetails
) -> PlanAction | None:
    """Return the plan's open action with exactly these details, if there is one."""
    return session.scalar(
        sa.select(PlanAction).where(
            PlanAction.plan_id == plan.id,
            PlanAction.state == ActionState.OPEN,
            PlanAction.criteria == list(dict.fromkeys(details.criteria)),
            PlanAction.kind == details.kind,
            PlanAction.text == details.text.strip(),
            PlanAction.measure == details.measure.strip(),
            PlanAction.owner_id == details.owner_id,
            PlanAction.due_on == details.due_on,
        )
    )


def _action(session: AnySession, loaded: Loaded, public_id: str) -> PlanAction:
    """Return an action of this appraisal's plan; an id of another plan is ``NotFound``.

    It is read anew under the appraisal's lock: what the page read before may be old.
    """
    action = session.scalar(
        sa.select(PlanAction)
        .join(DevelopmentPlan, DevelopmentPlan.id == PlanAction.plan_id)
        .where(
            PlanAction.public_id == public_id,
            DevelopmentPlan.appraisal_id == loaded.appraisal.id,
        )
        .execution_options(populate_existing=True)
    )
    if action is None:
        raise NotFound
    return action


def _check_version(action: PlanAction, version: int) -> None:
    """Raise ``Conflict`` when another save came first."""
    if action.version != version:
        raise Conflict(
            "This action was changed from another place meanwhile. Reload the page to see it.",
            {"version": action.version},
        )


def _record(session: AnySession, actor: Actor, now: datetime, action: str, subject: str) -> None:
    """Record an event about a plan."""
    record(
        session, actor=actor.public_id, now=now, action=action, subject_kind="plan", subject=subject
    )
