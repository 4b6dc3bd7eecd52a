"""The organisation and what it is divided into, through the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from competency import clock
from competency.audit.models import AuditEvent
from competency.audit.wording import action_words
from competency.database.transactions import unit_of_work
from competency.people.access import grant_role
from competency.people.models import Campaign, Employer, Organisation, Position, Site, Team
from competency.people.operations import place
from competency.people.schema import Role, ScopeKind
from tests.support.cast import CAST, World
from tests.support.catalogue import publish_shipped
from tests.support.client import Browser, sign_in
from tests.unit.test_logos import bomb, picture

EMPLOYER = {
    "legal_name": "Centro de Pruebas Uno SpA",
    "tax_number": "76000000-0",
    "time_zone": "America/Punta_Arenas",
    "language": "it",
    "answer_days": "7",
    "certification_months": "6",
    "certification_days": "30",
}
LISTS = ("sites", "teams", "campaigns", "positions")


def one(world: World, table: Any) -> Any:  # noqa: ANN401 - any of the structure's tables
    """Return the only row of a table, as it stands now."""
    world.session.rollback()
    return world.session.scalars(sa.select(table)).one()


def recorded(world: World) -> list[str]:
    """Return the last actions of the chain, the newest first, without signing in."""
    world.session.rollback()
    query = sa.select(AuditEvent.action).where(AuditEvent.action != "account.signed_in")
    return list(world.session.scalars(query.order_by(AuditEvent.sequence.desc()).limit(6)))


def narrow(world: World, name: str, kind: ScopeKind, scope_id: int, role: Role = Role.HR) -> None:
    """Grant somebody a role over a part of the organisation."""
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=world.account(name),
            role=role,
            scope_kind=kind,
            scope_id=scope_id,
        )


def second_site(world: World, name: str = "Arica", team: str = "Equipo Norte") -> tuple[Site, Team]:
    """Add a site with a team, where nobody is."""
    employer = one(world, Employer)
    with unit_of_work(world.session):
        site = Site(employer_id=employer.id, name=name, time_zone="America/Santiago")
        world.session.add(site)
        world.session.flush()
        world.session.add(Team(site_id=site.id, name=team))
        world.session.info["audit_exempt"] = "a test fills the structure"
    world.session.rollback()
    return (
        world.session.scalars(sa.select(Site).filter_by(name=name)).one(),
        world.session.scalars(sa.select(Team).filter_by(name=team)).one(),
    )


def send_logo(browser: Browser, employer_id: str, content: bytes, name: str = "logo.png") -> Any:  # noqa: ANN401 - the client's answer
    """Send a file as an employer's logo."""
    return browser.post(
        f"/organisation/employers/{employer_id}/logo", {"logo": (BytesIO(content), name)}
    )


def test_human_resources_change_what_documents_say(app: Flask, world: World) -> None:
    employer_id = one(world, Employer).public_id
    hilda = sign_in(app, "hilda")
    form = {"name": " Centro  Nuevo ", "accent_colour": "#0F4C5C"}
    assert hilda.post("/organisation/change", form).status_code == 302
    assert hilda.post(f"/organisation/employers/{employer_id}", EMPLOYER).status_code == 302
    page = hilda.get("/organisation/").text
    for shown in ("Centro Nuevo", "#0f4c5c", "Centro de Pruebas Uno SpA", "76.000.000-0"):
        assert shown in page
    assert 'fill="#0f4c5c"' in page
    employer = one(world, Employer)
    assert (employer.time_zone, employer.language) == ("America/Punta_Arenas", "it")
    assert employer.answer_days == 7
    assert (employer.certification_months, employer.certification_days) == (6, 30)
    assert recorded(world)[:2] == ["employer.changed", "organisation.changed"]
    hilda.post(f"/organisation/employers/{employer_id}", EMPLOYER)
    assert recorded(world)[:2] == ["employer.changed", "organisation.changed"], "nothing differed"


@pytest.mark.parametrize(
    ("colour", "said"),
    [
        ("#ffee00", "contrast is 1.2 to 1"),
        ("#777777", "contrast is 4.4 to 1"),
        ("red", "is not written as #rrggbb"),
        ("#fff", "is not written as #rrggbb"),
    ],
)
def test_a_colour_that_text_cannot_have_is_refused(
    app: Flask, world: World, colour: str, said: str
) -> None:
    before = one(world, Organisation).accent_colour
    form = {"name": "Centro", "accent_colour": colour}
    answer = sign_in(app, "hilda").post("/organisation/change", form)
    assert answer.status_code == 422
    assert said in answer.text
    assert one(world, Organisation).accent_colour == before
    dark = {"name": "Centro", "accent_colour": "#767676"}
    assert sign_in(app, "hilda").post("/organisation/change", dark).status_code == 302


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tax_number": "76.000.000-1"}, "wrong check digit or form"),
        ({"time_zone": "Mars/Olympus"}, "is no time zone"),
        ({"legal_name": "  "}, "This is needed."),
        ({"legal_name": "x" * 121}, "This is too long."),
        ({"language": "xx"}, "Not a valid choice"),
        ({"answer_days": "0"}, "Choose between 1 and 90 days."),
        ({"certification_months": "121"}, "Choose between 0 and 120 months."),
        ({"certification_days": "-1"}, "Choose between 0 and 730 days."),
    ],
)
def test_wrong_data_of_an_employer_is_said_beside_its_field(
    app: Flask, world: World, changed: dict[str, str], said: str
) -> None:
    employer = one(world, Employer)
    before = (employer.legal_name, employer.tax_number, employer.time_zone)
    path = f"/organisation/employers/{employer.public_id}"
    answer = sign_in(app, "hilda").post(path, {**EMPLOYER, **changed})
    assert (answer.status_code, said in answer.text) == (422, True)
    employer = one(world, Employer)
    assert (employer.legal_name, employer.tax_number, employer.time_zone) == before


@pytest.mark.parametrize(
    ("country", "right", "wrong"),
    [
        ("IT", "99999999990", "99999999991"),
        ("ES", "A-13 585 625", "A-13 585 626"),
        ("RU", "1234567894", "1234567895"),
    ],
)
def test_an_employer_is_added_with_its_countrys_tax_number(
    app: Flask, world: World, country: str, right: str, wrong: str
) -> None:
    assert world.employee("hilda")
    hilda, form = sign_in(app, "hilda"), {**EMPLOYER, "code": "NUEVO", "country": country}
    path = "/organisation/employers/new"
    assert hilda.post(path, {**form, "tax_number": wrong}).status_code == 422
    assert hilda.post(path, {**form, "code": "CDP"}).status_code == 422
    assert hilda.post(path, {**form, "code": "low case"}).status_code == 422
    assert hilda.post(path, {**form, "country": "chl"}).status_code == 422
    assert hilda.post(path, {**form, "tax_number": right}).status_code == 302
    assert recorded(world)[0] == "employer.added"


def test_a_logo_is_shown_given_safely_and_taken_away(app: Flask, world: World) -> None:
    employer_id = one(world, Employer).public_id
    hilda, address = sign_in(app, "hilda"), f"/organisation/employers/{employer_id}/logo.png"
    assert hilda.get(address).status_code == 404
    assert send_logo(hilda, employer_id, picture("JPEG"), "foto.jpg").status_code == 302
    assert f'src="{address}"' in hilda.get(f"/organisation/employers/{employer_id}").text
    given = hilda.get(address)
    assert given.data.startswith(b"\x89PNG")
    assert given.mimetype == "image/png"
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sign_in(app, "aurora").get(address).status_code == 403
    assert recorded(world)[0] == "employer.logo_set"
    send_logo(hilda, employer_id, picture("JPEG"), "foto.jpg")
    assert recorded(world)[1] != "employer.logo_set", "the same picture again changes nothing"
    assert hilda.post(f"/organisation/employers/{employer_id}/logo/remove").status_code == 302
    assert hilda.get(address).status_code == 404
    assert recorded(world)[0] == "employer.logo_removed"


@pytest.mark.parametrize(
    "content", [b"", b"<svg/>", b"%PDF-1.7", bomb(60_000, 60_000), picture("GIF")]
)
def test_a_refused_logo_leaves_the_one_that_was(app: Flask, world: World, content: bytes) -> None:
    employer_id = one(world, Employer).public_id
    hilda = sign_in(app, "hilda")
    send_logo(hilda, employer_id, picture())
    kept = one(world, Employer).logo_png
    answer = send_logo(hilda, employer_id, content)
    assert answer.status_code == 422
    assert 'id="logo-error"' in answer.text
    assert one(world, Employer).logo_png == kept
    assert Image.open(BytesIO(kept)).format == "PNG"


@pytest.mark.parametrize(
    ("kind", "form", "table", "action"),
    [
        ("sites", {"name": "Arica", "time_zone": "America/Santiago"}, Site, "site"),
        ("teams", {"name": "Equipo Dos"}, Team, "team"),
        ("campaigns", {"name": "Servicio Beta", "code": "BETA"}, Campaign, "campaign"),
    ],
)
def test_a_place_is_added_renamed_closed_and_opened_again(
    app: Flask,
    world: World,
    kind: str,
    form: dict[str, str],
    table: type[Site | Team | Campaign],
    action: str,
) -> None:
    owner = one(world, Site if kind == "teams" else Employer).public_id
    hilda = sign_in(app, "hilda")
    hilda.get(f"/organisation/new/{kind}")
    assert hilda.post(f"/organisation/new/{kind}", {**form, "owner": owner}).status_code == 302
    twice = {**form, "owner": owner, "name": form["name"].upper(), "code": "OTHER"}
    assert "already" in hilda.post(f"/organisation/new/{kind}", twice).text
    rows: list[Any] = list(world.session.scalars(sa.select(table)))
    (row,) = (r for r in rows if r.name == form["name"])
    path = f"/organisation/{kind}/{row.public_id}"
    assert form["name"] in hilda.get(f"/organisation/{kind}?search=" + form["name"].upper()).text
    taken = next(r.name for r in rows if r.id != row.id)
    refused = hilda.post(f"{path}/change", {**form, "name": taken.lower()})
    assert (refused.status_code, "already" in refused.text) == (422, True)
    assert hilda.post(f"{path}/change", {**form, "name": "Otro nombre"}).status_code == 302
    assert hilda.post(f"{path}/close").status_code == 302
    assert hilda.post(f"{path}/close").status_code == 409
    assert "Otro nombre" not in hilda.get(f"/organisation/{kind}").text
    shown = hilda.get(f"/organisation/{kind}?closed=yes").text
    assert "Otro nombre" in shown
    assert "Closed on" in shown
    person = f"/people/{world.employee('bruno').public_id}/move"
    assert "Otro nombre" not in hilda.get(person).text, "it can't be chosen"
    assert hilda.post(f"{path}/reopen").status_code == 302
    assert hilda.post(f"{path}/reopen").status_code == 409
    assert "Otro nombre" in hilda.get(person).text
    words = ("reopened", "closed", "changed", "added")
    assert recorded(world)[:4] == [f"{action}.{word}" for word in words]
    with app.test_request_context():
        assert set(recorded(world)) <= set(action_words())


@pytest.mark.parametrize("kind", LISTS)
def test_what_people_are_at_is_not_closed_and_they_are_named(
    app: Flask, world: World, kind: str
) -> None:
    table = {"sites": Site, "teams": Team, "campaigns": Campaign, "positions": Position}[kind]
    row_id = one(world, table).public_id
    hilda = sign_in(app, "hilda")
    answer = hilda.post(f"/organisation/{kind}/{row_id}/close")
    assert answer.status_code == 422
    assert f"How many: {len(CAST)}" in answer.text
    assert "Aurora Ficticia" in answer.text
    assert one(world, table).closed_on is None


def test_who_will_be_there_keeps_a_team_open(app: Flask, world: World) -> None:
    site, team = second_site(world)
    hilda, today = sign_in(app, "hilda"), world.actor("hilda").today(clock.now())
    with unit_of_work(world.session):
        place(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            employee=world.employee("bruno"),
            site_id=site.id,
            team_id=team.id,
            starts_on=today + timedelta(days=9),
        )
    answer = hilda.post(f"/organisation/teams/{team.public_id}/close")
    assert (answer.status_code, "Bruno Inventado" in answer.text) == (422, True)


def test_a_team_of_a_closed_site_cannot_be_chosen(app: Flask, world: World) -> None:
    site, team = second_site(world)
    hilda = sign_in(app, "hilda")
    person = f"/people/{world.employee('bruno').public_id}/move"
    assert "Equipo Norte" in hilda.get(person).text
    hilda.post(f"/organisation/sites/{site.public_id}/close")
    assert "Equipo Norte" not in hilda.get(person).text
    assert "Equipo Norte" not in hilda.get("/organisation/teams").text
    assert "Closed with its site" in hilda.get("/organisation/teams?closed=yes").text
    owners = hilda.get("/organisation/new/teams").text
    assert site.public_id not in owners
    assert (
        hilda.post("/organisation/new/teams", {"owner": site.public_id, "name": "Otro"}).status_code
        == 422
    )
    assert team.public_id not in hilda.get("/people/import").text


def test_positions_say_who_holds_them_and_what_is_published(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    assert "No position of this code" in hilda.get("/organisation/positions").text
    publish_shipped(world)
    page = hilda.get("/organisation/positions").text
    assert "No position of this code" not in page
    assert re.search(r'href="/positions/[^/]+/supervisor\?in=en">Supervisor<', page)
    assert f">{len(CAST)}<" in page
    choose = hilda.get("/organisation/positions/new").text
    (picked,) = re.findall(r'value="([^"]+/order-operator)"', choose)
    filled = hilda.get(f"/organisation/positions/new?from={picked}").text
    assert 'value="order-operator"' in filled
    (title,) = re.findall(r'<input[^>]*id="title"[^>]*value="([^"]+)"', filled)
    form = {"code": "order-operator", "title": title}
    assert hilda.post("/organisation/positions/new", form).status_code == 302
    page = hilda.get("/organisation/positions").text
    assert f'href="/positions/{picked}?in=en"' in page
    assert f'value="{picked}"' not in hilda.get("/organisation/positions/new").text
    for wrong in (form, {**form, "code": "Big"}, {"code": "other", "title": title.upper()}):
        assert hilda.post("/organisation/positions/new", wrong).status_code == 422
    row = world.session.scalars(sa.select(Position).filter_by(code="order-operator")).one()
    path = f"/organisation/positions/{row.public_id}"
    assert hilda.post(f"{path}/change", {"title": "Operaria"}).status_code == 302
    assert hilda.post(f"{path}/close").status_code == 302
    search = "/organisation/positions?search=operaria"
    assert ">Operaria</td>" not in hilda.get(search).text
    assert ">Operaria</td>" in hilda.get(f"{search}&closed=yes").text
    assert hilda.post(f"{path}/reopen").status_code == 302
    words = ("reopened", "closed", "changed", "added")
    assert recorded(world)[:4] == [f"position.{word}" for word in words]


def test_a_teams_page_names_its_people_and_supervisors(app: Flask, world: World) -> None:
    team_id = one(world, Team).public_id
    page = sign_in(app, "hilda").get(f"/organisation/teams/{team_id}").text
    for name, (number, *_rest) in CAST.items():
        assert f">{number}<" in page, name
    assert "<div>Muestra, Simón</div>" in page
    assert f"/people/moves?place=team:{team_id}" in page
    page = sign_in(app, "ada").get(f"/organisation/teams/{team_id}").text
    assert ">E301<" not in page, "an administrator counts people and reads none"
    assert "Your role counts people here" in page


def test_narrower_human_resources_see_their_scope_and_change_its_teams_alone(
    app: Flask, world: World
) -> None:
    here, own_team = one(world, Site), one(world, Team)
    site, team = second_site(world)
    narrow(world, "carla", ScopeKind.SITE, site.id)
    carla = sign_in(app, "carla")
    sites, teams = carla.get("/organisation/sites").text, carla.get("/organisation/teams").text
    assert "Arica" in sites
    assert f">{here.name}<" not in sites
    assert "Equipo Norte" in teams
    assert own_team.name not in teams
    assert "Servicio Alfa" not in carla.get("/organisation/campaigns").text
    assert "supervisor" not in carla.get("/organisation/positions").text
    assert carla.get(f"/organisation/teams/{own_team.public_id}").status_code == 404
    assert carla.post(f"/organisation/teams/{own_team.public_id}/close").status_code == 404
    assert carla.post(f"/organisation/sites/{here.public_id}/change").status_code == 404
    for path in (
        "/organisation/change",
        "/organisation/employers/new",
        "/organisation/new/sites",
        "/organisation/new/campaigns",
        "/organisation/positions/new",
        f"/organisation/sites/{site.public_id}/change",
        f"/organisation/sites/{site.public_id}/close",
        f"/organisation/employers/{here.employer.public_id}",
        f"/organisation/employers/{here.employer.public_id}/logo",
    ):
        answer = carla.post(path, {"name": "x", "time_zone": "Europe/Rome", "owner": "x"})
        assert answer.status_code == 403, path
    new = {"owner": site.public_id, "name": "Equipo Sur"}
    assert carla.post("/organisation/new/teams", new).status_code == 302
    foreign = carla.post("/organisation/new/teams", {**new, "owner": here.public_id})
    assert foreign.status_code == 422
    change = f"/organisation/teams/{team.public_id}"
    assert carla.post(f"{change}/change", {"name": "Equipo Este"}).status_code == 302
    assert carla.post(f"{change}/close").status_code == 302


def test_counts_are_of_the_people_in_scope(app: Flask, world: World) -> None:
    campaign = one(world, Campaign)
    with unit_of_work(world.session):
        other = Campaign(employer_id=campaign.employer_id, code="BETA", name="Servicio Beta")
        world.session.add(other)
        world.session.flush()
        world.session.info["audit_exempt"] = "a test fills the structure"
        beta = other.id
    site, _team = second_site(world)
    with unit_of_work(world.session):
        place(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            employee=world.employee("bruno"),
            site_id=site.id,
            team_id=None,
            starts_on=world.actor("hilda").today(clock.now()),
        )
    narrow(world, "carla", ScopeKind.SITE, site.id)
    narrow(world, "renata", ScopeKind.CAMPAIGN, beta, Role.AUDITOR)
    page = sign_in(app, "carla").get("/organisation/campaigns").text
    assert re.search(r'"People today">1<', page), "Bruno's campaign, with him alone"
    assert "Servicio Beta" not in page
    page = sign_in(app, "renata").get("/organisation/campaigns").text
    assert re.search(r'"People today">0<', page)
    assert "Servicio Alfa" not in page
    page = sign_in(app, "hilda").get("/organisation/campaigns").text
    assert re.search(rf'"People today">{len(CAST)}<', page)


@pytest.mark.parametrize("name", ["augusto", "ada"])
def test_auditors_and_administrators_read_and_change_nothing(
    app: Flask, world: World, name: str
) -> None:
    employer = one(world, Employer).public_id
    browser = sign_in(app, name)
    for path in ("", *LISTS):
        page = browser.get(f"/organisation/{path}")
        assert page.status_code == 200
        assert "Add a" not in page.text
        assert "/change" not in page.text
    assert browser.post(f"/organisation/employers/{employer}", EMPLOYER).status_code == 403
    assert ">Organisation<" in browser.get("/organisation/").text
    assert ">Organisation<" not in sign_in(app, "simon").get("/people/").text


def test_a_list_has_pages_and_few_queries_however_long(app: Flask, world: World) -> None:
    site = one(world, Site).public_id
    hilda = sign_in(app, "hilda")
    for number in range(30):
        form = {"owner": site, "name": f"Equipo {number + 10}"}
        assert hilda.post("/organisation/new/teams", form).status_code == 302
    page = hilda.get("/organisation/teams")
    assert "1–25 of 31" in page.text
    assert int(page.headers["X-Query-Count"]) <= 4
    assert "26–31 of 31" in hilda.get("/organisation/teams?page=2").text


def test_a_missing_place_and_a_kind_that_is_none_answer_alike(app: Flask, world: World) -> None:
    assert world.employee("hilda")
    assert sign_in(app, "hilda").get("/organisation/teams/" + "0" * 20).status_code == 404
    assert sign_in(app, "hilda").get("/organisation/rooms").status_code == 404
