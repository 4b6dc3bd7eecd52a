"""The positions that people hold, beside the published ones of the same code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session, scoped_session

from competency.people.models import Position as HeldPosition
from competency.people.schema import Actor
from competency.people.structure_queries import Counted, listed
from competency.progression.position_queries import published_positions

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class PublishedPosition:
    """A position of a published file: the file's id, the position's code and title."""

    file_id: str
    file_title: str
    code: str
    title: str
    language: str
    reading: str | None
    """The translation that the title is shown in."""


@dataclass(frozen=True)
class Held:
    """A position that people hold, how many do, and the published ones of its code."""

    counted: Counted[HeldPosition]
    published: tuple[PublishedPosition, ...]


def all_published(session: AnySession, language: str) -> list[PublishedPosition]:
    """Return every position of the newest published files, in a language where it is translated."""
    found = []
    for file in published_positions(session):
        wording = file.wording(language)
        for position in file.value.positions:
            title = wording.of(position.id, position.title)
            found.append(
                PublishedPosition(
                    file.row.public_id,
                    wording.title(file.value.title).text,
                    position.id,
                    title.text,
                    title.language,
                    wording.translation.language if wording.translation else None,
                )
            )
    return found


def held_positions(
    session: AnySession,
    actor: Actor,
    today: date,
    language: str,
    *,
    search: str = "",
    with_closed: bool = False,
) -> list[Held]:
    """Return the positions that the actor may see, by title, with what is published of them."""
    published = all_published(session, language)
    return [
        Held(one, tuple(p for p in published if p.code == one.row.code))
        for one in listed(
            session, actor, today, HeldPosition, search=search, with_closed=with_closed
        )
    ]


def not_held(session: AnySession, held: list[Held], language: str) -> list[PublishedPosition]:
    """Return the published positions whose code no position of the organisation has yet."""
    codes = {one.counted.row.code for one in held}
    return [one for one in all_published(session, language) if one.code not in codes]
