"""Reads of published KPI definitions, and of what names them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.orm import Session, scoped_session

from competency.database.text import fold
from competency.frameworks.published_files import Published, newest_files
from competency.frameworks.queries import frameworks_with_kpis
from competency.frameworks.schema import Criterion, Framework, KpiLink, KpiRole
from competency.frameworks.spoken import Spoken
from competency.kpis.schema import Kpi, Kpis

AnySession = Session | scoped_session[Session]

KEPT = 32
"""Files of definitions that a process holds ready."""


@lru_cache(maxsize=KEPT)
def kpis_in(content: bytes) -> Kpis:
    """Return the definitions of compiled bytes, parsed once a process."""
    return Kpis.model_validate_json(content)


def published_kpis(session: AnySession) -> list[Published[Kpis]]:
    """Return the newest version of each file of definitions, by title."""
    return newest_files(session, "kpis", kpis_in)


def definitions(session: AnySession) -> dict[str, tuple[Published[Kpis], Kpi]]:
    """Return the definition of each indicator, by its id; of two files' the first by title."""
    found: dict[str, tuple[Published[Kpis], Kpi]] = {}
    for file in published_kpis(session):
        for kpi in file.value.kpis:
            found.setdefault(kpi.id, (file, kpi))
    return found


def found_kpis(files: list[Published[Kpis]], search: str) -> list[tuple[Published[Kpis], Kpi]]:
    """Return the definitions whose id or words, in any language, hold ``search``."""
    wanted = fold(search)
    return [(file, kpi) for file in files for kpi in file.value.kpis if wanted in _words(file, kpi)]


def _words(file: Published[Kpis], kpi: Kpi) -> str:
    """Return everything that a definition says, in every language, folded."""
    texts = [kpi.id, kpi.title, kpi.description or "", kpi.numerator.words, *kpi.pitfalls]
    if kpi.denominator:
        texts.append(kpi.denominator.words)
    for translation in file.translations():
        texts.append(translation.texts.get(kpi.id, ""))
        texts.append(translation.descriptions.get(kpi.id, ""))
        texts.extend(translation.other_texts(kpi.id))
    return fold(" ".join(texts))


@dataclass(frozen=True)
class Link:
    """A criterion of a published framework that can be seen in a KPI."""

    public_id: str
    framework: Framework
    criterion: Criterion
    said: KpiLink
    """What the file says, thresholds as an example."""

    @property
    def role(self) -> KpiRole:
        """Return what the KPI is to the criterion."""
        return self.said.role


def links(session: AnySession) -> dict[str, list[Link]]:
    """Return the criteria of published frameworks that link each KPI, by its id."""
    found: dict[str, list[Link]] = defaultdict(list)
    for row, framework in frameworks_with_kpis(session):
        for criterion in framework.criteria():
            for link in criterion.kpis:
                found[link.kpi].append(Link(row.public_id, framework, criterion, link))
    return found


@dataclass(frozen=True)
class Use:
    """Something published that names a KPI, and the page that shows it."""

    kpi: str
    title: Spoken
    endpoint: str
    values: Mapping[str, str]


Finder = Callable[[AnySession, str], Iterable[Use]]
_finders: list[Finder] = []


def look_for_uses(finder: Finder) -> Finder:
    """Ask ``finder`` too for what names KPIs: for features that this one may not know."""
    _finders.append(finder)
    return finder


def uses(session: AnySession, language: str) -> dict[str, list[Use]]:
    """Return what names each KPI, by its id, titles in ``language`` where there are such."""
    found: dict[str, list[Use]] = defaultdict(list)
    for finder in _finders:
        for use in finder(session, language):
            found[use.kpi].append(use)
    return found
