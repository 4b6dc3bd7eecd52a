"""From a knowledge test with questions to the facts of its papers: sheet and key."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.papers import holder_of, issuer_of, paper_language
from competency.assessments.schema import SessionState
from competency.assessments.session_queries import LoadedSession, load_session
from competency.assessments.session_rules import item_texts
from competency.assessments.written_queries import (
    LoadedTest,
    may_read_questions,
    written_test_of,
)
from competency.assessments.written_recording import NOT_READING
from competency.clock import local_date
from competency.documents.question_schema import (
    AskedItem,
    AskedQuestion,
    KeyItem,
    KeyOption,
    KeyQuestion,
    PaperHead,
    QuestionKeyFacts,
    QuestionSheetFacts,
)
from competency.errors import NotAllowed, NotFound
from competency.people.queries import names_of
from competency.people.schema import Actor
from competency.questions.rules import Drawn
from competency.questions.schema import Question

AnySession = Session | scoped_session[Session]
Numbered = tuple[int, Question, Drawn]


def for_papers(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str
) -> tuple[LoadedSession, LoadedTest]:
    """Return a session with its questions for who reads them.

    ``NotFound`` where it has none or was cancelled, ``NotAllowed`` for everybody else who
    sees the session: the candidate, before it is held and after.
    """
    found = load_session(session, actor=actor, now=now, public_id=public_id)
    test = written_test_of(session, found.session.id)
    if test is None or found.session.state is SessionState.CANCELLED:
        raise NotFound
    if not may_read_questions(session, actor, found):
        raise NotAllowed(NOT_READING)
    return found, test


def sheet_facts(
    session: AnySession, found: LoadedSession, test: LoadedTest, now: datetime
) -> QuestionSheetFacts:
    """Return the facts of the candidate's sheet, in the language of the bank."""
    return QuestionSheetFacts(
        _head(session, found, test, now),
        tuple(
            AskedItem(text, tuple(_asked(one) for one in questions))
            for text, questions, _ in _by_item(found, test)
        ),
    )


def key_facts(
    session: AnySession, found: LoadedSession, test: LoadedTest, now: datetime
) -> QuestionKeyFacts:
    """Return the facts of the examiner's key, numbered as the sheet."""
    share = test.bank.pass_share
    return QuestionKeyFacts(
        _head(session, found, test, now),
        tuple(
            KeyItem(text, tuple(_key(one) for one in questions), points, enough_of(points, share))
            for text, questions, points in _by_item(found, test)
        ),
        test.row.bank_hash,
        percent(share),
    )


def percent(share: Decimal) -> str:
    """Return a share from 0 to 1 as a number of a hundred, such as 60 %."""
    return f"{(share * 100).normalize():f} %"


def enough_of(points: int, share: Decimal) -> int:
    """Return the fewest whole points that reach a share of ``points``."""
    return int((share * points).to_integral_value(ROUND_CEILING))


def _head(session: AnySession, found: LoadedSession, test: LoadedTest, now: datetime) -> PaperHead:
    """Return what both papers begin with."""
    held, loaded = found.session, found.loaded
    names = names_of(session, found.examiners)
    return PaperHead(
        language=paper_language(test.bank.language, loaded.subject.document_language),
        issuer=issuer_of(loaded.subject),
        made_on=local_date(held.held_at or now, held.time_zone),
        framework_title=loaded.framework.title,
        framework_version=loaded.framework.version,
        framework_language=loaded.framework.language,
        questions_title=test.bank.title,
        questions_version=test.bank.version,
        holder=holder_of(session, loaded.subject, held.planned_on),
        happened_on=held.planned_on,
        place=held.place,
        attempt=held.attempt,
        examiners=tuple(names[one] for one in found.examiners if one in names),
    )


def _by_item(found: LoadedSession, test: LoadedTest) -> list[tuple[str, list[Numbered], int]]:
    """Return each item's words, the questions under it, and the points of all that are on it.

    A question on several items stands under the first of them, and counts for each.
    """
    texts = item_texts(found.loaded.framework, None)
    asked = found.session.items
    numbered = [
        (number, question, drawn)
        for number, (question, drawn) in enumerate(
            zip(test.questions, test.drawn, strict=True), start=1
        )
    ]
    shown = []
    for item in asked:
        own = [
            one
            for one in numbered
            if next((i for i in asked if i in one[1].knowledge), None) == item
        ]
        points = sum(one.points for one in test.questions if item in one.knowledge)
        shown.append((texts.get(item, item), own, points))
    return shown


def _asked(one: Numbered) -> AskedQuestion:
    """Return a question as the sheet has it: nothing of what is right."""
    number, question, drawn = one
    options = tuple(question.options[place].text for place in drawn.options)
    return AskedQuestion(number, question.text, question.points, options)


def _key(one: Numbered) -> KeyQuestion:
    """Return a question as the key has it."""
    number, question, drawn = one
    return KeyQuestion(
        number,
        question.id,
        question.text,
        question.points,
        tuple(
            KeyOption(question.options[place].text, question.options[place].right)
            for place in drawn.options
        ),
        question.model_answer,
        question.look_for,
    )
