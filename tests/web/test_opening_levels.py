"""Imported levels on pages: looked at, imported, shown as what they are, removed."""

from __future__ import annotations

import io
import re

import sqlalchemy as sa
from flask import Flask

from competency.assessments.opening_level_models import OpeningLevel
from tests.support.cast import SLUG, World
from tests.support.client import sign_in

HEADING = "number;framework;part;level;since;source\n"
HELD = HEADING + f"E301;{SLUG};ac1;competent;2025-01-31;Registro anterior\n"


def look(app: Flask, text: str) -> tuple[int, str]:
    answer = sign_in(app, "hilda").post(
        "/levels/import", {"file": (io.BytesIO(text.encode()), "levels.csv")}
    )
    return answer.status_code, answer.text


def imported(app: Flask, text: str = HELD) -> None:
    _, page = look(app, text)
    (carried,) = re.findall(r'name="carried" value="([^"]+)"', page)
    assert (
        sign_in(app, "hilda").post("/levels/import/apply", {"carried": carried}).status_code == 302
    )


def test_the_file_is_looked_at_before_anything_is_recorded(app: Flask, world: World) -> None:
    status, page = look(app, HELD)
    assert status == 200
    assert "Aurora Ficticia" in page
    assert world.session.scalar(sa.select(sa.func.count(OpeningLevel.id))) == 0
    imported(app)
    status, page = look(app, HELD)
    assert "these levels are recorded already" in page


def test_every_fault_is_a_row_of_a_table(app: Flask, world: World) -> None:
    assert world
    status, page = look(app, HELD.replace("competent", "F").replace("E301", "E999"))
    assert status == 422
    assert "Nobody who works here and is in your scope has this number." in page
    assert "known are competent" in page
    assert 'name="carried"' not in page


def test_it_is_shown_as_imported_and_never_as_a_result(app: Flask, world: World) -> None:
    imported(app)
    home = sign_in(app, "aurora").get("/home").text
    assert "Imported, from Registro anterior, since Jan 31, 2025" in home
    assert "No appraisal decided them" in home
    assert "My level:" not in home
    aurora = world.employee("aurora").public_id
    for name in ("simon", "hilda", "augusto", "aurora"):
        assert "Registro anterior" in sign_in(app, name).get(f"/people/{aurora}/levels").text
    assert sign_in(app, "renata").get(f"/people/{aurora}/levels").status_code == 404


def test_removing_one_asks_for_the_reason_and_keeps_it(app: Flask, world: World) -> None:
    imported(app)
    aurora = world.employee("aurora").public_id
    level = world.session.scalars(sa.select(OpeningLevel.public_id)).one()
    world.session.rollback()
    path = f"/people/{aurora}/levels"
    browser = sign_in(app, "hilda")
    browser.post(f"{path}/{level}/remove", {"reason": ""})
    assert "Say why" in browser.get(path).text
    browser.post(f"{path}/{level}/remove", {"reason": "Other person"})
    page = browser.get(path).text
    assert "Removed on" in page
    assert "Other person" in page
    assert "Registro anterior" not in sign_in(app, "aurora").get("/home").text
