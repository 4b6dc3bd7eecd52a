"""What an assessor does with a finding: accept it as evidence, or set it aside with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence import Contents, add_contents
from competency.assessments.evidence_links import unlink
from competency.assessments.finding_facts import Data, is_decided_about, is_sufficient
from competency.assessments.finding_models import FindingDecision, FindingStep
from competency.assessments.finding_queries import Found, findings_now, recorded, says_something
from competency.assessments.models import Evidence
from competency.assessments.permissions import can_judge
from competency.assessments.queries import Loaded, load
from competency.assessments.schema import AssessorKind
from competency.audit.operations import record
from competency.documents.fonts import check_printable
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.schema import EvidenceKind
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

REASON_MAXIMUM = 2000
Described = Callable[[Data], tuple[str, str]]
"""Gives the title and the text of the evidence that a finding becomes, in words."""


def accept_finding(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    criterion_id: str,
    kpi: str,
    described: Described,
) -> None:
    """Make a finding evidence for its criterion, with its figures as they are now.

    ``IllegalTransition`` for context and conditions, where too little was measured, or the same
    figures are evidence already. Evidence that earlier figures became is no longer linked to the
    criterion.
    """
    loaded = _judging(session, actor, now, public_id)
    facts = _found(session, loaded, now, criterion_id, kpi)
    if not is_sufficient(facts):
        raise IllegalTransition("Too little was measured to rely on; judge by other evidence.")
    before = recorded(session, loaded.appraisal).decisions.get((criterion_id, kpi))
    if before is not None and before.step is FindingStep.ACCEPTED:
        if before.facts == facts:
            raise IllegalTransition("These figures are evidence already.")
        _take_away(session, loaded, actor, now, before)
    title, text = described(facts)
    evidence = add_contents(
        session,
        actor=actor,
        now=now,
        employee_public_id=loaded.subject.public_id,
        contents=Contents(EvidenceKind.KPI, title, text, actor.today(now)),
        links=[(loaded.framework.id, criterion_id)],
    )
    _append(
        session,
        loaded,
        actor,
        now,
        FindingStep.ACCEPTED,
        criterion_id,
        facts,
        evidence_id=evidence.id,
    )


def set_finding_aside(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    criterion_id: str,
    kpi: str,
    reason: str,
) -> None:
    """Set a finding aside and say why; evidence that it became is no longer linked."""
    reason = reason.strip()
    if not reason:
        raise Invalid("Say why these figures don't speak to the criterion.", "reason")
    if len(reason) > REASON_MAXIMUM:
        raise Invalid("A reason can have at most 2,000 characters.", "reason")
    check_printable(reason, "reason")
    loaded = _judging(session, actor, now, public_id)
    facts = _found(session, loaded, now, criterion_id, kpi)
    before = recorded(session, loaded.appraisal).decisions.get((criterion_id, kpi))
    if before is not None and before.step is FindingStep.ACCEPTED:
        _take_away(session, loaded, actor, now, before)
    _append(
        session,
        loaded,
        actor,
        now,
        FindingStep.SET_ASIDE,
        criterion_id,
        facts,
        reason=reason,
    )


def keep_findings(
    session: AnySession, loaded: Loaded, found: Found, *, actor: Actor, now: datetime
) -> None:
    """Keep every finding as it stands beside the judgements of a submission.

    The submission is recorded by its step; what is kept belongs to it. Where no indicator says
    anything, nothing is kept.
    """
    if not says_something(found):
        return
    session.add_all(
        FindingDecision(
            appraisal_id=loaded.appraisal.id,
            subject_id=loaded.appraisal.subject_id,
            round=loaded.appraisal.round,
            turn=loaded.appraisal.turn,
            criterion_id=criterion_id,
            kpi=str(facts["kpi"]),
            step=FindingStep.KEPT,
            facts=facts,
            decided_by_id=actor.account_id,
            decided_at=now,
        )
        for criterion_id, said in found.items()
        for facts in said
    )
    session.flush()


def _judging(session: AnySession, actor: Actor, now: datetime, public_id: str) -> Loaded:
    """Load under the lock; ``NotAllowed`` for who doesn't judge as the lead now."""
    loaded = load(session, actor=actor, now=now, public_id=public_id, lock=True)
    if not can_judge(actor, AssessorKind.LEAD, loaded.facts, loaded.standing):
        raise NotAllowed("Only the assessor decides about figures, while they judge.")
    return loaded


def _found(session: AnySession, loaded: Loaded, now: datetime, criterion_id: str, kpi: str) -> Data:
    """Return what an indicator says about a criterion now; ``NotFound`` where nothing does.

    ``IllegalTransition`` for what is context or a condition: nobody decides about it.
    """
    asked = loaded.asked_of(AssessorKind.LEAD)
    if asked is not None and criterion_id not in asked:
        raise NotFound
    for facts in findings_now(session, loaded, now, {criterion_id}).get(criterion_id, ()):
        if facts["kpi"] == kpi and "refused" not in facts:
            if not is_decided_about(facts):
                raise IllegalTransition("Nobody decides about context and conditions.")
            return facts
    raise NotFound


def _take_away(
    session: AnySession, loaded: Loaded, actor: Actor, now: datetime, before: FindingDecision
) -> None:
    """Take the evidence of an earlier acceptance away from its criterion."""
    evidence = session.get_one(Evidence, before.evidence_id)
    unlink(
        session,
        actor=actor,
        now=now,
        public_id=evidence.public_id,
        links=[(loaded.framework.id, before.criterion_id)],
    )


def _append(
    session: AnySession,
    loaded: Loaded,
    actor: Actor,
    now: datetime,
    step: FindingStep,
    criterion_id: str,
    facts: Data,
    *,
    evidence_id: int | None = None,
    reason: str | None = None,
) -> None:
    """Append a decision with the figures as they are, and record it without them."""
    session.add(
        FindingDecision(
            appraisal_id=loaded.appraisal.id,
            subject_id=loaded.appraisal.subject_id,
            round=loaded.appraisal.round,
            criterion_id=criterion_id,
            kpi=str(facts["kpi"]),
            step=step,
            evidence_id=evidence_id,
            facts=facts,
            reason=reason,
            decided_by_id=actor.account_id,
            decided_at=now,
        )
    )
    session.flush()
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=f"finding.{step}",
        subject_kind="appraisal",
        subject=loaded.appraisal.public_id,
        data={"criterion": criterion_id, "kpi": str(facts["kpi"])},
    )
