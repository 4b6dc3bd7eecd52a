"""What an auditor reads of evidence: who, when, kind, hashes and links; no words and no file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence_access import IS_QUARANTINED, IS_REPLACED
from competency.assessments.evidence_files import FileLine, files_of
from competency.assessments.models import Evidence, EvidenceLink, FrozenEvidence
from competency.assessments.permissions import can_read_evidence_records
from competency.errors import NotFound
from competency.people.models import Employee
from competency.people.queries import standing
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class EvidenceRecord:
    """One piece of evidence without anything that somebody wrote or uploaded.

    ``files`` are its files, of which only hash, size and kind are shown; ``links`` the
    framework and criterion of each link; ``frozen`` the hashes of all it said, each as a
    submission relied on it.
    """

    evidence: Evidence
    recorder: str
    recorder_number: str
    is_set_aside: bool
    is_replaced: bool
    files: tuple[FileLine, ...]
    links: tuple[tuple[str, str], ...]
    frozen: tuple[str, ...]


@dataclass(frozen=True)
class Records:
    """One page of somebody's evidence as an auditor reads it, and how many pieces there are."""

    subject: Employee
    rows: tuple[EvidenceRecord, ...]
    total: int


def records_of(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    employee_public_id: str,
    page: int,
    page_size: int,
) -> Records:
    """Return a page of somebody's evidence, the last added first; ``NotFound`` for strangers."""
    employee = session.scalar(sa.select(Employee).where(Employee.public_id == employee_public_id))
    return _records(session, actor, now, employee, sa.true(), page, page_size)


def record_of(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> Records:
    """Return one piece of evidence as an auditor reads it; ``NotFound`` for strangers."""
    employee = session.scalar(
        sa.select(Employee)
        .join(Evidence, Evidence.subject_id == Employee.id)
        .where(Evidence.public_id == public_id)
    )
    return _records(session, actor, now, employee, Evidence.public_id == public_id, 1, 1)


def _records(
    session: AnySession,
    actor: Actor,
    now: datetime,
    employee: Employee | None,
    which: sa.ColumnElement[bool],
    page: int,
    page_size: int,
) -> Records:
    """Return the evidence of a condition; the same few queries however much there is."""
    if employee is None or not can_read_evidence_records(
        actor, standing(session, employee.id, actor.today(now))
    ):
        raise NotFound
    mine = sa.and_(Evidence.subject_id == employee.id, which)
    total = session.scalar(sa.select(sa.func.count()).select_from(Evidence).where(mine)) or 0
    found = session.execute(
        sa.select(
            Evidence, Employee.printed_name, Employee.employee_number, IS_QUARANTINED, IS_REPLACED
        )
        .join(Employee, Employee.id == Evidence.added_by_id)
        .where(mine)
        .order_by(Evidence.id.desc())
        .offset((page - 1) * page_size)
        .limit(page_size)
    ).all()
    ids = [evidence.id for evidence, *_ in found]
    files = files_of(session, [evidence for evidence, *_ in found])
    links: dict[int, list[tuple[str, str]]] = {}
    for evidence_id, slug, criterion in session.execute(
        sa.select(EvidenceLink.evidence_id, EvidenceLink.framework_slug, EvidenceLink.criterion_id)
        .where(EvidenceLink.evidence_id.in_(ids))
        .order_by(EvidenceLink.framework_slug, EvidenceLink.criterion_id)
    ):
        links.setdefault(evidence_id, []).append((slug, criterion))
    frozen: dict[int, list[str]] = {}
    for evidence_id, content_hash in session.execute(
        sa.select(FrozenEvidence.evidence_id, FrozenEvidence.content_hash)
        .where(FrozenEvidence.evidence_id.in_(ids))
        .distinct()
        .order_by(FrozenEvidence.content_hash)
    ):
        frozen.setdefault(evidence_id, []).append(content_hash)
    rows = tuple(
        EvidenceRecord(
            evidence,
            name,
            number,
            bool(aside),
            bool(replaced),
            tuple(files.get(evidence.id, ())),
            tuple(links.get(evidence.id, ())),
            tuple(frozen.get(evidence.id, ())),
        )
        for evidence, name, number, aside, replaced in found
    )
    return Records(employee, rows, total)
