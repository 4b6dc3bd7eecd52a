"""A portfolio: several files, filters, words of texts and files, versions, quarantine."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from competency import clock
from competency.assessments.evidence_models import EvidenceDoubt, EvidenceReplacement
from competency.assessments.file_reading import read_waiting
from competency.assessments.models import Appraisal, Evidence, FrozenEvidence
from competency.assessments.schema import State
from tests.support.appraisals import EVIDENCE_TEXT, open_road
from tests.support.cast import SLUG, World
from tests.support.client import JSON, Browser, sign_in

CRITERION = f"{SLUG}:ac1.cd1"


def picture() -> bytes:
    """Return a photo as a telephone takes it: on its side, with the place where it was taken."""
    image = Image.new("RGB", (1600, 1200), "white")
    exif = image.getexif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "S", 2: (33.0, 26.0, 0.0)}
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def paper(words: str) -> bytes:
    """Return a PDF of one page that says something."""
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, words)
    canvas.save()
    return out.getvalue()


def path_of(world: World) -> str:
    return f"/people/{world.employee('aurora').public_id}/evidence"


def sent(**more: object) -> dict[str, object]:
    day = (clock.now() - timedelta(days=1)).date().isoformat()
    base = {"kind": "direct_product", "happened_on": day, "text": "Lo hice", "criteria": CRITERION}
    return {**base, **more}


def newest(world: World) -> Evidence:
    world.session.rollback()
    return world.session.scalars(sa.select(Evidence).order_by(Evidence.id.desc())).all()[0]


def read_all(app: Flask, world: World) -> None:
    folder: Path = app.extensions["competency"].data_folder
    read_waiting(world.session, now=clock.now(), folder=folder)


def test_a_refused_file_costs_neither_the_others_nor_what_was_typed(
    app: Flask, world: World
) -> None:
    aurora, path = sign_in(app, "aurora"), path_of(world)
    files = [
        (io.BytesIO(picture()), "foto.jpg"),
        (io.BytesIO(b"MZ\x90\x00" + b"\x00" * 60), "programa.exe"),
        (io.BytesIO(b""), "vacio.pdf"),
        (io.BytesIO(paper("canario-palabra")), "informe.pdf"),
    ]
    page = aurora.post(path, sent(title="Dos archivos", file=files))
    assert page.status_code == 302
    told = aurora.get(path).text
    assert "programa.exe: Files of this kind are not accepted" in told
    assert "vacio.pdf: The file is empty." in told
    for name in ("foto.jpg", "informe.pdf"):
        assert name in told
    one = newest(world)
    for position, content in ((1, files[0]), (2, files[3])):
        del content
        answer = aurora.get(f"/evidence/{one.public_id}/files/{position}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        answer.close()
    assert aurora.get(f"/evidence/{one.public_id}/files/3").status_code == 404


def test_words_are_found_in_texts_and_files_whatever_accents_and_letters(
    app: Flask, world: World
) -> None:
    simon, path = sign_in(app, "simon"), path_of(world)
    simon.post(path, sent(title="Ñandú en pantalla", place="Sala Ёлка"))
    simon.post(path, sent(title="Otro", file=(io.BytesIO(paper("Informe Mensual")), "a.pdf")))
    read_all(app, world)
    for words, found in (
        ("nandu", "Ñandú"),
        ("PANTALLA ÑANDU", "Ñandú"),
        ("елка", "Ñandú"),
        ("mensual", "Otro"),
    ):
        page = simon.get(path, query_string={"q": words}).text
        assert "1 piece fits" in page, words
        assert f">{found}" in page, words
    assert "Nothing found" in simon.get(path, query_string={"q": "100%"}).text


def titles(browser: Browser, path: str, **asked: str) -> set[str]:
    page = browser.get(path, query_string=asked).text
    return {title for title in ("Visto", "Dicho", "Hecho") if f">{title}</a>" in page}


def test_filters_show_what_they_say(app: Flask, world: World) -> None:
    simon, aurora, path = sign_in(app, "simon"), sign_in(app, "aurora"), path_of(world)
    old = (clock.now() - timedelta(days=90)).date().isoformat()
    recent = (clock.now() - timedelta(days=30)).date().isoformat()
    simon.post(path, sent(kind="direct_performance", title="Visto"))
    simon.post(path, sent(kind="interview", title="Dicho", criteria=[], happened_on=old))
    aurora.post(
        path,
        sent(title="Hecho", criteria=f"{SLUG}:ac2.cd1", file=(io.BytesIO(b"turnos"), "t.txt")),
    )
    by_aurora = world.employee("aurora").public_id
    for asked, found in (
        ({"group": "seen"}, {"Visto"}),
        ({"group": "told"}, {"Dicho"}),
        ({"framework": SLUG}, {"Visto", "Hecho"}),
        ({"framework": SLUG, "part": "ac1"}, {"Visto"}),
        ({"framework": SLUG, "part": "ac2.cd1"}, {"Hecho"}),
        ({"since": recent}, {"Visto", "Hecho"}),
        ({"until": recent}, {"Dicho"}),
        ({"by": by_aurora}, {"Hecho"}),
        ({"file": "yes"}, {"Hecho"}),
        ({"file": "no"}, {"Visto", "Dicho"}),
        ({"linked": "no"}, {"Dicho"}),
        ({"linked": "yes", "file": "yes"}, {"Hecho"}),
        ({"since": "nonsense", "order": "title"}, {"Visto", "Dicho", "Hecho"}),
    ):
        assert titles(simon, path, **asked) == found, asked


def test_a_picture_is_drawn_upright_and_says_nothing_of_where_it_was_taken(
    app: Flask, world: World
) -> None:
    aurora = sign_in(app, "aurora")
    aurora.post(path_of(world), sent(file=(io.BytesIO(picture()), "foto.jpg")))
    one = newest(world).public_id
    assert aurora.get(f"/evidence/{one}/previews/1/1").status_code == 404
    read_all(app, world)
    answer = aurora.get(f"/evidence/{one}/previews/1/1")
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    drawn = Image.open(io.BytesIO(answer.data))
    assert drawn.height > drawn.width
    assert not dict(drawn.getexif())
    answer.close()
    assert f"/evidence/{one}/previews/1/1" in aurora.get(f"/evidence/{one}").text
    bruno = sign_in(app, "bruno")
    assert bruno.get(f"/evidence/{one}/previews/1/1").status_code == 404


def test_a_new_version_takes_the_place_and_the_earlier_one_stays_as_it_was_relied_on(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.SUBMITTED)
    simon = sign_in(app, "simon")
    earlier = newest(world).public_id
    world.session.rollback()
    hashes = {f.content_hash for f in world.session.scalars(sa.select(FrozenEvidence))}
    answer = simon.post(
        f"/evidence/{earlier}/versions",
        sent(kind="direct_performance", text="Corregido", title="Turno del martes", reason="Error"),
    )
    assert answer.status_code == 302
    later = newest(world).public_id
    assert later != earlier
    assert EVIDENCE_TEXT in simon.get(f"/evidence/{earlier}").text
    assert "A later version took the place" in simon.get(f"/evidence/{earlier}").text
    page = simon.get(f"/evidence/{later}").text
    assert "Versions" in page
    assert "Speaks to" in page
    listed = simon.get(path_of(world)).text
    assert later in listed
    assert earlier not in listed
    world.session.rollback()
    assert {f.content_hash for f in world.session.scalars(sa.select(FrozenEvidence))} == hashes
    again = simon.post(f"/evidence/{earlier}/versions", sent(text="Otra vez"), headers=JSON)
    assert again.status_code == 409
    assert len(world.session.scalars(sa.select(EvidenceReplacement)).all()) == 1
    assert earlier in simon.get(road.path).text, "the submission names what it relied on"
    assert sign_in(app, "aurora").post(f"/evidence/{later}/versions", sent()).status_code == 403


def test_what_is_set_aside_is_read_by_nobody_else_counts_for_nothing_and_comes_back(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.RELEASED)
    hilda, simon, aurora = (sign_in(app, name) for name in ("hilda", "simon", "aurora"))
    one = f"/evidence/{newest(world).public_id}"
    assert hilda.post(f"{one}/quarantine", {"reason": " "}).status_code == 422
    assert hilda.post(f"{one}/quarantine", {"reason": "canario-motivo ajena"}).status_code == 302
    assert hilda.post(f"{one}/quarantine", {"reason": "otra"}).status_code == 409
    for browser in (simon, aurora):
        assert browser.get(one).status_code == 404
        assert "Turno del lunes" not in browser.get(path_of(world)).text
        result = browser.get(road.path).text
        assert "Turno del lunes" not in result
        assert "set aside by human resources after it was collected here" in result
    assert "1 piece was set aside" in simon.get(path_of(world)).text
    shown = hilda.get(one).text
    assert "canario-motivo ajena" in shown
    assert EVIDENCE_TEXT in shown
    assert one in hilda.get(path_of(world), query_string={"aside": "yes"}).text
    back = {"reason": "Era suya.", "step": "give_back"}
    assert simon.post(f"{one}/quarantine", back).status_code == 404
    assert hilda.post(f"{one}/quarantine", back).status_code == 302
    assert simon.get(one).status_code == 200
    assert "Turno del lunes" in aurora.get(road.path).text


def test_a_link_is_taken_away_until_a_submission_relies_on_it(app: Flask, world: World) -> None:
    road = open_road(world)
    public_id = road.collect()
    simon, aurora = sign_in(app, "simon"), sign_in(app, "aurora")
    away = {"criteria": f"{SLUG}:ac1.cd4"}
    assert aurora.post(f"/evidence/{public_id}/links/remove", away).status_code == 403
    assert simon.post(f"/evidence/{public_id}/links/remove", away).status_code == 302
    assert "Speaks to 1 criterion" in simon.get(path_of(world)).text
    road.to(State.SUBMITTED)
    away = {"criteria": f"{SLUG}:ac1.cd3"}
    assert simon.post(f"/evidence/{public_id}/links/remove", away).status_code == 409


def test_what_the_lead_doubts_is_not_relied_on_and_says_why(app: Flask, world: World) -> None:
    road = open_road(world).to(State.OPEN)
    simon = sign_in(app, "simon")
    piece = newest(world).public_id
    half = {f"doubt-{piece}": "current", "evidence_confirmed": "yes"}
    refused = simon.post(f"{road.path}/submit", half)
    assert refused.status_code == 422
    assert "which of the four points" in refused.text
    assert f'name="doubt-{piece}" value="current" checked' in refused.text
    whole = {**half, f"why-{piece}": "canario-duda de hace dos años"}
    assert simon.post(f"{road.path}/submit", whole).status_code == 302
    world.session.rollback()
    assert world.session.scalars(sa.select(FrozenEvidence)).all() == []
    assert world.session.scalars(sa.select(EvidenceDoubt.points)).one() == ["current"]
    assert world.session.scalars(sa.select(Appraisal.state)).one() is State.SUBMITTED
    assert "canario-duda de hace dos años" in simon.get(road.path).text


def test_the_scoring_page_is_told_how_evidence_stands_now(app: Flask, world: World) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    before = simon.get(f"{road.path}/sufficiency").json
    road.collect()
    after = simon.get(f"{road.path}/sufficiency").json
    assert before is not None
    assert after is not None
    assert (before["total"], after["total"]) == (0, 1)
    assert after["criteria"]["ac1.cd3"]["count"] == 1
    assert newest(world).public_id in after["confirming"]
    assert sign_in(app, "hilda").get(f"{road.path}/sufficiency").status_code == 404


@pytest.mark.parametrize(
    ("source", "key"),
    [("", None), ("SIMÓN  Prado", None), ("Ana Cliente", "ana cliente")],
)
def test_who_records_is_the_source_however_they_spell_themselves(
    app: Flask, world: World, source: str, key: str | None
) -> None:
    name = world.employee("simon").printed_name
    simon = sign_in(app, "simon")
    simon.post(path_of(world), sent(source=name.upper() if key is None and source else source))
    assert newest(world).source_key == key
