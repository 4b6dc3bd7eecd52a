"""What a reassessment takes over from the outcome that it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence import frozen_by_criterion, keyed_facts
from competency.assessments.models import Appraisal, OutcomeRecord
from competency.assessments.nodes import criterion_nodes, from_data
from competency.assessments.reassessment_models import Reassessment
from competency.assessments.schema import Carried, EvidenceFact, Facts, Mode, Node
from competency.clock import local_date
from competency.people.models import Employee, Employer

AnySession = Session | scoped_session[Session]

PASSED_ON = frozenset({"judged", "carried", "excused"})
"""The lines of criteria that an outcome hands on; what was out of scope stays so."""


@dataclass(frozen=True)
class Base:
    """The appraisal that a reassessment stands on, and why it was opened."""

    appraisal: Appraisal
    reason: str
    opened_at: datetime


def base_of(session: AnySession, appraisal: Appraisal) -> Base | None:
    """Return what an appraisal is a reassessment of; ``None`` for any other, mostly unasked.

    A reassessment names its criteria itself, so it has no scope of its framework.
    """
    named_itself = appraisal.scope is not None and appraisal.scope_id is None
    if not named_itself or appraisal.mode is not Mode.APPRAISAL:
        return None
    found = session.execute(
        sa.select(Appraisal, Reassessment.reason, Reassessment.opened_at)
        .join(Reassessment, Reassessment.of_id == Appraisal.id)
        .where(Reassessment.appraisal_id == appraisal.id)
    ).one_or_none()
    return None if found is None else Base(found[0], found[1] or "", found[2])


def with_carried(session: AnySession, appraisal: Appraisal, facts: Facts) -> Facts:
    """Return ``facts`` with the criteria that carry over; the same for every other appraisal."""
    base = base_of(session, appraisal)
    if base is None:
        return facts
    found = carried_from(session, base.appraisal)
    judged = frozenset(appraisal.scope or ())
    return replace(facts, carried={i: one for i, one in found.items() if i not in judged})


def criteria_about(session: AnySession, appraisal: Appraisal) -> frozenset[str] | None:
    """Return the criteria that a result is about: those judged and carried; ``None`` for all."""
    if appraisal.scope is None:
        return None
    base = base_of(session, appraisal)
    carried = frozenset() if base is None else frozenset(carried_from(session, base.appraisal))
    return frozenset(appraisal.scope) | carried


def carried_from(session: AnySession, base: Appraisal) -> dict[str, Carried]:
    """Return what each criterion of a decided appraisal hands on, by id.

    What was carried into it keeps the day and the appraisal in which it was judged.
    """
    row = session.execute(
        sa.select(OutcomeRecord.tree, OutcomeRecord.decided_at, Employer.time_zone)
        .join(Employee, Employee.id == OutcomeRecord.subject_id)
        .join(Employer, Employer.id == Employee.employer_id)
        .where(OutcomeRecord.appraisal_id == base.id)
        .order_by(OutcomeRecord.round.desc(), OutcomeRecord.turn.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return {}
    tree, decided_at, time_zone = row
    day = local_date(decided_at, time_zone).isoformat()
    found = {}
    for node in criterion_nodes(from_data(tree)):
        if any(line.code in PASSED_ON for line in node.lines):
            found[node.id] = _carried(node, base.public_id, day)
    return found


def _carried(node: Node, public_id: str, day: str) -> Carried:
    """Return what one criterion hands on."""
    for line in node.lines:
        if line.code == "carried":
            return Carried(node.result, str(line.params["on"]), str(line.params["appraisal"]))
    return Carried(node.result, day, public_id)


def carried_evidence(
    session: AnySession, carried: Mapping[str, Carried]
) -> dict[str, list[tuple[int, EvidenceFact]]]:
    """Return the evidence that the carried judgements rested on, by criterion."""
    sources = session.scalars(
        sa.select(Appraisal).where(
            Appraisal.public_id.in_({one.appraisal for one in carried.values()})
        )
    ).all()
    found: dict[str, list[tuple[int, EvidenceFact]]] = {}
    for source in sources:
        for criterion_id, pieces in frozen_by_criterion(session, source).items():
            if criterion_id in carried and carried[criterion_id].appraisal == source.public_id:
                found |= keyed_facts({criterion_id: pieces})
    return found
