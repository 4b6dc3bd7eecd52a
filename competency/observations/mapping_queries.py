"""Reads of what behaviours are evidence of beside their own framework."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.errors import NotFound
from competency.frameworks.queries import frameworks_by_slug
from competency.frameworks.schema import Criterion, Framework
from competency.observations.form_queries import observable_criteria
from competency.observations.models import BehaviourMapping, BehaviourMappingEnd

AnySession = Session | scoped_session[Session]
_HOLDS = ~sa.exists().where(BehaviourMappingEnd.mapping_id == BehaviourMapping.id)


@dataclass(frozen=True)
class MappingLine:
    """A mapping as its list shows it, with both frameworks as they are published now."""

    row: BehaviourMapping
    behaviours: Framework
    framework: Framework


@dataclass(frozen=True)
class Offer:
    """What can be mapped: behaviours that contacts show, and criteria that were searched for."""

    behaviours: Framework
    framework: Framework
    choices: tuple[Criterion, ...]
    criteria: tuple[Criterion, ...]
    found: int
    """How many criteria the words find; ``criteria`` are the first of them."""


def mapped_criteria(
    session: AnySession, slug: str, behaviours: Collection[str]
) -> list[tuple[str, str]]:
    """Return the framework and id of each criterion that these behaviours of one speak to now."""
    query = (
        sa.select(BehaviourMapping.framework_slug, BehaviourMapping.criterion_id)
        .where(
            BehaviourMapping.behaviours_slug == slug,
            BehaviourMapping.behaviour_id.in_(behaviours),
            _HOLDS,
        )
        .distinct()
        .order_by(BehaviourMapping.framework_slug, BehaviourMapping.criterion_id)
    )
    return [(framework, criterion) for framework, criterion in session.execute(query)]


def is_mapped(session: AnySession, row: BehaviourMapping) -> bool:
    """Return whether a mapping of the same holds now."""
    query = sa.select(BehaviourMapping.id).where(
        BehaviourMapping.behaviours_slug == row.behaviours_slug,
        BehaviourMapping.behaviour_id == row.behaviour_id,
        BehaviourMapping.framework_slug == row.framework_slug,
        BehaviourMapping.criterion_id == row.criterion_id,
        _HOLDS,
    )
    return bool(session.scalar(sa.select(query.exists())))


def mapping_by_public_id(session: AnySession, public_id: str) -> BehaviourMapping:
    """Return a mapping that holds; ``NotFound``."""
    row = session.scalar(
        sa.select(BehaviourMapping).where(BehaviourMapping.public_id == public_id, _HOLDS)
    )
    if row is None:
        raise NotFound
    return row


def mappings(session: AnySession, *, page: int, page_size: int) -> tuple[list[MappingLine], int]:
    """Return one page of what is mapped now, by behaviour, and how many there are."""
    total = session.scalar(sa.select(sa.func.count(BehaviourMapping.id)).where(_HOLDS)) or 0
    rows = session.scalars(
        sa.select(BehaviourMapping)
        .where(_HOLDS)
        .order_by(
            BehaviourMapping.behaviours_slug,
            BehaviourMapping.behaviour_id,
            BehaviourMapping.framework_slug,
            BehaviourMapping.criterion_id,
        )
        .limit(page_size)
        .offset((page - 1) * page_size)
    ).all()
    slugs = {slug for row in rows for slug in (row.behaviours_slug, row.framework_slug)}
    known = frameworks_by_slug(session, slugs)
    return [
        MappingLine(row, known[row.behaviours_slug][1], known[row.framework_slug][1])
        for row in rows
    ], total


def offer(session: AnySession, behaviours: str, framework: str, words: str, most: int) -> Offer:
    """Return what of a framework of behaviours can be mapped to another; ``NotFound``.

    ``words`` are looked for in the criteria's titles and numbers.
    """
    known = frameworks_by_slug(session, {behaviours, framework})
    if behaviours == framework or len(known) < len({behaviours, framework}):
        raise NotFound
    source, target = known[behaviours][1], known[framework][1]
    wanted = words.casefold().split()
    found = [
        criterion
        for criterion in target.criteria()
        if all(
            word in f"{target.numbers[criterion.id]} {criterion.title}".casefold()
            for word in wanted
        )
    ]
    choices = observable_criteria(source, None)
    return Offer(source, target, choices, tuple(found[:most]), len(found))
