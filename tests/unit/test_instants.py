"""A day and a time at a site are one instant, or none."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from competency.clock import instant_of
from competency.errors import Invalid


def test_a_time_of_day_is_meant_in_its_zone() -> None:
    at = instant_of(date(2026, 3, 10), time(9, 30), "America/Santiago")
    assert at == datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
    assert instant_of(date(2026, 3, 10), time(9, 30), "Europe/Rome").hour == 8


def test_a_time_that_a_change_of_the_clocks_leaves_out_is_refused() -> None:
    with pytest.raises(Invalid, match="clocks change"):
        instant_of(date(2026, 3, 29), time(2, 30), "Europe/Rome")
    first = instant_of(date(2026, 10, 25), time(2, 30), "Europe/Rome")
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
