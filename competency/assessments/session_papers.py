"""From a session of a practical test to the facts of its sheet, to write on or as recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.blank_papers import Spoken, unit_sheet_facts
from competency.assessments.papers import (
    holder_of,
    issuer_of,
    numbered,
    reading_notices,
    source_of,
)
from competency.assessments.permissions import can_read_marks
from competency.assessments.schema import Instrument, SessionState
from competency.assessments.session_queries import LoadedSession
from competency.assessments.session_rules import EXPECTED_RESULT
from competency.clock import local_date
from competency.documents.form_schema import Indicator, PracticalTestFacts, SheetKind
from competency.errors import NotFound
from competency.frameworks.numbering import numbers
from competency.people.queries import names_of
from competency.people.schema import Actor
from competency.wording import Words

AnySession = Session | scoped_session[Session]


def session_sheet_facts(
    session: AnySession, *, actor: Actor, now: datetime, found: LoadedSession
) -> PracticalTestFacts:
    """Return the facts of a session's own sheet, in the language of the person's documents.

    It has what was planned, and boxes for what the attempt covers; once it was held they
    are marked, for whoever reads the marks. ``NotFound`` where the session was cancelled
    or is a knowledge test.
    """
    held, loaded = found.session, found.loaded
    if held.instrument is Instrument.KNOWLEDGE_TEST or held.state is SessionState.CANCELLED:
        raise NotFound
    subject = loaded.subject
    words = Words(subject.document_language)
    notices = list(reading_notices(loaded.framework, words))
    if held.attempt > 1:
        notices.append(words.gettext("Only what was not met before."))
    spoken = Spoken(
        loaded.framework,
        subject.document_language,
        local_date(held.held_at or now, held.time_zone),
        issuer_of(subject),
        tuple(notices),
    )
    names = names_of(session, found.examiners)
    planned = _covered(spoken, found)
    facts = replace(
        planned,
        holder=holder_of(session, subject, held.planned_on),
        happened_on=held.planned_on,
        place=held.place,
        attempt=held.attempt,
        situation=held.situation,
        examiners=tuple(names[one] for one in found.examiners if one in names),
    )
    reads = can_read_marks(actor, loaded.facts, loaded.standing, examines=found.is_examiner(actor))
    return _marked(facts, found) if reads and held.state is SessionState.HELD else facts


def _covered(spoken: Spoken, found: LoadedSession) -> PracticalTestFacts:
    """Return the facts of a session's sheet with only what this attempt covers."""
    held = found.session
    unit = next((u for u in spoken.framework.all_units() if u.id == held.unit_id), None)
    if unit is None:
        return _interview(spoken, found)
    facts = unit_sheet_facts(spoken, unit)
    asked = [one for one in unit.indicators if one.id in held.items]
    expected = unit.expected_result or ""
    return replace(
        facts,
        indicators=tuple(Indicator(one.text) for one in asked),
        marks_capabilities=False,
        expected_result=expected if EXPECTED_RESULT in held.items else None,
        kind=SheetKind(held.instrument.value),
    )


def _interview(spoken: Spoken, found: LoadedSession) -> PracticalTestFacts:
    """Return the facts of an interview's sheet: the criteria that it is about."""
    framework = spoken.framework
    return PracticalTestFacts(
        language=spoken.language,
        issuer=spoken.issuer,
        made_on=spoken.published_on,
        framework_title=framework.title,
        framework_version=framework.version,
        framework_language=framework.language,
        framework_source=source_of(framework),
        unit_title=found.loaded.cycle.title,
        indicators=tuple(Indicator(text) for _, text in _criteria(found)),
        capabilities=(),
        expected_result=None,
        result_labels=("", ""),
        notices=spoken.notices,
        marks_capabilities=False,
        kind=SheetKind.INTERVIEW,
    )


def _criteria(found: LoadedSession) -> list[tuple[str, str]]:
    """Return the criteria that an interview is about: id, and number with title."""
    framework = found.loaded.framework
    place = numbers(framework)
    return [(c.id, numbered(c, place)) for c in framework.criteria() if c.id in found.session.items]


def _marked(facts: PracticalTestFacts, found: LoadedSession) -> PracticalTestFacts:
    """Return the facts with what was recorded."""
    held = found.session
    marks = {item.item_id: item for item in found.items}
    if held.unit_id is None:
        seen = tuple(Indicator(t, marks[i].met, marks[i].note) for i, t in _criteria(found))
        return replace(facts, indicators=seen, is_competent=held.passed, reason=held.note)
    unit = next(u for u in found.loaded.framework.all_units() if u.id == held.unit_id)
    result = marks.get(EXPECTED_RESULT)
    return replace(
        facts,
        indicators=tuple(
            Indicator(one.text, marks[one.id].met, marks[one.id].note)
            for one in unit.indicators
            if one.id in marks
        ),
        is_achieved=result.met if result else None,
        result_note=result.note if result else None,
        is_competent=held.passed,
        reason=held.note,
    )
