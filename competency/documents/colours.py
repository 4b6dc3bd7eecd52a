"""An organisation's colour, kept legible on white paper and in greyscale."""

from __future__ import annotations

import re

from competency.errors import Invalid

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_CONTRAST = 4.5
_LINEAR_BELOW = 0.04045


def channels(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue of ``#rrggbb``, each from 0 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def legible(colour: str) -> str:
    """Return ``colour``, darkened until its contrast on white is 4.5 (WCAG 1.4.3).

    Raises ``Invalid`` unless it is written ``#rrggbb``.
    """
    if not _HEX.fullmatch(colour):
        raise Invalid("The colour “%(colour)s” is not written as #rrggbb.", colour=colour)
    shade = channels(colour)
    while 1.05 / (_luminance(shade) + 0.05) < _CONTRAST:
        shade = (shade[0] * 0.9, shade[1] * 0.9, shade[2] * 0.9)
    return "#" + "".join(f"{round(one * 255):02x}" for one in shade)


def _luminance(shade: tuple[float, float, float]) -> float:
    """Return the relative luminance as WCAG 2.2 defines it, from 0 to 1."""
    red, green, blue = (
        one / 12.92 if one <= _LINEAR_BELOW else ((one + 0.055) / 1.055) ** 2.4 for one in shade
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
