"""What gates look at beside the judgements, read only for frameworks that have such gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.approvals import given
from competency.assessments.carrying import carried_evidence, with_carried
from competency.assessments.evidence import (
    evidence_by_criterion,
    frozen_by_criterion,
    keyed_facts,
)
from competency.assessments.finding_queries import (
    Found,
    carried_findings,
    findings_for,
    kept,
    verdicts_by_kpi,
)
from competency.assessments.gates import asks_for_history, gates
from competency.assessments.models import Appraisal, OutcomeRecord
from competency.assessments.nodes import from_data, held_by_id, results_by_id
from competency.assessments.opening_level_queries import imported_history
from competency.assessments.permissions import BEFORE_SUBMISSION
from competency.assessments.queries import Loaded
from competency.assessments.rules import SHOWN_TO_SUBJECT
from competency.assessments.schema import EvidenceFact, Facts, PastOutcome
from competency.clock import local_date
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.outcome_schema import GateKind
from competency.frameworks.schema import Framework

AnySession = Session | scoped_session[Session]


def with_gates(
    session: AnySession,
    framework: Framework,
    appraisal: Appraisal,
    facts: Facts,
    *,
    now: datetime,
    time_zone: str,
    measured: Found | None = None,
) -> Facts:
    """Return ``facts`` with what the gates of the framework ask for, as of ``now``.

    Days are those in ``time_zone``, where the subject works. ``measured`` is what indicators
    say, for gates that ask for it; absent: as the submission kept it. Without gates nothing is
    read.
    """
    kinds = {gate.gate for gate in gates(framework)}
    if not kinds:
        return facts
    return replace(
        facts,
        as_of=local_date(now, time_zone),
        evidence=(
            _evidence(session, framework, appraisal, facts)
            if GateKind.REQUIRED_EVIDENCE in kinds
            else {}
        ),
        history=_history(session, framework, appraisal, time_zone)
        if asks_for_history(framework)
        else (),
        verdicts=(
            _verdicts(session, appraisal, facts, measured) if GateKind.KPI_GATE in kinds else {}
        ),
        approvals=(given(session, appraisal) if GateKind.HUMAN_APPROVAL in kinds else frozenset()),
    )


def gated_facts(
    session: AnySession,
    loaded: Loaded,
    facts: Facts,
    now: datetime,
    measured: Found | None = None,
) -> Facts:
    """Return ``facts`` with what carries over and what the framework's gates ask for.

    ``measured`` is what ``findings_for`` gave, where the caller has it already.
    """
    facts = with_carried(session, loaded.appraisal, facts)
    if not gates(loaded.framework):
        return facts
    asks = any(gate.gate is GateKind.KPI_GATE for gate in gates(loaded.framework))
    # what a submission keeps is there before whoever decides in it has read the appraisal again
    if asks and measured is None and loaded.appraisal.state in BEFORE_SUBMISSION:
        measured = findings_for(session, loaded, now)
    return with_gates(
        session,
        loaded.framework,
        loaded.appraisal,
        facts,
        now=now,
        time_zone=loaded.time_zone,
        measured=measured,
    )


def _verdicts(
    session: AnySession, appraisal: Appraisal, facts: Facts, measured: Found | None
) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Return what indicators say, measured or kept; of what carries over, as it was kept there."""
    found = kept(session, appraisal) if measured is None else measured
    carried = carried_findings(session, facts.carried) if facts.carried else {}
    return verdicts_by_kpi({**found, **carried})


def _evidence(
    session: AnySession, framework: Framework, appraisal: Appraisal, facts: Facts
) -> Mapping[str, Sequence[tuple[int, EvidenceFact]]]:
    """Return what the submission relies on, or what is linked while there is none.

    What carries over rests on the evidence of the appraisal that judged it.
    """
    if appraisal.state in BEFORE_SUBMISSION:
        found = evidence_by_criterion(session, appraisal.subject_id, framework.id)
    else:
        found = frozen_by_criterion(session, appraisal)
    relied_on = keyed_facts(found)
    return {**relied_on, **carried_evidence(session, facts.carried)} if facts.carried else relied_on


def _history(
    session: AnySession, framework: Framework, appraisal: Appraisal, time_zone: str
) -> tuple[PastOutcome, ...]:
    """Return the outcomes of the subject's other appraisals of the framework, once delivered.

    Of each only the last one stands. Levels that were imported come with them.
    """
    slug = (
        sa.select(FrameworkVersion.slug)
        .where(FrameworkVersion.id == appraisal.framework_version_id)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(OutcomeRecord.appraisal_id, OutcomeRecord.decided_at, OutcomeRecord.tree)
        .join(Appraisal, Appraisal.id == OutcomeRecord.appraisal_id)
        .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
        .where(
            Appraisal.subject_id == appraisal.subject_id,
            Appraisal.id != appraisal.id,
            Appraisal.state.in_(SHOWN_TO_SUBJECT),
            FrameworkVersion.slug == slug,
        )
        .order_by(OutcomeRecord.appraisal_id, OutcomeRecord.round, OutcomeRecord.turn)
    )
    last = {
        appraisal_id: (local_date(decided_at, time_zone), from_data(tree))
        for appraisal_id, decided_at, tree in rows
    }
    decided = (
        PastOutcome(day, results_by_id(node), held_by_id(node)) for day, node in last.values()
    )
    imported = imported_history(session, appraisal.subject_id, framework.id)
    return (*imported, *decided)
