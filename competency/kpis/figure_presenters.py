"""Figures in words and as charts, in the page's language; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import format_date, format_decimal, gettext, ngettext

from competency.documents.charts import (
    LIMITS,
    Drawing,
    Funnel,
    FunnelPoint,
    TrendPoint,
    funnel,
    sparkline,
    trend,
)
from competency.kpis.figures import Figure, TeamFigure, value_of
from competency.kpis.findings import Threshold, Trend
from competency.kpis.intervals import FEWEST_DAYS, Moments, fewest, interval
from competency.kpis.models import SCALE
from competency.kpis.schema import Kpi
from competency.kpis.threshold_presenters import threshold_label, value_label
from competency.kpis.windows import BUCKET, Window


@dataclass(frozen=True)
class StepLine:
    """One step of a window in a table: until which day, what was counted, and the value."""

    until: date
    days: int
    numerator: str
    divisor: str
    value: str
    between: str


def number_label(value: float) -> str:
    """Return a number as the page's language writes it."""
    return str(format_decimal(value, format="#,##0.##"))


def between_label(kpi: Kpi, low: float, high: float) -> str:
    """Return between which values the true one lies."""
    return gettext(
        "%(low)s to %(high)s", low=value_label(low, kpi.unit), high=value_label(high, kpi.unit)
    )


def trend_label(figure: Figure) -> str:
    """Return how a value moved within the window, in words."""
    return {
        Trend.ROSE: gettext("It rose within the window by more than chance."),
        Trend.FELL: gettext("It fell within the window by more than chance."),
        Trend.STEADY: gettext("No change within the window beyond chance."),
        Trend.UNKNOWN: gettext("Too little was measured to see a change."),
    }[figure.found.trend]


def target_of(figure: Figure) -> str | None:
    """Return an indicator's target as it was written, if one holds."""
    return figure.target.rule.target if figure.target else None


def _until(window: Window, place: int) -> date:
    """Return the last day of a step."""
    return window.last - timedelta(days=BUCKET * (window.steps - 1 - place))


def _interval_of(kpi: Kpi, sums: Moments) -> tuple[float, float] | None:
    """Return the interval of a step, where enough was measured for one."""
    if sums.days < FEWEST_DAYS or sums.d < SCALE * fewest(kpi.unit):
        return None
    found = interval(sums, kpi.unit, SCALE)
    return None if found is None else (found.low, found.high)


def has_weekly_intervals(figure: Figure) -> bool:
    """Return whether each measured week has an interval of its own; else the window's is drawn."""
    seen = [sums for sums in figure.steps if sums.days]
    return bool(seen) and all(_interval_of(figure.kpi, sums) for sums in seen)


def step_lines(figure: Figure, window: Window) -> list[StepLine]:
    """Return the steps as the lines of a table, the newest first."""
    lines = []
    for place, sums in reversed(list(enumerate(figure.steps))):
        value = value_of(figure.kpi, sums)
        if value is None:
            continue
        between = _interval_of(figure.kpi, sums)
        lines.append(
            StepLine(
                _until(window, place),
                sums.days,
                number_label(sums.n / SCALE),
                number_label(sums.d / SCALE) if figure.kpi.denominator else "",
                value_label(value, figure.kpi.unit),
                between_label(figure.kpi, *between) if between else "",
            )
        )
    return lines


def small(figure: Figure, title: str) -> Drawing:
    """Return the small line of how an indicator moved."""
    return sparkline(figure.values, gettext("%(title)s, week by week", title=title))


def drawn(figure: Figure, title: str, window: Window) -> Drawing:
    """Return an indicator over time, with the interval around it and the target."""
    kpi, points, weekly = figure.kpi, [], has_weekly_intervals(figure)
    of_window = figure.found.between
    for place, sums in enumerate(figure.steps):
        between = _interval_of(kpi, sums) if weekly else None
        if not weekly and of_window is not None:
            between = (of_window.low, of_window.high)
        points.append(
            TrendPoint(
                str(format_date(_until(window, place), "d MMM")),
                value_of(kpi, sums),
                *(between or (None, None)),
            )
        )
    written = target_of(figure)
    target = None
    if written is not None:
        number = float(Threshold(written).number)
        target = (
            number,
            gettext("Target %(target)s", target=threshold_label(written, kpi.unit)),
        )
    return trend(
        points,
        say=lambda value: value_label(value, kpi.unit),
        description=_described(figure, title, window),
        target=target,
    )


def _described(figure: Figure, title: str, window: Window) -> str:
    """Return what a chart of one indicator shows, in words."""
    seen = [value for value in figure.values if value is not None]
    if not seen:
        return gettext("%(title)s: nothing was measured.", title=title)
    return gettext(
        "%(title)s, week by week until %(day)s: from %(low)s to %(high)s. The table has the same "
        "numbers.",
        title=title,
        day=format_date(window.last, "long"),
        low=value_label(min(seen), figure.kpi.unit),
        high=value_label(max(seen), figure.kpi.unit),
    )


def funnel_of(teams: Sequence[TeamFigure], whole: Moments) -> Funnel | None:
    """Return the teams around what they have in common; ``None`` where chance can't be told.

    Days of all people say how much a value varies by chance: what is divided by more varies less.
    """
    variance, middle = whole.variance, whole.ratio
    if variance is None or middle is None:
        return None
    of_unit = variance * whole.d / SCALE
    points = tuple(
        FunnelPoint(team.lead.printed_name, team.sums.d / SCALE, team.sums.ratio)
        for team in teams
        if team.sums is not None and team.sums.ratio is not None
    )
    if not points:
        return None
    return Funnel(points, middle, lambda size: math.sqrt(of_unit / size))


def funnel_drawing(kpi: Kpi, title: str, facts: Funnel) -> Drawing:
    """Return the teams as a funnel, with what it shows in words."""
    outside = [point.label for point in facts.points if facts.is_outside(point)]
    told = ngettext(
        "%(title)s of %(num)s team, by how much was counted.",
        "%(title)s of %(num)s teams, by how much was counted.",
        len(facts.points),
        title=title,
    )
    more = (
        gettext("Outside the wider limits: %(teams)s.", teams=", ".join(outside))
        if outside
        else gettext("None differs by more than chance.")
    )
    return funnel(
        facts,
        say=lambda value: value_label(value, kpi.unit),
        count=number_label,
        description=f"{told} {more}",
        middle_label=gettext("All: %(value)s", value=value_label(facts.middle, kpi.unit)),
    )


def standing_label(facts: Funnel, team: TeamFigure) -> str:
    """Return where a team stands to the limits of chance, in words."""
    if team.sums is None or team.sums.ratio is None:
        return ""
    point = FunnelPoint(team.lead.printed_name, team.sums.d / SCALE, team.sums.ratio)
    if facts.is_outside(point):
        return gettext("differs by more than chance (outside 99.8 in 100)")
    if facts.is_outside(point, LIMITS[0]):
        return gettext("at the edge of chance (outside 95 in 100)")
    return gettext("within chance")
