"""A published bank of questions, and knowledge tests of Aurora's certification with them."""

from __future__ import annotations

import sqlalchemy as sa

from competency import clock, formats
from competency.assessments.certification_models import AssessmentSession
from competency.assessments.schema import Instrument
from competency.assessments.written_drawing import QuestionsWanted
from competency.assessments.written_models import WrittenTest
from competency.assessments.written_queries import LoadedTest, written_test_of
from competency.assessments.written_recording import hold_written_test
from competency.assessments.written_rules import Answers, Override
from competency.database.transactions import unit_of_work
from competency.files.checking import check_document, check_file
from competency.files.reader import read
from competency.frameworks.publishing import publish_value
from competency.questions.schema import QuestionKind
from competency.resources import FRAMEWORKS
from tests.support.cast import World
from tests.support.certifications import Certification

READ = formats.MODULES
SHIPPED_BANK = FRAMEWORKS / "questions" / "conoscenze-gestione-operativa" / "1.0.0.yaml"
SECRET = "canario-risposta"
SMALL_BANK = """
kind: questions
id: small-bank
version: 1.0.0
title: Small bank
language: it
framework: addetto-gestione-operativa-assistenza-clienti
status: own
pass_share: 0.5
questions:
  - id: a1
    knowledge: [con1]
    kind: choice
    text: Quale?
    options:
      - {text: canario-giusta, right: true}
      - {text: canario-sbagliata}
      - {text: canario-altra}
  - id: a2
    knowledge: [con1]
    kind: open
    text: Perché?
    model_answer: canario-risposta modello
    look_for: ["canario-risposta da cercare"]
    points: 3
  - id: b1
    knowledge: [con2, con3]
    kind: choice
    text: Quali?
    options:
      - {text: canario-prima, right: true}
      - {text: canario-seconda, right: true}
      - {text: canario-terza}
    points: 2
"""
"""A bank in which one question is on two items."""
SPANISH_BANK = """
kind: translation
of_kind: questions
of: small-bank
version: 1.0.0
language: es
standing: unofficial
title: Banco pequeño
texts: {a1: ¿Cuál?, a2: ¿Por qué?}
others:
  a1: {options.text: [canario-correcta, canario-errada, canario-otra]}
  a2: {model_answer: canario-respuesta, look_for: canario-buscar}
"""
"""Its words in Spanish, as far as two questions go."""


def publish_bank(world: World, text: str = "") -> str:
    """Publish a bank, the shipped one unless its text is given; return its public id."""
    document = read(text.encode(), "bank.yaml") if text else None
    checked = check_document(document) if document else check_file(SHIPPED_BANK)
    assert checked.value is not None, [str(fault) for fault in checked.faults]
    with unit_of_work(world.session):
        return publish_value(
            world.session,
            actor=world.system(),
            now=clock.now(),
            value=checked.value,
            source_text=checked.document.text,
        ).public_id


def plan_written(
    road: Certification,
    bank: str,
    *,
    items: tuple[str, ...] = ("con1", "con2", "con3"),
    per_item: int = 2,
    examiners: tuple[str, ...] = ("bruno",),
    name: str = "hilda",
) -> str:
    """Plan a knowledge test with questions; return its public id."""
    return road.plan(
        name,
        unit=None,
        instrument=Instrument.KNOWLEDGE_TEST,
        examiners=examiners,
        items=items,
        questions=QuestionsWanted(bank, per_item),
    )


def loaded_test(world: World, session_id: str) -> LoadedTest:
    """Return the questions of a session."""
    world.session.rollback()
    key = sa.select(AssessmentSession.id).where(AssessmentSession.public_id == session_id)
    found = written_test_of(world.session, world.session.scalars(key).one())
    assert found is not None
    return found


def drawn_ids(world: World, session_id: str) -> list[str]:
    """Return the ids of the questions of a session, in the order of its paper."""
    return [one.id for one in loaded_test(world, session_id).questions]


def right_answers(world: World, session_id: str, *, wrong: tuple[str, ...] = ()) -> Answers:
    """Return answers that are all right, but those to the questions ``wrong``."""
    questions = loaded_test(world, session_id).questions
    choices = [one for one in questions if one.kind is QuestionKind.CHOICE]
    opened = [one for one in questions if one.kind is QuestionKind.OPEN]
    return Answers(
        ticked={one.id: one.right for one in choices if one.id not in wrong},
        unanswered=frozenset(one.id for one in choices if one.id in wrong),
        points={one.id: "0" if one.id in wrong else str(one.points) for one in opened},
        notes={one.id: "canario-nota" for one in opened if one.id in wrong},
    )


def hold_written(
    world: World,
    session_id: str,
    answers: Answers,
    name: str = "bruno",
    *,
    overrides: dict[str, Override] | None = None,
) -> bool | None:
    """Record answers as somebody; return whether the test was passed."""
    world.session.rollback()
    given = Answers(
        answers.ticked,
        answers.unanswered,
        answers.points,
        answers.notes,
        overrides or answers.overrides,
        answers.note,
    )
    with unit_of_work(world.session):
        return hold_written_test(
            world.session,
            actor=world.actor(name),
            now=clock.now(),
            public_id=session_id,
            answers=given,
        ).passed


def seed_of(world: World, session_id: str) -> str:
    """Return the seed that the questions of a session were drawn by."""
    world.session.rollback()
    query = (
        sa.select(WrittenTest.seed)
        .join(AssessmentSession, AssessmentSession.id == WrittenTest.session_id)
        .where(AssessmentSession.public_id == session_id)
    )
    return world.session.scalars(query).one()
