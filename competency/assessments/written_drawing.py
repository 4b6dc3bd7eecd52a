"""Drawing the questions of a knowledge test when it is planned."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.certification_models import AssessmentSession
from competency.assessments.queries import Loaded
from competency.assessments.schema import Instrument
from competency.assessments.written_models import SEED_LENGTH, WrittenTest
from competency.assessments.written_queries import asked_before, candidates_among
from competency.documents.fonts import check_printable
from competency.errors import Invalid
from competency.people.models import Employee
from competency.questions.queries import published_banks
from competency.questions.rules import PER_ITEM, PER_ITEM_MAXIMUM, draw, without_questions
from competency.questions.schema import Question

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class QuestionsWanted:
    """From which bank (the public id of its newest version), and how many on each item."""

    bank: str
    per_item: int = PER_ITEM


def draw_questions(
    session: AnySession,
    *,
    loaded: Loaded,
    planned: AssessmentSession,
    wanted: QuestionsWanted,
    examiners: Sequence[Employee],
    now: datetime,
) -> dict[str, object]:
    """Draw the questions of a planned session and keep them with it; return what to record.

    Raises ``Invalid`` for a bank that isn't there or lacks an item, a number out of
    bounds, and an examiner who is a candidate too.
    """
    if planned.instrument is not Instrument.KNOWLEDGE_TEST:
        raise Invalid("Only a knowledge test has questions.", "bank")
    banks = published_banks(session, loaded.framework.id)
    bank = next((one for one in banks if one.row.public_id == wanted.bank), None)
    if bank is None:
        raise Invalid("Choose a bank that is published for this framework.", "bank")
    if not 1 <= wanted.per_item <= PER_ITEM_MAXIMUM:
        raise Invalid("Between 1 and 20 questions on each item can be drawn.", "per_item")
    for item in without_questions(bank.value.questions, planned.items):
        text = next(one.text for one in loaded.framework.knowledge or () if one.id == item)
        raise Invalid(
            "This bank has no question on “%(item)s”: leave it out, or plan the test "
            "without questions.",
            "items",
            item=text,
        )
    refuse_candidates(session, loaded, examiners)
    seed = secrets.token_hex(SEED_LENGTH // 2)
    drawn = draw(
        bank.value.questions,
        planned.items,
        per_item=wanted.per_item,
        seed=seed,
        used=asked_before(session, planned.subject_id, bank.row.slug),
    )
    ids = {one.id for one in drawn}
    _check_printable(question for question in bank.value.questions if question.id in ids)
    session.add(
        WrittenTest(
            session_id=planned.id,
            subject_id=planned.subject_id,
            catalogue_file_id=bank.row.id,
            bank_hash=bank.row.content_hash,
            per_item=wanted.per_item,
            seed=seed,
            questions=[{"id": one.id, "options": list(one.options)} for one in drawn],
            drawn_at=now,
        )
    )
    session.flush()
    return {
        "slug": bank.row.slug,
        "version": bank.row.version,
        "hash": bank.row.content_hash,
        "questions": len(drawn),
    }


def refuse_candidates(session: AnySession, loaded: Loaded, examiners: Sequence[Employee]) -> None:
    """Raise ``Invalid`` where an examiner is being certified against the framework too."""
    for one in candidates_among(session, [each.id for each in examiners], loaded.framework.id):
        raise Invalid(
            "%(name)s is being certified against this framework too, and may not see its "
            "questions.",
            "examiners",
            name=one.printed_name,
        )


def _check_printable(questions: Iterable[Question]) -> None:
    """Raise ``Invalid`` for a question that the papers could not show as it is."""
    for question in questions:
        options = (option.text for option in question.options)
        answer = question.model_answer or ""
        for text in (question.text, *options, answer, *question.look_for):
            check_printable(text, "bank")
