"""Reads about seconds and peers: what waits for them, what they said, who can be one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, scoped_session

from competency.assessments.models import (
    Appraisal,
    Assessor,
    Cycle,
    Draft,
    Evidence,
    EvidenceLink,
    Judgement,
    PeerNomination,
)
from competency.assessments.queries import BESIDE, Loaded
from competency.assessments.rules import DECIDED, SHOWN_TO_SUBJECT
from competency.assessments.schema import AssessorKind, NominationState, State
from competency.frameworks.models import FrameworkVersion
from competency.people.models import Employee, Placement, ReportingLine
from competency.people.queries import employees_in_scope, on
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]

COLLEAGUES_SHOWN = 200
SHOWN = 100

_ASKED = (Assessor.appraisal_id == Appraisal.id) & (Assessor.round == Appraisal.round)
_STILL_OWES = sa.and_(Assessor.submitted_at.is_(None), Assessor.ended_at.is_(None))
_CAN_JUDGE = sa.or_(
    sa.and_(
        Assessor.kind == AssessorKind.PEER,
        Appraisal.state == State.OPEN,
        Appraisal.turn == 0,
        Appraisal.round == 1,
    ),
    (Assessor.kind == AssessorKind.SECOND)
    & Appraisal.state.in_([State.OPEN, State.SUBMITTED, State.IN_REVIEW]),
    Assessor.drawn & Appraisal.state.in_(sorted(DECIDED)) & Cycle.closed_at.is_(None),
)
"""``permissions.awaits`` as a condition on rows."""
OWES = sa.and_(_STILL_OWES, _CAN_JUDGE)


def ever_beside(employee_id: sa.ColumnElement[int] | int | None) -> sa.ColumnElement[bool]:
    """Return the condition that somebody is or was a second or peer of an appraisal."""
    return (
        sa.select(Assessor.id)
        .where(
            Assessor.appraisal_id == Appraisal.id,
            Assessor.employee_id == employee_id,
            Assessor.kind.in_(BESIDE),
        )
        .correlate(Appraisal)
        .exists()
    )


def owed_by(session: AnySession, employee_id: int | None, cycle_id: int) -> set[int]:
    """Return the appraisals of a cycle that somebody is to judge as second or peer."""
    return set(
        session.scalars(
            sa.select(Appraisal.id)
            .join(Assessor, _ASKED)
            .join(Cycle, Cycle.id == Appraisal.cycle_id)
            .where(Appraisal.cycle_id == cycle_id, Assessor.employee_id == employee_id, OWES)
        )
    )


def scores_now(session: AnySession, employee_id: int | None, evidence: Evidence) -> bool:
    """Return whether somebody scores an appraisal, as a second, to which the evidence speaks."""
    if employee_id is None:
        return False
    found = (
        sa.select(Appraisal.id)
        .join(Assessor, _ASKED)
        .join(Cycle, Cycle.id == Appraisal.cycle_id)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .join(
            EvidenceLink,
            (EvidenceLink.evidence_id == evidence.id)
            & (EvidenceLink.framework_slug == FrameworkVersion.slug),
        )
        .where(
            Appraisal.subject_id == evidence.subject_id,
            Assessor.employee_id == employee_id,
            Assessor.kind == AssessorKind.SECOND,
            OWES,
        )
    )
    return session.scalar(found.limit(1)) is not None


@dataclass(frozen=True)
class PartRow:
    """One appraisal that somebody is to judge beside the lead."""

    appraisal: Appraisal
    cycle: Cycle
    kind: AssessorKind
    subject_name: str
    framework_title: str
    framework_language: str
    done: int
    total: int


_ME = sa.bindparam("me", type_=sa.BigInteger)
_ANSWERED = (
    sa.select(sa.func.count())
    .select_from(Draft)
    .where(Draft.assessor_id == Assessor.id, sa.or_(Draft.level.is_not(None), Draft.excused))
    .correlate(Assessor)
    .scalar_subquery()
)
_WAITING = (
    sa.select(
        Appraisal,
        Cycle,
        Assessor.kind,
        Employee.printed_name,
        FrameworkVersion.title,
        FrameworkVersion.language,
        FrameworkVersion.criteria,
        _ANSWERED,
    )
    .join(Assessor, _ASKED)
    .join(Cycle, Cycle.id == Appraisal.cycle_id)
    .join(Employee, Employee.id == Appraisal.subject_id)
    .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
    .where(Assessor.employee_id == _ME, OWES)
    .order_by(Cycle.submit_due_on, Employee.sort_key, Appraisal.id)
    .limit(SHOWN)
)


def parts_waiting(session: AnySession, employee_id: int | None) -> list[PartRow]:
    """Return what somebody is to judge as second or peer, earliest due first."""
    return [
        PartRow(a, cycle, kind, name, title, language, done, _asked(a, count))
        for a, cycle, kind, name, title, language, count, done in session.execute(
            _WAITING, {"me": employee_id}
        )
    ]


def _asked(appraisal: Appraisal, count: int) -> int:
    """Return how many of the framework's ``count`` criteria are asked in this round."""
    asked = appraisal.judged_anew or appraisal.scope
    return count if asked is None else len(asked)


@dataclass(frozen=True)
class Said:
    """One judgement of a second or a peer, with who they are."""

    judgement: Judgement
    name: str
    drawn: bool


def said_beside(session: AnySession, loaded: Loaded) -> list[Said]:
    """Return what seconds of this round and peers handed in, by the assessor's name.

    Peers are asked in the first round only, and what they said stands beside later ones.
    """
    rows = session.execute(
        sa.select(Judgement, Employee.printed_name, Assessor.drawn)
        .join(Assessor, Assessor.id == Judgement.assessor_id)
        .join(Employee, Employee.id == Judgement.employee_id)
        .where(
            Judgement.appraisal_id == loaded.appraisal.id,
            sa.or_(
                (Judgement.kind == AssessorKind.SECOND)
                & (Judgement.round == loaded.appraisal.round),
                Judgement.kind == AssessorKind.PEER,
            ),
        )
        .order_by(Employee.sort_key, Judgement.id)
    )
    return [Said(*row) for row in rows]


def last_delivered(session: AnySession, loaded: Loaded) -> Appraisal | None:
    """Return the subject's delivered appraisal before this one, against any version."""
    return session.scalar(
        sa.select(Appraisal)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .where(
            Appraisal.subject_id == loaded.appraisal.subject_id,
            Appraisal.id < loaded.appraisal.id,
            FrameworkVersion.slug == loaded.framework.id,
            Appraisal.state.in_(sorted(SHOWN_TO_SUBJECT)),
        )
        .order_by(Appraisal.decided_at.desc(), Appraisal.id.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class AskedRow:
    """One second or peer of an appraisal, as human resources see them: never what they said."""

    assessor: Assessor
    employee: Employee


@dataclass(frozen=True)
class NominationRow:
    """A proposed peer with whose proposal it is and whom it is about."""

    nomination: PeerNomination
    employee: Employee
    proposed_by: str
    subject_name: str = ""
    appraisal_id: str = ""


def asked_beside(session: AnySession, loaded: Loaded) -> list[AskedRow]:
    """Return who is asked beside the lead in this round, seconds first, by name."""
    rows = session.execute(
        sa.select(Assessor, Employee)
        .join(Employee, Employee.id == Assessor.employee_id)
        .where(
            Assessor.appraisal_id == loaded.appraisal.id,
            Assessor.round == loaded.appraisal.round,
            Assessor.kind.in_(BESIDE),
            Assessor.ended_at.is_(None),
        )
        .order_by(Assessor.kind.desc(), Employee.sort_key)
    )
    return [AskedRow(*row) for row in rows]


def _nominations() -> sa.Select[PeerNomination, Employee, str, str, str]:
    """Return the select of proposals, oldest first."""
    proposer, subject = aliased(Employee), aliased(Employee)
    return (
        sa.select(
            PeerNomination,
            Employee,
            proposer.printed_name,
            subject.printed_name,
            Appraisal.public_id,
        )
        .join(Employee, Employee.id == PeerNomination.employee_id)
        .join(proposer, proposer.id == PeerNomination.proposed_by_id)
        .join(subject, subject.id == PeerNomination.subject_id)
        .join(Appraisal, Appraisal.id == PeerNomination.appraisal_id)
        .order_by(PeerNomination.id)
    )


def nominations_of(
    session: AnySession, loaded: Loaded, *, proposed_by: int | None = None
) -> list[NominationRow]:
    """Return the peers proposed for this round, or only those that somebody proposed."""
    query = _nominations().where(
        PeerNomination.appraisal_id == loaded.appraisal.id,
        PeerNomination.round == loaded.appraisal.round,
    )
    if proposed_by is not None:
        query = query.where(PeerNomination.proposed_by_id == proposed_by)
    return [NominationRow(*row) for row in session.execute(query)]


def _to_answer(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return the condition that a proposal waits for this actor of human resources."""
    return sa.and_(
        PeerNomination.state == NominationState.PROPOSED,
        PeerNomination.subject_id != (actor.employee_id or 0),
        PeerNomination.round == Appraisal.round,
        Appraisal.state == State.OPEN,
        Appraisal.turn == 0,
        Appraisal.round == 1,
        PeerNomination.subject_id.in_(
            sa.select(Employee.id).where(employees_in_scope(actor, today, [Role.HR]))
        ),
    )


def nominations_to_answer(
    session: AnySession, actor: Actor, today: date, cycle: Cycle
) -> list[NominationRow]:
    """Return the proposals of a cycle that wait for human resources, oldest first."""
    query = _nominations().where(Appraisal.cycle_id == cycle.id, _to_answer(actor, today))
    return [NominationRow(*row) for row in session.execute(query.limit(SHOWN))]


def cycles_with_proposals(
    session: AnySession, actor: Actor, today: date
) -> list[tuple[Cycle, int]]:
    """Return the cycles in which proposals wait for the actor, with how many."""
    rows = session.execute(
        sa.select(Cycle, sa.func.count())
        .join(Appraisal, Appraisal.cycle_id == Cycle.id)
        .join(PeerNomination, PeerNomination.appraisal_id == Appraisal.id)
        .where(_to_answer(actor, today))
        .group_by(Cycle.id)
        .order_by(Cycle.id)
    )
    return [(cycle, number) for cycle, number in rows]


def standing_nominations(session: AnySession, loaded: Loaded) -> int:
    """Return how many peers are proposed or asked in this round."""
    return (
        session.scalar(
            sa.select(sa.func.count()).where(
                PeerNomination.appraisal_id == loaded.appraisal.id,
                PeerNomination.round == loaded.appraisal.round,
                PeerNomination.state.in_([NominationState.PROPOSED, NominationState.APPROVED]),
            )
        )
        or 0
    )


def _colleagues(subject_id: int, today: date) -> sa.Select[Employee]:
    """Return the select of who works at the person's site or under the same supervisor."""
    own = (
        sa.select(Placement.site_id, Placement.team_id)
        .where(Placement.employee_id == subject_id, on(Placement, today))
        .subquery()
    )
    above = sa.select(ReportingLine.supervisor_id).where(
        ReportingLine.employee_id == subject_id, on(ReportingLine, today)
    )
    beside = sa.select(ReportingLine.employee_id).where(
        ReportingLine.supervisor_id.in_(above), on(ReportingLine, today)
    )
    same_team = sa.select(Placement.employee_id).where(
        Placement.team_id.in_(sa.select(own.c.team_id)), on(Placement, today)
    )
    same_site = sa.select(Placement.employee_id).where(
        Placement.site_id.in_(sa.select(own.c.site_id)), on(Placement, today)
    )
    return (
        sa.select(Employee)
        .where(
            Employee.id != subject_id,
            sa.or_(Employee.left_on.is_(None), Employee.left_on > today),
            sa.or_(Employee.id.in_(same_site), Employee.id.in_(beside)),
        )
        .order_by(
            Employee.id.in_(sa.union(same_team, beside)).desc(), Employee.sort_key, Employee.id
        )
    )


def colleagues(session: AnySession, subject_id: int, today: date) -> list[Employee]:
    """Return whom a person or their lead can propose, those of the same team first."""
    return list(session.scalars(_colleagues(subject_id, today).limit(COLLEAGUES_SHOWN)))


def colleague_by_number(
    session: AnySession, subject_id: int, today: date, number: str
) -> Employee | None:
    """Return a colleague by employee number."""
    return session.scalar(
        _colleagues(subject_id, today).where(
            sa.func.upper(Employee.employee_number) == number.strip().upper()
        )
    )


def double_scored(session: AnySession, cycle: Cycle) -> dict[int, int]:
    """Return how many seconds of drawn appraisals each appraisal of a cycle has, by id."""
    rows = session.execute(
        sa.select(Assessor.appraisal_id, sa.func.count())
        .join(Appraisal, _ASKED)
        .where(Appraisal.cycle_id == cycle.id, Assessor.drawn, Assessor.ended_at.is_(None))
        .group_by(Assessor.appraisal_id)
    )
    return dict(rows.all())


def handed_in_counts(session: AnySession, cycle: Cycle) -> dict[AssessorKind, tuple[int, int]]:
    """Return of seconds and peers how many are asked in a cycle, and how many handed in."""
    rows = session.execute(
        sa.select(Assessor.kind, sa.func.count(), sa.func.count(Assessor.submitted_at))
        .join(Appraisal, _ASKED)
        .where(
            Appraisal.cycle_id == cycle.id,
            Assessor.kind.in_(BESIDE),
            Assessor.ended_at.is_(None),
        )
        .group_by(Assessor.kind)
    )
    return {kind: (asked, done) for kind, asked, done in rows}


def parts_of(session: AnySession, employee_ids: Iterable[int]) -> Sequence[Assessor]:
    """Return the parts of people beside leads that were not handed in."""
    return session.scalars(
        sa.select(Assessor)
        .where(
            Assessor.employee_id.in_(list(employee_ids)),
            Assessor.kind.in_(BESIDE),
            _STILL_OWES,
        )
        .order_by(Assessor.id)
    ).all()
