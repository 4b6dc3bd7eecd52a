"""A draw follows from bank, seed and what was asked; answers come to points, points to items."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.written_papers import enough_of, percent
from competency.questions.rules import (
    Drawn,
    draw,
    points_of_choice,
    scores,
    without_questions,
)
from competency.questions.schema import Option, Question, QuestionKind

ITEMS = ("k1", "k2", "k3", "k4")
SHARES = st.decimals(Decimal("0.000001"), 1, places=6)


def question(number: int, knowledge: list[str], *, points: int = 1, options: int = 3) -> Question:
    return Question(
        id=f"q{number}",
        knowledge=tuple(knowledge),
        kind=QuestionKind.CHOICE,
        text="?",
        options=tuple(Option(text=str(n), right=n == 0) for n in range(options)),
        points=points,
    )


@st.composite
def banks(draw: st.DrawFn) -> list[Question]:
    tested = draw(
        st.lists(st.lists(st.sampled_from(ITEMS), min_size=1, unique=True), min_size=1, max_size=14)
    )
    return [
        question(n, knowledge, points=draw(st.integers(1, 5)), options=draw(st.integers(2, 5)))
        for n, knowledge in enumerate(tested)
    ]


seeds = st.text(max_size=8)
asked = st.lists(st.sampled_from(ITEMS), min_size=1, unique=True)
numbers = st.integers(1, 4)


def on(bank: list[Question], item: str) -> set[str]:
    return {one.id for one in bank if item in one.knowledge}


@given(banks(), asked, numbers, seeds, st.data())
def test_a_draw_does_not_depend_on_the_order_of_bank_or_items(
    bank: list[Question], items: list[str], number: int, seed: str, data: st.DataObject
) -> None:
    used = data.draw(st.sets(st.sampled_from([one.id for one in bank])))
    first = draw(bank, items, per_item=number, seed=seed, used=used)
    mixed = data.draw(st.permutations(bank))
    assert draw(mixed, items, per_item=number, seed=seed, used=used) == first
    otherwise = draw(bank, data.draw(st.permutations(items)), per_item=number, seed=seed, used=used)
    assert set(otherwise) == set(first)


@given(banks(), asked, numbers, seeds)
def test_every_item_gets_its_number_or_all_that_there_are_and_nothing_twice(
    bank: list[Question], items: list[str], number: int, seed: str
) -> None:
    drawn = draw(bank, items, per_item=number, seed=seed)
    ids = [one.id for one in drawn]
    assert len(set(ids)) == len(ids)
    for item in items:
        assert len(on(bank, item) & set(ids)) >= min(number, len(on(bank, item)))
    wanted = set().union(*(on(bank, item) for item in items))
    assert set(ids) <= wanted
    assert len(ids) <= number * len(items)
    by_id = {one.id: one for one in bank}
    for one in drawn:
        assert sorted(one.options) == list(range(len(by_id[one.id].options)))


@given(banks(), asked, numbers, seeds)
def test_questions_come_in_the_order_of_the_items(
    bank: list[Question], items: list[str], number: int, seed: str
) -> None:
    by_id = {one.id: one for one in bank}
    places = [
        min(items.index(item) for item in by_id[one.id].knowledge if item in items)
        for one in draw(bank, items, per_item=number, seed=seed)
    ]
    assert places == sorted(places)


@given(banks(), numbers, st.lists(seeds, min_size=2, max_size=5), st.sampled_from(ITEMS))
def test_nothing_is_asked_again_while_something_was_not_asked(
    bank: list[Question], number: int, several: list[str], item: str
) -> None:
    used: set[str] = set()
    for seed in several:
        ids = {one.id for one in draw(bank, [item], per_item=number, seed=seed, used=used)}
        left = on(bank, item) - used
        if ids & used:
            assert left <= ids
        used |= ids


def test_another_seed_draws_and_mixes_otherwise() -> None:
    bank = [question(n, ["k1"], options=4) for n in range(8)]
    drawn = {draw(bank, ["k1"], per_item=2, seed=str(seed)) for seed in range(40)}
    assert len({tuple(one.id for one in found) for found in drawn}) > 20
    assert {one.id for found in drawn for one in found} == {f"q{n}" for n in range(8)}
    assert len({one.options for found in drawn for one in found}) > 12


def test_an_item_without_a_question_is_named() -> None:
    assert without_questions([question(1, ["k2"])], ("k1", "k2", "k3")) == ("k1", "k3")


@given(banks(), SHARES, st.data())
def test_more_points_never_worsen_an_item_and_order_does_not_matter(
    bank: list[Question], share: Decimal, data: st.DataObject
) -> None:
    items = sorted({item for one in bank for item in one.knowledge})
    low = {one.id: data.draw(st.integers(0, one.points)) for one in bank}
    high = {one.id: data.draw(st.integers(low[one.id], one.points)) for one in bank}
    before, after = scores(bank, low, items, share), scores(bank, high, items, share)
    assert scores(data.draw(st.permutations(bank)), low, items[::-1], share) == before
    for item in items:
        assert after[item].points >= before[item].points
        assert after[item].reached >= before[item].reached
        assert after[item].maximum == before[item].maximum


@pytest.mark.parametrize(
    ("points", "share", "reached"),
    [(3, "0.6", True), (2, "0.6", False), (5, "1", True), (4, "1", False), (1, "0.2", True)],
)
def test_the_share_itself_is_enough(points: int, share: str, reached: bool) -> None:  # noqa: FBT001 - a case of the table
    bank = [question(1, ["k1"], points=5)]
    assert scores(bank, {"q1": points}, ["k1"], Decimal(share))["k1"].reached is reached


def test_a_share_that_binary_fractions_miss_is_met_exactly() -> None:
    bank = [question(n, ["k1"]) for n in range(10)]
    points = {one.id: int(n < 7) for n, one in enumerate(bank)}
    assert scores(bank, points, ["k1"], Decimal("0.7"))["k1"].reached


@given(st.sets(st.integers(0, 4), min_size=1, max_size=4), st.sets(st.integers(0, 4)))
def test_a_choice_gives_all_its_points_for_exactly_the_right_options(
    right: set[int], ticked: set[int]
) -> None:
    options = tuple(Option(text=str(n), right=n in right) for n in range(5))
    one = question(1, ["k1"], points=4).model_copy(update={"options": options})
    assert points_of_choice(one, ticked) == (4 if ticked == right else 0)


def test_a_drawn_question_is_found_by_its_id_and_order() -> None:
    bank = [question(1, ["k1"], options=2)]
    assert draw(bank, ["k1"], per_item=5, seed="a") in {
        (Drawn("q1", (0, 1)),),
        (Drawn("q1", (1, 0)),),
    }


@given(st.integers(1, 400), SHARES)
def test_what_the_key_calls_enough_is_the_fewest_points_that_reach_the_share(
    points: int, share: Decimal
) -> None:
    bank = [question(1, ["k1"], points=100).model_copy(update={"points": points})]
    enough = enough_of(points, share)
    assert scores(bank, {"q1": enough}, ["k1"], share)["k1"].reached
    assert not scores(bank, {"q1": enough - 1}, ["k1"], share)["k1"].reached


@pytest.mark.parametrize(
    ("share", "shown"),
    [("0.6", "60 %"), ("1", "100 %"), ("0.125", "12.5 %"), ("0.100000", "10 %")],
)
def test_a_share_is_shown_as_a_number_of_a_hundred(share: str, shown: str) -> None:
    assert percent(Decimal(share)) == shown
