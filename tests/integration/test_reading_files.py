"""Files are read apart: hostile ones end their own process, and broken-off work is resumed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from reportlab.pdfgen.canvas import Canvas

from competency import clock
from competency.assessments import file_reading
from competency.assessments.evidence import add_evidence
from competency.assessments.evidence_models import EvidenceWords, FileReading, ReadingState
from competency.assessments.file_reading import TRIES, read_file, read_waiting
from competency.assessments.storage import path_of, receive
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.frameworks.schema import EvidenceKind
from competency.privacy.sweep import sweep
from tests.support.cast import SLUG, World
from tests.support.register import erase

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
MEGABYTE = 1024 * 1024


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """Return a PNG that says how large it is, whatever it holds."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def office(part: str, content: bytes) -> bytes:
    """Return an office document with one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, content)
    return out.getvalue()


def deep_pdf() -> bytes:
    """Return a PDF whose pages form a ring."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 900000000>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def vast_pdf() -> bytes:
    """Return a PDF of a page that is kilometres wide."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(14_000_000, 14_000_000))
    canvas.drawString(10, 10, "ancha")
    canvas.save()
    return out.getvalue()


HOSTILE = {
    "picture of ten thousand million pixels": (png(100_000, 100_000), "image/png"),
    "picture that unpacks to more than it says": (png(20, 20, b"\0" * 40_000_000), "image/png"),
    "picture cut off": (png(4000, 4000, b"\0" * 100), "image/png"),
    "picture that is another": (b"GIF89a" + b"\0" * 80, "image/jpeg"),
    "paper without pages": (
        b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
        "application/pdf",
    ),
    "paper in a ring": (deep_pdf(), "application/pdf"),
    "document that unpacks to a hundred megabytes": (
        office("word/document.xml", b"<a>" + b" " * (100 * MEGABYTE) + b"</a>"),
        DOCX,
    ),
    "document with entities": (
        office("word/document.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a><p>&b;</p></a>'),
        DOCX,
    ),
    "document as deep as it is long": (
        office("content.xml", b"<p>" * 200_000 + b"</p>" * 200_000),
        ODT,
    ),
    "document without its part": (office("other.xml", b"<a/>"), DOCX),
    "document that is no archive": (b"PK\x03\x04" + b"\0" * 60, DOCX),
}
"""What somebody may send to make a reader stumble, with the type that it passes for."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_unreadable_and_harms_nobody(tmp_path: Path, name: str) -> None:
    content, media_type = HOSTILE[name]
    file = tmp_path / "file"
    file.write_bytes(content)
    found = read_file(file, media_type)
    assert found is None or all(len(picture) < MEGABYTE for picture in found.pictures)


def test_a_page_as_wide_as_a_town_becomes_a_small_picture(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(vast_pdf())
    found = read_file(file, "application/pdf")
    assert found is None or all(len(picture) < MEGABYTE for picture in found.pictures)


@pytest.mark.parametrize(
    ("content", "media_type", "said"),
    [
        (
            office("word/document.xml", "<d><p><t>Per</t><t>ché</t></p></d>".encode()),
            DOCX,
            "Perché",
        ),
        (office("content.xml", "<d><h>Ёлка</h><p>да</p></d>".encode()), ODT, "Ёлка\nда"),
        ("señal\n".encode() + b"\xff", "text/plain", "señal\n"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav", ""),
    ],
)
def test_words_are_read_out_of_documents_and_texts(
    tmp_path: Path, content: bytes, media_type: str, said: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    found = read_file(file, media_type)
    assert found is not None
    assert (found.text, found.pictures) == (said, ())


@pytest.fixture
def folder(app: Flask) -> Path:
    """Return where this test's files lie."""
    found: Path = app.extensions["competency"].data_folder
    return found


def paper(words: str) -> bytes:
    """Return a PDF that says something."""
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, words)
    canvas.save()
    return out.getvalue()


def added(world: World, folder: Path, content: bytes, name: str = "acta.pdf") -> None:
    """Add a file as evidence about Aurora."""
    upload = receive(io.BytesIO(content), name, folder=folder, maximum=MEGABYTE)
    with unit_of_work(world.session):
        add_evidence(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            employee_public_id=world.employee("aurora").public_id,
            kind=EvidenceKind.DIRECT_PRODUCT,
            title="Acta",
            text="",
            happened_on=clock.now().date() - timedelta(days=2),
            links=[(SLUG, "ac1.cd3")],
            upload=upload,
        )


def reading(world: World) -> FileReading:
    """Return the one reading as the database has it now."""
    world.session.rollback()
    return world.session.scalars(sa.select(FileReading)).one()


def test_who_breaks_off_leaves_the_file_to_the_next_and_three_times_is_enough(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(world, folder, paper("canario"))

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    now = clock.now()
    with monkeypatch.context() as broken:
        broken.setattr(file_reading, "read_file", killed)
        with pytest.raises(KeyboardInterrupt):
            read_waiting(world.session, now=now, folder=folder)
    assert (reading(world).state, reading(world).tries) == (ReadingState.WAITING, 1)
    assert read_waiting(world.session, now=now, folder=folder) == 0, "it is claimed still"
    later = now + timedelta(hours=1)
    assert read_waiting(world.session, now=later, folder=folder) == 1
    assert reading(world).state is ReadingState.READ
    assert reading(world).text_key == "canario"
    with unit_of_work(world.session):
        exempt(world.session, "a test has it waiting again")
        row = world.session.scalars(sa.select(FileReading)).one()
        row.state, row.tries = ReadingState.WAITING, TRIES
    assert read_waiting(world.session, now=later, folder=folder) == 1
    assert reading(world).state is ReadingState.UNREADABLE


def test_pictures_and_words_of_an_erased_person_go(world: World, folder: Path) -> None:
    added(world, folder, paper("canario-erased"))
    read_waiting(world.session, now=clock.now(), folder=folder)
    [drawn] = reading(world).previews or []
    assert path_of(folder, drawn).is_file()
    assert (
        sweep(
            world.session, actor=world.system(), now=clock.now() + timedelta(hours=2), folder=folder
        ).removed
        == ()
    )
    world.session.rollback()
    erase(world)
    row = reading(world)
    assert (row.text_key, row.previews, row.sha256) == (None, None, None)
    assert world.session.scalars(sa.select(EvidenceWords.words_key)).all() == [None]
    swept = sweep(
        world.session, actor=world.system(), now=clock.now() + timedelta(hours=2), folder=folder
    )
    assert drawn in swept.removed
