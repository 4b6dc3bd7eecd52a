"""Imported levels as pages show them: what, since when, from where, and why removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, scoped_session

from competency.assessments.opening_level_models import OpeningLevel, OpeningLevelRemoval
from competency.assessments.opening_level_queries import newest_frameworks, results_of
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import Framework
from competency.people.models import Account, Employee

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class ShownLevel:
    """An imported level in the framework's words; the last three say that it was removed."""

    public_id: str
    number: str
    part: str
    label: str
    since: date
    source: str
    imported_by: str
    imported_at: datetime
    removed_by: str = ""
    removed_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class ShownLevels:
    """The imported levels of one framework, the whole first, each part's newest first."""

    slug: str
    title: str
    language: str
    levels: tuple[ShownLevel, ...]


def levels_of(
    session: AnySession, employee_id: int, *, with_removed: bool = False, at_most: int = 500
) -> tuple[ShownLevels, ...]:
    """Return somebody's imported levels by framework, by title; two reads."""
    by, remover = aliased(Account), aliased(Account)
    importer_name, remover_name = aliased(Employee), aliased(Employee)
    query = (
        sa.select(
            OpeningLevel, OpeningLevelRemoval, importer_name.printed_name, remover_name.printed_name
        )
        .join(by, by.id == OpeningLevel.imported_by_id)
        .outerjoin(importer_name, importer_name.id == by.employee_id)
        .outerjoin(OpeningLevelRemoval, OpeningLevelRemoval.opening_level_id == OpeningLevel.id)
        .outerjoin(remover, remover.id == OpeningLevelRemoval.removed_by_id)
        .outerjoin(remover_name, remover_name.id == remover.employee_id)
        .where(OpeningLevel.subject_id == employee_id)
        .order_by(OpeningLevel.held_since.desc(), OpeningLevel.id.desc())
        .limit(at_most)
    )
    if not with_removed:
        query = query.where(OpeningLevelRemoval.opening_level_id.is_(None))
    rows = session.execute(query).all()
    frameworks = newest_frameworks(session, {row.framework_slug for row, *_ in rows})
    shown = [
        ShownLevels(
            framework.id,
            framework.title,
            framework.language,
            _in_order(
                framework,
                [
                    (level.node_id, _shown(framework, level, removal, by_name or "", to or ""))
                    for level, removal, by_name, to in rows
                    if level.framework_slug == framework.id
                ],
            ),
        )
        for framework in frameworks.values()
    ]
    return tuple(sorted(shown, key=lambda one: (one.title, one.slug)))


def _in_order(
    framework: Framework, found: Iterable[tuple[str, ShownLevel]]
) -> tuple[ShownLevel, ...]:
    """Return levels in the order of the framework, the whole first."""
    places = {node_id: place for place, node_id in enumerate(numbers(framework), 1)}
    return tuple(level for _, level in sorted(found, key=lambda one: places.get(one[0], 0)))


def _shown(
    framework: Framework,
    level: OpeningLevel,
    removal: OpeningLevelRemoval | None,
    imported_by: str,
    removed_by: str,
) -> ShownLevel:
    """Return one level in words; a part that the newest version lacks keeps its id."""
    part, label = _in_words(framework, level)
    return ShownLevel(
        level.public_id,
        numbers(framework).get(level.node_id, ""),
        part,
        label,
        level.held_since,
        level.source or "",
        imported_by,
        level.imported_at,
        removed_by,
        None if removal is None else removal.removed_at,
        (removal.reason or "") if removal else "",
    )


def _in_words(framework: Framework, level: OpeningLevel) -> tuple[str, str]:
    """Return the title of the part, empty for the whole, and its level.

    What the newest version hasn't got any more stays as it was written.
    """
    node, result = level.node_id, level.result
    if node in {criterion.id for criterion in framework.criteria()}:
        known = result in framework.scale_of(node).codes()
        label = framework.level_label(node, result) if known else result
        return framework.criterion(node).title, label
    unit = next((unit for unit in framework.all_units() if unit.id == node), None)
    if unit is None and node != framework.id:
        return node, result
    known = result in results_of(framework, node)
    label = framework.result_label(result, unit) if known else result
    return "" if unit is None else unit.title, label
