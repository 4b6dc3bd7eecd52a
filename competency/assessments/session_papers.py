"""From a session of a practical test to the facts of its sheet, to write on or as recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.blank_papers import Spoken, practical_test_facts
from competency.assessments.papers import holder_of, issuer_of, reading_notices
from competency.assessments.permissions import can_read_marks
from competency.assessments.schema import Instrument, SessionState
from competency.assessments.session_queries import LoadedSession
from competency.assessments.session_rules import EXPECTED_RESULT
from competency.clock import local_date
from competency.documents.form_schema import Indicator, PracticalTestFacts
from competency.errors import NotFound
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
    or is no practical test.
    """
    held, loaded = found.session, found.loaded
    is_test = held.instrument is Instrument.PRACTICAL_TEST
    if not is_test or held.unit_id is None or held.state is SessionState.CANCELLED:
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
    planned = _covered(practical_test_facts(spoken, held.unit_id), found)
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


def _covered(facts: PracticalTestFacts, found: LoadedSession) -> PracticalTestFacts:
    """Return the facts of a unit's sheet with only what this attempt covers."""
    held = found.session
    unit = next(u for u in found.loaded.framework.all_units() if u.id == held.unit_id)
    asked = [one for one in unit.indicators if one.id in held.items]
    expected = unit.expected_result or ""
    return replace(
        facts,
        indicators=tuple(Indicator(one.text) for one in asked),
        marks_capabilities=False,
        expected_result=expected if EXPECTED_RESULT in held.items else None,
    )


def _marked(facts: PracticalTestFacts, found: LoadedSession) -> PracticalTestFacts:
    """Return the facts with what was recorded."""
    held = found.session
    marks = {item.item_id: item for item in found.items}
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
