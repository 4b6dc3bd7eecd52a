"""Drawing a contact: every one that can be drawn comes, and as often as any other."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from competency.observations.draw_rules import Drawable, draw_one, pool_of

DAY = date(2026, 11, 2)
CONTACTS = st.lists(
    st.builds(
        Drawable,
        st.dates(DAY, DAY + timedelta(days=3)),
        st.sampled_from(["LL-1", "LL-2", "LL-3", "LL-4"]),
        st.sampled_from(["", "voice", "chat"]),
        st.sampled_from(["", "Sur"]),
    )
)
KEYS = st.sets(st.tuples(st.dates(DAY, DAY + timedelta(days=3)), st.sampled_from(["LL-1", "LL-2"])))


@given(CONTACTS, KEYS, st.sampled_from([None, "voice"]))
def test_a_pool_has_each_contact_once_and_none_that_was_taken(
    contacts: list[Drawable], taken: set[tuple[date, str]], channel: str | None
) -> None:
    pool = pool_of(contacts, taken, channel)
    assert len({one.key for one in pool}) == len(pool)
    assert not {one.key for one in pool} & taken
    assert set(pool) <= set(contacts)
    assert pool == pool_of(reversed(contacts), taken, channel)
    if channel is None:
        assert {one.key for one in pool} == {one.key for one in contacts} - taken
    else:
        assert {one.channel for one in pool} <= {"", channel}


@given(st.integers(1, 60))
def test_each_number_that_is_chosen_is_another_contact(size: int) -> None:
    pool = tuple(Drawable(DAY, f"LL-{number:02}") for number in range(size))
    asked: list[int] = []

    def choose(number: int, below: int) -> int:
        asked.append(below)
        return number

    found = [draw_one(pool, partial(choose, number)) for number in range(size)]
    assert [one.contact for one in found] == list(pool)
    assert [one.place for one in found] == list(range(1, size + 1))
    assert {one.pool for one in found} == {size}
    assert asked == [size] * size


def test_every_contact_comes_about_as_often_as_any_other() -> None:
    pool = tuple(Drawable(DAY, f"LL-{number}") for number in range(8))
    drawn, each = Counter(draw_one(pool).contact for _ in range(8000)), 1000
    distance = sum((drawn[one] - each) ** 2 / each for one in pool)
    # chi-squared of 7 degrees of freedom: beyond 60 once in some ten thousand million runs
    assert distance < 60
