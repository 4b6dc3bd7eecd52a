"""An organisation's colour, kept legible on white paper and in greyscale."""

from __future__ import annotations

from competency.colours import CONTRAST, channels, contrast_on_white, is_colour
from competency.errors import Invalid


def legible(colour: str) -> str:
    """Return ``colour``, darkened until its contrast on white is 4.5 (WCAG 1.4.3).

    Raises ``Invalid`` unless it is written ``#rrggbb``.
    """
    if not is_colour(colour):
        raise Invalid("The colour “%(colour)s” is not written as #rrggbb.", colour=colour)
    shade = channels(colour)
    while contrast_on_white(shade) < CONTRAST:
        shade = (shade[0] * 0.9, shade[1] * 0.9, shade[2] * 0.9)
    return "#" + "".join(f"{round(one * 255):02x}" for one in shade)
