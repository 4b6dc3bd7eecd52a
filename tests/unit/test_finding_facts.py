"""What of a finding becomes data that an appraisal keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from competency.assessments.finding_facts import Origin, facts_of
from competency.frameworks.schema import KpiRole
from competency.kpis.findings import Asked, find
from competency.kpis.intervals import Moments
from competency.kpis.models import SCALE
from competency.kpis.schema import Aggregation, Kpi, MeasureUnit
from tests.support.measured import share_kpi

WEEKS = (Moments(days=5, n=30 * SCALE), Moments(), Moments(days=5, n=20 * SCALE))


def count_kpi() -> Kpi:
    """Return a plain count, which is divided by nothing."""
    return share_kpi().model_copy(
        update={"unit": MeasureUnit.COUNT, "denominator": None, "aggregation": Aggregation.SUM}
    )


def test_the_weeks_of_a_count_are_its_sums() -> None:
    kpi = count_kpi()
    found = find(kpi, Asked({}), replace(WEEKS[0], n=50 * SCALE, days=10), SCALE, WEEKS)
    facts = facts_of(
        kpi,
        {},
        KpiRole.CONTEXT,
        Asked({}),
        found,
        first=date(2026, 1, 1),
        last=date(2026, 1, 21),
        steps=WEEKS,
        origin=Origin(),
        examples={},
        sources=(),
    )
    assert facts["value"] == "50.000000"
    assert facts["steps"] == ["30.000000", None, "20.000000"]
