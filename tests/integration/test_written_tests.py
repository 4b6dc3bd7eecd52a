"""A knowledge test with questions: drawn, kept with the session, recorded, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from competency import clock
from competency.assessments.certification_models import SessionItem
from competency.assessments.schema import Instrument
from competency.assessments.session_changes import SessionChange, change_session
from competency.assessments.written_drawing import QuestionsWanted
from competency.assessments.written_models import WrittenAnswer, WrittenScore
from competency.assessments.written_queries import asked_before
from competency.assessments.written_rules import Answers, Override
from competency.audit.models import AuditEvent
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Incomplete, Invalid, NotAllowed
from competency.questions.rules import draw
from tests.support.cast import CAST, World
from tests.support.certifications import open_certification
from tests.support.questions import (
    SMALL_BANK,
    drawn_ids,
    hold_written,
    loaded_test,
    plan_written,
    publish_bank,
    right_answers,
    seed_of,
)


def last_event(world: World, action: str) -> dict[str, object]:
    world.session.rollback()
    query = sa.select(AuditEvent.data).where(AuditEvent.action == action)
    return dict(world.session.scalars(query.order_by(AuditEvent.sequence.desc()).limit(1)).one())


def item_results(world: World) -> dict[str, tuple[bool, str | None]]:
    world.session.rollback()
    rows = world.session.scalars(sa.select(SessionItem).order_by(SessionItem.id))
    return {row.item_id: (row.met, row.note) for row in rows}


def test_questions_are_drawn_by_a_kept_seed_and_stay_with_the_session(world: World) -> None:
    road = open_certification(world)
    bank = publish_bank(world)
    session_id = plan_written(road, bank, items=("con1", "con2"))
    test = loaded_test(world, session_id)
    assert len(test.questions) == 4
    again = draw(test.bank.questions, ("con1", "con2"), per_item=2, seed=seed_of(world, session_id))
    assert test.drawn == again
    assert test.row.bank_hash == test.file.content_hash
    planned = last_event(world, "session.planned")
    assert planned["hash"] == test.row.bank_hash
    assert planned["questions"] == 4
    road.cancel(session_id)
    assert seed_of(world, plan_written(road, bank)) != seed_of(world, session_id)


def test_answers_become_points_and_points_the_results_of_the_items(world: World) -> None:
    road = open_certification(world)
    session_id = plan_written(road, publish_bank(world, SMALL_BANK))
    assert sorted(drawn_ids(world, session_id)) == ["a1", "a2", "b1"]
    answers = right_answers(world, session_id, wrong=("b1",))
    partly = replace(answers, points={"a2": "1"}, notes={"a2": "A metà."})
    assert hold_written(world, session_id, partly) is False
    assert item_results(world) == {
        "con1": (True, "Puntos: 2 de 4"),
        "con2": (False, "Puntos: 0 de 2"),
        "con3": (False, "Puntos: 0 de 2"),
    }
    rows = world.session.scalars(sa.select(WrittenAnswer).order_by(WrittenAnswer.question_id))
    assert [(row.question_id, row.ticked, row.points, row.maximum, row.note) for row in rows] == [
        ("a1", [0], 1, 1, None),
        ("a2", None, 1, 3, "A metà."),
        ("b1", [], 0, 2, None),
    ]
    scores = world.session.scalars(sa.select(WrittenScore).order_by(WrittenScore.item_id)).all()
    assert [(one.points, one.maximum, one.reached) for one in scores] == [
        (2, 4, True),
        (0, 2, False),
        (0, 2, False),
    ]
    assert not any(one.reason for one in scores)


def test_a_further_attempt_asks_what_was_not_met_and_first_what_was_not_asked(
    world: World,
) -> None:
    road = open_certification(world)
    bank = publish_bank(world)
    first = plan_written(road, bank, items=("con1", "con2"))
    asked = drawn_ids(world, first)
    wrong = tuple(one for one in asked if one.startswith("con2."))
    hold_written(world, first, right_answers(world, first, wrong=wrong))
    second = plan_written(road, bank, items=())
    drawn = drawn_ids(world, second)
    assert not any(one.startswith("con1.") for one in drawn)
    again = [one for one in drawn if one.startswith("con2.")]
    assert len(again) == 2
    assert set(again) - set(wrong) == {f"con2.d{n}" for n in (1, 2, 3)} - set(wrong)
    subject = world.employee("aurora").id
    assert asked_before(world.session, subject, "conoscenze-gestione-operativa") == {*asked, *drawn}


def test_what_a_cancelled_session_drew_counts_as_asked(world: World) -> None:
    road = open_certification(world)
    bank = publish_bank(world)
    first = plan_written(road, bank, items=("con1",), per_item=1)
    asked = drawn_ids(world, first)
    road.cancel(first)
    second = plan_written(road, bank, items=("con1",), per_item=2)
    assert set(asked).isdisjoint(drawn_ids(world, second))


def test_the_points_are_overridden_only_with_a_reason_that_stays(world: World) -> None:
    road = open_certification(world)
    session_id = plan_written(road, publish_bank(world, SMALL_BANK), items=("con1",))
    answers = right_answers(world, session_id, wrong=("a1", "a2"))
    with pytest.raises(Incomplete, match="Say why") as error:
        hold_written(world, session_id, answers, overrides={"con1": Override(True, " ")})  # noqa: FBT003 - met
    assert error.value.missing == ("con1",)
    with pytest.raises(Invalid, match="say so already"):
        hold_written(world, session_id, answers, overrides={"con1": Override(False, "x")})  # noqa: FBT003 - not met
    reason = "Ha risposto a voce, con gli esempi."
    assert hold_written(world, session_id, answers, overrides={"con1": Override(True, reason)})  # noqa: FBT003 - met
    assert item_results(world) == {"con1": (True, f"Puntos: 0 de 4. {reason}")}
    score = world.session.scalars(sa.select(WrittenScore)).one()
    assert (score.reached, score.reason) == (False, reason)
    assert last_event(world, "session.held")["overridden"] == ["con1"]


def test_a_test_with_questions_is_never_marked_by_hand(world: World) -> None:
    road = open_certification(world)
    session_id = plan_written(road, publish_bank(world, SMALL_BANK), items=("con1",))
    with pytest.raises(IllegalTransition, match="enter what was answered"):
        road.hold(session_id)
    assert hold_written(world, session_id, right_answers(world, session_id))
    with pytest.raises(IllegalTransition):
        hold_written(world, session_id, right_answers(world, session_id))


@pytest.mark.parametrize(
    ("change", "error", "missing"),
    [
        ({"ticked": {}}, Incomplete, ("a1",)),
        ({"points": {}}, Incomplete, ("a2",)),
        ({"points": {"a2": "2"}}, Incomplete, ("a2",)),
        ({"points": {"a2": "4"}}, Invalid, None),
        ({"points": {"a2": "-1"}}, Invalid, None),
        ({"points": {"a2": "1.5"}}, Invalid, None),
        ({"unanswered": frozenset({"a1"})}, Invalid, None),
        ({"ticked": {"a1": frozenset({3})}}, Invalid, None),
        ({"note": "x" * 4001}, Invalid, None),
        ({"note": "a\u202eb"}, Invalid, None),
    ],
)
def test_what_is_missing_or_cannot_be_is_refused_and_nothing_is_kept(
    world: World,
    change: dict[str, object],
    error: type[Incomplete | Invalid],
    missing: tuple[str, ...] | None,
) -> None:
    road = open_certification(world)
    session_id = plan_written(road, publish_bank(world, SMALL_BANK), items=("con1",))
    values = {**right_answers(world, session_id).__dict__, **change}
    with pytest.raises(error) as refused:
        hold_written(world, session_id, Answers(**values))
    if missing is not None:
        assert getattr(refused.value, "missing", None) == missing
    world.session.rollback()
    assert world.session.scalars(sa.select(WrittenAnswer)).all() == []


@pytest.mark.parametrize(
    ("wanted", "items", "words"),
    [
        (QuestionsWanted("0" * 20), ("con1",), "published for this framework"),
        (QuestionsWanted("", 0), ("con1",), "Between 1 and 20"),
        (QuestionsWanted("", 21), ("con1",), "Between 1 and 20"),
        (QuestionsWanted(""), ("con1", "con4"), "no question on “Modelli di funzionamento"),
    ],
)
def test_questions_that_cannot_be_drawn_are_refused(
    world: World, wanted: QuestionsWanted, items: tuple[str, ...], words: str
) -> None:
    road = open_certification(world)
    bank = publish_bank(world, SMALL_BANK)
    with pytest.raises(Invalid, match=words):
        road.plan(
            unit=None,
            instrument=Instrument.KNOWLEDGE_TEST,
            items=items,
            questions=replace(wanted, bank=wanted.bank or bank),
        )
    with pytest.raises(Invalid, match="Only a knowledge test"):
        road.plan(questions=QuestionsWanted(bank))


def test_no_candidate_of_the_framework_examines_or_records(world: World) -> None:
    road = open_certification(world)
    version = road.loaded().appraisal.framework_version_id
    bank = publish_bank(world, SMALL_BANK)
    session_id = plan_written(road, bank, examiners=("bruno", "ada"))
    hers = open_certification(world, subject="ada", assessor="renata", version_id=version)
    with pytest.raises(NotAllowed, match="no candidate"):
        hold_written(world, session_id, right_answers(world, session_id), "ada")
    change = SessionChange(clock.now(), (CAST["bruno"][0], CAST["ada"][0]), place="Sala 3")
    with (
        pytest.raises(Invalid, match="certified against this framework too"),
        unit_of_work(world.session),
    ):
        change_session(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            public_id=session_id,
            change=change,
        )
    with pytest.raises(Invalid, match="certified against this framework too"):
        plan_written(hers, bank, examiners=("renata", "aurora"))
    world.session.rollback()
    assert hold_written(world, session_id, right_answers(world, session_id))
