"""The progression criteria for agents, all the way: letters, levels, scope, and the reading."""

from __future__ import annotations

import io

import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader

from competency import clock
from competency.assessments.schema import State
from competency.credentials.register import entries
from competency.database.transactions import unit_of_work
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.operations import confirm_reading
from tests.support.appraisals import Road, open_road, publish_shipped
from tests.support.cast import World
from tests.support.client import Browser, check_page, sign_in
from tests.support.doors import visitor
from tests.support.register import add_issuer

PROGRESSION = "customer-service-progression"
LEVELS = {
    "product-knowledge": "n2",
    "process-knowledge": "n1",
    "autonomy": "n2",
    "planning": "n2",
    "responsibility": "n3",
    "customer-focus": "n3",
    "ambiguity": "n2",
    "trust": "n2",
    "leadership": "below",
}
"""Organisation comes to the first level, People to the second: no level under the third is
defined for leadership, so that being below holds it back from there on only."""
BANNER = "How this framework reads its source is inferred."
UNDER = "Por debajo de: B · Tercer nivel"
LEFT_OUT = ("Conocimiento de plataformas", "Relación con proveedores")


def confirm(world: World, version_id: int) -> None:
    """Let human resources confirm the reading."""
    with unit_of_work(world.session):
        confirm_reading(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            version_public_id=world.session.scalars(
                sa.select(FrameworkVersion.public_id).where(FrameworkVersion.id == version_id)
            ).one(),
            note="Leído con la jefatura de operaciones.",
        )


def shown(browser: Browser, path: str) -> str:
    """Return what a page says, part after part."""
    words = " ".join(check_page(browser.get(path).text).itertext()).split()
    return " ".join(words).replace(" ,", ",")


def printed(content: bytes) -> str:
    """Return what a document says."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def plan_paper(app: Flask, road: Road) -> str:
    """Return what the plan's document says."""
    return printed(sign_in(app, "simon").get(f"{road.path}/plan.pdf").data)


def test_before_the_reading_is_confirmed_each_part_has_a_level_and_the_whole_has_none(
    app: Flask, world: World
) -> None:
    version_id = publish_shipped(world, PROGRESSION)
    road = open_road(world, version_id=version_id, scope_id="agents")
    simon, renata, carla = (sign_in(app, name) for name in ("simon", "renata", "carla"))
    scoring = shown(simon, road.path)
    assert BANNER in scoring
    assert "G · Primer nivel" in scoring
    assert UNDER in scoring, "what lies under the one level that leadership has"
    road.to(State.IN_REVIEW, levels=LEVELS)
    review = shown(renata, road.path)
    assert BANNER in review
    assert "Outcome so far Not decided" in review
    for step, name in (("approve", "renata"), ("release", "hilda"), ("acknowledge", "aurora")):
        road.step(step, name)
    result = shown(simon, f"{road.path}?view=result")
    assert BANNER in result
    assert "Result Not decided" in result
    assert "1 Organización Primer nivel" in result
    assert "2 Personas Segundo nivel" in result
    assert f"2.6 Lidera e influye {UNDER}" in result
    assert "Agentes, 9 of 12 criteria" in result
    assert "3 criteria are outside the scope of this appraisal" in result
    plan = shown(simon, f"{road.path}/plan")
    assert BANNER in plan
    assert "Scope: Agentes, 9 of 12 criteria" in plan
    assert "G · Primer nivel → required: F · Segundo nivel" in plan
    assert f"{UNDER} → required: B · Tercer nivel" in plan
    assert not any(title in plan for title in LEFT_OUT)
    paper = plan_paper(app, road)
    assert "Alcance" in paper
    assert "Agentes, 9 de 12 criterios" in paper
    assert "Resultado" not in paper
    assert UNDER in paper
    assert "Nothing can be attested" in shown(carla, f"{road.path}/attestation")
    confirm(world, version_id)
    later = shown(simon, f"{road.path}?view=result")
    assert BANNER not in later
    assert "Result Not decided Human resources had not confirmed" in later, "decided is decided"


def test_after_the_reading_is_confirmed_the_lowest_part_decides_and_can_be_attested(
    app: Flask, world: World
) -> None:
    add_issuer(world)
    version_id = publish_shipped(world, PROGRESSION)
    confirm(world, version_id)
    road = open_road(world, version_id=version_id, scope_id="agents")
    road.to(State.IN_REVIEW, levels=LEVELS)
    review = shown(sign_in(app, "renata"), road.path)
    assert BANNER not in review
    assert "Outcome so far Primer nivel" in review
    for step, name in (("approve", "renata"), ("release", "hilda"), ("acknowledge", "aurora")):
        road.step(step, name)
    simon, aurora, carla = (sign_in(app, name) for name in ("simon", "aurora", "carla"))
    result = shown(simon, f"{road.path}?view=result")
    assert "Result Primer nivel The lowest level decides: Primer nivel." in result
    home = shown(aurora, "/home")
    assert "1.3 Conocimiento procesos gestión de clientes G · Primer nivel" in home
    assert f"2.6 Lidera e influye {UNDER}" in home
    assert BANNER not in shown(simon, f"{road.path}/plan")
    paper = plan_paper(app, road)
    assert "Resultado" in paper
    offered = shown(carla, f"{road.path}/attestation")
    assert "1 Organización Primer nivel 2 Personas Segundo nivel" in offered
    assert carla.post(f"{road.path}/attestation").status_code == 302
    rows, _total = entries(world.session, actor=world.actor("carla"), now=clock.now())
    entry = rows[0].entry
    attested = printed(aurora.get(f"/credentials/{entry.public_id}.pdf").data)
    assert "Alcance: Agentes, 9 de 12 criterios" in attested
    assert "con el resultado Primer nivel" in attested
    assert "1 Organización ✓ Primer nivel" in attested
    assert "2 Personas ✓ Segundo nivel" in attested
    assert "1.3 Conocimiento procesos gestión de clientes G · Primer nivel" in attested
    assert f"2.6 Lidera e influye {UNDER}" in attested
    assert not any(title in attested for title in LEFT_OUT)
    public = shown(visitor(app), f"/verify/{entry.token}")
    assert "Scope Agentes, 9 of 12 criteria" in public
    assert "1 Organización Primer nivel" in public


def test_the_banner_costs_a_query_of_nobody_else(app: Flask, world: World) -> None:
    usual = open_road(world)
    version_id = publish_shipped(world, PROGRESSION)
    inferred = open_road(world, version_id=version_id, scope_id="agents")
    simon, counts = sign_in(app, "simon"), []
    for road in (usual, inferred):
        simon.get(road.path)
        page = simon.get(road.path)
        counts.append(int(page.headers["X-Query-Count"]))
        assert (BANNER in page.text) is (road is inferred)
    assert counts[1] == counts[0] + 1
