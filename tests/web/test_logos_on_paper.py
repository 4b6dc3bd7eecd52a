"""Documents made after a logo was set carry the picture, and those after it was removed don't."""

from __future__ import annotations

from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from competency.assessments.schema import State
from competency.credentials.models import RegisterEntry
from competency.credentials.operations import render
from competency.people.models import Employer
from tests.support.appraisals import open_road
from tests.support.cast import World
from tests.support.client import Browser, sign_in
from tests.support.register import closed_road, take
from tests.web.test_structure_pages import one, send_logo

INK = (11, 83, 148)


def drawing() -> bytes:
    """Return a two-coloured JPEG file, 300 by 100 pixels."""
    image = Image.new("RGB", (300, 100), INK)
    image.paste((240, 240, 240), (150, 0, 300, 100))
    out = BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()


def pictures(pdf: bytes) -> list[Image.Image]:
    """Return the pictures of a document's first page."""
    return [found.image for found in PdfReader(BytesIO(pdf)).pages[0].images if found.image]


def with_logo(app: Flask, world: World) -> tuple[Browser, str]:
    """Set the employer's logo on its page; return the browser and the page's address."""
    employer_id = one(world, Employer).public_id
    hilda = sign_in(app, "hilda")
    assert send_logo(hilda, employer_id, drawing(), "logo.jpg").status_code == 302
    return hilda, f"/organisation/employers/{employer_id}"


def is_the_drawing(image: Image.Image) -> bool:
    """Return whether a picture shows the drawing's two colours side by side."""
    left, right = (image.convert("RGB").getpixel((x, 50)) for x in (50, 250))
    close = all(abs(a - b) < 12 for a, b in zip(left, INK, strict=True))  # type: ignore[arg-type]
    return image.size == (300, 100) and close and min(right) > 220  # type: ignore[arg-type]


def test_a_plan_carries_the_logo_from_then_on(app: Flask, world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    simon = sign_in(app, "simon")
    assert pictures(simon.get(f"{road.path}/plan.pdf").data) == []
    hilda, page = with_logo(app, world)
    (image,) = pictures(simon.get(f"{road.path}/plan.pdf").data)
    assert is_the_drawing(image)
    hilda.post(f"{page}/logo/remove")
    assert pictures(simon.get(f"{road.path}/plan.pdf").data) == []


@pytest.mark.parametrize("afterwards", ["kept", "removed"])
def test_an_attestation_carries_the_logo_of_its_day(
    app: Flask, world: World, afterwards: str
) -> None:
    road = closed_road(world)
    hilda, page = with_logo(app, world)
    take(world, road.public_id)
    if afterwards == "removed":
        hilda.post(f"{page}/logo/remove")
    world.session.rollback()
    (image,) = pictures(render(world.session.scalars(sa.select(RegisterEntry.facts)).one()))
    assert is_the_drawing(image), "what was decided carries what stood then"
