"""Recording a knowledge test with questions: answers become points, points become results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession
from competency.assessments.session_queries import LoadedSession, load_session
from competency.assessments.sessions import (
    NOT_RECORDING,
    NOTE_MAXIMUM,
    Marks,
    hold_session,
    may_record,
    require_planned,
)
from competency.assessments.written_models import WrittenAnswer, WrittenScore
from competency.assessments.written_queries import (
    LoadedTest,
    may_read_questions,
    written_test_of,
)
from competency.assessments.written_rules import Answers, met_by, points_given
from competency.documents.fonts import check_printable
from competency.errors import Invalid, NotAllowed, NotFound, message_id
from competency.people.schema import Actor
from competency.questions.rules import Score, scores
from competency.questions.schema import QuestionKind
from competency.wording import Words

AnySession = Session | scoped_session[Session]

NOT_READING = message_id(
    "The questions are read by who plans and who examines this test, and by no candidate."
)


@dataclass(frozen=True)
class WorkedOut:
    """What answers come to: points by question, scores and results by item."""

    points: dict[str, int]
    scores: dict[str, Score]
    met: dict[str, bool]


def for_recording(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> tuple[LoadedSession, LoadedTest]:
    """Return a session with its questions for who records it.

    ``NotFound`` where it has none, ``NotAllowed`` for everybody else.
    """
    found = load_session(session, actor=actor, now=now, public_id=public_id)
    test = written_test_of(session, found.session.id)
    if test is None:
        raise NotFound
    if not may_record(session, actor=actor, now=now, found=found):
        raise NotAllowed(NOT_RECORDING)
    if not may_read_questions(session, actor, found):
        raise NotAllowed(NOT_READING)
    return found, test


def worked_out(found: LoadedSession, test: LoadedTest, answers: Answers) -> WorkedOut:
    """Return what answers come to; raise ``Incomplete`` or ``Invalid`` for what is wrong."""
    texts = [answers.note, *answers.notes.values()]
    texts += [override.reason for override in answers.overrides.values()]
    for text in texts:
        if len(text) > NOTE_MAXIMUM:
            raise Invalid("A note can have at most 4,000 characters.", "note")
        check_printable(text, "note")
    points = points_given(test.questions, answers)
    came_to = scores(test.questions, points, found.session.items, test.bank.pass_share)
    return WorkedOut(points, came_to, met_by(came_to, answers.overrides))


def hold_written_test(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, answers: Answers
) -> AssessmentSession:
    """Record what was answered in a session, for good; its items follow from the points.

    Raises as ``hold_session`` does, and ``Incomplete`` with the questions or items that
    something is missing for.
    """
    found, test = for_recording(session, actor=actor, now=now, public_id=public_id)
    require_planned(found)
    came_to = worked_out(found, test, answers)
    overrides = {i: answers.overrides[i] for i in came_to.scores if i in answers.overrides}
    words = Words(found.loaded.subject.document_language)
    notes = {
        item: ". ".join(
            [
                words.gettext(
                    "%(points)s of %(maximum)s points", points=one.points, maximum=one.maximum
                ),
                *([overrides[item].reason.strip()] if item in overrides else []),
            ]
        )
        for item, one in came_to.scores.items()
    }
    held = hold_session(
        session,
        actor=actor,
        now=now,
        public_id=public_id,
        marks=Marks(came_to.met, notes, answers.note),
        overridden=tuple(overrides),
    )
    session.add_all(
        WrittenAnswer(
            session_id=held.id,
            subject_id=held.subject_id,
            question_id=question.id,
            ticked=sorted(answers.ticked.get(question.id, ()))
            if question.kind is QuestionKind.CHOICE
            else None,
            points=came_to.points[question.id],
            maximum=question.points,
            note=answers.notes.get(question.id, "").strip() or None,
        )
        for question in test.questions
    )
    session.add_all(
        WrittenScore(
            session_id=held.id,
            subject_id=held.subject_id,
            item_id=item,
            points=one.points,
            maximum=one.maximum,
            reached=one.reached,
            reason=overrides[item].reason.strip() if item in overrides else None,
        )
        for item, one in came_to.scores.items()
    )
    session.flush()
    return held
