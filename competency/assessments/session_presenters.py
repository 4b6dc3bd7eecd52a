"""Tests of a certification as plain values: what is asked, each attempt, what is possible.

Nothing here reads the database; words come in the language of the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from competency.assessments.certification_models import AssessmentSession, SessionItem
from competency.assessments.queries import Loaded
from competency.assessments.schema import Instrument, SessionState
from competency.assessments.session_queries import AppraisalSessions
from competency.assessments.session_rules import (
    EXPECTED_RESULT,
    Part,
    further_parts,
    is_named,
    parts,
    result_of,
    texts_of,
    why_no_attempt,
)
from competency.assessments.words import instrument_label, session_state_label
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import Framework


@dataclass(frozen=True)
class SessionLine:
    """One attempt in a list."""

    session: AssessmentSession
    state: str
    chip: str


@dataclass(frozen=True)
class PartTests:
    """One test with its attempts; ``unit_id`` is empty for the knowledge of the whole.

    ``why_not`` says why no further attempt can be planned, where somebody would plan it.
    """

    instrument: Instrument
    unit_id: str
    number: str
    title: str
    label: str
    state: str
    chip: str
    lines: tuple[SessionLine, ...]
    can_plan: bool
    why_not: str
    is_extra: bool = False
    """Whether nobody asks for it: a simulation or an interview that could be held besides."""


def session_line(held: AssessmentSession, *, reads_marks: bool) -> SessionLine:
    """Return one session; whether it was passed only for who reads its marks."""
    passed = held.passed if reads_marks else None
    return SessionLine(held, *session_state_label(held.state, passed=passed))


def tests_panel(
    loaded: Loaded,
    tests: AppraisalSessions,
    *,
    maximum: int,
    may_plan: bool,
    reads_marks: bool,
) -> tuple[PartTests, ...]:
    """Return every test of a certification in the order of the framework.

    ``maximum`` attempts matter only to who may plan now.
    """
    place = numbers(loaded.framework)
    units = {unit.id: unit for unit in loaded.framework.all_units()}
    found = []
    further = further_parts(loaded.framework, loaded.scope)
    for part in (*parts(loaded.framework, loaded.scope), *further):
        unit = units.get(part.unit_id or "")
        sessions, attempts = tests.of_part(part), tests.attempts(part)
        state, chip = _result_words(result_of(part, attempts) if reads_marks else None)
        reason = why_no_attempt(part, attempts, maximum)
        waits = any(s.state is SessionState.PLANNED for s in sessions)
        found.append(
            PartTests(
                instrument=part.instrument,
                unit_id=part.unit_id or "",
                number=place[unit.id] if unit else "",
                title=unit.title if unit else "",
                label=instrument_label(part.instrument),
                state=state,
                chip=chip,
                lines=tuple(session_line(s, reads_marks=reads_marks) for s in sessions),
                can_plan=may_plan and reason is None and not waits,
                why_not=gettext(reason) if may_plan and reason is not None else "",
                is_extra=part in further and not sessions and not is_named(loaded.framework, part),
            )
        )
    return tuple(found)


def _result_words(result: bool | None) -> tuple[str, str]:  # noqa: FBT001 - what a test came to
    """Return what a test came to, with its chip; nothing where it isn't known."""
    if result is None:
        return "", "neutral"
    return session_state_label(SessionState.HELD, passed=result)


@dataclass(frozen=True)
class SheetItem:
    """One line of the sheet; ``is_result`` marks the unit's expected result."""

    id: str
    text: str
    is_result: bool
    met: bool | None = None
    note: str = ""
    missing: bool = False


def sheet(
    framework: Framework,
    held: AssessmentSession,
    *,
    marks: Mapping[str, bool],
    notes: Mapping[str, str],
    missing: Sequence[str] = (),
) -> tuple[SheetItem, ...]:
    """Return what a session covers, with what was marked so far."""
    texts = texts_of(framework, held.instrument, held.unit_id)
    return tuple(
        SheetItem(
            i,
            texts.get(i, ""),
            i == EXPECTED_RESULT,
            marks.get(i),
            notes.get(i, ""),
            i in missing,
        )
        for i in held.items
    )


def recorded_sheet(
    framework: Framework, held: AssessmentSession, items: Sequence[SessionItem]
) -> tuple[SheetItem, ...]:
    """Return the sheet of a session that was held."""
    marks = {item.item_id: item.met for item in items}
    return sheet(framework, held, marks=marks, notes={i.item_id: i.note or "" for i in items})


def first_situation(framework: Framework, part: Part) -> str:
    """Return what the situation is begun with: what the unit is to lead to, in its words."""
    for unit in framework.all_units():
        if unit.id == part.unit_id:
            return "\n".join(text for text in (unit.title, unit.expected_result) if text)
    return ""
