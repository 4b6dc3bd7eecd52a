"""Which criteria a piece of evidence speaks to, and the events about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession
from competency.assessments.evidence_access import evidence_and_reach
from competency.assessments.models import Evidence, EvidenceLink, FrozenEvidence
from competency.assessments.permissions import can_unlink_evidence
from competency.audit.operations import record
from competency.errors import IllegalTransition, Invalid, NotAllowed
from competency.frameworks.queries import framework_of, versions_of
from competency.people.models import Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


def is_frozen(session: AnySession, evidence: Evidence) -> bool:
    """Return whether a submission relies on the evidence, or it is a session's record."""
    relied_on = sa.select(FrozenEvidence.id).where(FrozenEvidence.evidence_id == evidence.id)
    recorded = sa.select(AssessmentSession.id).where(AssessmentSession.evidence_id == evidence.id)
    return bool(session.scalar(sa.select(sa.or_(relied_on.exists(), recorded.exists()))))


def require_not_erased(session: AnySession, employee_id: int) -> None:
    """Raise ``IllegalTransition`` for an erased person; keep them from it till the commit."""
    query = sa.select(Employee.printed_name).where(Employee.id == employee_id)
    if not session.scalar(query.with_for_update(read=True)):
        raise IllegalTransition("This person's data have been erased already.")


def record_event(
    session: AnySession,
    actor: Actor,
    now: datetime,
    action: str,
    evidence: Evidence,
    data: Mapping[str, object],
) -> None:
    """Record an event about an evidence."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="evidence",
        subject=evidence.public_id,
        data=data,
    )


def check_links(session: AnySession, links: Iterable[tuple[str, str]]) -> None:
    """Raise ``Invalid`` unless every link names a criterion of a published framework."""
    wanted: dict[str, set[str]] = {}
    for slug, criterion_id in links:
        wanted.setdefault(slug, set()).add(criterion_id)
    for slug, criteria in wanted.items():
        left = set(criteria)
        for version in versions_of(session, slug):
            framework = framework_of(session, version.id)
            left -= {criterion.id for criterion in framework.criteria()}
            if not left:
                break
        if left:
            raise Invalid("Choose criteria of a published framework.", "criteria")


def link(session: AnySession, evidence: Evidence, links: Sequence[tuple[str, str]]) -> None:
    """Add the links that are not there yet; a criterion that nobody published is refused."""
    check_links(session, links)
    for slug, criterion_id in dict.fromkeys(links):
        key = (evidence.id, slug, criterion_id)
        if session.get(EvidenceLink, key) is None:
            session.add(
                EvidenceLink(
                    evidence_id=evidence.id,
                    framework_slug=slug,
                    criterion_id=criterion_id,
                    subject_id=evidence.subject_id,
                )
            )
    session.flush()


def relink(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    links: Sequence[tuple[str, str]],
) -> None:
    """Link an evidence to further criteria; links are added, never taken away."""
    reach = evidence_and_reach(session, actor=actor, now=now, public_id=public_id)
    evidence = reach.evidence
    if not reach.may_add:
        raise NotAllowed("Only the employee, their supervisor and their assessor add evidence.")
    require_not_erased(session, evidence.subject_id)
    link(session, evidence, links)
    record_event(session, actor, now, "evidence.linked", evidence, {"links": len(set(links))})


def unlink(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    links: Sequence[tuple[str, str]],
) -> None:
    """Take links away from an evidence that nobody has relied on yet.

    ``NotAllowed`` for whoever neither added it nor supervises or assesses the person;
    ``IllegalTransition`` once a submission relies on it. Links that are not there are
    taken away already.
    """
    reach = evidence_and_reach(session, actor=actor, now=now, public_id=public_id)
    evidence = reach.evidence
    is_own = actor.employee_id is not None and evidence.added_by_id == actor.employee_id
    if not can_unlink_evidence(actor, reach.place, may_add=reach.may_add, is_own=is_own):
        raise NotAllowed(
            "Only who added it, the supervisor and the assessor take links of evidence away."
        )
    session.refresh(evidence, with_for_update=True)
    if is_frozen(session, evidence):
        raise IllegalTransition(
            "A submitted appraisal relies on this evidence, or it records a test; it stays."
        )
    gone = 0
    for slug, criterion_id in dict.fromkeys(links):
        found = session.get(EvidenceLink, (evidence.id, slug, criterion_id))
        if found is not None:
            session.delete(found)
            gone += 1
    session.flush()
    record_event(session, actor, now, "evidence.unlinked", evidence, {"links": gone})
