"""Files of ``kind: positions`` and ``kind: paths``: what they say of each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from competency.files import kinds
from competency.files.faults import Finding, Path
from competency.files.kinds import Corpus, Kind
from competency.files.said import Said
from competency.files.validation import closest, elsewhere, short
from competency.frameworks import shared_rules, walk
from competency.frameworks.schema import Framework
from competency.progression import starting
from competency.progression.paths_schema import Paths
from competency.progression.positions_schema import Positions, Target


def position_faults(data: object) -> Iterator[Finding]:
    """Yield what a file of positions contradicts in itself."""
    yield from shared_rules.faults(data)
    top = walk.mapping(data)
    known = {walk.name(position, "id"): None for _, position in walk.items(top, "positions", ())}
    for path, position in walk.items(top, "positions", ()):
        reporting = walk.mapping(position.get("reporting")).get("positions")
        for number, name in enumerate(reporting if isinstance(reporting, list) else ()):
            if isinstance(name, str) and name not in known:
                place = (*path, "reporting", "positions", number)
                yield Finding(place, _no_position(name), closest(name, tuple(known)))
        span = walk.mapping(position.get("span"))
        least, most = str(span.get("minimum")), str(span.get("maximum"))
        if least.isdecimal() and most.isdecimal() and int(least) > int(most):
            message = Said("the least is more than the most")
            yield Finding((*path, "span"), message, Said("swap them"))


def _no_position(name: str) -> Said:
    """Return what is wrong with the name of a position that isn't there."""
    return Said("there is no position %(position)s", position=short(name))


def position_targets(value: BaseModel, corpus: Corpus) -> Iterator[Finding]:
    """Yield what positions ask of frameworks and KPIs that these don't have."""
    if not isinstance(value, Positions):
        return
    frameworks = {framework.id: framework for framework in corpus.of(Framework)}
    kpis = corpus.names("kpi")
    for number, position in enumerate(value.positions):
        at: Path = ("positions", number)
        for place, target in enumerate(position.targets):
            path = (*at, "targets", place)
            framework = frameworks.get(target.framework)
            if framework is None:
                yield Finding(
                    (*path, "framework"),
                    Said("there is no framework %(framework)s", framework=short(target.framework)),
                    elsewhere(target.framework, tuple(frameworks)),
                )
            else:
                yield from _unreachable(path, target, framework)
        for place, indicator in enumerate(position.indicators):
            if indicator.kpi is not None and indicator.kpi not in kpis:
                yield Finding(
                    (*at, "indicators", place, "kpi"),
                    Said("no file has the KPI %(kpi)s", kpi=short(indicator.kpi)),
                    elsewhere(indicator.kpi, kpis),
                )


def _unreachable(path: Path, target: Target, framework: Framework) -> Iterator[Finding]:
    """Yield what a target asks of a framework that has no such part, level or scope."""
    scopes = tuple(scope.id for scope in framework.scopes)
    if target.scope is not None and target.scope not in scopes:
        yield Finding(
            (*path, "scope"),
            Said(
                "%(framework)s has no scope %(scope)s",
                framework=framework.id,
                scope=short(target.scope),
            ),
            closest(target.scope, scopes),
        )
    levels = _levels_of_parts(framework)
    left_out = _left_out(framework, target.scope)
    for part, level in target.levels.items():
        if part in left_out:
            yield Finding(
                (*path, "levels", part),
                Said("the scope %(scope)s leaves %(part)s out", scope=target.scope, part=part),
                Said("remove it, or use another scope"),
                at_key=True,
            )
        elif part not in levels:
            yield Finding(
                (*path, "levels", part),
                Said(
                    "%(framework)s has no criterion and no unit %(part)s",
                    framework=framework.id,
                    part=short(part),
                ),
                closest(part, tuple(levels)),
                at_key=True,
            )
        elif level not in levels[part]:
            yield Finding(
                (*path, "levels", part),
                Said("%(part)s has no level %(level)s", part=part, level=short(level)),
                closest(level, levels[part]),
            )


def _left_out(framework: Framework, scope_id: str | None) -> frozenset[str]:
    """Return the criteria, and the units as a whole, that a scope leaves out."""
    scope = {scope.id: scope for scope in framework.scopes}.get(scope_id or "")
    if scope is None:
        return frozenset()
    kept = framework.criteria_of_scope(scope)
    criteria = {criterion.id for criterion in framework.criteria()} - kept
    units = {
        unit.id
        for unit in framework.all_units()
        if kept.isdisjoint(criterion.id for criterion in framework.criteria_in(unit))
    }
    return frozenset(criteria | units)


def _levels_of_parts(framework: Framework) -> Mapping[str, tuple[str, ...]]:
    """Return the levels that can be asked for of each criterion and unit."""
    found = {c.id: framework.scale_of(c.id).codes() for c in framework.criteria()}
    for unit in framework.all_units():
        found[unit.id] = tuple(
            dict.fromkeys(code for c in framework.criteria_in(unit) for code in found[c.id])
        )
    return found


def position_offers(value: BaseModel) -> Iterator[tuple[str, str]]:
    """Yield the positions that paths may join, named by their file and id."""
    if isinstance(value, Positions):
        yield from (("position", f"{value.id}/{position.id}") for position in value.positions)


def path_ends(value: BaseModel, corpus: Corpus) -> Iterator[Finding]:
    """Yield the ends of edges that are no positions, and edges that lead nowhere."""
    if not isinstance(value, Paths):
        return
    files = {positions.id: positions for positions in corpus.of(Positions)}
    positions = files.get(value.positions)
    if positions is None:
        yield Finding(
            ("positions",),
            Said("there is no file of positions %(positions)s", positions=short(value.positions)),
            elsewhere(value.positions, tuple(files)),
        )
        return
    known = tuple(position.id for position in positions.positions)
    for number, edge in enumerate(value.edges):
        for key, end in (("from_position", edge.from_position), ("to_position", edge.to_position)):
            if end not in known:
                path = ("edges", number, key)
                yield Finding(path, _no_position(end), closest(end, known))
        if edge.from_position == edge.to_position:
            message = Said("it leads to where it began")
            yield Finding(("edges", number), message, Said("remove it"))


def path_warnings(data: object) -> Iterator[Finding]:
    """Yield what is missing in a file of paths, inferred edges without a reading included."""
    yield from shared_rules.warnings(data)
    top = walk.mapping(data)
    listed = {walk.name(reading, "path") for _, reading in walk.items(top, "inferred", ())}
    for path, edge in walk.items(top, "edges", ()):
        address = f"edges[{walk.name(edge, 'id')}]"
        if walk.name(edge, "status") == "inferred" and address not in listed:
            yield shared_rules.warning(
                (*path, "status"),
                Said("it doesn't say why the step is inferred"),
                Said("list %(path)s under inferred", path=address),
            )


kinds.register(
    Kind(
        "positions",
        Positions,
        position_faults,
        shared_rules.warnings,
        position_targets,
        position_offers,
        starting.positions,
    )
)
kinds.register(
    Kind(
        "paths",
        Paths,
        shared_rules.faults,
        path_warnings,
        path_ends,
        beginning=starting.paths,
        needs="a file of positions with two of them at least",
    )
)
