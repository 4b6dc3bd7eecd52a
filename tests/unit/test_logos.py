"""Logos: drawn anew from PNG and JPEG alone, small, without what else the file held."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from competency.documents.pictures import logo as as_documents_draw_it
from competency.errors import Invalid
from competency.people.logos import LONGEST, MAXIMUM_BYTES, logo_from

RED, CLEAR = (200, 30, 30), (0, 0, 0, 0)


def picture(
    form: str = "PNG", size: tuple[int, int] = (60, 30), mode: str = "RGB", **options: object
) -> bytes:
    """Return a one-coloured picture as a file."""
    out = BytesIO()
    Image.new(mode, size, CLEAR if mode == "RGBA" else 0 if mode == "L" else RED).save(
        out, form, **options
    )
    return out.getvalue()


def read(png: bytes) -> Image.Image:
    """Return a PNG file's picture."""
    image = Image.open(BytesIO(png), formats=["PNG"])
    image.load()
    return image


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG file with its sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG file that says it is very large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_a_png_is_kept_small_and_with_its_clear_ground(mode: str) -> None:
    drawn = read(logo_from(picture(size=(1200, 600), mode=mode)).png)
    assert drawn.size == (LONGEST, LONGEST // 2)
    assert drawn.mode == ("RGBA" if mode == "RGBA" else "RGB")


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
def test_a_jpeg_becomes_a_png_that_documents_draw(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (60, 30)).save(out, "JPEG")
    drawn = logo_from(out.getvalue()).png
    assert drawn.startswith(b"\x89PNG")
    assert as_documents_draw_it(drawn).size == (60, 30)


def test_nothing_but_the_picture_is_kept() -> None:
    notes = PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    with_exif = Image.Exif()
    with_exif[0x010E] = "a secret place"
    for content in (
        picture(pnginfo=notes) + b"<html>appended</html>",
        picture("JPEG", exif=with_exif) + b"PK\x03\x04",
    ):
        drawn = logo_from(content).png
        for word in (b"script", b"secret", b"html", b"PK\x03\x04", b"tEXt", b"eXIf"):
            assert word not in drawn
        assert read(drawn).info == {}


def test_a_photograph_stands_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    assert read(logo_from(picture("JPEG", exif=turned)).png).size == (30, 60)


@pytest.mark.parametrize("size", [(2001, 2000), (12_000, 12_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(
    size: tuple[int, int],
) -> None:
    with pytest.raises(Invalid, match="more than 4000000 pixels"):
        logo_from(bomb(*size))


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a" + b"\0" * 40,
        picture("GIF"),
        picture("BMP"),
        picture("TIFF"),
        picture("WEBP"),
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"%PDF-1.7\n",
        b"plain words",
    ],
    ids=["gif-head", "gif", "bmp", "tiff", "webp", "svg", "pdf", "text"],
)
def test_other_kinds_are_refused_by_their_bytes(content: bytes) -> None:
    with pytest.raises(Invalid, match="PNG or a JPEG"):
        logo_from(content)


@pytest.mark.parametrize(
    "content", [picture(size=(300, 300))[:60], picture("JPEG")[:200], bomb(9, 9)]
)
def test_what_breaks_off_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        logo_from(content)


def test_empty_and_too_large_files_are_refused() -> None:
    with pytest.raises(Invalid, match="empty"):
        logo_from(b"")
    with pytest.raises(Invalid, match="larger than 2 MB"):
        logo_from(picture() + b"\0" * MAXIMUM_BYTES)
