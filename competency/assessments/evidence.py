"""Evidence: collected all year, linked to criteria, frozen by a submission."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession
from competency.assessments.models import (
    Appraisal,
    Evidence,
    EvidenceLink,
    FrozenEvidence,
    StoredFile,
)
from competency.assessments.permissions import can_add_evidence, can_read_evidence
from competency.assessments.rules import SHOWN_TO_SUBJECT
from competency.assessments.schema import EvidenceFact, State
from competency.assessments.storage import Upload
from competency.audit.operations import record
from competency.database.canonical import canonical_json
from competency.documents.fonts import check_printable
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.queries import framework_of, versions_of
from competency.frameworks.schema import EvidenceKind
from competency.people.models import Employee
from competency.people.permissions import can_read_person
from competency.people.queries import standing
from competency.people.schema import Actor, Role, Standing

AnySession = Session | scoped_session[Session]

TITLE_MAXIMUM = 200
TEXT_MAXIMUM = 20_000
PAGE_GROUPS: Mapping[str, tuple[EvidenceKind, ...]] = {
    "seen": (EvidenceKind.DIRECT_PERFORMANCE, EvidenceKind.OBSERVATION, EvidenceKind.KPI),
    "produced": (EvidenceKind.DIRECT_PRODUCT,),
    "tested": (
        EvidenceKind.PRACTICAL_TEST,
        EvidenceKind.SIMULATION,
        EvidenceKind.KNOWLEDGE_TEST,
    ),
    "told": (EvidenceKind.INTERVIEW, EvidenceKind.INDIRECT, EvidenceKind.STATEMENT),
}
"""The four groups in which pages offer the kinds."""


def _leads(session: AnySession, actor: Actor, employee_id: int, *, only_open: bool) -> bool:
    """Return whether the actor is lead or reviewer of an appraisal of the employee."""
    if actor.employee_id is None:
        return False
    condition = (Appraisal.subject_id == employee_id) & (Appraisal.lead_id == actor.employee_id)
    if only_open:
        condition &= Appraisal.state == State.OPEN
    else:
        condition |= (Appraisal.subject_id == employee_id) & (
            Appraisal.reviewer_id == actor.employee_id
        )
    return session.scalar(sa.select(sa.func.count()).where(condition)) != 0


def _awaits_review(session: AnySession, actor: Actor, evidence: Evidence) -> bool:
    """Return whether a submission relies on the evidence that the actor could review."""
    if not actor.has(Role.REVIEWER):
        return False
    query = (
        sa.select(FrozenEvidence.id)
        .join(Appraisal, Appraisal.id == FrozenEvidence.appraisal_id)
        .where(
            FrozenEvidence.evidence_id == evidence.id,
            FrozenEvidence.round == Appraisal.round,
            FrozenEvidence.turn == Appraisal.turn,
            Appraisal.state == State.SUBMITTED,
            Appraisal.subject_id != actor.employee_id,
            Appraisal.lead_id != actor.employee_id,
        )
    )
    return session.scalar(query.limit(1)) is not None


@dataclass(frozen=True)
class Reach:
    """A person whose evidence somebody reads, and what else they may do."""

    employee: Employee
    may_add: bool
    may_open_person: bool


def subject_for_reading(
    session: AnySession, *, actor: Actor, now: datetime, employee_public_id: str
) -> Reach:
    """Return the employee whose evidence the actor may read; ``NotFound`` otherwise."""
    employee = session.scalar(sa.select(Employee).where(Employee.public_id == employee_public_id))
    if employee is None:
        raise NotFound
    place = standing(session, employee.id, actor.today(now))
    assigned = _leads(session, actor, employee.id, only_open=False)
    if not can_read_evidence(actor, place, assigned=assigned):
        raise NotFound
    may_add = _may_add(session, actor, place, assigned=assigned)
    return Reach(employee, may_add, can_read_person(actor, place))


def _may_add(session: AnySession, actor: Actor, place: Standing, *, assigned: bool) -> bool:
    """Return whether the actor may add; only who was ever assigned can lead what is open."""
    return actor.employee_id is not None and (
        can_add_evidence(actor, place, leads=False)
        or (assigned and _leads(session, actor, place.employee_id, only_open=True))
    )


def subject_for_adding(
    session: AnySession, *, actor: Actor, now: datetime, employee_public_id: str
) -> Employee:
    """Return the employee about whom the actor may add evidence.

    Raises ``NotFound`` where the actor can't read it, ``NotAllowed`` where not add to it.
    """
    reach = subject_for_reading(
        session, actor=actor, now=now, employee_public_id=employee_public_id
    )
    if not reach.may_add:
        raise NotAllowed("Only the employee, their supervisor and their assessor add evidence.")
    return reach.employee


def _require_not_erased(session: AnySession, employee_id: int) -> None:
    """Raise ``IllegalTransition`` for an erased person; keep them from it till the commit."""
    query = sa.select(Employee.printed_name).where(Employee.id == employee_id)
    if not session.scalar(query.with_for_update(read=True)):
        raise IllegalTransition("This person's data have been erased already.")


def add_evidence(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee_public_id: str,
    kind: EvidenceKind,
    title: str,
    text: str,
    happened_on: date,
    links: Sequence[tuple[str, str]],
    upload: Upload | None = None,
) -> Evidence:
    """Add an evidence about an employee and link it to ``(framework slug, criterion id)``.

    It needs a text or a file; the day it happened can't be in the future. Its title is
    printed in reports, so ``Invalid`` for a sign that no document has. The file's bytes
    are stored already (``storage.receive``), outside the transaction.
    """
    employee = subject_for_adding(
        session, actor=actor, now=now, employee_public_id=employee_public_id
    )
    _require_not_erased(session, employee.id)
    title, text = title.strip(), text.strip()
    if not text and upload is None:
        raise Invalid("Evidence needs a text or a file.", "text")
    if happened_on > actor.today(now):
        raise Invalid("Evidence cannot be from a day that is still to come.", "happened_on")
    if len(title) > TITLE_MAXIMUM or len(text) > TEXT_MAXIMUM:
        raise Invalid("The text is too long: at most 20,000 characters.", "text")
    title = title or (upload.name if upload else text[:80])
    check_printable(title, "title")
    if upload is not None:
        _name_file(session, upload, now)
    evidence = Evidence(
        subject_id=employee.id,
        kind=kind,
        title=title,
        text=text or None,
        happened_on=happened_on,
        file_sha256=upload.sha256 if upload else None,
        file_name=upload.name if upload else None,
        added_by_id=actor.employee_id,
        added_at=now,
    )
    append(session, actor, now, evidence, links)
    return evidence


def append(
    session: AnySession,
    actor: Actor,
    now: datetime,
    evidence: Evidence,
    links: Sequence[tuple[str, str]],
) -> None:
    """Add an evidence that was checked, with its links, and record it."""
    session.add(evidence)
    session.flush()
    _link(session, evidence, links)
    _record(session, actor, now, "evidence.added", evidence, {"links": len(set(links))})


def _name_file(session: AnySession, upload: Upload, now: datetime) -> None:
    """Insert the row of a stored file, unless somebody did at the same moment."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    statement = (postgresql_insert if postgresql else sqlite_insert)(StoredFile).values(
        sha256=upload.sha256, size=upload.size, media_type=upload.media_type, stored_at=now
    )
    session.execute(statement.on_conflict_do_nothing())


def _check_links(session: AnySession, links: Iterable[tuple[str, str]]) -> None:
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


def _link(session: AnySession, evidence: Evidence, links: Sequence[tuple[str, str]]) -> None:
    """Add the links that are not there yet; a criterion that nobody published is refused."""
    _check_links(session, links)
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


def _own(session: AnySession, actor: Actor, now: datetime, public_id: str) -> Evidence:
    """Return an evidence that the actor added; ``NotFound`` or ``NotAllowed`` otherwise."""
    evidence = evidence_for_reading(session, actor=actor, now=now, public_id=public_id)
    if evidence.added_by_id != actor.employee_id:
        raise NotAllowed("Only who added an evidence can change it.")
    return evidence


def relink(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    public_id: str,
    links: Sequence[tuple[str, str]],
) -> None:
    """Link an evidence to further criteria; links are added, never taken away."""
    evidence = evidence_for_reading(session, actor=actor, now=now, public_id=public_id)
    place = standing(session, evidence.subject_id, actor.today(now))
    leads = _leads(session, actor, evidence.subject_id, only_open=True)
    if not can_add_evidence(actor, place, leads=leads):
        raise NotAllowed("Only the employee, their supervisor and their assessor add evidence.")
    _require_not_erased(session, evidence.subject_id)
    _link(session, evidence, links)
    _record(session, actor, now, "evidence.linked", evidence, {"links": len(set(links))})


def withdraw(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Take back an evidence that nobody has relied on yet; who added it can undo this."""
    evidence = _own(session, actor, now, public_id)
    session.refresh(evidence, with_for_update=True)
    if is_frozen(session, evidence):
        raise IllegalTransition(
            "A submitted appraisal relies on this evidence, or it records a test; it stays."
        )
    evidence.withdrawn_at = None if evidence.withdrawn_at else now
    session.flush()
    action = "evidence.withdrawn" if evidence.withdrawn_at else "evidence.restored"
    _record(session, actor, now, action, evidence, {})


def is_frozen(session: AnySession, evidence: Evidence) -> bool:
    """Return whether a submission relies on the evidence, or it is a session's record."""
    relied_on = sa.select(FrozenEvidence.id).where(FrozenEvidence.evidence_id == evidence.id)
    recorded = sa.select(AssessmentSession.id).where(AssessmentSession.evidence_id == evidence.id)
    return bool(session.scalar(sa.select(sa.or_(relied_on.exists(), recorded.exists()))))


def evidence_for_reading(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> Evidence:
    """Return one evidence; ``NotFound`` where it is missing or not the actor's to read."""
    return evidence_and_reach(session, actor=actor, now=now, public_id=public_id)[0]


def evidence_and_reach(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> tuple[Evidence, bool, bool]:
    """Return one evidence, whether the actor reads all else that was collected, and may add.

    Raises ``NotFound`` where it is missing or not the actor's to read.
    """
    evidence = session.scalar(sa.select(Evidence).where(Evidence.public_id == public_id))
    if evidence is None:
        raise NotFound
    place = standing(session, evidence.subject_id, actor.today(now))
    assigned = _leads(session, actor, evidence.subject_id, only_open=False)
    reads_all = can_read_evidence(actor, place, assigned=assigned)
    awaits = not reads_all and _awaits_review(session, actor, evidence)
    if not can_read_evidence(actor, place, assigned=assigned, awaits_review=awaits):
        raise NotFound
    if evidence.withdrawn_at is not None and evidence.added_by_id != actor.employee_id:
        raise NotFound
    if evidence.subject_id == actor.employee_id and _is_kept_back(session, evidence):
        raise NotFound
    return evidence, reads_all, _may_add(session, actor, place, assigned=assigned)


def _is_kept_back(session: AnySession, evidence: Evidence) -> bool:
    """Return whether it says what came of a test that is not released to the person yet."""
    kept = sa.select(Evidence.id).where(Evidence.id == evidence.id, IS_KEPT_BACK)
    return session.scalar(kept) is not None


_LINKED = (
    sa.select(EvidenceLink.criterion_id, Evidence)
    .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
    .where(
        EvidenceLink.subject_id == sa.bindparam("subject_id"),
        EvidenceLink.framework_slug == sa.bindparam("slug"),
        Evidence.withdrawn_at.is_(None),
    )
    .order_by(Evidence.id)
)
_TESTED = (
    sa.select(AssessmentSession.id)
    .join(Appraisal, Appraisal.id == AssessmentSession.appraisal_id)
    .where(
        AssessmentSession.evidence_id == Evidence.id,
        Appraisal.state.not_in(sorted(SHOWN_TO_SUBJECT)),
    )
    .correlate(Evidence)
)
IS_KEPT_BACK = _TESTED.exists()
"""Whether an evidence says what came of a test that is not released to the person yet."""
_LINKED_OWN = _LINKED.where(~IS_KEPT_BACK)
_LINKED_LOCKED = _LINKED.with_for_update(of=Evidence, read=True).execution_options(
    populate_existing=True
)


def evidence_by_criterion(
    session: AnySession, subject_id: int, slug: str, *, lock: bool = False, own: bool = False
) -> dict[str, list[Evidence]]:
    """Return what is linked to each criterion of a framework, withdrawn ones left out.

    ``lock`` keeps each of them from being withdrawn until the transaction ends. ``own``
    is for the person themselves: what a test came to is left out until it is released.
    """
    query = _LINKED_OWN if own else _LINKED
    query = _LINKED_LOCKED if lock else query
    found: dict[str, list[Evidence]] = {}
    for criterion_id, evidence in session.execute(query, {"subject_id": subject_id, "slug": slug}):
        found.setdefault(criterion_id, []).append(evidence)
    return found


def evidence_facts(found: Sequence[Evidence]) -> tuple[EvidenceFact, ...]:
    """Return evidence as sufficiency looks at it; it comes from whoever recorded it."""
    return tuple(EvidenceFact(e.kind, e.happened_on, e.added_by_id) for e in found)


def content_hash(evidence: Evidence) -> str:
    """Return the SHA-256 (hex) over all that an evidence says, its file's hash included."""
    return hashlib.sha256(
        canonical_json(
            {
                "kind": evidence.kind.value,
                "title": evidence.title,
                "text": evidence.text,
                "happened_on": evidence.happened_on.isoformat(),
                "file": evidence.file_sha256,
            }
        ).encode()
    ).hexdigest()


def freeze(
    session: AnySession,
    appraisal: Appraisal,
    relied_on: Mapping[str, Sequence[Evidence]],
    now: datetime,
) -> None:
    """Append what a submission relies on: from here on the database refuses changes."""
    session.add_all(
        FrozenEvidence(
            appraisal_id=appraisal.id,
            round=appraisal.round,
            turn=appraisal.turn,
            subject_id=appraisal.subject_id,
            criterion_id=criterion_id,
            evidence_id=evidence.id,
            content_hash=content_hash(evidence),
            frozen_at=now,
        )
        for criterion_id, found in relied_on.items()
        for evidence in found
    )
    session.flush()


def frozen_with_hashes(
    session: AnySession, appraisal: Appraisal
) -> dict[str, list[tuple[Evidence, str]]]:
    """Return what the last submission of this round relied on, by criterion.

    Each evidence comes with the SHA-256 of all that it said when it was frozen.
    """
    rows = session.execute(
        sa.select(FrozenEvidence.criterion_id, Evidence, FrozenEvidence.content_hash)
        .join(Evidence, Evidence.id == FrozenEvidence.evidence_id)
        .where(
            FrozenEvidence.appraisal_id == appraisal.id,
            FrozenEvidence.round == appraisal.round,
            FrozenEvidence.turn == appraisal.turn,
        )
        .order_by(FrozenEvidence.id)
    )
    found: dict[str, list[tuple[Evidence, str]]] = {}
    for criterion_id, evidence, digest in rows:
        found.setdefault(criterion_id, []).append((evidence, digest))
    return found


def frozen_by_criterion(session: AnySession, appraisal: Appraisal) -> dict[str, list[Evidence]]:
    """Return the evidence that the last submission of this round relied on."""
    frozen = frozen_with_hashes(session, appraisal)
    return {i: [evidence for evidence, _ in found] for i, found in frozen.items()}


def _record(
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
