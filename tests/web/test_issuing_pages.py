"""The pages of issuers, commissions and statuses, and what the public reads of them."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa
from flask import Flask

from competency.assessments.schema import State
from competency.audit.operations import exempt
from competency.credentials.models import IssuerAuthorisation, RegisterEntry
from competency.credentials.schema import EntryState, Reason, StatusAction
from competency.database.transactions import unit_of_work
from competency.people.models import Employer
from tests.support.appraisals import open_road
from tests.support.cast import CAST, SLUG, World
from tests.support.client import sign_in
from tests.support.credentials import allow, change, publish_with_commission, seat
from tests.support.doors import visitor
from tests.support.register import add_issuer, closed_road, entry_of, issue


def address(world: World) -> str:
    """Return the page of the cast's employer as issuer."""
    world.session.rollback()
    return f"/issuers/{world.session.scalars(sa.select(Employer.public_id)).one()}"


def test_from_the_refusal_to_the_authorisation_to_the_certificate(app: Flask, world: World) -> None:
    road = closed_road(world)
    carla, ada = sign_in(app, "carla"), sign_in(app, "ada")
    page = f"{road.path}/attestation"
    shown = carla.get(page).text
    assert "Issue the internal attestation" in shown
    assert "Issue the statutory certificate" in shown
    assert "one that is in force today and covers" in shown
    refused = carla.post(page, {"document": "certificate"})
    assert refused.status_code == 422
    assert "An internal attestation can be issued instead." in refused.text
    form = {
        "authority": "Autoridad Ficticia",
        "number": "RES-17",
        "starts_on": "2020-01-01",
        "valid_until": "2099-12-31",
        "covers": f"{SLUG}:certificate",
    }
    incomplete = ada.post(f"{address(world)}/authorisations", {**form, "covers": ""})
    assert incomplete.status_code == 422
    assert ada.post(f"{address(world)}/authorisations", form).status_code == 302
    assert "RES-17" in sign_in(app, "hilda").get(address(world)).text
    assert "one that is in force today and covers" not in carla.get(page).text
    assert carla.post(page, {"document": "certificate"}).status_code == 302
    world.session.rollback()
    entry = world.session.scalars(sa.select(RegisterEntry)).one()
    assert entry.state is EntryState.ACTIVE
    public = visitor(app).get(f"/verify/{entry.token}").text
    assert "Autoridad Ficticia, RES-17" in public
    assert "no statutory value" not in public
    held = world.session.scalars(sa.select(IssuerAuthorisation.public_id)).one()
    ended = {"ended_on": "2099-01-01", "reason": "fin"}
    assert ada.post(f"{address(world)}/authorisations/{held}/end", ended).status_code == 302
    assert ada.post(f"{address(world)}/authorisations/{held}/end", ended).status_code == 409


def test_a_status_is_changed_on_the_page_and_the_public_reads_only_its_category(
    app: Flask, world: World
) -> None:
    road = closed_road(world)
    entry = issue(world, road.public_id)
    hilda, page = sign_in(app, "hilda"), f"{road.path}/attestation"
    form = {"action": "suspend", "category": "inquiry", "reason": ""}
    assert hilda.post(f"{page}/{entry.public_id}", form).status_code == 422
    form["reason"] = "canario privado"
    assert hilda.post(f"{page}/{entry.public_id}", form).status_code == 302
    assert "canario privado" in hilda.get(page).text
    allow(world)
    assert "canario privado" in sign_in(app, "carla").get(page).text
    assert "canario privado" not in sign_in(app, "aurora").get(page).text
    public = visitor(app).get(f"/verify/{entry.token}").text
    assert "It is being looked into" in public
    assert "canario" not in public
    assert hilda.post(f"{page}/{'0' * 20}", form).status_code == 404


def test_the_list_of_states_may_be_kept_and_says_when_nothing_changed(
    app: Flask, world: World
) -> None:
    entry = issue(world, closed_road(world).public_id)
    browser = visitor(app)
    first = browser.get("/verify/status.json")
    assert first.json is not None
    assert first.json["numbers"] == []
    assert "public" in first.headers["Cache-Control"]
    tag = {"If-None-Match": first.headers["ETag"]}
    assert browser.get("/verify/status.json", headers=tag).status_code == 304
    change(world, entry.public_id, StatusAction.REVOKE, Reason.ERROR)
    second = browser.get("/verify/status.json", headers=tag)
    assert second.status_code == 200
    assert second.json is not None
    [listed] = second.json["numbers"]
    assert (listed["number"], listed["state"], listed["reason"]) == (
        entry.number,
        "revoked",
        "error",
    )
    assert "Aurora" not in second.text


def test_the_export_of_the_register_holds_no_formula(app: Flask, world: World) -> None:
    road = closed_road(world)
    entry = issue(world, road.public_id)
    with unit_of_work(world.session):
        exempt(world.session, "a test gives a name that begins like a formula")
        world.employee("aurora").sort_name = "=cmd"
    answer = sign_in(app, "hilda").get("/register.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][0] == entry.number
    assert rows[1][1] == "Internal attestation"
    assert rows[1][5] == "'=cmd"
    narrowed = sign_in(app, "hilda").get("/register.csv?state=revoked")
    assert len(narrowed.data.decode().splitlines()) == 1


def test_a_commission_is_appointed_and_decides_on_its_page(app: Flask, world: World) -> None:
    add_issuer(world)
    road = open_road(world, version_id=publish_with_commission(world)).to(State.CLOSED)
    hilda, bruno = sign_in(app, "hilda"), sign_in(app, "bruno")
    page = f"{road.path}/commission"
    assert "Waiting for a commission" in hilda.get("/register").text
    assert bruno.get(page).status_code == 404
    wrong = hilda.post(f"{page}/members", {"seat": "0", "number": CAST["simon"][0]})
    assert wrong.status_code == 422
    assert "assessed" in wrong.text
    hilda.post(f"{page}/members", {"seat": "0", "number": CAST["bruno"][0]})
    seat(world, road.public_id, 1, "augusto")
    assert page in bruno.get("/home").text
    assert "What was decided in the appraisal" in bruno.get(page).text
    assert bruno.post(page, {"decision": "approve", "reason": ""}).status_code == 422
    decision = {"decision": "approve", "reason": "canario visto"}
    assert bruno.post(page, decision).status_code == 302
    assert page not in bruno.get("/home").text
    assert "canario visto" in hilda.get(page).text
    assert "canario visto" not in sign_in(app, "aurora").get(page).text
    assert (
        "before the commission has approved"
        in sign_in(app, "carla").get(f"{road.path}/attestation").text
    )
    sign_in(app, "augusto").post(page, decision)
    assert sign_in(app, "carla").post(f"{road.path}/attestation").status_code == 302


@pytest.mark.parametrize("nonsense", ["state=x", "year=12345", "document=diploma", "page=0"])
def test_nonsense_in_the_address_narrows_nothing(app: Flask, world: World, nonsense: str) -> None:
    entry = issue(world, closed_road(world).public_id)
    assert (
        entry_of(world, entry.public_id).number
        in sign_in(app, "carla").get(f"/register?{nonsense}").text
    )
