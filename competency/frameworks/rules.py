"""What must agree within one framework, and what is worth a warning. Pure.

Both look at plain data (what the reader gives, or ``model_dump``) and return findings
with paths; faults refuse a file, warnings only speak.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from competency.files.faults import Finding, Path, Severity
from competency.files.limits import LIMITS
from competency.files.validation import closest
from competency.frameworks import walk
from competency.frameworks.walk import Data, Found


def faults(data: object) -> tuple[Finding, ...]:
    """Return everything in a framework's ``data`` that contradicts something else in it."""
    top = walk.mapping(data)
    rules = (
        repeated_ids,
        repeated_levels,
        unknown_scales,
        unknown_levels,
        unreachable_rules,
        empty_units,
        impossible_evidence,
        unlisted_corrections,
        lost_readings,
    )
    return tuple(islice((found for rule in rules for found in rule(top)), LIMITS.faults))


def warnings(data: object) -> tuple[Finding, ...]:
    """Return what is missing or was read into the source; none of it refuses the file."""
    top = walk.mapping(data)
    rules = (
        inferred_readings,
        criteria_without_evidence,
        undefined_levels,
        unused_scales,
        unfinished_provenance,
    )
    return tuple(islice((found for rule in rules for found in rule(top)), LIMITS.faults))


def repeated_ids(data: Data) -> Iterator[Finding]:
    """Find ids used twice: drafts, translations and links hang on an id."""
    seen: dict[str, Path] = {}
    for path, item in _with_ids(data):
        item_id = item.get("id")
        if not isinstance(item_id, str):
            continue
        if item_id in seen:
            yield Finding(
                (*path, "id"), f"the id {item_id} is used twice", "give it one of its own"
            )
        seen.setdefault(item_id, path)


def _with_ids(data: Data) -> Iterator[Found]:
    """Yield everything that has an id, in the order of the file."""
    yield (), data
    for path, unit in walk.units(data):
        yield path, unit
        yield from walk.items(unit, "criteria", path)
        yield from walk.items(unit, "indicators", path)
    yield from walk.items(data, "knowledge", ())


def repeated_levels(data: Data) -> Iterator[Finding]:
    """Find codes used twice in one scale."""
    for name, scale in walk.scales(data):
        seen: set[object] = set()
        for path, level in walk.items(scale, "levels", ("scales", name)):
            code = level.get("code")
            if isinstance(code, str) and code in seen:
                yield Finding((*path, "code"), f"the level {code} is here twice", "rename one")
            seen.add(str(code))


def unknown_scales(data: Data) -> Iterator[Finding]:
    """Find criteria on a scale that the file doesn't have."""
    names = tuple(name for name, _ in walk.scales(data))
    for path, criterion in walk.criteria(data):
        name = criterion.get("scale")
        if isinstance(name, str) and name not in names:
            yield Finding((*path, "scale"), f"there is no scale {name!r}", closest(name, names))


def unknown_levels(data: Data) -> Iterator[Finding]:
    """Find descriptors of levels that are not on the criterion's own scale."""
    scales = dict(walk.scales(data))
    for path, criterion in walk.criteria(data):
        scale = scales.get(str(criterion.get("scale")))
        if scale is None:
            continue
        known = walk.codes(scale)
        for code in walk.mapping(criterion.get("levels")):
            if code not in known:
                yield Finding(
                    (*path, "levels", code),
                    f"its scale has no level {code!r}",
                    closest(code, known),
                    at_key=True,
                )


def unreachable_rules(data: Data) -> Iterator[Finding]:
    """Find rules that ask for a level which a criterion under them can't reach."""
    common: list[Found] = []
    for path, unit in walk.units(data):
        criteria = list(walk.items(unit, "criteria", path))
        if unit.get("outcome") is None:
            common.extend(criteria)
        else:
            yield from _unreachable(data, (*path, "outcome"), unit["outcome"], criteria)
    rule = walk.mapping(data.get("outcome")).get("unit")
    yield from _unreachable(data, ("outcome", "unit"), rule, common)


def _unreachable(
    data: Data, path: Path, rule: object, criteria: Sequence[Found]
) -> Iterator[Finding]:
    """Yield one finding for each scale in use that lacks the level of ``rule``."""
    wanted = walk.mapping(rule).get("at_least")
    used = {str(criterion.get("scale")) for _, criterion in criteria}
    for name, scale in walk.scales(data):
        known = walk.codes(scale)
        if isinstance(wanted, str) and name in used and wanted not in known:
            yield Finding(
                (*path, "at_least"),
                f"the scale {name} has no level {wanted!r}",
                closest(wanted, known) + " (or leave it out: the lowest level of each scale)",
            )


def empty_units(data: Data) -> Iterator[Finding]:
    """Find units with nothing to judge, in themselves or in their units."""
    for path, unit in walk.units(data):
        if not unit.get("criteria") and not unit.get("units"):
            yield Finding(path, "the unit has no criteria and no units", "add some, or remove it")


def impossible_evidence(data: Data) -> Iterator[Finding]:
    """Find rules that ask for more sources than pieces of evidence."""
    for path, criterion in walk.criteria(data):
        rule = walk.mapping(criterion.get("evidence"))
        minimum, sources = _number(rule.get("minimum", 1)), _number(rule.get("distinct_sources"))
        if minimum is not None and sources is not None and sources > minimum:
            yield Finding(
                (*path, "evidence", "distinct_sources"),
                f"{minimum} pieces of evidence can't come from {sources} sources",
                f"ask for a minimum of {sources}",
            )


def _number(value: object) -> int | None:
    """Return the whole number that ``value`` is or spells."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004


def unlisted_corrections(data: Data) -> Iterator[Finding]:
    """Find mendings of an item that ``source.corrections`` doesn't list with their line."""
    source = walk.mapping(data.get("source"))
    listed = {str(item.get("line")) for _, item in walk.items(source, "corrections", ())}
    for path, item in _with_ids(data):
        note = walk.mapping(item.get("source"))
        line = note.get("line")
        if path and note.get("correction") is not None and str(line) not in listed:
            yield Finding(
                (*path, "source", "correction"),
                "this mending is not listed",
                f"add line {line} to source.corrections at the top of the file",
            )


def lost_readings(data: Data) -> Iterator[Finding]:
    """Find inferred readings that point at nothing."""
    for path, reading in walk.items(data, "inferred", ()):
        address = reading.get("path")
        if isinstance(address, str) and not walk.has(data, address):
            yield Finding(
                (*path, "path"),
                f"{address!r} leads to nothing in this file",
                "write it as in title, outcome.unit or units[ac1].criteria[ac1.cd2].title",
            )


def inferred_readings(data: Data) -> Iterator[Finding]:
    """Say what the file read into its source, until somebody confirms it."""
    for path, reading in walk.items(data, "inferred", ()):
        yield _warning(
            path,
            f"{reading.get('path')} is inferred, the source does not say it",
            "have it confirmed by who answers for the standard",
        )


def criteria_without_evidence(data: Data) -> Iterator[Finding]:
    """Say which criteria ask for no evidence; one line where none of them does."""
    criteria = list(walk.criteria(data))
    without = [path for path, criterion in criteria if criterion.get("evidence") is None]
    remedy = "add evidence: {minimum: 1} where a judgement must rest on some"
    if len(without) == len(criteria) > 1:
        message = f"none of the {len(criteria)} criteria has an evidence rule"
        yield _warning(("units",), message, remedy)
        return
    for path in without:
        yield _warning(path, "the criterion has no evidence rule", remedy)


def undefined_levels(data: Data) -> Iterator[Finding]:
    """Say which levels have no text: they are undefined and can't be awarded."""
    scales = dict(walk.scales(data))
    for path, criterion in walk.criteria(data):
        codes = walk.codes(scales.get(str(criterion.get("scale")), {}))
        levels = walk.mapping(criterion.get("levels"))
        missing = [code for code in codes if not walk.mapping(levels.get(code)).get("text")]
        if len(codes) > 1 and missing:
            undefined = "no level" if missing == list(codes) else ", ".join(missing)
            verb = "is described" if missing == list(codes) else "has no text"
            yield _warning(
                (*path, "levels"),
                f"{undefined} {verb}: undefined in the source, it can't be awarded",
                "leave it so, or add the text of the standard",
            )


def unused_scales(data: Data) -> Iterator[Finding]:
    """Say which scales nothing is judged on."""
    used = {criterion.get("scale") for _, criterion in walk.criteria(data)}
    for name, _ in walk.scales(data):
        if name not in used:
            yield _warning(("scales", name), "no criterion uses this scale", "remove it")


def unfinished_provenance(data: Data) -> Iterator[Finding]:
    """Say what a reader would want to know of the standard and can't find here."""
    source = walk.mapping(data.get("source"))
    if not source:
        yield _warning(("source",), "the source is not named", "add source: {document: ...}")
    elif source.get("verified_on") is None:
        yield _warning(
            ("source", "verified_on"),
            "nobody has compared this file with the original yet",
            "compare it, then write the day",
        )
    if not data.get("knowledge"):
        yield _warning(
            ("knowledge",), "there is no list of knowledge", "add it where the standard has one"
        )


def _warning(path: Path, message: str, remedy: str) -> Finding:
    """Return a finding that does not refuse the file, shown where its key is."""
    return Finding(path, message, remedy, Severity.WARNING, at_key=True)
