"""Reads of one person's portfolio: a page of evidence with its links, names and locks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession
from competency.assessments.evidence import IS_KEPT_BACK
from competency.assessments.models import (
    Appraisal,
    Evidence,
    EvidenceLink,
    FrozenEvidence,
    StoredFile,
)
from competency.frameworks.models import FrameworkVersion
from competency.people.models import Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class PortfolioCard:
    """One evidence with who added it, its file's size in bytes, its links and its lock."""

    evidence: Evidence
    added_by: str
    size: int | None
    links: tuple[tuple[str, str], ...]
    is_frozen: bool
    is_mine: bool


def portfolio(
    session: AnySession, actor: Actor, subject_id: int, *, page: int, page_size: int
) -> tuple[list[PortfolioCard], int]:
    """Return one page of a person's evidence, newest first, and how many there are.

    What was withdrawn is only listed for who added it, and what a test came to not for
    the person before it is released.
    """
    condition = sa.and_(
        Evidence.subject_id == subject_id,
        sa.or_(Evidence.withdrawn_at.is_(None), Evidence.added_by_id == actor.employee_id),
    )
    if actor.employee_id == subject_id:
        condition &= ~IS_KEPT_BACK
    total = session.scalar(sa.select(sa.func.count()).select_from(Evidence).where(condition))
    rows = session.execute(
        sa.select(Evidence, StoredFile.size, Employee.printed_name)
        .join(Employee, Employee.id == Evidence.added_by_id)
        .outerjoin(StoredFile, StoredFile.sha256 == Evidence.file_sha256)
        .where(condition)
        .order_by(Evidence.happened_on.desc(), Evidence.id.desc())
        .offset((page - 1) * page_size)
        .limit(page_size)
    ).all()
    return _cards(session, actor, [(e, size, name) for e, size, name in rows]), total or 0


def portfolio_card(session: AnySession, actor: Actor, evidence: Evidence) -> PortfolioCard:
    """Return one evidence as the portfolio shows it."""
    size = session.scalar(
        sa.select(StoredFile.size).where(StoredFile.sha256 == evidence.file_sha256)
    )
    name = session.get_one(Employee, evidence.added_by_id).printed_name
    return _cards(session, actor, [(evidence, size, name)])[0]


def _cards(
    session: AnySession, actor: Actor, rows: list[tuple[Evidence, int | None, str]]
) -> list[PortfolioCard]:
    """Return rows with their links and whether a submission relies on them; two reads."""
    ids = [evidence.id for evidence, _, _ in rows]
    links: dict[int, list[tuple[str, str]]] = {}
    for link in session.scalars(
        sa.select(EvidenceLink)
        .where(EvidenceLink.evidence_id.in_(ids))
        .order_by(EvidenceLink.framework_slug, EvidenceLink.criterion_id)
    ):
        links.setdefault(link.evidence_id, []).append((link.framework_slug, link.criterion_id))
    relied_on = sa.select(FrozenEvidence.evidence_id).where(FrozenEvidence.evidence_id.in_(ids))
    recorded = sa.select(AssessmentSession.evidence_id).where(
        AssessmentSession.evidence_id.in_(ids)
    )
    frozen = set(session.scalars(relied_on.union(recorded)))
    return [
        PortfolioCard(
            evidence,
            name,
            size,
            tuple(links.get(evidence.id, ())),
            evidence.id in frozen,
            evidence.added_by_id == actor.employee_id,
        )
        for evidence, size, name in rows
    ]


def appraised_versions(session: AnySession, subject_id: int) -> list[int]:
    """Return the framework versions that a person is or was appraised by, newest first."""
    rows = session.execute(
        sa.select(Appraisal.framework_version_id, sa.func.max(Appraisal.id).label("newest"))
        .where(Appraisal.subject_id == subject_id)
        .group_by(Appraisal.framework_version_id)
        .order_by(sa.desc("newest"))
    )
    return [version for version, _ in rows]


def newest_versions(rows: Iterable[FrameworkVersion]) -> list[FrameworkVersion]:
    """Return the newest version of each framework of a catalogue."""
    found: dict[str, FrameworkVersion] = {}
    for row in rows:
        if row.slug not in found or found[row.slug].id < row.id:
            found[row.slug] = row
    return list(found.values())
