"""Reads of published positions and career paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.position_scopes import tells_scopes
from competency.database.text import fold
from competency.errors import NotFound
from competency.frameworks.published_files import (
    Published,
    newest_files,
    newest_rows,
    published,
    versions_of_file,
)
from competency.frameworks.translations import Translation
from competency.kpis.queries import Use, look_for_uses
from competency.progression.paths_schema import Paths
from competency.progression.positions_schema import Position, Positions

AnySession = Session | scoped_session[Session]

KEPT = 32
"""Files of a kind that a process holds ready."""


@lru_cache(maxsize=KEPT)
def positions_in(content: bytes) -> Positions:
    """Return the positions of compiled bytes, parsed once a process."""
    return Positions.model_validate_json(content)


@lru_cache(maxsize=KEPT)
def paths_in(content: bytes) -> Paths:
    """Return the career paths of compiled bytes, parsed once a process."""
    return Paths.model_validate_json(content)


def published_positions(session: AnySession) -> list[Published[Positions]]:
    """Return the newest version of each file of positions, by title."""
    return newest_files(session, "positions", positions_in)


def published_paths(session: AnySession) -> list[Published[Paths]]:
    """Return the newest version of each file of career paths, by title."""
    return newest_files(session, "paths", paths_in)


def positions_and_paths(
    session: AnySession,
) -> tuple[list[Published[Positions]], list[Published[Paths]]]:
    """Return the newest files of positions, and of career paths, by title; two reads."""
    rows, sidecars = newest_rows(session, ["positions", "paths"])
    return (
        [published(row, positions_in, sidecars) for row in rows if row.kind == "positions"],
        [published(row, paths_in, sidecars) for row in rows if row.kind == "paths"],
    )


def position_in(file: Published[Positions], position_id: str) -> Position | None:
    """Return one position of a file, or ``None``."""
    return next((p for p in file.value.positions if p.id == position_id), None)


def position_and_versions(
    session: AnySession, public_id: str, position_id: str
) -> tuple[Published[Positions], Position, list[Published[Positions]]]:
    """Return a file's version, its position, and every version that has it, newest first.

    Raises ``NotFound`` where the file is no file of positions, or hasn't the position.
    """
    versions = versions_of_file(session, "positions", public_id, positions_in)
    having = [version for version in versions if position_in(version, position_id)]
    for version in having:
        position = position_in(version, position_id)
        if version.row.public_id == public_id and position is not None:
            return version, position, having
    raise NotFound


def found_positions(
    files: list[Published[Positions]], search: str
) -> list[tuple[Published[Positions], Position]]:
    """Return the positions whose words, in any language, hold ``search``; all without one."""
    wanted = fold(search)
    return [
        (file, position)
        for file in files
        for position in file.value.positions
        if not wanted
        or wanted in _search_keys(file.row.compiled, tuple(file.sidecars.values()))[position.id]
    ]


@lru_cache(maxsize=KEPT)
def _search_keys(content: bytes, sidecars: tuple[bytes, ...]) -> Mapping[str, str]:
    """Return what each position of a file is found by, folded, by its id."""
    translations = [Translation.model_validate_json(sidecar) for sidecar in sidecars]
    return {
        position.id: fold(" ".join(_words(position, translations)))
        for position in positions_in(content).positions
    }


def _words(position: Position, translations: list[Translation]) -> Iterator[str]:
    """Yield everything that a position says, in every language."""
    own = dict(_texts(position))
    yield from (position.purpose or "", *position.also_called, *own.values())
    for translation in translations:
        yield from (translation.texts.get(item_id, "") for item_id in own)
        yield from translation.other_texts(position.id)


def _texts(position: Position) -> Iterator[tuple[str, str]]:
    """Yield the id and the text of a position and of each of its items."""
    yield position.id, position.title
    if position.reporting:
        yield from ((said.id, said.text) for said in position.reporting.reports_to)
        if position.reporting.appointment:
            yield position.reporting.appointment.id, position.reporting.appointment.text
    for items in (
        position.duties,
        position.rights,
        position.requirements,
        position.obligations,
        position.indicators,
        position.legal_references,
        position.notes,
    ):
        yield from ((item.id, item.text) for item in items)


@tells_scopes
def scopes_of_targets(session: AnySession, framework_id: str) -> dict[str, str]:
    """Return the scope of a framework that each published position's target asks for."""
    return {
        position.id: target.scope
        for file in published_positions(session)
        for position in file.value.positions
        for target in position.targets
        if target.framework == framework_id and target.scope
    }


@look_for_uses
def indicators_of_positions(session: AnySession, language: str) -> Iterator[Use]:
    """Yield the positions whose indicators name a KPI, each once a KPI."""
    for file in published_positions(session):
        wording = file.wording(language)
        for position in file.value.positions:
            for kpi in dict.fromkeys(i.kpi for i in position.indicators if i.kpi):
                yield Use(
                    kpi,
                    wording.of(position.id, position.title),
                    "positions.position",
                    {"public_id": file.row.public_id, "position_id": position.id},
                )
