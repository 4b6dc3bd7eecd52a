"""Evidence: collected all year, linked to criteria, frozen by a submission."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence_access import (
    IS_QUARANTINED,
    IS_REPLACED,
    evidence_for_reading,
    kept_back_from,
    subject_for_adding,
)
from competency.assessments.evidence_files import (
    FILES_MAXIMUM,
    add_further,
    further_hashes,
    name_files,
    write_words,
)
from competency.assessments.evidence_links import (
    is_frozen,
    link,
    record_event,
    require_not_erased,
)
from competency.assessments.models import (
    Appraisal,
    Evidence,
    EvidenceLink,
    FrozenEvidence,
)
from competency.assessments.schema import EvidenceFact
from competency.assessments.storage import Upload
from competency.database.canonical import canonical_json
from competency.database.text import fold
from competency.documents.fonts import check_printable
from competency.errors import IllegalTransition, Invalid, NotAllowed
from competency.frameworks.schema import EvidenceKind
from competency.people.models import Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

TITLE_MAXIMUM = 200
TEXT_MAXIMUM = 20_000
PLACE_MAXIMUM = 120
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


@dataclass(frozen=True)
class Contents:
    """What an evidence says; ``files`` are stored already (``storage.receive``).

    ``source`` names whom it comes from, where that is not who records it; ``valid_until``
    is the last day on which it counts.
    """

    kind: EvidenceKind
    title: str
    text: str
    happened_on: date
    files: tuple[Upload, ...] = ()
    place: str = ""
    source: str = ""
    valid_until: date | None = None


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
    """Add an evidence with one file at most; ``add_contents`` says what is refused."""
    files = () if upload is None else (upload,)
    return add_contents(
        session,
        actor=actor,
        now=now,
        employee_public_id=employee_public_id,
        contents=Contents(kind, title, text, happened_on, files),
        links=links,
    )


def add_contents(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee_public_id: str,
    contents: Contents,
    links: Sequence[tuple[str, str]],
) -> Evidence:
    """Add an evidence about an employee and link it to ``(framework slug, criterion id)``.

    It needs a text or a file; the day it happened can't be in the future. Its title is
    printed in reports, so ``Invalid`` for a sign that no document has. The files' bytes
    are stored already, outside the transaction, and are read after it.
    """
    employee = subject_for_adding(
        session, actor=actor, now=now, employee_public_id=employee_public_id
    )
    require_not_erased(session, employee.id)
    evidence = made(session, actor, now, employee, contents)
    append(session, actor, now, evidence, links, contents.files[1:])
    return evidence


def made(
    session: AnySession, actor: Actor, now: datetime, subject: Employee, contents: Contents
) -> Evidence:
    """Return an evidence that was checked, not added yet, its files named; raise ``Invalid``."""
    contents = _trimmed(contents)
    _check(contents, actor.today(now))
    title = contents.title or (contents.files[0].name if contents.files else contents.text[:80])
    for text, field in ((title, "title"), (contents.place, "place"), (contents.source, "source")):
        check_printable(text, field)
    name_files(session, contents.files, subject.id, now)
    source, key = _source(session, actor, subject, contents.source)
    first = contents.files[0] if contents.files else None
    return Evidence(
        subject_id=subject.id,
        kind=contents.kind,
        title=title,
        text=contents.text or None,
        happened_on=contents.happened_on,
        place=contents.place or None,
        source_name=source,
        source_key=key,
        valid_until=contents.valid_until,
        file_sha256=first.sha256 if first else None,
        file_name=first.name if first else None,
        added_by_id=actor.employee_id,
        added_at=now,
    )


def _trimmed(contents: Contents) -> Contents:
    """Return contents without spaces around, each file once."""
    return replace(
        contents,
        title=contents.title.strip(),
        text=contents.text.strip(),
        place=contents.place.strip(),
        source=contents.source.strip(),
        files=tuple({file.sha256: file for file in contents.files}.values()),
    )


def _check(contents: Contents, today: date) -> None:
    """Raise ``Invalid`` for contents that no evidence can have."""
    if not contents.text and not contents.files:
        raise Invalid("Evidence needs a text or a file.", "text")
    if contents.happened_on > today:
        raise Invalid("Evidence cannot be from a day that is still to come.", "happened_on")
    if contents.valid_until is not None and contents.valid_until < contents.happened_on:
        raise Invalid("It cannot end to be valid before the day it shows.", "valid_until")
    if len(contents.title) > TITLE_MAXIMUM or len(contents.text) > TEXT_MAXIMUM:
        raise Invalid("The text is too long: at most 20,000 characters.", "text")
    if max(len(contents.place), len(contents.source)) > PLACE_MAXIMUM:
        raise Invalid("Place and source can have at most 120 characters each.", "place")
    if len(contents.files) > FILES_MAXIMUM:
        raise Invalid("At most %(count)s files make one evidence.", "files", count=FILES_MAXIMUM)


def _source(
    session: AnySession, actor: Actor, subject: Employee, source: str
) -> tuple[str | None, str | None]:
    """Return whom it comes from and what tells them from others.

    Who records it is the source where nobody else is named, by whatever spelling.
    """
    key = fold(source)
    recorder = session.get(Employee, actor.employee_id)
    if not key or (recorder is not None and key == fold(recorder.printed_name)):
        return None, None
    return source, employee_key(subject.id) if key == fold(subject.printed_name) else key


def employee_key(employee_id: int) -> str:
    """Return what tells an employee from other sources of evidence; no name is written so."""
    return f"employee:{employee_id}"


def append(
    session: AnySession,
    actor: Actor,
    now: datetime,
    evidence: Evidence,
    links: Sequence[tuple[str, str]],
    further: Sequence[Upload] = (),
) -> None:
    """Add an evidence that was checked, with its links and further files, and record it."""
    session.add(evidence)
    session.flush()
    add_further(session, evidence, further)
    write_words(session, evidence, [upload.name for upload in further])
    link(session, evidence, links)
    record_event(session, actor, now, "evidence.added", evidence, {"links": len(set(links))})


def own_evidence(session: AnySession, actor: Actor, now: datetime, public_id: str) -> Evidence:
    """Return an evidence that the actor added; ``NotFound`` or ``NotAllowed`` otherwise."""
    evidence = evidence_for_reading(session, actor=actor, now=now, public_id=public_id)
    if evidence.added_by_id != actor.employee_id:
        raise NotAllowed("Only who added an evidence can change it.")
    return evidence


def withdraw(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Take back an evidence that nobody has relied on yet; who added it can undo this."""
    evidence = own_evidence(session, actor, now, public_id)
    session.refresh(evidence, with_for_update=True)
    if was_replaced(session, evidence):
        raise IllegalTransition("A later version took the place of this evidence; it stays.")
    if is_frozen(session, evidence):
        raise IllegalTransition(
            "A submitted appraisal relies on this evidence, or it records a test; it stays."
        )
    evidence.withdrawn_at = None if evidence.withdrawn_at else now
    session.flush()
    action = "evidence.withdrawn" if evidence.withdrawn_at else "evidence.restored"
    record_event(session, actor, now, action, evidence, {})


def was_replaced(session: AnySession, evidence: Evidence) -> bool:
    """Return whether a later version took its place."""
    query = sa.select(Evidence.id).where(Evidence.id == evidence.id, IS_REPLACED)
    return session.scalar(query) is not None


_LINKED = (
    sa.select(EvidenceLink.criterion_id, Evidence)
    .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
    .where(
        EvidenceLink.subject_id == sa.bindparam("subject_id"),
        EvidenceLink.framework_slug == sa.bindparam("slug"),
        Evidence.withdrawn_at.is_(None),
        ~IS_REPLACED,
        ~IS_QUARANTINED,
    )
    .order_by(Evidence.id)
)
_LINKED_READ = _LINKED.where(~kept_back_from(sa.bindparam("reader", type_=sa.BigInteger)))
_LINKED_LOCKED = _LINKED.with_for_update(of=Evidence, read=True).execution_options(
    populate_existing=True
)


def evidence_by_criterion(
    session: AnySession,
    subject_id: int,
    slug: str,
    *,
    reader: int | None = None,
    lock: bool = False,
) -> dict[str, list[Evidence]]:
    """Return what is linked to each criterion of a framework, the current and readable ones.

    Left out is what was withdrawn, replaced or set aside. ``lock`` keeps each of them from
    that until the transaction ends: it waits for whoever is at it, then reads. ``reader``
    is the employee who reads: what a test came to is left out until they may know it.
    """
    values = {"subject_id": subject_id, "slug": slug}
    if lock:
        session.execute(_LINKED_LOCKED, values).all()
    rows = (
        session.execute(_LINKED, values)
        if reader is None
        else session.execute(_LINKED_READ, {**values, "reader": reader})
    )
    found: dict[str, list[Evidence]] = {}
    for criterion_id, evidence in rows:
        found.setdefault(criterion_id, []).append(evidence)
    return found


def evidence_facts(found: Sequence[Evidence]) -> tuple[EvidenceFact, ...]:
    """Return evidence as sufficiency looks at it; it comes from whoever recorded it."""
    return tuple(
        EvidenceFact(
            e.kind, e.happened_on, e.source_key or employee_key(e.added_by_id), e.valid_until
        )
        for e in found
    )


def keyed_facts(
    found: Mapping[str, Sequence[Evidence]],
) -> dict[str, list[tuple[int, EvidenceFact]]]:
    """Return the facts of each criterion with what tells one piece from another."""
    return {
        i: list(zip((e.id for e in pieces), evidence_facts(pieces), strict=True))
        for i, pieces in found.items()
    }


def content_hash(evidence: Evidence, further: Sequence[str] = ()) -> str:
    """Return the SHA-256 (hex) over all that an evidence says, its files' hashes included.

    ``further`` are the hashes of the files after the first. What is not said has no part
    in it, so that evidence from before a field was there keeps its hash.
    """
    more = {
        "place": evidence.place,
        "source": evidence.source_name,
        "valid_until": evidence.valid_until.isoformat() if evidence.valid_until else None,
        "further": list(further),
    }
    return hashlib.sha256(
        canonical_json(
            {
                "kind": evidence.kind.value,
                "title": evidence.title,
                "text": evidence.text,
                "happened_on": evidence.happened_on.isoformat(),
                "file": evidence.file_sha256,
                **{name: value for name, value in more.items() if value},
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
    pieces = {evidence.id for found in relied_on.values() for evidence in found}
    further = further_hashes(session, sorted(pieces))
    session.add_all(
        FrozenEvidence(
            appraisal_id=appraisal.id,
            round=appraisal.round,
            turn=appraisal.turn,
            subject_id=appraisal.subject_id,
            criterion_id=criterion_id,
            evidence_id=evidence.id,
            content_hash=content_hash(evidence, further.get(evidence.id, ())),
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
