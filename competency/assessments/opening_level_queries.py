"""Reading imported levels: as the history of gates, and what a file of them may name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.opening_level_models import OpeningLevel, OpeningLevelRemoval
from competency.assessments.schema import PastOutcome
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.outcome_schema import COMPETENT
from competency.frameworks.queries import framework_by_hash
from competency.frameworks.schema import Framework
from competency.people.models import Employee
from competency.people.queries import employees_in_scope
from competency.people.schema import Actor, Role

AnySession = Session | scoped_session[Session]
CHUNK = 5_000

HAS_OPENING_LEVEL = sa.exists().where(
    OpeningLevel.subject_id == sa.bindparam("me", type_=sa.BigInteger),
    ~sa.exists().where(OpeningLevelRemoval.opening_level_id == OpeningLevel.id),
)
"""Whether an imported level of ``me`` counts."""


def counting() -> sa.Select[OpeningLevel]:
    """Return the select of the imported levels that nobody removed."""
    removed = sa.exists().where(OpeningLevelRemoval.opening_level_id == OpeningLevel.id)
    return sa.select(OpeningLevel).where(~removed)


def imported_history(
    session: AnySession, subject_id: int, framework_slug: str
) -> tuple[PastOutcome, ...]:
    """Return the imported levels of somebody in a framework, as the history that gates read."""
    rows = session.scalars(
        counting()
        .where(OpeningLevel.subject_id == subject_id, OpeningLevel.framework_slug == framework_slug)
        .order_by(OpeningLevel.held_since, OpeningLevel.id)
    )
    days: dict[date, dict[str, str | None]] = {}
    for row in rows:
        days.setdefault(row.held_since, {})[row.node_id] = row.result
    return tuple(PastOutcome(day, found, is_imported=True) for day, found in days.items())


def results_of(framework: Framework, node_id: str) -> tuple[str, ...]:
    """Return what can be held in a part of a framework, the lowest first.

    The levels of a criterion that the source defines; of a unit or the whole what its rule
    forms, and nothing where it forms nothing. Raises ``KeyError`` where there is no such part.
    """
    if node_id in {criterion.id for criterion in framework.criteria()}:
        return tuple(framework.awardable(node_id))
    unit = None if node_id == framework.id else framework.unit(node_id)
    if framework.rule_of(unit).rule == "none":
        return ()
    scale = framework.result_scale(unit)
    return (COMPETENT,) if scale is None else tuple(scale.codes())


def newest_frameworks(session: AnySession, slugs: Collection[str]) -> dict[str, Framework]:
    """Return the newest published version of each framework, by slug."""
    if not slugs:
        return {}
    newest = sa.select(sa.func.max(FrameworkVersion.id)).group_by(FrameworkVersion.slug)
    rows = session.execute(
        sa.select(FrameworkVersion.slug, FrameworkVersion.id, FrameworkVersion.content_hash).where(
            FrameworkVersion.slug.in_(slugs), FrameworkVersion.id.in_(newest)
        )
    )
    return {slug: framework_by_hash(session, i, content_hash) for slug, i, content_hash in rows}


def known_slugs(session: AnySession) -> list[str]:
    """Return the slug of every published framework."""
    return list(session.scalars(sa.select(FrameworkVersion.slug).distinct()))


def people_by_number(
    session: AnySession, actor: Actor, today: date, wanted: Iterable[str]
) -> dict[str, Employee]:
    """Return who works here and is in the scope of human resources, by number in capitals."""
    found: dict[str, Employee] = {}
    listed = sorted(set(wanted))
    for start in range(0, len(listed), CHUNK):
        query = sa.select(Employee).where(
            sa.func.upper(Employee.employee_number).in_(listed[start : start + CHUNK]),
            sa.or_(Employee.left_on.is_(None), Employee.left_on > today),
            Employee.search_key != "",
            employees_in_scope(actor, today, [Role.HR]),
        )
        found |= {one.employee_number.upper(): one for one in session.scalars(query)}
    return found


def recorded(
    session: AnySession, employee_ids: Collection[int]
) -> tuple[dict[tuple[int, str, str, date], OpeningLevel], dict[tuple[int, str, str, date], int]]:
    """Return the levels that count, and how many were ever recorded, by whose, what and since."""
    counts: dict[tuple[int, str, str, date], OpeningLevel] = {}
    entries: dict[tuple[int, str, str, date], int] = {}
    listed = sorted(employee_ids)
    for start in range(0, len(listed), CHUNK):
        rows = session.execute(
            sa.select(OpeningLevel, OpeningLevelRemoval.opening_level_id)
            .outerjoin(OpeningLevelRemoval, OpeningLevelRemoval.opening_level_id == OpeningLevel.id)
            .where(OpeningLevel.subject_id.in_(listed[start : start + CHUNK]))
        )
        for level, removed in rows:
            key = (level.subject_id, level.framework_slug, level.node_id, level.held_since)
            entries[key] = max(entries.get(key, 0), level.entry)
            if removed is None:
                counts[key] = level
    return counts, entries
