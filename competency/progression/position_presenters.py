"""Positions and career paths as pages show them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from competency.database.text import fold
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.published_files import Published
from competency.frameworks.schema import Framework
from competency.frameworks.spoken import Spoken, Wording, readings_of
from competency.progression.career_map import CareerMap, drawn
from competency.progression.paths_schema import Edge, EdgeStatus, Paths
from competency.progression.positions_schema import Position, Positions, Target
from competency.progression.words import Kind, kind_heading


class OfKind(Protocol):
    """An item that has a kind."""

    @property
    def kind(self) -> Kind:
        """Return the kind."""


ItemT = TypeVar("ItemT", bound=OfKind)


def by_kind(items: Iterable[ItemT]) -> tuple[tuple[str, tuple[ItemT, ...]], ...]:
    """Return items under the heading of their kind, kinds in the order of the file."""
    found: dict[Kind, list[ItemT]] = {}
    for item in items:
        found.setdefault(item.kind, []).append(item)
    return tuple((kind_heading(kind), tuple(inside)) for kind, inside in found.items())


@dataclass(frozen=True)
class ListedPosition:
    """A position as one row of the list; ``reading`` is the translation that it is shown in."""

    position: Position
    title: Spoken
    names: tuple[Spoken, ...]
    counted: Spoken | None
    file: Spoken
    public_id: str
    reading: str | None


def other_names(wording: Wording, position: Position) -> tuple[Spoken, ...]:
    """Return what else a position is called, each name once.

    Two spellings in the source can come out as one in a translation, or as the title.
    """
    title = wording.of(position.id, position.title)
    names = {
        fold(name.text): name
        for name in reversed(wording.others(position.id, "also_called", position.also_called))
    }
    names.pop(fold(title.text), None)
    return tuple(reversed(names.values()))


def listed(
    found: Iterable[tuple[Published[Positions], Position]], language: str
) -> tuple[ListedPosition, ...]:
    """Return the rows of a list, in the page's language where somebody translated them."""
    rows = []
    wordings: dict[int, Wording] = {}
    for file, position in found:
        wording = wordings.setdefault(file.row.id, file.wording(language))
        rows.append(
            ListedPosition(
                position,
                wording.of(position.id, position.title),
                other_names(wording, position),
                wording.other(position.id, "span.of", position.span.of) if position.span else None,
                wording.title(file.value.title),
                file.row.public_id,
                wording.translation.language if wording.translation else None,
            )
        )
    return tuple(rows)


@dataclass(frozen=True)
class ShownStep:
    """One edge seen from one of its ends; ``position_id`` is ``None`` for an unknown end."""

    title: Spoken
    position_id: str | None
    is_stated: bool
    words: Spoken | None
    conditions: tuple[Spoken, ...]
    readings: tuple[Spoken, ...]


@dataclass(frozen=True)
class Titles:
    """What the positions of a file are called in one language."""

    by_id: Mapping[str, Spoken]

    @classmethod
    def of(cls, positions: Sequence[Position], wording: Wording) -> Titles:
        """Return the titles of positions."""
        return cls({p.id: wording.of(p.id, p.title) for p in positions})

    def step(self, edge: Edge, end: str, paths: Paths, wording: Wording) -> ShownStep:
        """Return an edge as it is seen from its other end than ``end``."""
        known = end in self.by_id
        return ShownStep(
            self.by_id[end] if known else wording.as_written(end),
            end if known else None,
            edge.status is EdgeStatus.STATED,
            wording.of(edge.id, edge.text) if edge.text else None,
            wording.others(edge.id, "conditions", edge.conditions),
            tuple(
                wording.as_written(reading.note)
                for reading in readings_of(paths.inferred, f"edges[{edge.id}]")
            ),
        )


def steps_at(
    position_id: str, titles: Titles, files: Iterable[Published[Paths]], slug: str, language: str
) -> tuple[tuple[ShownStep, ...], tuple[ShownStep, ...]]:
    """Return the steps that lead to a position, and those that lead on from it."""
    here: list[ShownStep] = []
    on: list[ShownStep] = []
    for file in files:
        if file.value.positions != slug:
            continue
        wording = file.wording(language)
        for edge in file.value.edges:
            if edge.to_position == position_id:
                here.append(titles.step(edge, edge.from_position, file.value, wording))
            if edge.from_position == position_id:
                on.append(titles.step(edge, edge.to_position, file.value, wording))
    return tuple(here), tuple(on)


@dataclass(frozen=True)
class Departure:
    """A position with the steps that lead on from it."""

    title: Spoken
    position_id: str | None
    stated: tuple[ShownStep, ...]
    inferred: tuple[ShownStep, ...]


@dataclass(frozen=True)
class ShownPaths:
    """One file of career paths, and the version of the positions that it joins."""

    file: Published[Paths]
    wording: Wording
    positions_id: str | None
    departures: tuple[Departure, ...]
    picture: CareerMap | None


def shown_paths(
    file: Published[Paths], positions: Published[Positions] | None, language: str
) -> ShownPaths:
    """Return a file of paths by the positions that its steps begin at."""
    wording = file.wording(language)
    titles = Titles({})
    if positions is not None:
        titles = Titles.of(positions.value.positions, positions.wording(language))
    edges = file.value.edges
    beginnings = dict.fromkeys(edge.from_position for edge in edges)
    names = {
        end: titles.by_id[end].text if end in titles.by_id else end
        for edge in edges
        for end in (edge.from_position, edge.to_position)
    }
    return ShownPaths(
        file,
        wording,
        positions.row.public_id if positions else None,
        tuple(_departure(i, titles, file.value, wording) for i in beginnings),
        drawn(names, edges),
    )


def _departure(beginning: str, titles: Titles, paths: Paths, wording: Wording) -> Departure:
    """Return the steps that lead on from one position, stated and inferred apart."""
    steps = [
        titles.step(edge, edge.to_position, paths, wording)
        for edge in paths.edges
        if edge.from_position == beginning
    ]
    known = beginning in titles.by_id
    return Departure(
        titles.by_id[beginning] if known else wording.as_written(beginning),
        beginning if known else None,
        tuple(step for step in steps if step.is_stated),
        tuple(step for step in steps if not step.is_stated),
    )


@dataclass(frozen=True)
class ShownTarget:
    """What a position asks of one framework; ``public_id`` is ``None`` where it isn't published."""

    target: Target
    title: Spoken
    public_id: str | None
    scope: Spoken | None
    levels: tuple[tuple[str, Spoken, Spoken], ...]
    """Of each part: its id, its words, and the level asked for in the framework's words."""


def shown_target(
    target: Target, found: tuple[FrameworkVersion, Framework] | None, wording: Wording
) -> ShownTarget:
    """Return a target in the words of its framework, in codes where that isn't published."""
    if found is None:
        plain = wording.as_written
        levels = tuple((part, plain(part), plain(code)) for part, code in target.levels.items())
        return ShownTarget(target, plain(target.framework), None, None, levels)
    row, framework = found
    own = framework.language
    scopes = {scope.id: scope.title for scope in framework.scopes}
    return ShownTarget(
        target,
        Spoken(framework.title, own),
        row.public_id,
        Spoken(scopes.get(target.scope, target.scope), own) if target.scope else None,
        tuple(
            (part, Spoken(words, own), Spoken(label, own))
            for part, code in target.levels.items()
            for words, label in [_part(framework, part, code)]
        ),
    )


def _part(framework: Framework, part: str, code: str) -> tuple[str, str]:
    """Return a criterion or unit, and a level of it, in words; what is unknown as it is."""
    units = {unit.id: unit for unit in framework.all_units()}
    try:
        if part in units:
            return units[part].title, framework.scale_under(units[part]).label(code)
        return framework.criterion(part).title, framework.level_label(part, code)
    except (KeyError, IndexError):  # a later version of the framework has it no more
        return part, code
