"""Tests of a certification: planning a session, its sheet, and its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.forms import comment_of
from competency.assessments.permissions import (
    can_move_session,
    can_plan_session,
    can_read_marks,
    is_subject,
)
from competency.assessments.queries import Loaded, load
from competency.assessments.schema import Instrument, Mode, SessionState, State
from competency.assessments.session_forms import instrument_of, marks_input, plan_input
from competency.assessments.session_moves import moves_of
from competency.assessments.session_presenters import (
    PartTests,
    first_situation,
    recorded_sheet,
    session_line,
    sheet,
    tests_panel,
)
from competency.assessments.session_queries import (
    AppraisalSessions,
    LoadedSession,
    attempts_maximum,
    load_session,
    tests_of,
)
from competency.assessments.session_rules import (
    CHOSEN_FROM,
    Attempt,
    Part,
    item_texts,
    not_met,
    part_of,
    texts_of,
)
from competency.assessments.sessions import (
    NOT_RECORDING,
    Marks,
    cancel_session,
    hold_session,
    may_record,
    plan_session,
)
from competency.assessments.words import instrument_label, move_label
from competency.assessments.written_forms import wanted_input
from competency.assessments.written_papers import percent
from competency.assessments.written_presenters import ShownItem, recorded, score_words
from competency.assessments.written_queries import (
    answers_of,
    has_questions,
    may_read_questions,
    scores_of,
    written_test_of,
)
from competency.audit.access import note_read
from competency.clock import local_date
from competency.errors import Incomplete, Invalid, NotAllowed, NotFound
from competency.extensions import db
from competency.people.models import Employee
from competency.people.queries import names_of
from competency.questions.queries import published_banks
from competency.questions.rules import PER_ITEM, PER_ITEM_MAXIMUM
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again


def sessions_for(loaded: Loaded) -> AppraisalSessions | None:
    """Return the sessions of a certification; ``None`` for an appraisal, unread."""
    if loaded.appraisal.mode is not Mode.CERTIFICATION:
        return None
    return tests_of(db.session, loaded.appraisal.id)


def panel_of(loaded: Loaded, tests: AppraisalSessions | None) -> tuple[PartTests, ...]:
    """Return the tests of a certification as whoever is signed in may see them."""
    if tests is None:
        return ()
    me, facts, place = actor(), loaded.facts, loaded.standing
    may_plan = loaded.appraisal.state is State.OPEN and can_plan_session(me, facts, place)
    return tests_panel(
        loaded,
        tests,
        maximum=attempts_maximum(db.session, loaded.cycle.id) if may_plan else 0,
        may_plan=may_plan,
        reads_marks=can_read_marks(me, facts, place, examines=False),
    )


def _for_planning(public_id: str) -> Loaded:
    """Return a certification of which the actor may plan tests."""
    me = actor()
    loaded = load(db.session, actor=me, now=clock.now(), public_id=public_id)
    if loaded.appraisal.mode is not Mode.CERTIFICATION:
        raise NotFound
    if not can_plan_session(me, loaded.facts, loaded.standing):
        raise NotAllowed("Tests are planned by human resources and by the assessor.")
    return loaded


@blueprint.get("/appraisals/<public_id>/sessions/new")
@access()
def new_session(public_id: str) -> ResponseReturnValue:
    """Ask when, where and by whom a test is held; what it covers is what is not met yet."""
    return _plan_page(_for_planning(public_id))


def _plan_page(loaded: Loaded, error: str = "") -> str:
    """Return the page on which a session is planned, with what was sent to it."""
    values = request.form or request.args
    instrument = instrument_of(values.get("instrument", Instrument.PRACTICAL_TEST.value))
    unit_id = values.get("unit") or None
    framework = loaded.framework
    part = part_of(framework, loaded.scope, instrument, unit_id)
    attempts = tests_of(db.session, loaded.appraisal.id).attempts(part)
    texts = texts_of(framework, instrument, unit_id)
    zone = loaded.time_zone
    lead = db.session.get_one(Employee, loaded.appraisal.lead_id)
    note_read(actor(), loaded.subject.id, f"tests of {loaded.appraisal.public_id}")
    return render_template(
        "assessments/session_new.html",
        title=gettext(
            "Plan a session: %(test)s of %(name)s",
            test=instrument_label(instrument),
            name=loaded.subject.printed_name,
        )
        if instrument in {Instrument.SIMULATION, Instrument.INTERVIEW}
        else gettext("Plan a test of %(name)s", name=loaded.subject.printed_name),
        loaded=loaded,
        instrument=instrument,
        label=instrument_label(instrument),
        unit=next((u for u in framework.all_units() if u.id == unit_id), None),
        attempt=len(attempts) + 1,
        maximum=attempts_maximum(db.session, loaded.cycle.id),
        items=[(i, texts.get(i, "")) for i in not_met(part, attempts)],
        chooses=instrument in CHOSEN_FROM,
        ticked=request.form.getlist("items") if request.form else _first_ticked(part, attempts),
        values=values,
        today=local_date(clock.now(), zone),
        zone=zone,
        examiners=values.get("examiners", lead.employee_number),
        situation=values.get("situation", first_situation(framework, part)),
        banks=published_banks(db.session, framework.id)
        if instrument is Instrument.KNOWLEDGE_TEST
        else [],
        per_item=values.get("per_item", PER_ITEM),
        per_item_maximum=PER_ITEM_MAXIMUM,
        error=error,
    )


def _first_ticked(part: Part, attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """Return what is chosen at first: all that was not met; nothing of an interview."""
    return () if part.instrument is Instrument.INTERVIEW else not_met(part, attempts)


@blueprint.post("/appraisals/<public_id>/sessions")
@access()
def add_session(public_id: str) -> ResponseReturnValue:
    """Plan a session; what was refused is said on the page that was sent."""
    me = actor()
    loaded = _for_planning(public_id)
    zone = loaded.time_zone
    try:
        planned = plan_session(
            db.session,
            actor=me,
            now=clock.now(),
            appraisal_public_id=public_id,
            plan=replace(plan_input(request.form, zone), questions=wanted_input(request.form)),
        )
    except Invalid as error:
        read_again()
        return make_response(_plan_page(_for_planning(public_id), worded(error)), 422)
    session_id = planned.public_id
    flash(gettext("The test is planned."))
    return redirect(url_for("assessments.session", public_id=session_id))


def _title(found: LoadedSession) -> str:
    """Return what a session's pages are called."""
    label, name = instrument_label(found.session.instrument), found.loaded.subject.printed_name
    return gettext("%(test)s of %(name)s", test=label, name=name)


def read_session(public_id: str) -> LoadedSession:
    """Return a session for reading, and note who read of whom."""
    me = actor()
    found = load_session(db.session, actor=me, now=clock.now(), public_id=public_id)
    note_read(me, found.loaded.subject.id, f"session {found.session.public_id}")
    return found


def page_values(found: LoadedSession) -> dict[str, object]:
    """Return what every page of a session shows."""
    framework = found.loaded.framework
    unit_id = found.session.unit_id
    names, recorder = dict(found.names), found.session.recorded_by_id
    if recorder is not None and recorder not in names:
        names |= names_of(db.session, [recorder])
    return {
        "title": _title(found),
        "loaded": found.loaded,
        "held": found.session,
        "language": framework.language,
        "unit": next((u for u in framework.all_units() if u.id == unit_id), None),
        "examiners": [names.get(i, "") for i in found.examiners],
        "recorded_by": names.get(recorder or 0, ""),
        "maximum": attempts_maximum(db.session, found.loaded.cycle.id),
    }


@blueprint.get("/sessions/<public_id>")
@access()
def session(public_id: str) -> ResponseReturnValue:
    """Show a session: what was planned, and once it may be read, what came of it."""
    me, found = actor(), read_session(public_id)
    facts, place = found.loaded.facts, found.loaded.standing
    examines = found.is_examiner(me)
    reads_marks = can_read_marks(me, facts, place, examines=examines)
    is_planned = found.session.state is SessionState.PLANNED
    is_open = found.loaded.appraisal.state is State.OPEN
    return render_template(
        "assessments/session.html",
        **page_values(found),
        line=session_line(found.session, reads_marks=reads_marks),
        sheet=recorded_sheet(found.loaded.framework, found.session, found.items),
        reads_marks=reads_marks,
        is_subject=is_subject(me, facts),
        can_record=is_planned
        and is_open
        and may_record(db.session, actor=me, now=clock.now(), found=found),
        asks=found.session.instrument in CHOSEN_FROM,
        has_sheet=found.session.instrument is not Instrument.KNOWLEDGE_TEST
        and found.session.state is not SessionState.CANCELLED,
        can_change=is_planned and is_open and can_plan_session(me, facts, place),
        can_cancel=is_planned and can_plan_session(me, facts, place),
        can_move=is_planned
        and is_open
        and (is_subject(me, facts) or can_move_session(me, facts, place, examines=examines)),
        moves=moves_of(db.session, found.session.id),
        move_label=move_label,
        sees_appraisal=can_plan_session(me, facts, place) or is_subject(me, facts),
        **_written_values(found, reads_marks=reads_marks),
    )


def _written_values(found: LoadedSession, *, reads_marks: bool) -> dict[str, object]:
    """Return what the page of a session shows of its questions, where it has some."""
    held, me = found.session, actor()
    test = None
    if held.instrument is Instrument.KNOWLEDGE_TEST:
        test = written_test_of(db.session, held.id)
    if test is None:
        return {"test": None, "scores": {}}
    is_held = held.state is SessionState.HELD
    scores = scores_of(db.session, held.id) if reads_marks and is_held else {}
    reads = may_read_questions(db.session, me, found)
    answered: tuple[ShownItem, ...] = ()
    if reads and reads_marks and is_held:
        texts = item_texts(found.loaded.framework, None)
        answered = recorded(test, texts, held.items, answers_of(db.session, held.id))
        note_read(me, found.loaded.subject.id, f"answers of session {held.public_id}")
    return {
        "test": test,
        "share": percent(test.bank.pass_share),
        "scores": scores,
        "score_words": score_words(scores),
        "reads_questions": reads,
        "answered": answered,
    }


def _record_page(
    found: LoadedSession,
    marks: Marks | None = None,
    *,
    error: str = "",
    missing: tuple[str, ...] = (),
) -> str:
    """Return the sheet to be filled in, with what was sent."""
    said = marks or Marks({}, {})
    return render_template(
        "assessments/session_record.html",
        **page_values(found),
        sheet=sheet(
            found.loaded.framework,
            found.session,
            marks=said.met,
            notes=said.notes,
            missing=missing,
        ),
        note=said.note,
        error=error,
    )


@blueprint.get("/sessions/<public_id>/record")
@access()
def record_session(public_id: str) -> ResponseReturnValue:
    """Show the sheet of a session to its examiners while it is to be held."""
    found = read_session(public_id)
    if not may_record(db.session, actor=actor(), now=clock.now(), found=found):
        raise NotAllowed(NOT_RECORDING)
    if found.session.state is not SessionState.PLANNED:
        return redirect(url_for("assessments.session", public_id=public_id))
    if has_questions(db.session, found.session.id):
        return redirect(url_for("assessments.record_answers", public_id=public_id))
    return _record_page(found)


@blueprint.post("/sessions/<public_id>/record")
@access()
def hold(public_id: str) -> ResponseReturnValue:
    """Record what came of a session; what is missing is said on its sheet."""
    marks = marks_input(request.form)
    try:
        hold_session(db.session, actor=actor(), now=clock.now(), public_id=public_id, marks=marks)
    except (Incomplete, Invalid) as error:
        read_again()
        missing = error.missing if isinstance(error, Incomplete) else ()
        page = _record_page(read_session(public_id), marks, error=worded(error), missing=missing)
        return make_response(page, 422)
    flash(gettext("The test is recorded. Its record can't be changed from here on."))
    return redirect(url_for("assessments.session", public_id=public_id))


@blueprint.post("/sessions/<public_id>/cancel")
@access()
def cancel_test(public_id: str) -> ResponseReturnValue:
    """Cancel a planned session, saying why."""
    reason = comment_of(request.form)
    cancel_session(db.session, actor=actor(), now=clock.now(), public_id=public_id, reason=reason)
    flash(gettext("The test is cancelled."))
    return redirect(url_for("assessments.session", public_id=public_id))
