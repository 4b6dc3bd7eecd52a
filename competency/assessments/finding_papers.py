"""From the findings that a submission kept to what the report prints of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import gettext
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.finding_facts import Data
from competency.assessments.finding_presenters import ShownFinding, shown
from competency.assessments.finding_queries import recorded
from competency.assessments.queries import Loaded
from competency.assessments.schema import Answer
from competency.documents.report_schema import LevelFinding, MeasuredWeek, ReportFinding
from competency.kpis.windows import BUCKET

AnySession = Session | scoped_session[Session]


def report_findings(
    session: AnySession, loaded: Loaded, judged: Mapping[str, Answer]
) -> dict[str, tuple[ReportFinding, ...]]:
    """Return what the last submission kept, by criterion, in the language that is set.

    Nothing is measured anew; ``judged`` are the lead's answers. What said nothing is left out.
    """
    if not loaded.has_findings:
        return {}
    language = loaded.subject.document_language
    held = recorded(session, loaded.appraisal)
    found: dict[str, tuple[ReportFinding, ...]] = {}
    for criterion_id, said in held.kept.items():
        answer = judged.get(criterion_id)
        level = None if answer is None or answer.excused else answer.level
        found[criterion_id] = tuple(
            _printed(
                facts,
                shown(
                    loaded.framework,
                    criterion_id,
                    facts,
                    language,
                    decision=held.decisions.get((criterion_id, str(facts["kpi"]))),
                    level=level,
                ),
            )
            for facts in said
            if "refused" not in facts
        )
    return found


def _printed(facts: Data, said: ShownFinding) -> ReportFinding:
    """Return one finding as the report prints it."""
    return ReportFinding(
        title=said.title,
        unit=str(facts["unit"]),
        value=said.value,
        between=said.between,
        sample=said.sample,
        window=said.window,
        decision=said.decision,
        reason=said.reason,
        role=said.role,
        notes=tuple(
            line
            for line in (said.summary, _against(said), said.trend, said.origin, said.basis)
            if line
        ),
        levels=tuple(LevelFinding(one.label, one.threshold, one.verdict) for one in said.levels),
        weeks=_weeks(facts, said),
        low=_number(facts["low"]),
        high=_number(facts["high"]),
        is_context=facts["role"] == "context",
    )


def _against(said: ShownFinding) -> str:
    """Return that figures speak against the assessor's level, where they do."""
    if not said.contradiction:
        return ""
    return gettext("These figures speak against the level that the assessor judged.")


def _weeks(facts: Data, said: ShownFinding) -> tuple[MeasuredWeek, ...]:
    """Return each step of the window with its last day."""
    last = date.fromisoformat(str(facts["last"]))
    count = len(said.points)
    return tuple(
        MeasuredWeek(last - timedelta(days=BUCKET * (count - 1 - place)), value)
        for place, value in enumerate(said.points)
    )


def _number(value: object) -> float | None:
    """Return a frozen number; ``None`` for none."""
    return None if value is None else float(str(value))
