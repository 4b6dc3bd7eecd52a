"""A person's portfolio: what was collected, found by filters and words, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession
from competency.assessments.evidence import PAGE_GROUPS
from competency.assessments.evidence_access import IS_QUARANTINED, IS_REPLACED, kept_back_from
from competency.assessments.evidence_files import FileLine, files_of
from competency.assessments.evidence_models import EvidenceWords, FileReading, FurtherFile
from competency.assessments.models import Appraisal, Evidence, EvidenceLink, FrozenEvidence
from competency.database.text import fold, search_pattern
from competency.frameworks.models import FrameworkVersion
from competency.people.models import Employee
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

WORDS_MAXIMUM = 8
"""How many words of a search are looked for; each must be there."""


class Order(StrEnum):
    """How a portfolio is sorted."""

    NEWEST = "newest"
    OLDEST = "oldest"
    ADDED = "added"
    TITLE = "title"


@dataclass(frozen=True)
class Filter:
    """What of a portfolio is shown; empty means all.

    ``criteria`` are ids of criteria of ``framework``, a slug; ``recorder`` the public id of
    an employee; ``has_file`` and ``is_linked`` are asked for only where they are not
    ``None``; ``set_aside`` shows what human resources set aside, and that alone.
    """

    words: str = ""
    group: str = ""
    framework: str = ""
    criteria: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    recorder: str = ""
    has_file: bool | None = None
    is_linked: bool | None = None
    set_aside: bool = False
    order: Order = Order.NEWEST


@dataclass(frozen=True)
class PortfolioCard:
    """One evidence with who added it, its files, its links and its locks."""

    evidence: Evidence
    added_by: str
    files: tuple[FileLine, ...]
    links: tuple[tuple[str, str], ...]
    is_frozen: bool
    is_mine: bool
    is_set_aside: bool = False
    is_replaced: bool = False


@dataclass(frozen=True)
class Portfolio:
    """One page of a portfolio; ``total`` match the filter, ``everything`` is there at all.

    ``set_aside`` counts what human resources set aside, whoever asks.
    """

    cards: list[PortfolioCard]
    total: int
    everything: int
    set_aside: int


def portfolio(
    session: AnySession,
    actor: Actor,
    subject_id: int,
    chosen: Filter,
    *,
    reads_set_aside: bool,
    page: int,
    page_size: int,
) -> Portfolio:
    """Return one page of a person's evidence.

    Each is listed in its last version. What was withdrawn is only listed for who added it,
    what was set aside only where ``reads_set_aside``, as human resources do, and what a test
    came to only for who may know it.
    """
    readable = _readable(actor, subject_id, oversees=reads_set_aside)
    listed = readable & (
        IS_QUARANTINED if chosen.set_aside and reads_set_aside else ~IS_QUARANTINED
    )
    wanted = listed & _matching(chosen, subject_id)
    count = sa.func.count()
    total, everything, aside = session.execute(
        sa.select(
            sa.select(count).select_from(Evidence).where(wanted).scalar_subquery(),
            sa.select(count).select_from(Evidence).where(listed).scalar_subquery(),
            sa.select(count)
            .select_from(Evidence)
            .where(readable & IS_QUARANTINED)
            .scalar_subquery(),
        )
    ).one()
    rows = session.execute(
        _SHOWN.where(wanted)
        .order_by(*_ORDERS[chosen.order])
        .offset((page - 1) * page_size)
        .limit(page_size)
    ).all()
    found = [(e, name, apart, later, frozen) for e, name, apart, later, frozen in rows]
    return Portfolio(_cards(session, actor, found), total or 0, everything or 0, aside or 0)


def _readable(actor: Actor, subject_id: int, *, oversees: bool) -> sa.ColumnElement[bool]:
    """Return what of a person's evidence the reader may list, apart from quarantine."""
    condition = sa.and_(
        Evidence.subject_id == subject_id,
        ~IS_REPLACED,
        sa.or_(Evidence.withdrawn_at.is_(None), Evidence.added_by_id == actor.employee_id),
    )
    return condition if oversees else condition & ~kept_back_from(actor.employee_id)


def _matching(chosen: Filter, subject_id: int) -> sa.ColumnElement[bool]:
    """Return the condition of a filter."""
    links = (
        sa.select(EvidenceLink.evidence_id)
        .where(EvidenceLink.evidence_id == Evidence.id)
        .correlate(Evidence)
    )
    conditions: list[sa.ColumnElement[bool]] = [_has(word) for word in _words(chosen.words)]
    if chosen.group in PAGE_GROUPS:
        conditions.append(Evidence.kind.in_(PAGE_GROUPS[chosen.group]))
    if chosen.framework:
        of_framework = links.where(EvidenceLink.framework_slug == chosen.framework)
        if chosen.criteria:
            of_framework = of_framework.where(EvidenceLink.criterion_id.in_(chosen.criteria))
        conditions.append(of_framework.exists())
    if chosen.since is not None:
        conditions.append(Evidence.happened_on >= chosen.since)
    if chosen.until is not None:
        conditions.append(Evidence.happened_on <= chosen.until)
    if chosen.recorder:
        recorder = sa.select(Employee.id).where(Employee.public_id == chosen.recorder)
        conditions.append(Evidence.added_by_id == recorder.scalar_subquery())
    if chosen.has_file is not None:
        conditions.append(_is(Evidence.file_sha256.is_not(None), chosen.has_file))
    if chosen.is_linked is not None:
        conditions.append(_is(links.exists(), chosen.is_linked))
    return sa.and_(sa.true(), Evidence.subject_id == subject_id, *conditions)


def _is(condition: sa.ColumnElement[bool], wanted: bool) -> sa.ColumnElement[bool]:  # noqa: FBT001 - what is wanted of a condition
    """Return a condition, or that it does not hold."""
    return condition if wanted else ~condition


def _words(text: str) -> list[str]:
    """Return the words of a search, folded."""
    return list(dict.fromkeys(fold(text).split()))[:WORDS_MAXIMUM]


def _has(word: str) -> sa.ColumnElement[bool]:
    """Return that an evidence says a word, or one of its files does."""
    pattern = search_pattern(word)
    said = sa.select(EvidenceWords.evidence_id).where(
        EvidenceWords.evidence_id == Evidence.id,
        EvidenceWords.words_key.like(pattern, escape="\\"),
    )
    read = sa.select(FileReading.id).where(
        FileReading.subject_id == Evidence.subject_id,
        FileReading.text_key.like(pattern, escape="\\"),
        sa.or_(
            FileReading.sha256 == Evidence.file_sha256,
            FileReading.sha256.in_(
                sa.select(FurtherFile.sha256).where(FurtherFile.evidence_id == Evidence.id)
            ),
        ),
    )
    return said.correlate(Evidence).exists() | read.correlate(Evidence).exists()


_FROZEN = (
    sa.select(FrozenEvidence.id)
    .where(FrozenEvidence.evidence_id == Evidence.id)
    .correlate(Evidence)
    .exists()
    | sa.select(AssessmentSession.id)
    .where(AssessmentSession.evidence_id == Evidence.id)
    .correlate(Evidence)
    .exists()
)
"""Whether a submission relies on it, or it is the record of a test."""
_SHOWN = sa.select(
    Evidence,
    Employee.printed_name,
    IS_QUARANTINED.label("is_set_aside"),
    IS_REPLACED.label("is_replaced"),
    _FROZEN.label("is_frozen"),
).join(Employee, Employee.id == Evidence.added_by_id)
_TITLE = (
    sa.select(EvidenceWords.words_key)
    .where(EvidenceWords.evidence_id == Evidence.id)
    .correlate(Evidence)
    .scalar_subquery()
)
"""The folded words begin with the title."""
_ORDERS = {
    Order.NEWEST: (Evidence.happened_on.desc(), Evidence.id.desc()),
    Order.OLDEST: (Evidence.happened_on, Evidence.id),
    Order.ADDED: (Evidence.added_at.desc(), Evidence.id.desc()),
    Order.TITLE: (_TITLE, Evidence.id),
}


def portfolio_card(session: AnySession, actor: Actor, evidence: Evidence) -> PortfolioCard:
    """Return one evidence as the portfolio shows it."""
    row = session.execute(_SHOWN.where(Evidence.id == evidence.id)).one()
    return _cards(session, actor, [(evidence, row[1], row[2], row[3], row[4])])[0]


def _cards(
    session: AnySession,
    actor: Actor,
    found: Sequence[tuple[Evidence, str, bool, bool, bool]],
) -> list[PortfolioCard]:
    """Return rows with files, links and whether a submission relies on them; two reads."""
    ids = [each[0].id for each in found]
    if not ids:
        return []
    links: dict[int, list[tuple[str, str]]] = {}
    for link in session.scalars(
        sa.select(EvidenceLink)
        .where(EvidenceLink.evidence_id.in_(ids))
        .order_by(EvidenceLink.framework_slug, EvidenceLink.criterion_id)
    ):
        links.setdefault(link.evidence_id, []).append((link.framework_slug, link.criterion_id))
    files = files_of(session, [each[0] for each in found])
    return [
        PortfolioCard(
            evidence,
            name,
            tuple(files.get(evidence.id, ())),
            tuple(links.get(evidence.id, ())),
            bool(frozen),
            evidence.added_by_id == actor.employee_id,
            is_set_aside=bool(aside),
            is_replaced=bool(replaced),
        )
        for evidence, name, aside, replaced, frozen in found
    ]


def recorders_of(session: AnySession, subject_id: int) -> list[tuple[str, str]]:
    """Return who recorded a person's evidence, as public id and name, by name."""
    rows = session.execute(
        sa.select(Employee.public_id, Employee.printed_name)
        .where(
            Employee.id.in_(
                sa.select(Evidence.added_by_id).where(Evidence.subject_id == subject_id)
            )
        )
        .order_by(Employee.sort_key)
    )
    return [(public_id, name) for public_id, name in rows]


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
