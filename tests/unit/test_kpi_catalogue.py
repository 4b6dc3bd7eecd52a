"""The indicators that are shipped: each whole, and each saying where it is defined."""

from __future__ import annotations

import pytest

from competency.files.checking import check_document
from competency.files.faults import Severity
from competency.files.reader import read
from competency.kpis.schema import Kpi, Kpis, KpiScope
from competency.resources import FRAMEWORKS

FILE = FRAMEWORKS / "kpis" / "contact-centre" / "1.0.0.yaml"
OF_NOBODY = {"service-level", "abandonment"}
"""What happens before anybody takes a contact."""


def catalogue(text: str) -> Kpis:
    """Return a catalogue from its text."""
    value = check_document(read(text.encode(), FILE.name)).value
    assert isinstance(value, Kpis)
    return value


def shipped() -> tuple[Kpi, ...]:
    """Return the shipped definitions."""
    return catalogue(FILE.read_text(encoding="utf-8")).kpis


@pytest.mark.parametrize("kpi", shipped(), ids=lambda kpi: kpi.id)
def test_each_says_what_it_counts_how_it_misleads_and_where_it_is_defined(kpi: Kpi) -> None:
    assert kpi.description
    assert kpi.pitfalls
    assert kpi.reference
    assert kpi.numerator.field
    assert (kpi.denominator is None) == (kpi.aggregation == "sum")
    assert kpi.denominator is None or kpi.denominator.field
    assert kpi.individual_use is None, "only an organisation can have a legal basis"
    assert (kpi.scope is KpiScope.QUEUE) == (kpi.id in OF_NOBODY)


def warned(text: str) -> list[str]:
    """Return where a file is warned of, without its references to other files."""
    checked = check_document(read(text.encode(), FILE.name))
    found = checked.faults
    return [one.path for one in found if one.severity is Severity.WARNING]


def test_a_file_whose_definitions_say_where_they_are_from_needs_no_other_source() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert warned(text) == []
    first = next(line for line in text.splitlines() if line.startswith("  reference:"))
    assert warned(text.replace(f"{first}\n", "", 1)) == ["source"]
