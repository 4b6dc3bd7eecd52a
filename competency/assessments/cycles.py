"""Cycles: opening one for everybody who can be included, or for one person, and closing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.candidates import (
    Candidate,
    Population,
    already_open,
    candidates,
    kept_population,
)
from competency.assessments.certification_models import ATTEMPTS, CycleCertification
from competency.assessments.models import Appraisal, Assessor, Cycle
from competency.assessments.operations import open_appraisal
from competency.assessments.peers import PEERS_HIGHEST, SHOWN_FROM
from competency.assessments.permissions import can_open_cycle
from competency.assessments.position_scopes import scopes_of_positions
from competency.assessments.rules import kept_criteria, scope_named
from competency.assessments.schedule import Schedule, check_schedule
from competency.assessments.schema import SINGLE_REVIEW_PERCENT, AssessorKind, Mode, Review, State
from competency.assessments.telling import tell_leads
from competency.audit.operations import record
from competency.errors import IllegalTransition, Invalid, NotAllowed
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_of
from competency.frameworks.schema import Framework
from competency.people.models import (
    Employee,
)
from competency.people.queries import actor_of, system_account
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

ATTEMPTS_HIGHEST = 10
HUNDRED = 100


@dataclass(frozen=True)
class CertificationPlan:
    """Who assesses (an employee number), which units (none for all), how many attempts."""

    assessor: str
    units: tuple[str, ...] = ()
    attempts_maximum: int = ATTEMPTS


@dataclass(frozen=True)
class CyclePlan:
    """What HR decides when a cycle is opened."""

    title: str
    framework_version_id: int
    submit_due_on: date
    releases_on: date | None = None
    self_assessment_due_on: date | None = None
    review_due_on: date | None = None
    review: Review = Review.ALL
    self_assessment: bool = True
    blind: bool = True
    contest_days: int = 10
    single_review_percent: int = SINGLE_REVIEW_PERCENT
    """How many in a hundred unflagged appraisals are looked at one by one; 0 to 100."""
    scope_id: str | None = None
    """One of the framework's scopes; without one the whole framework is appraised."""
    scope_by_position: bool = False
    """Whether each person has the scope that their position asks for, else ``scope_id``."""
    peers_maximum: int = 0
    """How many peers can be asked in each appraisal; none unless said so."""
    peers_anonymous: bool = False
    certification: CertificationPlan | None = None
    """What a certification needs beside; without it the supervisors appraise."""

    @property
    def schedule(self) -> Schedule:
        """Return its dates."""
        return Schedule(
            self.submit_due_on, self.self_assessment_due_on, self.review_due_on, self.releases_on
        )


@dataclass(frozen=True)
class Narrow:
    """What an appraisal is narrowed to: a scope's id and the criteria that are left."""

    scope_id: str | None = None
    criteria: list[str] | None = None


def open_cycle(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    plan: CyclePlan,
    population: Population,
) -> Cycle:
    """Open a cycle for everybody of the population who can be included.

    Raises ``Invalid`` for a scope that the framework hasn't got, and where nobody is
    left, so that no empty cycle comes about. Of two who include the same person at once
    the database refuses the second.
    """
    framework = _check(session, plan, actor.today(now))
    scope_named(framework, plan.scope_id)
    units = plan.certification.units if plan.certification else ()
    included = [
        candidate
        for candidate in candidates(
            session,
            actor=actor,
            now=now,
            framework_version_id=plan.framework_version_id,
            population=population,
            assessor=plan.certification.assessor if plan.certification else None,
            by_position=plan.scope_by_position,
        )
        if candidate.obstacle is None
    ]
    if not included:
        raise Invalid("Nobody can be included: choose other people or mend what stands in the way.")
    cycle = _add_cycle(session, actor, now, plan, len(included), population)
    if plan.certification is not None:
        _add_certification(session, cycle, plan.certification, included[0])
    include(session, actor=actor, now=now, cycle=cycle, people=included, units=units)
    return cycle


def include(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    people: Sequence[Candidate],
    units: Sequence[str] = (),
) -> None:
    """Open an appraisal of a cycle for each of some people, and tell the leads.

    For whoever has checked that nothing stands in the way of any of them. ``units`` are
    the only ones that a certification is about.
    """
    framework = framework_of(session, cycle.framework_version_id)
    scope = scope_named(framework, cycle.scope_id)
    own = Narrow(cycle.scope_id, kept_criteria(framework, scope, units))
    by_position = scopes_of_positions(session, framework) if cycle.scope_by_position else {}
    for candidate in people:
        asked = by_position.get(candidate.position.code) if candidate.position else None
        narrowed = own
        if asked:
            narrowed = Narrow(asked, kept_criteria(framework, framework.scope(asked), units))
        _plan_appraisal(session, actor, now, cycle, candidate, narrowed)
    tell_leads(session, cycle, (c.lead.id for c in people if c.lead is not None), now)


def open_for_one(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    plan: CyclePlan,
    employee: Employee,
    lead: Employee,
    unit_id: str | None = None,
    only: Sequence[str] | None = None,
) -> Appraisal:
    """Open a cycle of one person, for the plan's scope and one unit or all; return the appraisal.

    ``only`` names single criteria instead.

    For whoever has checked that ``actor`` may: a request that was accepted. The cycle is
    the actor's; the appraisal is opened by the system, as the workflow's table asks.
    """
    framework = _check(session, plan, actor.today(now))
    scope = scope_named(framework, plan.scope_id)
    criteria = kept_criteria(framework, scope, (unit_id,) if unit_id else ())
    if only is not None:
        criteria = [c.id for c in framework.criteria() if c.id in only]
    if employee.id in already_open(session, plan.framework_version_id):
        raise IllegalTransition("This person has an unfinished appraisal of this framework.")
    cycle = _add_cycle(session, actor, now, plan, 1)
    system = actor_of(session, system_account(session))
    candidate = Candidate(employee, None, lead, None)
    narrow = Narrow(plan.scope_id or None, criteria)
    appraisal = _plan_appraisal(session, system, now, cycle, candidate, narrow)
    tell_leads(session, cycle, [lead.id], now)
    return appraisal


def check_plan(plan: CyclePlan, today: date) -> None:
    """Raise ``Invalid`` for what no cycle can have, whatever its framework."""
    if not plan.title.strip():
        raise Invalid("A cycle needs a title.", "title")
    check_schedule(
        plan.schedule,
        opened_on=today,
        self_assessment=plan.self_assessment,
        reviewed=plan.review is not Review.NONE,
    )
    if not 0 <= plan.single_review_percent <= HUNDRED:
        raise Invalid("A share is from 0 to 100 in a hundred.", "single_review_percent")
    if not 0 <= plan.peers_maximum <= PEERS_HIGHEST:
        raise Invalid("Ask at most 20 peers in one appraisal.", "peers_maximum")
    if plan.peers_maximum and plan.certification:
        raise Invalid("A certification asks no peers.", "peers_maximum")
    if plan.peers_anonymous and 0 < plan.peers_maximum < SHOWN_FROM:
        raise Invalid(
            "What anonymous peers say is shown from three up: ask at least three.",
            "peers_maximum",
        )


def _check(session: AnySession, plan: CyclePlan, today: date) -> Framework:
    """Return the framework of a plan; raise ``Invalid`` for what no cycle can have."""
    check_plan(plan, today)
    if session.get(FrameworkVersion, plan.framework_version_id) is None:
        raise Invalid("Choose a published framework.", "framework")
    return framework_of(session, plan.framework_version_id)


def _add_cycle(
    session: AnySession,
    actor: Actor,
    now: datetime,
    plan: CyclePlan,
    included: int,
    population: Population | None = None,
) -> Cycle:
    """Add a cycle of ``included`` appraisals, and record it."""
    cycle = Cycle(
        title=plan.title.strip(),
        framework_version_id=plan.framework_version_id,
        scope_id=plan.scope_id or None,
        scope_by_position=plan.scope_by_position,
        mode=Mode.CERTIFICATION if plan.certification else Mode.APPRAISAL,
        review=plan.review,
        self_assessment=plan.self_assessment,
        blind=plan.blind,
        opened_on=actor.today(now),
        submit_due_on=plan.submit_due_on,
        self_assessment_due_on=plan.self_assessment_due_on,
        review_due_on=plan.review_due_on,
        releases_on=plan.releases_on,
        population=None if population is None else kept_population(population),
        contest_days=plan.contest_days,
        single_review_percent=plan.single_review_percent,
        peers_maximum=plan.peers_maximum,
        peers_anonymous=plan.peers_anonymous,
        opened_by_id=actor.account_id,
        made_at=now,
    )
    session.add(cycle)
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="cycle.opened",
        subject_kind="cycle",
        subject=cycle.public_id,
        data={
            "appraisals": included,
            "scope": cycle.scope_id,
            "mode": cycle.mode.value,
            "units": list(plan.certification.units) if plan.certification else None,
        },
    )
    return cycle


def _add_certification(
    session: AnySession, cycle: Cycle, plan: CertificationPlan, candidate: Candidate
) -> None:
    """Keep what a cycle of certifications has beside; its assessor leads them all."""
    if not 1 <= plan.attempts_maximum <= ATTEMPTS_HIGHEST:
        raise Invalid("A test can be taken once to ten times.", "attempts")
    if candidate.lead is None:
        raise Invalid("An appraisal needs a lead assessor.")
    session.add(
        CycleCertification(
            cycle_id=cycle.id,
            assessor_id=candidate.lead.id,
            unit_ids=list(plan.units) or None,
            attempts_maximum=plan.attempts_maximum,
        )
    )
    session.flush()


def _plan_appraisal(
    session: AnySession,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    candidate: Candidate,
    narrow: Narrow,
) -> Appraisal:
    """Create one appraisal, narrowed or whole, with its assessors and open it."""
    if candidate.lead is None:
        raise Invalid("An appraisal needs a lead assessor.")
    appraisal = Appraisal(
        cycle_id=cycle.id,
        mode=cycle.mode,
        subject_id=candidate.employee.id,
        framework_version_id=cycle.framework_version_id,
        scope_id=narrow.scope_id,
        scope=narrow.criteria,
        lead_id=candidate.lead.id,
    )
    session.add(appraisal)
    session.flush()
    kinds = [(AssessorKind.LEAD, candidate.lead.id)]
    if cycle.self_assessment:
        kinds.append((AssessorKind.SELF, candidate.employee.id))
    session.add_all(
        Assessor(
            appraisal_id=appraisal.id,
            subject_id=appraisal.subject_id,
            kind=kind,
            employee_id=employee_id,
        )
        for kind, employee_id in kinds
    )
    session.flush()
    open_appraisal(session, actor=actor, now=now, public_id=appraisal.public_id)
    return appraisal


def close_cycle(session: AnySession, *, actor: Actor, now: datetime, cycle: Cycle) -> None:
    """Close a cycle in which nothing is unfinished."""
    if not can_open_cycle(actor):
        raise NotAllowed("Only human resources can close a cycle.")
    if cycle.closed_at is not None:
        raise IllegalTransition("This cycle is closed already.")
    left = session.scalar(
        sa.select(sa.func.count()).where(
            Appraisal.cycle_id == cycle.id, Appraisal.state.not_in([State.CLOSED, State.CANCELLED])
        )
    )
    if left:
        raise IllegalTransition(
            "%(count)s appraisals of this cycle are not finished; finish or cancel them first.",
            count=left,
        )
    cycle.closed_at = now
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="cycle.closed",
        subject_kind="cycle",
        subject=cycle.public_id,
    )
