"""Reads of knowledge tests with questions: what was drawn, asked before, and came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.models import Appraisal
from competency.assessments.permissions import can_read_bank, can_read_questions
from competency.assessments.schema import Mode, State
from competency.assessments.session_queries import LoadedSession
from competency.assessments.written_models import WrittenAnswer, WrittenScore, WrittenTest
from competency.frameworks.models import CatalogueFile, FrameworkVersion
from competency.people.models import Employee
from competency.people.schema import Actor
from competency.questions.queries import bank_of_file
from competency.questions.rules import Drawn
from competency.questions.schema import Question, Questions

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class LoadedTest:
    """The questions of one session, with the version of the bank that they are from."""

    row: WrittenTest
    file: CatalogueFile
    bank: Questions

    @cached_property
    def drawn(self) -> tuple[Drawn, ...]:
        """Return what was drawn, in the order of the paper."""
        return tuple(
            Drawn(str(one["id"]), tuple(_places(one["options"]))) for one in self.row.questions
        )

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Return the questions in the order of the paper."""
        known = {question.id: question for question in self.bank.questions}
        return tuple(known[one.id] for one in self.drawn)


def _places(value: object) -> list[int]:
    """Return the places of options as they were kept."""
    return [int(place) for place in value] if isinstance(value, list) else []


def has_questions(session: AnySession, session_id: int) -> bool:
    """Return whether questions were drawn for a session."""
    query = sa.select(WrittenTest.session_id).where(WrittenTest.session_id == session_id)
    return session.scalar(query) is not None


def written_test_of(session: AnySession, session_id: int) -> LoadedTest | None:
    """Return the questions of a session, ``None`` where it is marked by hand."""
    row = session.get(WrittenTest, session_id)
    if row is None:
        return None
    return LoadedTest(row, *bank_of_file(session, row.catalogue_file_id))


def asked_before(session: AnySession, subject_id: int, bank: str) -> frozenset[str]:
    """Return the questions of a bank that were drawn for somebody, in whatever version.

    Those of a cancelled session too: its paper may have been seen.
    """
    rows = session.scalars(
        sa.select(WrittenTest.questions)
        .join(CatalogueFile, CatalogueFile.id == WrittenTest.catalogue_file_id)
        .where(WrittenTest.subject_id == subject_id, CatalogueFile.slug == bank)
    )
    return frozenset(str(one["id"]) for drawn in rows for one in drawn)


def candidates_among(
    session: AnySession, employee_ids: Collection[int], framework: str
) -> list[Employee]:
    """Return who of these is being certified against a framework, in whatever version."""
    return list(
        session.scalars(
            sa.select(Employee)
            .join(Appraisal, Appraisal.subject_id == Employee.id)
            .join(FrameworkVersion, FrameworkVersion.id == Appraisal.framework_version_id)
            .where(
                Employee.id.in_(employee_ids),
                FrameworkVersion.slug == framework,
                Appraisal.mode == Mode.CERTIFICATION,
                Appraisal.state.not_in([State.CLOSED, State.CANCELLED]),
            )
            .distinct()
            .order_by(Employee.id)
        )
    )


def is_candidate(session: AnySession, actor: Actor, framework: str) -> bool:
    """Return whether the actor is being certified against a framework."""
    if actor.employee_id is None:
        return False
    return bool(candidates_among(session, [actor.employee_id], framework))


def may_read_bank(session: AnySession, actor: Actor, bank: Questions) -> bool:
    """Return whether the actor reads a bank, and may see what a new version changes."""
    return can_read_bank(actor, is_candidate=is_candidate(session, actor, bank.framework))


def may_read_questions(session: AnySession, actor: Actor, found: LoadedSession) -> bool:
    """Return whether the actor reads the questions of a session, and what is right."""
    loaded = found.loaded
    may = partial(
        can_read_questions,
        actor,
        loaded.facts,
        loaded.standing,
        examines=found.is_examiner(actor),
    )
    return may(is_candidate=False) and may(
        is_candidate=is_candidate(session, actor, loaded.framework.id)
    )


def scores_of(session: AnySession, session_id: int) -> Mapping[str, WrittenScore]:
    """Return what each item of a held session came to, by item."""
    rows = session.scalars(sa.select(WrittenScore).where(WrittenScore.session_id == session_id))
    return {row.item_id: row for row in rows}


def answers_of(session: AnySession, session_id: int) -> Mapping[str, WrittenAnswer]:
    """Return what each question of a held session came to, by question."""
    rows = session.scalars(sa.select(WrittenAnswer).where(WrittenAnswer.session_id == session_id))
    return {row.question_id: row for row in rows}
