"""How long an attestation stands: a number of months, ended by the date alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competency.credentials.rules import last_day, state_on
from competency.credentials.schema import EntryState

STOOD = {EntryState.ACTIVE, EntryState.SUSPENDED}


@pytest.mark.parametrize(
    ("issued_on", "months", "until"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2027-03-31", 6, "2027-09-30"),
        ("2027-12-15", 1, "2028-01-15"),
        ("2027-11-30", 13, "2028-12-30"),
        ("2027-05-01", 24, "2029-05-01"),
    ],
)
def test_months_run_to_the_same_day_or_the_last_of_a_shorter_month(
    issued_on: str, months: int, until: str
) -> None:
    assert last_day(date.fromisoformat(issued_on), months) == date.fromisoformat(until)


def test_without_months_or_past_the_calendar_nothing_expires() -> None:
    assert last_day(date(2027, 1, 31), None) is None
    assert last_day(date(2027, 1, 31), 1_000_000) is None
    assert last_day(date(9998, 12, 31), 12) == date(9999, 12, 31)
    assert last_day(date(9999, 1, 1), 12) is None


@given(
    st.dates(max_value=date(2500, 1, 1)), st.integers(1, 600), st.sampled_from(sorted(EntryState))
)
def test_what_stood_is_expired_from_the_day_after_and_nothing_else_changes(
    issued_on: date, months: int, state: EntryState
) -> None:
    until = last_day(issued_on, months)
    assert until is not None
    assert issued_on < until
    assert state_on(until, state, until) is state
    after = state_on(until + timedelta(days=1), state, until)
    assert after is (EntryState.EXPIRED if state in STOOD else state)
    assert state_on(date.max, state, None) is state
