"""Pairs of judgements of a cycle, counted by the database: what agreement is worked out from.

Each read takes a condition on appraisals, so that a calibration session can ask about a
group as the cycle's page asks about a cycle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, scoped_session

from competency.assessments.beside_queries import OWES
from competency.assessments.models import Appraisal, AppraisalStep, Assessor, Cycle, Judgement
from competency.assessments.peers import SHOWN_FROM
from competency.assessments.schema import Action, AssessorKind
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.people.queries import employees_in_scope
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]
Condition = sa.ColumnElement[bool]

Levels = Mapping[tuple[str, str, str], int]
"""How often the lead said one level of a criterion and somebody else another."""
SEVERITY_FROM = 30
"""Pairs from which a lead's severity is shown (ADR 0025)."""


def others_of(actor: Actor, now: datetime, cycle: Cycle) -> Condition:
    """Return the condition of a cycle's appraisals that human resources may measure.

    Not their own, nor those that they still judge themselves.
    """
    asked = (
        sa.select(Assessor.id)
        .where(
            Assessor.appraisal_id == Appraisal.id,
            Assessor.round == Appraisal.round,
            Assessor.employee_id == actor.employee_id,
            OWES,
        )
        .correlate(Appraisal, Cycle)
        .exists()
    )
    return sa.and_(
        Appraisal.cycle_id == cycle.id,
        Cycle.id == Appraisal.cycle_id,
        Appraisal.subject_id != (actor.employee_id or 0),
        Appraisal.subject_id.in_(
            sa.select(Employee.id).where(employees_in_scope(actor, actor.today(now), [Role.HR]))
        ),
        ~asked,
    )


_Lead = aliased(Judgement)
_Other = aliased(Judgement)
_STANDS = sa.and_(
    _Lead.appraisal_id == Appraisal.id,
    _Lead.round == Appraisal.round,
    _Lead.turn == Appraisal.turn,
    _Lead.kind == AssessorKind.LEAD,
)
_SAME_CRITERION = sa.and_(
    _Other.appraisal_id == Appraisal.id,
    _Other.round == Appraisal.round,
    _Other.criterion_id == _Lead.criterion_id,
)
_Taken = aliased(AppraisalStep)
_Approved = aliased(AppraisalStep)
_ONE_BY_ONE = (
    sa.select(_Approved.id)
    .join(
        _Taken,
        (_Taken.appraisal_id == _Approved.appraisal_id)
        & (_Taken.round == _Approved.round)
        & (_Taken.action == Action.TAKE),
    )
    .where(
        _Approved.appraisal_id == Appraisal.id,
        _Approved.round == Appraisal.round,
        _Approved.action == Action.APPROVE,
    )
    .group_by(_Approved.id)
    .having(sa.func.max(_Taken.taken_at) < _Approved.taken_at)
    .correlate(Appraisal)
    .exists()
)
"""Approved by a reviewer who took it before; bulk approval does both at one instant."""


def pairs_with(session: AnySession, appraisals: Condition) -> dict[AssessorKind, Levels]:
    """Return how often lead and self, and lead and second, said which levels; one read.

    Judgements without a level take no part.
    """
    rows = session.execute(
        sa.select(_Other.kind, _Lead.criterion_id, _Lead.level, _Other.level, sa.func.count())
        .select_from(Appraisal)
        .join(Cycle, Cycle.id == Appraisal.cycle_id)
        .join(_Lead, _STANDS)
        .join(_Other, _SAME_CRITERION)
        .where(
            appraisals,
            _Other.kind.in_([AssessorKind.SELF, AssessorKind.SECOND]),
            _Lead.level.is_not(None),
            _Other.level.is_not(None),
        )
        .group_by(_Other.kind, _Lead.criterion_id, _Lead.level, _Other.level)
    )
    found: dict[AssessorKind, dict[tuple[str, str, str], int]] = {}
    for kind, criterion, level, other, number in rows:
        found.setdefault(kind, {})[criterion, str(level), str(other)] = number
    return dict(found)


def pairs_with_review(session: AnySession, appraisals: Condition) -> Levels:
    """Return how often lead and review said which levels, where review looked one by one.

    What review left as it was, it said too.
    """
    said = sa.func.coalesce(_Other.level, _Lead.level)
    rows = session.execute(
        sa.select(_Lead.criterion_id, _Lead.level, said, sa.func.count())
        .select_from(Appraisal)
        .join(Cycle, Cycle.id == Appraisal.cycle_id)
        .join(_Lead, _STANDS)
        .outerjoin(
            _Other,
            sa.and_(
                _SAME_CRITERION,
                _Other.kind == AssessorKind.REVIEW,
                _Other.turn == Appraisal.turn,
            ),
        )
        .where(
            appraisals,
            _ONE_BY_ONE,
            _Lead.level.is_not(None),
            sa.or_(_Other.id.is_(None), _Other.level.is_not(None)),
        )
        .group_by(_Lead.criterion_id, _Lead.level, said)
    )
    return {(criterion, str(level), other): number for criterion, level, other, number in rows}


@dataclass(frozen=True)
class Severity:
    """How often a lead's level was above and below the pooled view, of ``pairs`` criteria."""

    lead_id: int
    name: str
    above: int
    below: int
    pairs: int


def severity_of_leads(
    session: AnySession, appraisals: Condition, framework: Framework
) -> list[Severity]:
    """Return the severity of each lead with enough pairs, by name; never as a rank.

    The pooled view of a criterion is the median position of what seconds, peers and
    review said about it. Anonymous peers take part from three up, as everywhere.
    """
    rows = session.execute(
        sa.select(
            Appraisal.id,
            _Lead.employee_id,
            Employee.printed_name,
            Employee.sort_key,
            _Lead.criterion_id,
            _Lead.level,
            _Other.kind,
            _Other.level,
            Cycle.peers_anonymous,
        )
        .select_from(Appraisal)
        .join(Cycle, Cycle.id == Appraisal.cycle_id)
        .join(_Lead, _STANDS)
        .join(Employee, Employee.id == _Lead.employee_id)
        .join(_Other, _SAME_CRITERION)
        .where(
            appraisals,
            _Lead.level.is_not(None),
            _Other.level.is_not(None),
            sa.or_(
                _Other.kind.in_([AssessorKind.SECOND, AssessorKind.PEER]),
                (_Other.kind == AssessorKind.REVIEW) & (_Other.turn == Appraisal.turn),
            ),
        )
    )
    pooled: dict[tuple[int, int, str, str, str, str], list[int]] = {}
    peers: dict[tuple[int, int, str, str, str, str], list[int]] = {}
    kept_back: set[tuple[int, int, str, str, str, str]] = set()
    for appraisal, lead, name, key, criterion, level, kind, other, anonymous in rows:
        place = (appraisal, lead, name, key, criterion, str(level))
        position = framework.scale_of(criterion).position(str(other))
        (peers if kind is AssessorKind.PEER else pooled).setdefault(place, []).append(position)
        if anonymous:
            kept_back.add(place)
    for place, positions in peers.items():
        if place not in kept_back or len(positions) >= SHOWN_FROM:
            pooled.setdefault(place, []).extend(positions)
    above: Counter[int] = Counter()
    below: Counter[int] = Counter()
    pairs: Counter[int] = Counter()
    names: dict[int, tuple[str, str]] = {}
    for (_, lead, name, key, criterion, level), positions in pooled.items():
        position, middle = framework.scale_of(criterion).position(level), median(positions)
        names[lead] = (key, name)
        pairs[lead] += 1
        above[lead] += position > middle
        below[lead] += position < middle
    return [
        Severity(lead, names[lead][1], above[lead], below[lead], pairs[lead])
        for lead in sorted(names, key=lambda one: (names[one], one))
        if pairs[lead] >= SEVERITY_FROM
    ]
