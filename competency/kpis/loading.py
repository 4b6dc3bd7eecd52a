"""Files of ``kind: kpis``: what must agree within one, and what it offers to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from competency.files import kinds
from competency.files.faults import Finding
from competency.files.kinds import Kind
from competency.files.said import Said
from competency.files.starting import TO_FILL, Asked
from competency.frameworks import shared_rules, walk
from competency.kpis.schema import Kpis

KIND = "kpis"


def faults(data: object) -> Iterator[Finding]:
    """Yield what a file of KPI definitions contradicts in itself."""
    yield from shared_rules.faults(data)
    for path, kpi in walk.items(walk.mapping(data), "kpis", ()):
        is_ratio = kpi.get("aggregation") == "ratio_of_sums"
        if is_ratio and not kpi.get("denominator"):
            yield Finding(
                (*path, "aggregation"),
                Said("a ratio needs a denominator"),
                Said("add denominator: {words: ...}, or use sum"),
            )
        if kpi.get("aggregation") == "sum" and kpi.get("denominator"):
            yield Finding(
                (*path, "aggregation"),
                Said("a sum has no denominator"),
                Said("remove the denominator, or use ratio_of_sums"),
            )
        if kpi.get("individual_use") == "true" and not (
            kpi.get("legal_basis") and kpi.get("notice")
        ):
            yield Finding(
                (*path, "individual_use"),
                Said("use about one person needs a legal basis and a notice"),
                Said("add legal_basis and notice, or leave individual_use out"),
            )


def offers(value: BaseModel) -> Iterator[tuple[str, str]]:
    """Yield the KPIs that other files may refer to."""
    if isinstance(value, Kpis):
        yield from (("kpi", kpi.id) for kpi in value.kpis)


def beginning(asked: Asked) -> Mapping[str, object]:
    """Return a file with one KPI to be filled in."""
    kpi = {
        "id": "kpi-1",
        "title": TO_FILL,
        "unit": "count",
        "direction": "unstated",
        "numerator": {"words": TO_FILL},
        "aggregation": "sum",
        "scope": "team",
    }
    return {
        "format": 1,
        "kind": KIND,
        "id": asked.id,
        "version": "1.0.0",
        "title": TO_FILL,
        "language": asked.language,
        "source": {"document": TO_FILL},
        "kpis": [kpi],
    }


kinds.register(Kind(KIND, Kpis, faults, shared_rules.warnings, offers=offers, beginning=beginning))
