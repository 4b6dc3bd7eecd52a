"""How a colour stands out on white paper and on white pages; pure."""

from __future__ import annotations

import re

CONTRAST = 4.5
"""The least contrast of text with its ground (WCAG 2.2, 1.4.3)."""
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_LINEAR_BELOW = 0.04045


def is_colour(text: str) -> bool:
    """Return whether a text is written ``#rrggbb``."""
    return _HEX.fullmatch(text) is not None


def channels(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue of ``#rrggbb``, each from 0 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def contrast_on_white(shade: tuple[float, float, float]) -> float:
    """Return the contrast of red, green and blue with white, from 1 to 21 (WCAG 2.2)."""
    red, green, blue = (
        one / 12.92 if one <= _LINEAR_BELOW else ((one + 0.055) / 1.055) ** 2.4 for one in shade
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
