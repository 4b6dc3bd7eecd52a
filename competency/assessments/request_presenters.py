"""Requests as pages show them."""

from __future__ import annotations

from datetime import date

from competency.assessments.request_queries import RequestRow
from competency.assessments.schema import RequestState
from competency.assessments.words import Due, due


def answer_due(row: RequestRow, today: date) -> Due | None:
    """Return how far away the last day to answer is; ``None`` once nothing waits any more."""
    request = row.request
    if request.state is not RequestState.OPEN or request.answer_by is None:
        return None
    return due(request.answer_by, today)
