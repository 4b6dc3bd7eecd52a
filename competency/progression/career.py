"""Where somebody's position leads: the next steps of the published career paths."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.frameworks.models import CatalogueFile
from competency.frameworks.spoken import Spoken
from competency.people.models import Position, PositionAssignment
from competency.people.queries import on
from competency.progression.position_presenters import ShownStep, Titles, steps_at
from competency.progression.position_queries import positions_and_paths

AnySession = Session | scoped_session[Session]

KEPT = 8
"""States of the catalogue in one language each that a process holds ready."""


@dataclass(frozen=True)
class Place:
    """A published position, and the steps that lead on from it."""

    title: Spoken
    public_id: str
    """The version of the file that has it."""
    position_id: str
    steps: tuple[ShownStep, ...]


@dataclass(frozen=True)
class OwnPosition:
    """The position that somebody holds; ``place`` is ``None`` where no file describes it."""

    title: str
    place: Place | None


_Places = Mapping[str, Place]
_kept: OrderedDict[tuple[str, str], _Places] = OrderedDict()
_lock = Lock()


HAS_POSITION = sa.and_(
    sa.exists().where(
        PositionAssignment.employee_id == sa.bindparam("me", type_=sa.BigInteger),
        on(PositionAssignment, sa.bindparam("today", type_=sa.Date)),
    ),
    sa.exists().where(CatalogueFile.kind == "positions"),
)
"""Whether ``me`` holds a position ``today``, and positions are published."""
_HELD = (
    sa.select(
        Position.code,
        Position.title,
        sa.select(CatalogueFile.public_id)
        .order_by(CatalogueFile.id.desc())
        .limit(1)
        .scalar_subquery(),
    )
    .join(PositionAssignment, PositionAssignment.position_id == Position.id)
    .where(
        PositionAssignment.employee_id == sa.bindparam("employee_id", type_=sa.BigInteger),
        on(PositionAssignment, sa.bindparam("today", type_=sa.Date)),
    )
)
"""Made once, since everybody's home page asks it."""


def own_position(
    session: AnySession, employee_id: int | None, today: date, language: str
) -> OwnPosition | None:
    """Return the position held on ``today`` with what follows it; ``None`` without one.

    One query, and those that read the catalogue once after each publication.
    """
    held = session.execute(_HELD, {"employee_id": employee_id, "today": today}).first()
    if held is None:
        return None
    code, title, published = held
    if published is None:
        return OwnPosition(title, None)
    return OwnPosition(title, _places(session, published, language).get(code))


def _places(session: AnySession, published: str, language: str) -> _Places:
    """Return every published position by its id, read again when something was published.

    ``published`` is the random id of what was published last, so that it names one state
    of one catalogue.
    """
    key = (published, language)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = _read(session, language)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _read(session: AnySession, language: str) -> _Places:
    """Return the positions of the newest files by id.

    Where several files have one, the first decides that says where it leads.
    """
    positions, paths = positions_and_paths(session)
    found: dict[str, Place] = {}
    for file in positions:
        wording = file.wording(language)
        titles = Titles.of(file.value.positions, wording)
        for position in file.value.positions:
            known = found.get(position.id)
            if known is None or not known.steps:
                _, leaving = steps_at(position.id, titles, paths, file.row.slug, language)
                title = titles.by_id[position.id]
                if known is None or leaving:
                    found[position.id] = Place(title, file.row.public_id, position.id, leaving)
    return found
