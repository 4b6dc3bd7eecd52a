"""What is read out of a file, in a process of its own with little to spare.

``python -m competency.assessments.file_drawing FILE MEDIA_TYPE FOLDER`` writes
``text.txt`` and the pictures ``1.jpg``, ``2.jpg`` … into FOLDER. A file that asks for
more memory, time or space than the limits ends the process, and nobody else.
"""

from __future__ import annotations

import resource
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pypdfium2 as pdfium
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from typing import IO

MEMORY = 1_000_000_000
"""Bytes of address space."""
SECONDS = 15
"""Of processor time."""
WRITTEN = 20_000_000
"""Bytes of one file that it writes."""
PIXELS = 64_000_000
"""The most that a picture may have before it is unpacked; telephones take 50 million."""
LONGEST = 1400
"""The longest side of a picture that is kept, in pixels."""
PAGES_DRAWN = 3
PAGES_READ = 60
LETTERS = 200_000
PART = 20_000_000
"""The most bytes that one part of an office document may unpack to."""
OFFICE = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word/document.xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xl/sharedStrings.xml",
    "application/vnd.oasis.opendocument.text": "content.xml",
    "application/vnd.oasis.opendocument.spreadsheet": "content.xml",
}
"""In which part of an office document its words are."""
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
PARAGRAPHS = frozenset({"p", "si", "h"})
"""The elements of office documents that hold a run of words, by their local name."""


class Unreadable(Exception):
    """A file that holds nothing that can be read or shown."""


def limit_this_process() -> None:
    """Set what this process may use; it can't be raised again."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (most, most))


def drawn_anew(image: Image.Image) -> bytes:
    """Return a picture as JPEG: upright, small, on white, without anything else it held."""
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST, LONGEST))
    coloured = upright.convert("RGBA")
    bare = Image.new("RGB", coloured.size, "white")
    bare.paste(coloured, mask=coloured.getchannel("A"))
    out = BytesIO()
    bare.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def picture(path: Path, kind: str) -> bytes:
    """Return a picture file drawn anew; raise ``Unreadable`` for too many pixels."""
    Image.MAX_IMAGE_PIXELS = PIXELS
    with Image.open(path, formats=[kind]) as image:
        if image.width * image.height > PIXELS:
            raise Unreadable
        image.draft("RGB", (LONGEST, LONGEST))
        return drawn_anew(image)


def pdf_pages(document: pdfium.PdfDocument) -> Iterator[bytes]:
    """Yield the first pages as pictures; forms and scripts of the file do nothing."""
    for number in range(min(len(document), PAGES_DRAWN)):
        page = document[number]
        width, height = page.get_size()
        if width <= 0 or height <= 0:
            raise Unreadable
        scale = min(LONGEST / max(width, height), 4.0)
        yield drawn_anew(page.render(scale=scale, may_draw_forms=False).to_pil())


def pdf_text(document: pdfium.PdfDocument) -> str:
    """Return the words of the first pages."""
    said, letters = [], 0
    for number in range(min(len(document), PAGES_READ)):
        said.append(document[number].get_textpage().get_text_bounded())
        letters += len(said[-1])
        if letters > LETTERS:
            break
    return "\n".join(said)[:LETTERS]


def office_text(path: Path, part: str) -> str:
    """Return the words of an office document; one that declares entities is not read."""
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        content = stream.read(PART + 1)
    if len(content) > PART or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unreadable
    said: list[str] = []
    letters = 0
    for element in ET.fromstring(content).iter():  # noqa: S314 - limited, and no entities
        if element.tag.rpartition("}")[2] in PARAGRAPHS:
            said.append("".join(element.itertext()))
            letters += len(said[-1])
        if letters > LETTERS:
            break
    return "\n".join(said)[:LETTERS]


def plain_text(stream: IO[bytes]) -> str:
    """Return the first letters of a text file."""
    return stream.read(LETTERS * 4).decode("utf-8", errors="ignore")[:LETTERS]


def read(path: Path, media_type: str, folder: Path) -> None:
    """Write what a file says and looks like into a folder; nothing for what has neither."""
    pictures: list[bytes] = []
    text = ""
    if media_type in PICTURES:
        pictures = [picture(path, PICTURES[media_type])]
    elif media_type == "application/pdf":
        with pdfium.PdfDocument(path) as document:
            text = pdf_text(document)
            pictures = list(pdf_pages(document))
    elif media_type in OFFICE:
        text = office_text(path, OFFICE[media_type])
    elif media_type.startswith("text/"):
        with path.open("rb") as stream:
            text = plain_text(stream)
    (folder / "text.txt").write_text(text, encoding="utf-8", errors="ignore")
    for number, content in enumerate(pictures, start=1):
        (folder / f"{number}.jpg").write_bytes(content)


if __name__ == "__main__":
    limit_this_process()
    read(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
