"""Reads of development plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.gaps import (
    Gap,
    gaps,
)
from competency.assessments.models import Appraisal
from competency.assessments.outcomes import outcome
from competency.assessments.queries import Loaded, judgements, load, outcome_of
from competency.assessments.rules import SHOWN_TO_SUBJECT
from competency.assessments.schema import AssessorKind, Facts, Node
from competency.clock import local_date
from competency.errors import NotFound
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.schema import Unit
from competency.people.queries import names_of
from competency.people.schema import Actor
from competency.progression.models import DevelopmentPlan, PlanAction
from competency.progression.permissions import can_read_plan, can_write_plan
from competency.progression.schema import ActionState

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class PlanView:
    """A plan with all that a page or a document shows of it."""

    loaded: Loaded
    node: Node
    gaps: tuple[Gap, ...]
    reasons: dict[str, str]
    plan: DevelopmentPlan | None
    actions: tuple[PlanAction, ...]
    names: dict[int, str]
    writable: bool

    def actions_for(self, criterion_id: str) -> tuple[PlanAction, ...]:
        """Return the actions that are for a criterion."""
        return tuple(action for action in self.actions if criterion_id in action.criteria)

    @property
    def gaps_by_unit(self) -> tuple[tuple[Unit, tuple[Gap, ...]], ...]:
        """Return the gaps under their unit, in the framework's order."""
        units = {unit.id: unit for unit in self.loaded.framework.all_units()}
        return tuple(
            (units[unit_id], tuple(inside))
            for unit_id, inside in groupby(self.gaps, key=attrgetter("unit_id"))
        )

    @property
    def other_actions(self) -> tuple[PlanAction, ...]:
        """Return the actions that are for none of the gaps."""
        gap_ids = {gap.criterion_id for gap in self.gaps}
        return tuple(action for action in self.actions if gap_ids.isdisjoint(action.criteria))

    @property
    def open_actions(self) -> int:
        """Return how many actions are still to be done."""
        return sum(action.state is ActionState.OPEN for action in self.actions)


def plan_of(
    session: AnySession, *, actor: Actor, now: datetime, appraisal_public_id: str
) -> PlanView:
    """Return the plan of a decided appraisal; ``NotFound`` where the actor can't read it."""
    loaded = load(session, actor=actor, now=now, public_id=appraisal_public_id)
    if not can_read_plan(actor, loaded.facts, loaded.standing):
        raise NotFound
    decided = outcome_of(session, loaded.appraisal)
    node = decided or outcome(loaded.framework, Facts(judgements={}, scope=loaded.scope))
    plan = session.scalar(
        sa.select(DevelopmentPlan).where(DevelopmentPlan.appraisal_id == loaded.appraisal.id)
    )
    actions: tuple[PlanAction, ...] = ()
    if plan is not None:
        actions = tuple(
            session.scalars(
                sa.select(PlanAction)
                .where(PlanAction.plan_id == plan.id)
                .order_by(PlanAction.due_on, PlanAction.id)
            )
        )
    rows = judgements(session, loaded)
    said = {**rows.get(AssessorKind.LEAD, {}), **rows.get(AssessorKind.REVIEW, {})}
    people = [
        loaded.subject.id,
        loaded.appraisal.lead_id,
        loaded.appraisal.reviewer_id,
        loaded.standing.supervisor_id,
        *(action.owner_id for action in actions),
    ]
    return PlanView(
        loaded=loaded,
        node=node,
        gaps=gaps(loaded.framework, node),
        reasons={i: row.reason for i, row in said.items() if row.reason},
        plan=plan,
        actions=actions,
        names=names_of(session, people),
        writable=can_write_plan(actor, loaded.facts, loaded.standing)
        and bool(loaded.subject.printed_name),
    )


@dataclass(frozen=True)
class OwnPlan:
    """One of one's own plans: of which appraisal and framework, and what is open in it."""

    appraisal_id: str
    """The public id of the appraisal, which names the plan's page."""
    title: str
    language: str
    released_on: date | None
    open_actions: tuple[PlanAction, ...]


HAS_PLAN = sa.exists().where(DevelopmentPlan.subject_id == sa.bindparam("me", type_=sa.BigInteger))
"""Whether there is a plan of ``me``."""
_OWN_PLANS = (
    sa.select(
        Appraisal.public_id,
        FrameworkVersion.title,
        FrameworkVersion.language,
        Appraisal.released_at,
        PlanAction,
    )
    .join(DevelopmentPlan, DevelopmentPlan.appraisal_id == Appraisal.id)
    .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
    .outerjoin(
        PlanAction,
        sa.and_(PlanAction.plan_id == DevelopmentPlan.id, PlanAction.state == ActionState.OPEN),
    )
    .where(
        DevelopmentPlan.subject_id == sa.bindparam("me", type_=sa.BigInteger),
        Appraisal.state.in_(sorted(SHOWN_TO_SUBJECT)),
    )
    .order_by(Appraisal.id.desc(), PlanAction.due_on, PlanAction.id)
)
"""Made once, since everybody's home page asks it."""


def own_plans(session: AnySession, actor: Actor) -> list[OwnPlan]:
    """Return the plans of the actor's released appraisals, the newest first; one read."""
    rows = session.execute(_OWN_PLANS, {"me": actor.employee_id}).all()
    return [
        OwnPlan(
            public_id,
            title,
            language,
            local_date(released, actor.time_zone) if released else None,
            tuple(row[-1] for row in inside if row[-1] is not None),
        )
        for (public_id, title, language, released), inside in groupby(
            rows, key=lambda row: tuple(row[:4])
        )
    ]
