"""Logos as they are sent in, and as they are kept: small PNG pictures drawn anew by us."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import puremagic
from PIL import Image, ImageOps

from competency.errors import Invalid

MAXIMUM_BYTES = 2 * 1024 * 1024
MAXIMUM_PIXELS = 4_000_000
LONGEST = 400
"""The longest side that is kept, in pixels: documents draw no larger one."""
SNIFFED = 4096
ACCEPTED = frozenset({"image/png", "image/jpeg"})
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Logo:
    """A picture that ``logo_from`` drew: PNG bytes, at most ``LONGEST`` pixels long."""

    png: bytes


def logo_from(content: bytes) -> Logo:
    """Return a PNG or JPEG file as a logo, without whatever else the file held.

    Raises ``Invalid`` for an empty or too large file, for one of another kind by its
    bytes, for too many pixels (read from the head, before any is unpacked), and for what
    can't be read to its end.
    """
    if not content:
        raise Invalid("The file is empty.", "logo")
    if len(content) > MAXIMUM_BYTES:
        raise Invalid("The logo is larger than %(megabytes)s MB.", "logo", megabytes=2)
    if not _is_accepted(content[:SNIFFED]):
        raise Invalid("A logo is a PNG or a JPEG picture.", "logo")
    try:
        return Logo(_drawn(content))
    except BOMBS as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError) as error:
        raise Invalid("This picture cannot be read. Save it anew and send it again.", "logo") from (
            error
        )


def _is_accepted(head: bytes) -> bool:
    """Return whether the bytes begin as a PNG or a JPEG does, whatever the name says."""
    try:
        return any(match.mime_type in ACCEPTED for match in puremagic.magic_string(head))
    except (puremagic.PureError, ValueError):
        return False


def _too_many_pixels() -> Invalid:
    """Return the refusal of a picture that is too large to unpack."""
    return Invalid(
        "The logo has more than %(pixels)s pixels. Save a smaller one.",
        "logo",
        pixels=MAXIMUM_PIXELS,
    )


def _drawn(content: bytes) -> bytes:
    """Return the picture as PNG bytes, upright, small and without metadata."""
    with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as image:
        if image.width * image.height > MAXIMUM_PIXELS:
            raise _too_many_pixels()
        upright = ImageOps.exif_transpose(image)
        drawn = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    drawn.thumbnail((LONGEST, LONGEST))
    bare = Image.new(drawn.mode, drawn.size)
    bare.paste(drawn)
    out = BytesIO()
    bare.save(out, "PNG", optimize=True)
    return out.getvalue()
