"""Sources and what allows their figures, through the pages."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.kpis.models import DataSource, SourceBasis
from competency.people.models import Employer
from tests.support.bases import allow, source
from tests.support.cast import World
from tests.support.catalogue import publish_shipped
from tests.support.client import sign_in
from tests.unit.documents_facts import text_of

BASIS = {
    "legal_basis": "Código del Trabajo, art. 154 n.º 5",
    "agreement": "",
    "notice_version": "2026-1",
    "notified_on": "2026-01-05",
    "purposes": "Evidencia en la evaluación anual",
    "retention_months": "24",
    "starts_on": "2026-01-12",
}


def test_hr_adds_a_source_and_the_page_says_what_is_missing_where(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    refused = hilda.post("/kpis/sources/new", {"code": "Nº", "name": "X", "kind": "files"})
    assert refused.status_code == 422
    new = {"code": "telephony", "name": "Central", "kind": "files", "parameters": "Duraciones"}
    hilda.post("/kpis/sources/new", new)
    world.session.rollback()
    found = world.session.scalars(sa.select(DataSource)).one()
    employer = world.session.scalars(sa.select(Employer)).one()
    place = f"/kpis/sources/{found.public_id}/employers/{employer.public_id}"
    assert f"Nothing allows it at: {employer.legal_name}" in hilda.get("/kpis/sources").text
    assert f"{employer.legal_name}: the legal basis" in (
        hilda.get(f"/kpis/sources/{found.public_id}").text
    )
    page = hilda.get(place).text
    assert "In Chile the internal regulations" in page
    assert "have counsel confirm" in page
    late = BASIS | {"notified_on": "2026-01-20"}
    assert "told before" in hilda.post(place, late).text
    hilda.post(place, BASIS)
    world.session.rollback()
    basis = world.session.scalars(sa.select(SourceBasis)).one()
    assert "Allowed at every employer" in hilda.get("/kpis/sources").text
    ending = f"{place}/bases/{basis.public_id}/end"
    assert "in the past" in hilda.post(ending, {"ends_on": "2026-01-13"}).text
    refused = hilda.post(f"/kpis/sources/{found.public_id}", {"name": "", "parameters": ""})
    assert refused.status_code == 422
    hilda.post(f"/kpis/sources/{found.public_id}", {"name": "Centralita", "parameters": ""})
    assert "Centralita" in hilda.get("/kpis/sources").text


def test_auditors_read_and_change_nothing(app: Flask, world: World) -> None:
    found = source(world)
    employer = world.session.scalars(sa.select(Employer)).one()
    augusto = sign_in(app, "augusto")
    assert "Add a source" not in augusto.get("/kpis/sources").text
    page = augusto.get(f"/kpis/sources/{found.public_id}/employers/{employer.public_id}").text
    assert "Set it" not in page


def test_the_notice_speaks_the_employers_language_and_says_what_stands_here(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    found = source(world)
    employer = world.session.scalars(sa.select(Employer)).one()
    path = f"/kpis/sources/{found.public_id}/employers/{employer.public_id}/notice.pdf"
    hilda = sign_in(app, "hilda")
    assert "Borrador" in text_of(hilda.get(f"{path}?kpi=complaints").data)
    allow(world, found)
    said = text_of(hilda.get(f"{path}?kpi=complaints&kpi=service-level").data)
    for words in (
        "Centro de Pruebas SpA",
        "Central telefónica",
        "ninguna grabación",
        "Código del Trabajo",
        "Convenio 17/2026",
        "2026-1",
        "Evidencia en la evaluación anual",
        "24 meses",
    ):
        assert words in said
    assert "Reclamos" in said
    assert "Nivel de servicio" not in said, "a queue speaks of nobody"


def test_the_notice_promises_what_is_kept_to(app: Flask, world: World) -> None:
    found = source(world)
    with unit_of_work(world.session):
        employer = world.session.scalars(sa.select(Employer)).one()
        employer.language = "en"
        exempt(world.session, "as a test wants it")
    allow(world, found)
    path = f"/kpis/sources/{found.public_id}/employers/{employer.public_id}/notice.pdf"
    said = " ".join(text_of(sign_in(app, "hilda").get(path).data).split())
    for words in (
        "another one reviews where the cycle says so",
        "a level is held back while its figures do not meet the threshold",
        "stays with its numbers for as long as the appraisal",
    ):
        assert words in said
