"""Scores in words: numbers as each language writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from competency.observations.words import percent, points
from competency.wording import Words

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "share", "reached"),
    [
        ("en", f"87.5{SPACE}%", "1,234.5"),
        ("es", f"87,5{SPACE}%", "1.234,5"),
        ("it", f"87,5{SPACE}%", "1.234,5"),
        ("ru", f"87,5{SPACE}%", f"1{SPACE}234,5"),
    ],
)
def test_scores_are_written_as_the_language_writes_numbers(
    language: str, share: str, reached: str
) -> None:
    words = Words(language)
    assert percent(Decimal("87.46"), words) == share
    assert percent(Decimal("100.0"), words) == f"100{SPACE}%"
    assert percent(None, words) == "–"
    assert points(1_234_500, words) == reached
    assert points(8000, words) == "8"
    assert points(0, words) == "0"
