"""Findings in words: for the pages that show them, and the evidence that they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import format_date, format_decimal, format_percent, gettext, ngettext, pgettext

from competency.assessments.finding_facts import Data, Refusal, is_decided_about, is_sufficient
from competency.assessments.finding_models import FindingDecision, FindingStep
from competency.assessments.finding_queries import (
    Found,
    recorded,
    speaks_against,
)
from competency.assessments.finding_teams import TeamKind
from competency.assessments.presenters import level_label
from competency.assessments.queries import Loaded
from competency.assessments.schema import Answer
from competency.documents.charts import Drawing, sparkline
from competency.extensions import db
from competency.frameworks.schema import Framework
from competency.kpis.figures import FEWEST_PEOPLE
from competency.kpis.findings import Threshold, Trend, Verdict
from competency.kpis.schema import MeasureUnit

FEWEST_STEPS = 3
"""Steps with a value from which a picture says something."""


@dataclass(frozen=True)
class LevelLine:
    """What a finding says of one level, in words."""

    label: str
    threshold: str
    verdict: str
    code: str


@dataclass(frozen=True)
class ShownFinding:
    """What an indicator says about a criterion, in words, and what became of it."""

    kpi: str
    title: str
    role: str
    why_not: str
    """Why it says nothing; then the rest is empty."""
    value: str = ""
    between: str = ""
    sample: str = ""
    window: str = ""
    levels: tuple[LevelLine, ...] = ()
    summary: str = ""
    trend: str = ""
    origin: str = ""
    basis: str = ""
    points: tuple[float | None, ...] = ()
    """The value of each step of the window, for a small picture; ``None`` where none was."""
    decision: str = ""
    reason: str = ""
    contradiction: bool = False
    is_decided_about: bool = False
    """Whether the assessor accepts it or sets it aside: it is neither context nor a condition."""
    can_accept: bool = False

    @property
    def picture(self) -> Drawing | None:
        """Return a small picture of how the value moved, where there are steps enough."""
        if sum(point is not None for point in self.points) < FEWEST_STEPS:
            return None
        said = gettext("%(title)s, week by week", title=self.title)
        return sparkline(self.points, said)


def number_in(unit: str, value: object, *, is_exact: bool = False) -> str:
    """Return a stored number in its unit and in the page's language; a dash for none.

    What was measured is rounded; what is asked for is said as it holds.
    """
    if value is None:
        return "–"
    number, more = Decimal(str(value)), "###" if is_exact else ""
    match MeasureUnit(unit):
        case MeasureUnit.SHARE:
            return str(format_percent(number, format=f"#,##0.0{more}\u00a0%"))
        case MeasureUnit.SECONDS:
            return gettext("%(seconds)s s", seconds=format_decimal(number, format=f"#,##0.{more}"))
        case _:
            return str(format_decimal(number, format=f"#,##0.##{more}"))


def _threshold_in(unit: str, text: str) -> str:
    """Return a threshold in words, as in at least 85.0 %."""
    asked = Threshold(text)
    value = number_in(unit, asked.number, is_exact=True)
    if asked.is_lower_bound:
        return gettext("at least %(value)s", value=value)
    return gettext("at most %(value)s", value=value)


def verdict_label(verdict: str) -> str:
    """Return what a finding says of a level, in words."""
    return {
        Verdict.MET: pgettext("measurement", "met"),
        Verdict.NOT_MET: pgettext("measurement", "not met"),
        Verdict.INCONCLUSIVE: pgettext("measurement", "can't be told"),
        Verdict.INSUFFICIENT: pgettext("measurement", "too little measured"),
    }[Verdict(verdict)]


def _why_not(why: str) -> str:
    """Return why an indicator says nothing about a person, in words."""
    return {
        Refusal.NO_DEFINITION: gettext("No definition of this indicator is published."),
        Refusal.NOT_PERSONAL: gettext("It speaks of a team or a queue, and not of one person."),
        Refusal.NO_BASIS: gettext(
            "Not used about one person: no legal basis is recorded for figures at this employer."
        ),
        Refusal.NOT_MEASURED: gettext("Nothing was measured in this window."),
        Refusal.TOO_FEW: gettext(
            "Fewer than %(number)s people of the team were measured, so nothing is shown.",
            number=FEWEST_PEOPLE,
        ),
        Refusal.HUMAN_RESOURCES: gettext(
            "Not shown here: its reasons are data about health, for human resources alone."
        ),
    }[Refusal(why)]


def _role(facts: Data) -> str:
    """Return what an indicator is to a criterion, where it is not evidence, and of whom."""
    people = int(str(facts.get("people", 0)))
    match facts.get("team"):
        case TeamKind.LED:
            return ngettext(
                "context only: the team led, %(num)d person",
                "context only: the team led, %(num)d people",
                people,
            )
        case TeamKind.OWN:
            return ngettext(
                "context only: the team worked in, %(num)d person",
                "context only: the team worked in, %(num)d people",
                people,
            )
    if facts["role"] == "context":
        return gettext("context only")
    return gettext("a condition") if facts["role"] == "gate" else ""


def _summary(framework: Framework, criterion_id: str, facts: Data) -> str:
    """Return which levels the figures are compatible with."""
    if not is_sufficient(facts):
        return gettext("Too little was measured to say anything: judge by other evidence.")
    low, high, likely = (
        level_label(framework, criterion_id, None if facts[key] is None else str(facts[key]))
        for key in ("lowest", "highest", "likeliest")
    )
    if facts["likeliest"] is None:
        return ""
    if low == high:
        return gettext("Compatible with %(level)s.", level=low)
    return gettext(
        "Compatible with %(low)s to %(high)s, most likely %(level)s.",
        low=low,
        high=high,
        level=likely,
    )


def _trend(facts: Data) -> str:
    """Return how the value moved, in words."""
    return {
        Trend.ROSE: gettext("It rose within the window by more than chance."),
        Trend.FELL: gettext("It fell within the window by more than chance."),
        Trend.STEADY: gettext("No change within the window beyond chance."),
        Trend.UNKNOWN: "",
    }[Trend(str(facts["trend"]))]


def _origin(framework: Framework, criterion_id: str, facts: Data) -> str:
    """Return since when the thresholds hold and for whom, or what the file has as examples."""
    since = facts.get("thresholds_since")
    if since is not None:
        day = format_date(date.fromisoformat(str(since)), "d MMM y")
        where = str(facts.get("thresholds_where") or "")
        if where:
            return gettext("Thresholds: set for %(where)s since %(day)s.", where=where, day=day)
        return gettext("Thresholds: set since %(day)s.", day=day)
    examples: Mapping[str, str] = facts["examples"]  # type: ignore[assignment]
    if facts["role"] == "context" or not examples:
        return ""
    listed = "; ".join(
        f"{level_label(framework, criterion_id, code)}: {_threshold_in(str(facts['unit']), text)}"
        for code, text in examples.items()
    )
    return gettext(
        "No threshold is set, so the figure says nothing about a level. Examples of the "
        "framework: %(examples)s.",
        examples=listed,
    )


def _basis(facts: Data) -> str:
    """Return on which basis the figures are used, by source."""
    listed: list[Mapping[str, str]] = list(facts.get("sources", []))  # type: ignore[call-overload]
    return "; ".join(
        gettext(
            "%(source)s: %(basis)s, notice %(notice)s",
            source=one["source"],
            basis=one["basis"].rstrip(". "),
            notice=one["notice"],
        )
        for one in listed
    )


def shown(
    framework: Framework,
    criterion_id: str,
    facts: Data,
    language: str,
    *,
    decision: FindingDecision | None = None,
    level: str | None = None,
) -> ShownFinding:
    """Return one finding in words, its title in ``language``.

    ``level`` is what the assessor judges, where they do.
    """
    titles: Mapping[str, str] = facts["titles"]  # type: ignore[assignment]
    kpi, title = str(facts["kpi"]), titles.get(language, str(facts["title"]))
    if "refused" in facts:
        return ShownFinding(kpi, title, _role(facts), _why_not(str(facts["refused"])))
    unit, steps = str(facts["unit"]), facts["steps"]
    first, last = (date.fromisoformat(str(facts[key])) for key in ("first", "last"))
    accepted = decision is not None and decision.step is FindingStep.ACCEPTED
    is_context = facts["role"] == "context"
    return ShownFinding(
        kpi=kpi,
        title=title,
        role=_role(facts),
        why_not="",
        value=number_in(unit, facts["value"]),
        between=gettext(
            "%(low)s to %(high)s",
            low=number_in(unit, facts["low"]),
            high=number_in(unit, facts["high"]),
        )
        if is_sufficient(facts)
        else "",
        sample=_sample(facts),
        window=gettext(
            "%(first)s to %(last)s",
            first=format_date(first, "d MMM"),
            last=format_date(last, "d MMM y"),
        ),
        levels=tuple(
            LevelLine(
                level_label(framework, criterion_id, str(one["level"])),
                _threshold_in(unit, str(one["threshold"])),
                verdict_label(str(one["verdict"])),
                str(one["verdict"]),
            )
            for one in facts["levels"]  # type: ignore[attr-defined]
        ),
        summary=""
        if is_context and not facts["levels"]
        else _summary(framework, criterion_id, facts),
        trend=_trend(facts),
        origin=_origin(framework, criterion_id, facts),
        basis=_basis(facts),
        points=tuple(None if one is None else float(one) for one in steps),  # type: ignore[attr-defined]
        decision=_decision(facts, decision),
        reason="" if decision is None else decision.reason or "",
        contradiction=speaks_against(framework, criterion_id, facts, level),
        is_decided_about=is_decided_about(facts),
        can_accept=is_decided_about(facts)
        and is_sufficient(facts)
        and not (accepted and decision is not None and decision.facts == facts),
    )


def _sample(facts: Data) -> str:
    """Return how much was measured: days, and what the value is divided by."""
    number = int(str(facts["days"]))
    days = ngettext("%(num)d day", "%(num)d days", number)
    if "team" in facts:
        days = ngettext("%(num)s person-day", "%(num)s person-days", number)
    divisor = float(str(facts["divisor"]))
    if not divisor:
        return str(days)
    return gettext(
        "%(days)s, divided by %(number)s",
        days=days,
        number=format_decimal(divisor, format="#,##0"),
    )


def _decision(facts: Data, decision: FindingDecision | None) -> str:
    """Return what became of a finding, in words."""
    if decision is None:
        return ""
    if decision.step is FindingStep.SET_ASIDE:
        return gettext("Set aside:")
    if decision.facts == facts:
        return gettext("Accepted as evidence.")
    return gettext(
        "Accepted as evidence with the figures of %(day)s; these are newer.",
        day=format_date(_last_day(decision), "d MMM y"),
    )


def _last_day(decision: FindingDecision) -> date:
    """Return the last day of the figures that were decided about."""
    facts: Mapping[str, object] = decision.facts or {}
    return date.fromisoformat(str(facts.get("last", decision.decided_at.date())))


def shown_findings(
    framework: Framework,
    found: Found,
    decided: Mapping[tuple[str, str], FindingDecision],
    levels: Mapping[str, str | None],
    language: str,
) -> dict[str, tuple[ShownFinding, ...]]:
    """Return what indicators say about each criterion, in words."""
    return {
        criterion_id: tuple(
            shown(
                framework,
                criterion_id,
                facts,
                language,
                decision=decided.get((criterion_id, str(facts["kpi"]))),
                level=levels.get(criterion_id),
            )
            for facts in said
        )
        for criterion_id, said in found.items()
    }


def kept_findings(
    loaded: Loaded, judged: Mapping[str, Answer], language: str
) -> dict[str, tuple[ShownFinding, ...]]:
    """Return what indicators said at the submission, beside what the lead judged."""
    framework = loaded.framework
    if not loaded.has_findings:
        return {}
    levels = {i: None if answer.excused else answer.level for i, answer in judged.items()}
    held = recorded(db.session, loaded.appraisal)
    return shown_findings(framework, held.kept, held.decisions, levels, language)


def described(
    framework: Framework, criterion_id: str, facts: Data, language: str
) -> tuple[str, str]:
    """Return the title and the text of the evidence that a finding becomes."""
    said = shown(framework, criterion_id, facts, language)
    title = gettext("%(title)s: %(value)s", title=said.title, value=said.value)
    lines = [
        gettext("%(value)s, interval %(between)s", value=said.value, between=said.between),
        f"{said.window}; {said.sample}",
        *(f"{line.label}: {line.threshold}, {line.verdict}" for line in said.levels),
        said.summary,
        said.trend,
        said.origin,
        said.basis,
    ]
    return title[:200], "\n".join(line for line in lines if line)
