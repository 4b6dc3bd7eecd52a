"""Evidence through the pages: adding, files, links, taking back."""

from __future__ import annotations

import io
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, cast

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from competency import clock
from competency.assessments.models import Evidence, StoredFile
from competency.assessments.schema import State
from competency.assessments.storage import receive, safe_name
from competency.errors import Invalid
from tests.support.appraisals import EVIDENCE_TEXT, open_road
from tests.support.cast import NUMBERS, SLUG, World
from tests.support.client import JSON, Browser, sign_in

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
MEGABYTE = 1024 * 1024
CRITERION = f"{SLUG}:ac1.cd1"


def sent(**more: object) -> dict[str, object]:
    day = (clock.now() - timedelta(days=1)).date().isoformat()
    base: dict[str, object] = {
        "kind": "direct_performance",
        "happened_on": day,
        "text": "Lo vi",
        "criteria": CRITERION,
    }
    return {**base, **more}


def rows(world: World) -> list[Evidence]:
    world.session.rollback()
    return list(world.session.scalars(sa.select(Evidence).order_by(Evidence.id)))


def path_of(world: World, name: str = "aurora") -> str:
    return f"/people/{world.employee(name).public_id}/evidence"


def test_a_supervisor_adds_evidence_with_a_file_and_it_comes_back_as_an_attachment(
    app: Flask, world: World
) -> None:
    simon, path = sign_in(app, "simon"), path_of(world)
    name = 'turno "ñ"\r\nX: 1.pdf'
    answer = simon.post(path, sent(text="", file=(io.BytesIO(PDF), name)))
    assert answer.status_code == 302
    found = rows(world)[0]
    page = simon.get(path)
    assert found.public_id in page.text
    file = simon.get(f"/evidence/{found.public_id}/file")
    assert file.data == PDF
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "X" not in file.headers
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert file.mimetype == "application/pdf"
    file.close()
    assert simon.get(f"/evidence/{found.public_id}").status_code == 200


def sending(simon: Browser, path: str, content: bytes, name: str) -> TestResponse:
    """Send a file, encoded here so that the client leaves no open file behind."""
    boundary, body = encode_multipart(
        sent(text="canario", file=FileStorage(io.BytesIO(content), name))
    )
    return simon.post(path, body, content_type=f"multipart/form-data; boundary={boundary}")


def test_a_refused_file_says_which_limit_or_which_ending(app: Flask, world: World) -> None:
    simon, path = sign_in(app, "simon"), path_of(world)
    wrong = sending(simon, path, b"Solo texto", "informe.pdf")
    assert "ends in .pdf, but it holds something else" in wrong.text
    assert "larger than 10 MB" in sending(simon, path, b"a" * (10 * MEGABYTE + 1), "g.txt").text
    answer = sending(simon, path, b"a" * app.config["MAX_CONTENT_LENGTH"], "g.txt")
    assert answer.status_code == 413
    assert "at most 10 MB" in answer.text


HEIC = b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64


@pytest.mark.parametrize("name", ["IMG_0001.HEIC", "IMG_0001.jpg", "foto"])
def test_a_phone_s_own_format_is_refused_with_what_to_do(
    app: Flask, world: World, name: str
) -> None:
    answer = sending(sign_in(app, "simon"), path_of(world), HEIC, name)
    assert answer.status_code == 422
    assert "Share it from the phone as JPEG" in answer.text
    assert rows(world) == []


@pytest.mark.parametrize("name", ["../../etc/turno.pdf", "/datos/turno.pdf"])
def test_a_file_s_name_loses_its_folders(app: Flask, world: World, name: str) -> None:
    assert sending(sign_in(app, "simon"), path_of(world), PDF, name).status_code == 302
    assert [row.file_name for row in rows(world)] == ["turno.pdf"]
    assert safe_name("C:\\datos\\turno.pdf") == "turno.pdf"


def test_an_empty_file_says_that_it_is_empty(app: Flask, world: World) -> None:
    answer = sending(sign_in(app, "simon"), path_of(world), b"", "vacio.pdf")
    assert "The file is empty." in answer.text
    assert rows(world) == []


class Body(io.RawIOBase):
    """A form with one file of so many bytes, made as it is read; it counts what was read."""

    def __init__(self, size: int) -> None:
        self.head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="g.txt"\r\n\r\n'
        self.left, self.given = size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - whatever holds bytes
        view = memoryview(buffer)
        part = self.head or b"a" * min(len(view), self.left)
        part = part[: len(view)]
        self.head = self.head[len(part) :]
        self.left -= len(part)
        self.given += len(part)
        view[: len(part)] = part
        return len(part)


def test_a_hundred_megabytes_are_refused_before_any_of_them_is_read(
    app: Flask, world: World, tmp_path: Path
) -> None:
    body = Body(100 * MEGABYTE)
    answer = sign_in(app, "simon").post(
        path_of(world),
        environ_overrides={
            "CONTENT_LENGTH": str(100 * MEGABYTE),
            "wsgi.input": body,
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
        },
    )
    assert answer.status_code == 413
    assert "at most 10 MB" in answer.text
    assert body.given == 0
    assert not [p for p in (tmp_path / "evidence").rglob("*") if p.is_file()]


def test_a_file_over_the_limit_is_read_no_further_than_it_and_never_held(tmp_path: Path) -> None:
    body = Body(100 * MEGABYTE)
    tracemalloc.start()
    try:
        with pytest.raises(Invalid, match="larger than"):
            receive(cast("IO[bytes]", body), "g.txt", folder=tmp_path, maximum=10 * MEGABYTE)
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert body.given <= 11 * MEGABYTE
    assert held < 5 * MEGABYTE, "a piece at a time"
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "vacio.pdf"),
        (b"MZ\x90\x00" + b"\x00" * 64, "programa.pdf"),
        (b"<html><script>alert(1)</script></html>", "pagina.txt"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "dibujo.png"),
        (b"a" * (10 * MEGABYTE + 1), "grande.txt"),
        (b"Solo texto\n", "informe.pdf"),
        (PDF, "foto.PNG"),
    ],
    ids=["empty", "program", "page", "drawing", "too large", "no PDF", "no picture"],
)
def test_a_refused_file_adds_nothing_and_keeps_what_was_typed(
    app: Flask, world: World, content: bytes, name: str
) -> None:
    simon = sign_in(app, "simon")
    answer = sending(simon, path_of(world), content, name)
    assert answer.status_code == 422
    assert "canario" in answer.text
    assert rows(world) == []
    assert world.session.scalars(sa.select(StoredFile)).all() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gossip"},
        {"happened_on": "yesterday"},
        {"happened_on": "2999-01-01"},
        {"text": ""},
        {"criteria": "ac1.cd1"},
        {"criteria": f"{SLUG}:ac9.cd9"},
        {"criteria": "no-such-framework:ac1.cd1"},
    ],
)
def test_wrong_evidence_is_refused_with_its_reason(
    app: Flask, world: World, wrong: dict[str, object]
) -> None:
    answer = sign_in(app, "simon").post(path_of(world), sent(**wrong), headers=JSON)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]
    assert rows(world) == []


def test_in_place_evidence_answers_with_the_criteria_it_speaks_to(app: Flask, world: World) -> None:
    criteria = [CRITERION, f"{SLUG}:ac1.cd2"]
    answer = sign_in(app, "simon").post(path_of(world), sent(criteria=criteria), headers=JSON)
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["criteria"] == ["ac1.cd1", "ac1.cd2"]


@pytest.mark.parametrize("name", ["bruno", "ada", "carla"])
def test_a_stranger_neither_reads_nor_adds_evidence(app: Flask, world: World, name: str) -> None:
    road = open_road(world)
    public_id, browser = road.collect(), sign_in(app, name)
    for path in (path_of(world), f"/evidence/{public_id}", f"/evidence/{public_id}/file"):
        assert browser.get(path).status_code == 404, path
    assert browser.post(path_of(world), sent()).status_code == 404
    for step in ("links", "withdraw"):
        assert browser.post(f"/evidence/{public_id}/{step}").status_code == 404
    assert len(rows(world)) == 1


def test_an_auditor_reads_who_when_kind_hash_and_links_and_no_word_of_it(
    app: Flask, world: World
) -> None:
    road = open_road(world)
    simon = sign_in(app, "simon")
    named = {"title": "canario-titulo", "text": "canario-texto", "place": "canario-lugar"}
    file = (io.BytesIO(PDF), "canario-nombre.pdf")
    assert simon.post(path_of(world), sent(file=file, **named)).status_code == 302
    [piece] = rows(world)
    digest, public_id = piece.file_sha256, piece.public_id
    road.to(State.SUBMITTED)
    augusto = sign_in(app, "augusto")
    for path in (path_of(world), f"/evidence/{public_id}"):
        page = augusto.get(path).text
        assert "canario" not in page, path
        assert str(digest) in page
        assert "ac1.cd1" in page
        assert NUMBERS["simon"] in page
        assert "Seen at work" in page
    for path in (f"/evidence/{public_id}/file", f"/evidence/{public_id}/files/1"):
        assert augusto.get(path).status_code == 404, path
    before = augusto.get(path_of(world)).headers["X-Query-Count"]
    simon.post(path_of(world), sent(**named))
    assert augusto.get(path_of(world)).headers["X-Query-Count"] == before
    own = world.employee("augusto").public_id
    assert "As an auditor" not in augusto.get(f"/people/{own}/evidence").text
    assert augusto.post(path_of(world), sent()).status_code == 404


def test_human_resources_read_evidence_and_add_none(
    app: Flask, world: World, tmp_path: Path
) -> None:
    hilda = sign_in(app, "hilda")
    assert hilda.get(path_of(world)).status_code == 200
    answer = hilda.post(path_of(world), sent(file=(io.BytesIO(PDF), "a.pdf")))
    assert answer.status_code == 403
    assert not [p for p in (tmp_path / "evidence").rglob("*") if p.is_file()]


def test_an_employee_collects_and_takes_back_and_restores(app: Flask, world: World) -> None:
    aurora, path = sign_in(app, "aurora"), path_of(world)
    aurora.post(path, sent(title="Mi turno"))
    one = f"/evidence/{rows(world)[0].public_id}"
    assert aurora.post(f"{one}/withdraw").status_code == 302
    assert "Withdrawn" in aurora.get(path).text
    simon = sign_in(app, "simon")
    assert "Mi turno" not in simon.get(path).text
    assert simon.get(one).status_code == 404
    aurora.post(f"{one}/withdraw")
    assert "Mi turno" in simon.get(path).text
    assert simon.post(f"{one}/withdraw").status_code == 403


def test_links_are_added_to_further_criteria(app: Flask, world: World) -> None:
    aurora = sign_in(app, "aurora")
    aurora.post(path_of(world), sent())
    one = f"/evidence/{rows(world)[0].public_id}"
    wrong = aurora.post(f"{one}/links", {"criteria": [f"{SLUG}:nothing"]})
    assert wrong.status_code == 422
    assert aurora.post(f"{one}/links", {"criteria": [f"{SLUG}:ac3.cd1"]}).status_code == 302
    assert "Speaks to 2 criteria" in aurora.get(path_of(world)).text


def test_evidence_that_a_submission_relies_on_stays(app: Flask, world: World) -> None:
    open_road(world).to(State.SUBMITTED)
    simon = sign_in(app, "simon")
    one = f"/evidence/{rows(world)[0].public_id}"
    page = simon.get(one).text
    assert "Fixed at submission" in page
    assert EVIDENCE_TEXT in page
    assert "withdraw" not in page
    assert simon.post(f"{one}/withdraw").status_code == 409
