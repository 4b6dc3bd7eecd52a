"""What indicators said about criteria, on the report: the figures, the chart and its numbers."""

from __future__ import annotations

from competency.documents.blocks import draw_notice
from competency.documents.charts import Drawing, Say, TrendPoint, trend
from competency.documents.charts_pdf import chart_figure
from competency.documents.drawing import Document
from competency.documents.report_schema import (
    MeasuredWeek,
    ReportCriterion,
    ReportFacts,
    ReportFinding,
)
from competency.documents.tables import Column, Row, draw_table
from competency.documents.text import BODY, SMALL, TINY, Text
from competency.documents.writing import draw_figure
from competency.wording import Words

CHART = 440.0
"""Points that a chart is wide: its words are eight points high then."""
FEWEST_WEEKS = 3
"""Weeks with a value from which a chart says something."""
IN_A_ROW = 7
"""Weeks side by side in a table."""
_DAY = "d MMM"


def finding_line(finding: ReportFinding, words: Words) -> str:
    """Return a finding on one line, as it stands under its criterion."""
    value = f"{finding.value} ({finding.between})" if finding.between else finding.value
    parts = [finding.title, value, finding.sample, finding.window, finding.role]
    said = "; ".join(part for part in parts if part)
    became = " ".join(part for part in (finding.decision, finding.reason) if part)
    return " ".join([words.gettext("Figures: %(said)s.", said=said), became]).strip()


def draw_findings(document: Document, facts: ReportFacts) -> None:
    """Draw what was measured beside the criteria, but for what is context alone."""
    found = [
        (criterion, finding)
        for unit in facts.units
        for criterion in unit.criteria
        for finding in criterion.findings
        if not finding.is_context
    ]
    if not found:
        return
    words = document.words
    document.heading(words.gettext("What was measured"), 2)
    said = words.gettext(
        "The figures as they stood when the appraisal was submitted. They propose and never "
        "decide: what later arrived or was corrected does not change them here."
    )
    document.paragraph(Text(said, SMALL))
    for criterion, finding in found:
        _draw_finding(document, criterion, finding, facts.framework_language)


def _draw_finding(
    document: Document, criterion: ReportCriterion, finding: ReportFinding, language: str
) -> None:
    """Draw one finding: what it says in words and as a chart, then its numbers."""

    def begin(target: Document) -> None:
        target.heading(finding.title, 3)
        target.paragraph(Text(criterion.title, SMALL, language))
        between = f" ({finding.between})" if finding.between else ""
        target.paragraph(Text(f"{finding.value}{between}", BODY))
        for line in (f"{finding.sample}; {finding.window}", *finding.notes):
            target.paragraph(Text(line, SMALL))
        if finding.decision:
            target.gap(3)
            draw_notice(target, " ".join(filter(None, (finding.decision, finding.reason))))
            target.gap(3)
        if sum(week.value is not None for week in finding.weeks) >= FEWEST_WEEKS:
            draw_figure(target, chart_figure(_chart(finding, target.words), CHART))

    document.together(begin)
    _draw_weeks(document, finding)
    _draw_levels(document, finding, language)


def _draw_weeks(document: Document, finding: ReportFinding) -> None:
    """Draw the value of each week, several side by side."""
    words, say = document.words, _say(finding.unit, document.words)
    rows = -(-len(finding.weeks) // IN_A_ROW)
    if not rows:
        return
    across = -(-len(finding.weeks) // rows)
    for first in range(0, len(finding.weeks), across):
        weeks = finding.weeks[first : first + across]
        columns = [Column(words.date(week.until, _DAY), 1 / len(weeks), "right") for week in weeks]
        cells = tuple((Text(_said(week, say), SMALL),) for week in weeks)
        draw_table(document, columns, [Row(cells)])
    document.gap(4)
    until = words.gettext("Each value is that of the week until the day above it.")
    document.paragraph(Text(until, TINY))


def _draw_levels(document: Document, finding: ReportFinding, language: str) -> None:
    """Draw the threshold of each level, and what the figures say of it."""
    if not finding.levels:
        return
    words = document.words
    columns = [
        Column(words.gettext("Level"), 0.4),
        Column(words.gettext("Threshold"), 0.3),
        Column(words.gettext("What the figures say"), 0.3),
    ]
    rows = [
        Row(
            (
                (Text(one.label, SMALL, language),),
                (Text(one.threshold, SMALL),),
                (Text(one.verdict, SMALL),),
            ),
            keeps_next=one is not finding.levels[-1],
        )
        for one in finding.levels
    ]
    document.gap(6)
    draw_table(document, columns, rows)


def _chart(finding: ReportFinding, words: Words) -> Drawing:
    """Return the values over time with the interval of the whole window as a band."""
    say = _say(finding.unit, words)
    points = [
        TrendPoint(words.date(week.until, _DAY), week.value, finding.low, finding.high)
        for week in finding.weeks
    ]
    numbers = "; ".join(
        f"{words.date(week.until, _DAY)}: {_said(week, say)}" for week in finding.weeks
    )
    return trend(
        points,
        say=say,
        description=words.gettext(
            "%(title)s, week by week: %(numbers)s. The band is the interval of the whole window.",
            title=finding.title,
            numbers=numbers,
        )
        if finding.between
        else words.gettext(
            "%(title)s, week by week: %(numbers)s.", title=finding.title, numbers=numbers
        ),
    )


def _said(week: MeasuredWeek, say: Say) -> str:
    """Return a week's value, a dash where nothing was measured."""
    return "–" if week.value is None else say(week.value)


def _say(unit: str, words: Words) -> Say:
    """Return how a value of a unit reads in the document's language."""

    def say(value: float) -> str:
        if unit == "share":
            return words.share(value)
        if unit == "seconds":
            return words.gettext("%(seconds)s s", seconds=words.number(value, "#,##0"))
        return words.number(value)

    return say
