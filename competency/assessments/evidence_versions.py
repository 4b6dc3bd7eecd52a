"""Versions of evidence: a later one takes the place of an earlier, which stays readable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession
from competency.assessments.evidence import Contents, append, made, own_evidence, was_replaced
from competency.assessments.evidence_files import files_of
from competency.assessments.evidence_links import record_event, require_not_erased
from competency.assessments.evidence_models import EvidenceReplacement
from competency.assessments.models import Evidence, EvidenceLink
from competency.assessments.storage import Upload
from competency.errors import IllegalTransition, Invalid
from competency.people.models import Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

REASON_MAXIMUM = 1000


def replace_evidence(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    contents: Contents,
    kept: Sequence[int] = (),
    reason: str = "",
) -> Evidence:
    """Put a new version in the place of an evidence, with its links; return the new one.

    ``kept`` are the positions of the files that it takes over; those of ``contents`` come
    after them. The earlier version stays as it was, in every submission that relies on it
    too. Raises ``NotAllowed`` for whoever didn't add it, and ``IllegalTransition`` where it
    has a later version already, was withdrawn, or records a test.
    """
    earlier = own_evidence(session, actor, now, public_id)
    require_not_erased(session, earlier.subject_id)
    session.refresh(earlier, with_for_update=True)
    if was_replaced(session, earlier):
        raise IllegalTransition("This evidence has a later version already. Change that one.")
    if earlier.withdrawn_at is not None:
        raise IllegalTransition("This evidence was withdrawn. Restore it first.")
    recorded = sa.select(AssessmentSession.id).where(AssessmentSession.evidence_id == earlier.id)
    if session.scalar(recorded.limit(1)) is not None:
        raise IllegalTransition("This evidence records a test; it stays as it is.")
    if len(reason) > REASON_MAXIMUM:
        raise Invalid("A reason can have at most 1,000 characters.", "reason")
    files = [*_taken_over(session, earlier, kept), *contents.files]
    contents = replace(contents, files=tuple(files))
    subject = session.get_one(Employee, earlier.subject_id)
    later = made(session, actor, now, subject, contents)
    append(session, actor, now, later, _links(session, earlier), contents.files[1:])
    put_in_place(session, actor, now, later, of=earlier, reason=reason.strip())
    return later


def put_in_place(
    session: AnySession,
    actor: Actor,
    now: datetime,
    later: Evidence,
    *,
    of: Evidence,
    reason: str = "",
) -> None:
    """Make an evidence the later version ``of`` another, whose row is locked; record that."""
    session.add(
        EvidenceReplacement(
            evidence_id=later.id,
            replaced_id=of.id,
            subject_id=later.subject_id,
            reason=reason or None,
            replaced_at=now,
        )
    )
    session.flush()
    record_event(session, actor, now, "evidence.replaced", of, {"by": later.public_id})


def _taken_over(session: AnySession, earlier: Evidence, kept: Sequence[int]) -> list[Upload]:
    """Return the files of an earlier version that are kept, as if they were sent again."""
    files = files_of(session, [earlier]).get(earlier.id, [])
    wanted = set(kept)
    return [
        Upload(file.sha256, file.size, file.media_type, file.name)
        for file in files
        if file.position in wanted
    ]


def _links(session: AnySession, evidence: Evidence) -> list[tuple[str, str]]:
    """Return the criteria that an evidence speaks to."""
    rows = session.scalars(sa.select(EvidenceLink).where(EvidenceLink.evidence_id == evidence.id))
    return [(row.framework_slug, row.criterion_id) for row in rows]


@dataclass(frozen=True)
class Version:
    """One version of an evidence; ``reason`` says why the next one took its place."""

    evidence: Evidence
    replaced_at: datetime | None
    reason: str


def versions_around(session: AnySession, evidence: Evidence) -> list[Version]:
    """Return every version of an evidence, the earliest first; one alone where it has none."""
    steps = {
        row.replaced_id: row
        for row in session.scalars(
            sa.select(EvidenceReplacement).where(
                EvidenceReplacement.subject_id == evidence.subject_id
            )
        )
    }
    if not steps:
        return [Version(evidence, None, "")]
    earlier_of = {row.evidence_id: row.replaced_id for row in steps.values()}
    first = evidence.id
    while first in earlier_of:
        first = earlier_of[first]
    ids = [first]
    while ids[-1] in steps:
        ids.append(steps[ids[-1]].evidence_id)
    rows = {e.id: e for e in session.scalars(sa.select(Evidence).where(Evidence.id.in_(ids)))}
    return [
        Version(
            rows[i],
            steps[i].replaced_at if i in steps else None,
            (steps[i].reason or "") if i in steps else "",
        )
        for i in ids
    ]
