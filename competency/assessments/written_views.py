"""Pages of a knowledge test with questions: its papers, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.schema import SessionState
from competency.assessments.session_queries import LoadedSession
from competency.assessments.session_rules import item_texts
from competency.assessments.session_views import page_values
from competency.assessments.written_forms import answers_input
from competency.assessments.written_papers import for_papers, key_facts, percent, sheet_facts
from competency.assessments.written_presenters import entered
from competency.assessments.written_queries import LoadedTest
from competency.assessments.written_recording import (
    for_recording,
    hold_written_test,
    worked_out,
)
from competency.assessments.written_rules import Answers
from competency.audit.access import note_read
from competency.documents.finishing import finished
from competency.documents.question_sheet import question_key, question_sheet
from competency.errors import Incomplete, Invalid
from competency.extensions import db
from competency.questions.rules import Score
from competency.web.errors import worded
from competency.web.papers import pdf_answer
from competency.web.permission import access, actor
from competency.web.transaction import read_again


@blueprint.get("/written-tests/<public_id>/questions.pdf")
@access()
def question_sheet_file(public_id: str) -> ResponseReturnValue:
    """Give the candidate's sheet to who holds the test."""
    me, now = actor(), clock.now()
    found, test = for_papers(db.session, actor=me, now=now, public_id=public_id)
    note_read(me, found.loaded.subject.id, f"questions of session {public_id}")
    facts = sheet_facts(db.session, found, test, now)
    db.session.rollback()
    content = finished(question_sheet(facts), facts, facts.head.language)
    return pdf_answer(content, f"questions-{public_id}")


@blueprint.get("/written-tests/<public_id>/key.pdf")
@access()
def question_key_file(public_id: str) -> ResponseReturnValue:
    """Give the examiner's key; who had it is kept in the access log."""
    me, now = actor(), clock.now()
    found, test = for_papers(db.session, actor=me, now=now, public_id=public_id)
    note_read(me, found.loaded.subject.id, f"key of session {public_id}")
    facts = key_facts(db.session, found, test, now)
    db.session.rollback()
    content = finished(question_key(facts), facts, facts.head.language)
    return pdf_answer(content, f"key-{public_id}")


def _for_recording(public_id: str) -> tuple[LoadedSession, LoadedTest]:
    """Return a session with its questions for who records it, and note the reading."""
    me = actor()
    found, test = for_recording(db.session, actor=me, now=clock.now(), public_id=public_id)
    note_read(me, found.loaded.subject.id, f"questions of session {public_id}")
    return found, test


def _page(
    found: LoadedSession,
    test: LoadedTest,
    answers: Answers,
    *,
    scores: Mapping[str, Score] | None = None,
    error: str = "",
    missing: tuple[str, ...] = (),
) -> str:
    """Return the sheet to be filled in, with what was sent."""
    return render_template(
        "assessments/written_record.html",
        **page_values(found),
        test=test,
        share=percent(test.bank.pass_share),
        items=entered(
            test,
            item_texts(found.loaded.framework, None),
            found.session.items,
            answers,
            scores=scores,
            missing=missing,
        ),
        worked_out=scores is not None,
        note=answers.note,
        error=error,
    )


@blueprint.get("/written-tests/<public_id>/answers")
@access()
def record_answers(public_id: str) -> ResponseReturnValue:
    """Show the questions of a session to its examiners while it is to be held."""
    found, test = _for_recording(public_id)
    if found.session.state is not SessionState.PLANNED:
        return redirect(url_for("assessments.session", public_id=public_id))
    return _page(found, test, Answers())


@blueprint.post("/written-tests/<public_id>/answers")
@access()
def hold_written(public_id: str) -> ResponseReturnValue:
    """Work out what was entered, or record it for good; what is missing is said."""
    answers = answers_input(request.form)
    try:
        if request.form.get("step") == "work-out":
            found, test = _for_recording(public_id)
            came_to = worked_out(found, test, answers)
            return _page(found, test, answers, scores=came_to.scores)
        hold_written_test(
            db.session, actor=actor(), now=clock.now(), public_id=public_id, answers=answers
        )
    except (Incomplete, Invalid) as error:
        read_again()
        missing = error.missing if isinstance(error, Incomplete) else (error.field or "",)
        found, test = _for_recording(public_id)
        page = _page(found, test, answers, error=worded(error), missing=missing)
        return make_response(page, 422)
    flash(gettext("The test is recorded. Its record can't be changed from here on."))
    return redirect(url_for("assessments.session", public_id=public_id))
