"""Who is scored twice, and by whom: the same whenever it is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.assessments.peers import SHOWN_FROM, together
from competency.assessments.rules import is_drawn
from competency.assessments.sampling import drawn, number_of, shared_out
from competency.assessments.schema import Answer

IDS = st.lists(st.text("abcdef0123456789", min_size=4, max_size=8), unique=True, max_size=30)


@given(IDS, st.integers(0, 30), st.integers(0, 30), st.randoms(use_true_random=False))
def test_the_same_are_drawn_in_any_order_and_more_keep_the_fewer(
    ids: list[str], few: int, further: int, chance: object
) -> None:
    mixed = list(ids)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert drawn(ids, few) == drawn(mixed, few)
    assert drawn(ids, few + further)[:few] == drawn(ids, few)
    assert len(drawn(ids, few)) == min(few, len(ids))


def test_who_is_scored_twice_is_not_who_is_drawn_for_single_review() -> None:
    ids = [f"id{number}" for number in range(2000)]
    twice = set(drawn(ids, 1000))
    both = sum(1 for one in ids if one in twice and is_drawn(one, 50))
    assert 400 < both < 600


@pytest.mark.parametrize(("share", "total", "number"), [(10, 25, 3), (100, 7, 7), (1, 1, 1)])
def test_a_share_is_rounded_up(share: int, total: int, number: int) -> None:
    assert number_of(share, total) == number


@given(IDS, st.lists(st.integers(1, 9), unique=True, max_size=5), st.data())
def test_work_is_shared_evenly_among_who_may(
    ids: list[str], pool: list[int], data: st.DataObject
) -> None:
    barred = {one: data.draw(st.sets(st.integers(1, 9))) for one in ids}
    chosen, left = shared_out(ids, pool, barred)
    assert set(chosen) | set(left) == set(ids)
    assert all(who in pool and who not in barred[one] for one, who in chosen.items())
    assert all(set(pool) <= barred[one] for one in left)
    if pool and not any(barred.values()):
        counts = [list(chosen.values()).count(who) for who in pool]
        assert max(counts) - min(counts) <= 1


SAID = st.dictionaries(
    st.integers(1, 9),
    st.fixed_dictionaries(
        {
            criterion: st.builds(
                Answer,
                st.just(criterion),
                st.none() | st.sampled_from(["below", "met"]),
                note=st.sampled_from(["", "uno", "dos"]),
            )
            for criterion in ("c1", "c2")
        }
    ),
    max_size=6,
)


@given(SAID)
def test_nothing_that_fewer_than_three_said_is_shown(said: dict[int, dict[str, Answer]]) -> None:
    shown = together(said)
    for criterion in ("c1", "c2"):
        able = [each[criterion] for each in said.values() if each[criterion].level is not None]
        if len(able) < SHOWN_FROM:
            assert criterion not in shown
        else:
            assert sum(shown[criterion].levels.values()) == len(able)
            assert shown[criterion].unable == len(said) - len(able)


@given(SAID, st.permutations(range(1, 10)))
def test_what_is_shown_does_not_depend_on_who_said_it(
    said: dict[int, dict[str, Answer]], names: list[int]
) -> None:
    renamed = {names[who - 1]: answers for who, answers in reversed(list(said.items()))}
    assert together(renamed) == together(said)
