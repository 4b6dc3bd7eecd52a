"""Logos and QR codes, from bytes and text to things that a page can hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby

import segno
from PIL import Image, UnidentifiedImageError

from competency.documents.pages import Mosaic
from competency.errors import Invalid

_PIXELS = 4_000_000
_LONGEST = 400
QUIET = 4
"""Modules of white that a QR code needs on every side (ISO/IEC 18004)."""


@lru_cache(maxsize=16)
def logo(content: bytes) -> Image.Image:
    """Return a PNG logo on white, at most 400 pixels long; raise ``Invalid`` for others."""
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            if image.width * image.height > _PIXELS:
                raise Invalid(
                    "The logo has more than %(pixels)s pixels. Save a smaller one.", pixels=_PIXELS
                )
            coloured = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Invalid("The logo is not a PNG picture that can be read.") from error
    paper = Image.new("RGBA", coloured.size, "white")
    flat = Image.alpha_composite(paper, coloured).convert("RGB")
    flat.thumbnail((_LONGEST, _LONGEST))
    return flat


@dataclass(frozen=True)
class QrCode:
    """A QR code: modules a side, and its dark runs as (row, column, length)."""

    address: str
    modules: int
    runs: tuple[tuple[int, int, int], ...]

    def placed(self, left: float, top: float, side: float) -> Mosaic:
        """Return the code on a page, ``side`` points wide with its quiet zone."""
        module = side / (self.modules + 2 * QUIET)
        left += QUIET * module
        top += QUIET * module
        return Mosaic(
            tuple(
                (left + column * module, top + row * module, length * module, module)
                for row, column, length in self.runs
            )
        )


def qr_code(address: str) -> QrCode:
    """Return the QR code that leads to ``address``."""
    matrix = segno.make_qr(address, error="m", mask=3, boost_error=False).matrix
    runs = []
    for row, cells in enumerate(matrix):
        column = 0
        for dark, run in groupby(cells):
            length = len(list(run))
            if dark:
                runs.append((row, column, length))
            column += length
    return QrCode(address, len(matrix), tuple(runs))
