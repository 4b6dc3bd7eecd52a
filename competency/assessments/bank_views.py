"""Pages of question banks, for who may read what is right."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.blueprint import blueprint
from competency.assessments.written_papers import percent
from competency.assessments.written_queries import may_read_bank
from competency.errors import NotFound
from competency.extensions import db
from competency.frameworks.keeping import guard_files
from competency.frameworks.queries import frameworks_by_slug
from competency.frameworks.schema import Framework
from competency.people.schema import Actor, Role
from competency.questions.loading import KIND
from competency.questions.queries import bank_versions, published_banks
from competency.questions.schema import Questions
from competency.web.filters import Pager, page_language, page_number
from competency.web.permission import access, actor

AnySession = Session | scoped_session[Session]

PAGE_SIZE = 25
QUESTIONS_SHOWN = 60


def _guard(session: AnySession, reader: Actor, value: BaseModel) -> bool:
    """Return whether somebody reads a bank as a file."""
    return isinstance(value, Questions) and may_read_bank(session, reader, value)


guard_files(KIND, _guard)


@blueprint.get("/question-banks")
@access(Role.HR, over_all=True)
def question_banks() -> ResponseReturnValue:
    """Show the newest version of each bank, but those of which the actor is a candidate."""
    me, page = actor(), page_number()
    banks = [b for b in published_banks(db.session) if may_read_bank(db.session, me, b.value)]
    shown = banks[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    frameworks = frameworks_by_slug(db.session, {bank.value.framework for bank in shown})
    return render_template(
        "assessments/question_banks.html",
        banks=[(bank, bank.wording(page_language())) for bank in shown],
        frameworks=frameworks,
        percent=percent,
        pager=Pager(page, PAGE_SIZE, len(banks)),
    )


@blueprint.get("/question-banks/<public_id>")
@access(Role.HR, over_all=True)
def question_bank(public_id: str) -> ResponseReturnValue:
    """Show one version of a bank, item by item, with what is right."""
    versions = bank_versions(db.session, public_id)
    bank = next(one for one in versions if one.row.public_id == public_id)
    if not may_read_bank(db.session, actor(), bank.value):
        raise NotFound
    found = frameworks_by_slug(db.session, {bank.value.framework})
    row, framework = found.get(bank.value.framework, (None, None))
    page = page_number()
    questions = bank.value.questions[(page - 1) * QUESTIONS_SHOWN : page * QUESTIONS_SHOWN]
    return render_template(
        "assessments/question_bank.html",
        bank=bank,
        wording=bank.wording(page_language()),
        languages_of=tuple(sorted(bank.sidecars)),
        versions=versions,
        row=row,
        framework=framework,
        texts=_words_of(framework),
        questions=questions,
        share=percent(bank.value.pass_share),
        pager=Pager(page, QUESTIONS_SHOWN, len(bank.value.questions)),
    )


def _words_of(framework: Framework | None) -> dict[str, str]:
    """Return the words of what a question can be on: items of knowledge, and criteria."""
    if framework is None:
        return {}
    words = {criterion.id: criterion.title for criterion in framework.criteria()}
    return words | {item.id: item.text for item in framework.knowledge or ()}
