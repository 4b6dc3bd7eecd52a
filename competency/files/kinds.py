"""Which feature reads which file: each registers the ``kind:`` that its files carry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from pydantic import BaseModel

from competency.files.faults import Finding
from competency.files.limits import LIMITS
from competency.files.starting import Asked

DEFAULT = "framework"
"""The kind of a file that doesn't say its kind."""

Model = TypeVar("Model", bound=BaseModel)
Findings = Iterable[Finding]


class Corpus:
    """The sound files that are looked at together, for what one says of another."""

    def __init__(self, values: Iterable[BaseModel]) -> None:
        self._values = tuple(values)
        offered = (offer for value in self._values for offer in _offered(value))
        self._names = frozenset(offered)

    def named(self, kind: str) -> tuple[BaseModel, ...]:
        """Return the files of the kind of that name."""
        known = _KINDS.get(kind)
        return self.of(known.model) if known else ()

    def names(self, sort: str) -> tuple[str, ...]:
        """Return the ids that the files offer as a ``sort`` of thing, in order."""
        return tuple(sorted(name for kept, name in self._names if kept == sort))

    def of(self, model: type[Model]) -> tuple[Model, ...]:
        """Return the files of one model."""
        return tuple(value for value in self._values if isinstance(value, model))


def _nothing(_data: object) -> Findings:
    """Find nothing."""
    return ()


def _nothing_across(_value: BaseModel, _corpus: Corpus) -> Findings:
    """Find nothing in other files."""
    return ()


def _nothing_offered(_value: BaseModel) -> Iterable[tuple[str, str]]:
    """Offer nothing to other files."""
    return ()


def _no_beginning(_asked: Asked) -> None:
    """Give no beginning."""


@dataclass(frozen=True)
class Kind:
    """How files of one kind are read and checked.

    ``faults`` and ``warnings`` look at plain data, whatever its shape; ``across`` at a
    sound value and at the other files around it. ``offers`` gives what other files may
    refer to, each as a sort of thing and its id. ``beginning`` gives what a new file
    holds, or ``None`` where it isn't about what ``needs`` says in words.
    """

    name: str
    model: type[BaseModel]
    faults: Callable[[object], Findings] = _nothing
    warnings: Callable[[object], Findings] = _nothing
    across: Callable[[BaseModel, Corpus], Findings] = _nothing_across
    offers: Callable[[BaseModel], Iterable[tuple[str, str]]] = _nothing_offered
    beginning: Callable[[Asked], Mapping[str, object] | None] = _no_beginning
    needs: str = ""
    kept_back: bool = False
    """Whether only some may read what was published of it; the feature says who."""

    def findings(self, data: object) -> Iterator[Finding]:
        """Return what the rules find, each sort up to the limit of a report."""
        yield from islice(self.faults(data), LIMITS.faults)
        yield from islice(self.warnings(data), LIMITS.faults)


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make ``kind`` answer for files that carry its name."""
    _KINDS[kind.name] = kind


def known_kinds() -> tuple[str, ...]:
    """Return the kinds that some feature reads."""
    return tuple(sorted(_KINDS))


def kind_named(name: str) -> Kind | None:
    """Return how files of this kind are read."""
    return _KINDS.get(name)


def _offered(value: BaseModel) -> Iterable[tuple[str, str]]:
    """Return what a sound file offers, by the kind that its model belongs to."""
    for kind in _KINDS.values():
        if isinstance(value, kind.model):
            return kind.offers(value)
    return ()
