"""What must agree within one framework. Pure.

The rules look at plain data (what the reader gives, or ``model_dump``) and return
findings with paths; each of them refuses the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from pydantic import BaseModel

from competency.files.faults import Finding
from competency.files.kinds import Corpus
from competency.files.limits import LIMITS
from competency.files.said import Said
from competency.files.validation import closest, elsewhere, short
from competency.frameworks import outcome_rules, walk
from competency.frameworks.schema import Criterion, DocumentKind, Framework, Unit
from competency.frameworks.shared_rules import (
    lost_readings,
    repeated_ids,
    unlisted_corrections,
)
from competency.frameworks.walk import Data

SLOT = re.compile(r"\{([^{}]*)\}")


def faults(data: object) -> tuple[Finding, ...]:
    """Return everything in a framework's ``data`` that contradicts something else in it."""
    top = walk.mapping(data)
    rules = (
        repeated_ids,
        repeated_levels,
        unknown_scales,
        unknown_levels,
        *outcome_rules.RULES,
        empty_units,
        impossible_evidence,
        unknown_kpi_levels,
        unknown_scope_parts,
        unfilled_slots,
        unexplained_status,
        unnamed_documents,
        unlisted_corrections,
        lost_readings,
    )
    return tuple(islice((found for rule in rules for found in rule(top)), LIMITS.faults))


def across(value: BaseModel, corpus: Corpus) -> Iterator[Finding]:
    """Yield what a framework says of other files that isn't so."""
    known = corpus.names("kpi")
    for path, criterion in walk.criteria(value.model_dump(mode="json")):
        for link_path, link in walk.items(criterion, "kpis", path):
            if link["kpi"] not in known:
                yield Finding(
                    (*link_path, "kpi"),
                    Said("no file has the KPI %(kpi)s", kpi=short(link["kpi"])),
                    elsewhere(str(link["kpi"]), known),
                )


def offers(value: BaseModel) -> Iterator[tuple[str, str]]:
    """Yield what other files may refer to in a framework: itself."""
    if isinstance(value, Framework):
        yield "framework", value.id


def repeated_levels(data: Data) -> Iterator[Finding]:
    """Find codes used twice in one scale."""
    for name, scale in walk.scales(data):
        seen: set[str] = set()
        for path, level in walk.items(scale, "levels", ("scales", name)):
            code = walk.name(level, "code")
            if code and code in seen:
                message = Said("the level %(level)s is here twice", level=short(code))
                yield Finding((*path, "code"), message, Said("rename one"))
            seen.add(code)


def unknown_scales(data: Data) -> Iterator[Finding]:
    """Find criteria on a scale that the file doesn't have."""
    names = dict(walk.scales(data))
    for path, criterion in walk.criteria(data):
        name = criterion.get("scale")
        if isinstance(name, str) and names and name not in names:
            message = Said("there is no scale %(scale)s", scale=short(name))
            yield Finding((*path, "scale"), message, closest(name, tuple(names)))


def unknown_levels(data: Data) -> Iterator[Finding]:
    """Find descriptors of levels that are not on the criterion's own scale."""
    scales = dict(walk.scales(data))
    for path, criterion in walk.criteria(data):
        scale = scales.get(walk.name(criterion, "scale"))
        if scale is None:
            continue
        known = walk.codes(scale)
        for code in walk.mapping(criterion.get("levels")):
            if known and code not in known:
                yield Finding(
                    (*path, "levels", code),
                    Said("its scale has no level %(level)s", level=short(code)),
                    closest(code, known),
                    at_key=True,
                )


def empty_units(data: Data) -> Iterator[Finding]:
    """Find units with nothing to judge, in themselves or in their units.

    A key that isn't known may be one of these, misspelt: that is reported already.
    """
    for path, unit in walk.units(data):
        is_known = unit.keys() <= Unit.model_fields.keys()
        if is_known and not unit.get("criteria") and not unit.get("units"):
            message = Said("the unit has no criteria and no units")
            yield Finding(path, message, Said("add some, or remove it"))


def impossible_evidence(data: Data) -> Iterator[Finding]:
    """Find rules that ask for more sources than pieces of evidence."""
    for path, asking in (*walk.units(data), *walk.criteria(data)):
        rule = walk.mapping(asking.get("evidence"))
        minimum, sources = (
            walk.number(rule.get("minimum", 1)),
            walk.number(rule.get("distinct_sources")),
        )
        if minimum is not None and sources is not None and sources > minimum:
            yield Finding(
                (*path, "evidence", "distinct_sources"),
                Said(
                    "%(minimum)s pieces of evidence can't come from %(sources)s sources",
                    minimum=minimum,
                    sources=sources,
                ),
                Said("ask for a minimum of %(sources)s", sources=sources),
            )


def unknown_kpi_levels(data: Data) -> Iterator[Finding]:
    """Find thresholds of levels that are not on the criterion's own scale."""
    scales = dict(walk.scales(data))
    for path, criterion in walk.criteria(data):
        known = walk.codes(scales.get(walk.name(criterion, "scale"), {}))
        for link_path, link in walk.items(criterion, "kpis", path):
            for code in walk.mapping(link.get("levels")):
                if known and code not in known:
                    yield Finding(
                        (*link_path, "levels", code),
                        Said("its scale has no level %(level)s", level=short(code)),
                        closest(code, known),
                        at_key=True,
                    )


def unknown_scope_parts(data: Data) -> Iterator[Finding]:
    """Find scopes that leave out what isn't there, or everything.

    Where a key around a criterion isn't known, what it means may be behind it: that is
    reported already.
    """
    parts: list[tuple[type[BaseModel], Data]] = [(Framework, data)]
    parts += [(Unit, unit) for _, unit in walk.units(data)]
    parts += [(Criterion, criterion) for _, criterion in walk.criteria(data)]
    if any(part.keys() - model.model_fields.keys() for model, part in parts):
        return
    inside = {str(unit.get("id")): _criteria_under(unit) for _, unit in walk.units(data)}
    criteria = {walk.name(criterion, "id"): None for _, criterion in walk.criteria(data)}
    known = inside | criteria
    for path, scope in walk.items(data, "scopes", ()):
        left = scope.get("leaves_out")
        names = [name for name in left if isinstance(name, str)] if isinstance(left, list) else []
        for number, name in enumerate(names):
            if known and name not in known:
                yield Finding(
                    (*path, "leaves_out", number),
                    Said("there is no criterion and no unit %(part)s", part=short(name)),
                    closest(name, tuple(known)),
                )
        if criteria and criteria.keys() <= {i for name in names for i in inside.get(name, {name})}:
            message = Said("nothing is left to judge")
            yield Finding((*path, "leaves_out"), message, Said("leave out less"))


def _criteria_under(unit: Data) -> set[str]:
    """Return the ids of all criteria in a unit and in the units inside it."""
    own = {str(criterion.get("id")) for _, criterion in walk.items(unit, "criteria", ())}
    for _, inner in walk.items(unit, "units", ()):
        own |= _criteria_under(inner)
    return own


def unfilled_slots(data: Data) -> Iterator[Finding]:
    """Find scripts whose braces and slots don't name the same things."""
    for path, script in walk.items(data, "scripts", ()):
        slots = {str(slot.get("id")): at for at, slot in walk.items(script, "slots", path)}
        spoken = SLOT.findall(str(script.get("text")))
        for name in spoken:
            if name not in slots:
                yield Finding(
                    (*path, "text"),
                    Said("%(slot)s is no slot of this script", slot=_in_braces(name)),
                    closest(name, tuple(slots)),
                )
        for name, slot_path in slots.items():
            if name not in spoken:
                message = Said("%(slot)s is not in the text", slot=_in_braces(name))
                yield Finding(slot_path, message, Said("put it there"))


def _in_braces(name: str) -> str:
    """Return a slot as it stands in the text of a script, no longer than a report can bear."""
    return "{" + name[:60] + "}"


def unexplained_status(data: Data) -> Iterator[Finding]:
    """Find an inferred status that doesn't say what was inferred."""
    if data.get("status") == "inferred" and not data.get("inferred"):
        yield Finding(
            ("status",),
            Said("it doesn't say what was inferred"),
            Said("add inferred: with each reading"),
        )


def unnamed_documents(data: Data) -> Iterator[Finding]:
    """Find statutory documents without the name that the law gives, and names of none."""
    certification = walk.mapping(data.get("certification"))
    document, named = walk.name(certification, "document"), certification.get("document_name")
    known = {kind.value for kind in DocumentKind if kind.is_statutory}
    if document in known and named is None:
        yield Finding(
            ("certification", "document"),
            Said("a statutory document has no name"),
            Said("add document_name, as the law calls it"),
        )
    for key in ("document_name", "document_law"):
        if certification.get(key) is not None and document not in known:
            yield Finding(
                ("certification", key),
                Said("an attestation is no document of a law"),
                Said("leave it out, or say in document which one the law knows"),
            )
