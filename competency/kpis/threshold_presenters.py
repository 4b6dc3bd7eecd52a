"""Words for thresholds, and for values in an indicator's unit; pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from flask_babel import format_decimal, format_percent, gettext, ngettext, npgettext

from competency.frameworks.schema import Sample
from competency.kpis.findings import Threshold
from competency.kpis.schema import MeasureUnit

PERCENT = "#,##0.##%"
NUMBER = "#,##0.##"


def value_label(value: Decimal | float, unit: MeasureUnit) -> str:
    """Return a value in its unit: a share in a hundred, seconds, a number."""
    if unit is MeasureUnit.SHARE:
        return str(format_percent(value, format=PERCENT))
    said = str(format_decimal(value, format=NUMBER))
    return gettext("%(seconds)s s", seconds=said) if unit is MeasureUnit.SECONDS else said


def threshold_label(threshold: str, unit: MeasureUnit) -> str:
    """Return a threshold in its unit, as in ≥ 85%."""
    asked = Threshold(threshold)
    return f"{'≥' if asked.is_lower_bound else '≤'} {value_label(asked.number, unit)}"


def minimum_label(least: Sample | None) -> str:
    """Return the least that is measured before anything is said, in words."""
    if least is None:
        return ""
    parts = []
    if least.days is not None:
        parts.append(npgettext("with measurements", "%(num)s day", "%(num)s days", least.days))
    if least.denominator is not None:
        parts.append(gettext("%(number)s in the denominator", number=least.denominator))
    return ", ".join(parts)


def window_label(days: int | None) -> str:
    """Return over how many days is measured, in words."""
    return "" if days is None else ngettext("the last %(num)s day", "the last %(num)s days", days)


def place_label(names: Mapping[str, str]) -> str:
    """Return for whom a threshold is, in words; ``names`` by kind of place."""
    words = {
        "campaign": gettext("campaign %(name)s"),
        "position": gettext("position %(name)s"),
        "site": gettext("site %(name)s"),
    }
    said = [words[kind] % {"name": name} for kind, name in names.items()]
    return ", ".join(said) or gettext("everywhere")
