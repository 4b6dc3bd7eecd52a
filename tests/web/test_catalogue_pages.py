"""Checking, comparing, publishing and confirming framework files in the pages."""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from competency import clock
from competency.audit.models import AuditEvent
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.errors import NotAllowed
from competency.frameworks.models import CatalogueFile, FrameworkVersion
from competency.frameworks.operations import require_publisher
from competency.frameworks.publishing import publish_folder
from competency.frameworks.queries import versions_of
from competency.people.models import RoleGrant, Site
from competency.people.schema import Role, ScopeKind
from competency.resources import FRAMEWORKS
from tests.support.cast import SLUG, World
from tests.support.client import Browser, check_page, sign_in

PROGRESSION = "customer-service-progression"
FILE = FRAMEWORKS / SLUG / "1.0.0.yaml"
TEXT = FILE.read_text(encoding="utf-8")
NEXT = TEXT.replace("version: 1.0.0", "version: 1.1.0", 1).replace(
    "title: Supervisor de oficina comercial", "title: Supervisora o supervisor de oficina", 1
)

POSITION = f"""\
format: 1
kind: positions
id: offices
version: 1.0.0
title: Offices
language: en
source: {{document: offices.txt, verified_on: 2026-01-15}}
positions:
  - id: chief
    title: Chief
    targets:
      - framework: {SLUG}
        levels: {{ac1.cd1: met}}
"""


@pytest.fixture(autouse=True)
def indicators(world: World) -> None:
    """Publish the indicators that the framework's criteria are seen in."""
    with unit_of_work(world.session):
        publish_folder(
            world.session, actor=world.system(), now=clock.now(), folder=FRAMEWORKS / "kpis"
        )


def words(page: str) -> str:
    """Return the text of a page with single spaces."""
    return " ".join("".join(check_page(page).itertext()).split())


def publish_shipped(world: World) -> None:
    """Publish every shipped file."""
    with unit_of_work(world.session):
        publish_folder(world.session, actor=world.system(), now=clock.now(), folder=FRAMEWORKS)


def published(world: World) -> list[str]:
    """Return the published versions of the framework, newest first, as they are now."""
    world.session.rollback()
    return [row.version for row in versions_of(world.session, SLUG)]


def publish(browser: Browser, text: str) -> TestResponse:
    """Publish a text from the page that showed it."""
    seen = sha256(text.strip().encode()).hexdigest()
    return browser.post("/frameworks/publish", {"text": text, "looked_at": seen})


def checked(browser: Browser, text: str) -> tuple[int, str]:
    """Return status and page after a text was checked."""
    answer = browser.post("/frameworks/check", {"text": text, "name": "mine.yaml"})
    return answer.status_code, answer.text


def test_a_broken_file_is_shown_with_its_lines_and_nothing_is_published(
    app: Flask, world: World
) -> None:
    hilda = sign_in(app, "hilda")
    broken = NEXT.replace("scale: cumplimiento", "scale: cumplimento", 1)
    line = broken[: broken.index("scale: cumplimento")].count("\n") + 1
    status, page = checked(hilda, broken)
    assert status == 422
    assert f'<li value="{line}" class="marked">' in page
    assert "scale: cumplimento" in page
    assert "did you mean cumplimiento?" in words(page)
    assert "Publish it" not in page
    refused = publish(hilda, broken)
    assert refused.status_code == 422
    assert published(world) == ["1.0.0"]


def test_a_sound_file_shows_what_it_would_change_and_is_published_once(
    app: Flask, world: World
) -> None:
    hilda = sign_in(app, "hilda")
    status, page = checked(hilda, NEXT)
    assert status == 200
    assert "Supervisora o supervisor de oficina" in page
    assert "Worded otherwise 1" in words(page)
    assert published(world) == ["1.0.0"]
    for _ in range(2):
        answer = publish(hilda, NEXT)
        assert answer.status_code == 302
    assert published(world) == ["1.1.0", "1.0.0"]
    assert "Supervisora o supervisor" in hilda.get(answer.headers["Location"]).text


def test_a_published_version_is_never_published_otherwise(app: Flask, world: World) -> None:
    assert published(world) == ["1.0.0"]
    hilda = sign_in(app, "hilda")
    other = TEXT.replace("title: Supervisor de oficina", "title: Supervisora de oficina", 1)
    assert "is published already" in checked(hilda, other)[1]
    answer = publish(hilda, other)
    assert answer.status_code == 409
    assert "give the change a new version" in words(answer.text)


def test_only_what_the_page_showed_is_published(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    shown = checked(hilda, NEXT)[1]
    seen = re.findall(r'name="looked_at" value="([0-9a-f]{64})"', shown)
    other = NEXT.replace("Los turnos", "Los horarios", 1)
    answer = hilda.post("/frameworks/publish", {"text": other, "looked_at": seen})
    assert answer.status_code == 409
    assert "This is not what was checked" in words(answer.text)
    assert "Los horarios" in answer.text
    assert published(world) == ["1.0.0"]
    hilda.post("/frameworks/publish", {"text": NEXT, "looked_at": seen})
    assert published(world) == ["1.1.0", "1.0.0"]


def test_the_preview_names_what_published_files_would_miss(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    assert published(world) == ["1.0.0"]
    asking = POSITION.replace("met}", "met, ac1.cd5: met}")
    assert publish(hilda, asking).status_code == 302
    assert "Published files would ask for" not in checked(hilda, NEXT)[1]
    start = NEXT.index("      - id: ac1.cd5")
    without = NEXT[:start] + NEXT[NEXT.index("  - id: ac2\n") :]
    status, page = checked(hilda, without)
    assert status == 200, words(page)
    assert "Published files would ask for what is no longer there." in words(page)
    assert "ac1.cd5" in words(page)


def test_a_new_version_of_positions_is_compared_with_the_last(app: Flask, world: World) -> None:
    assert published(world) == ["1.0.0"]
    hilda = sign_in(app, "hilda")
    assert "It is new" in checked(hilda, POSITION)[1]
    publish(hilda, POSITION)
    other = POSITION.replace("1.0.0", "1.1.0", 1).replace("title: Chief", "title: Head of office")
    page = words(checked(hilda, other)[1])
    assert "Compared with version 1.0.0" in page
    assert "Worded otherwise 1" in page
    assert "Head of office" in page


def test_a_file_is_chosen_and_its_text_can_be_mended_on_the_page(app: Flask, world: World) -> None:
    assert world
    hilda = sign_in(app, "hilda")
    answer = hilda.post(
        "/frameworks/check",
        {"file": (BytesIO(TEXT.encode()), "supervisor.yaml")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 200
    assert "supervisor.yaml can be published." in words(answer.text)
    assert "Coordinar ejecución" in answer.text


@pytest.mark.parametrize(
    ("text", "words_of_it"),
    [
        ("", "Choose a file, or write one below."),
        ("x" * 300_001, "larger than a page can carry"),
        ("a: &x 1", "is an anchor"),
        ("kind: recipe\nid: soup", "there is no kind"),
    ],
)
def test_what_is_no_file_is_refused_in_words(
    app: Flask, world: World, text: str, words_of_it: str
) -> None:
    assert world
    status, page = checked(sign_in(app, "hilda"), text)
    assert status == 422
    assert words_of_it in words(page)


def test_positions_kpis_paths_and_translations_are_published_too(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    sidecar = (FRAMEWORKS / SLUG / "1.0.0.it.yaml").read_text(encoding="utf-8")
    assert publish(hilda, sidecar).status_code == 302
    mended = sidecar.replace("note:", "note: corretta.", 1)
    assert mended != sidecar
    assert publish(hilda, mended).status_code == 302
    rows = list(world.session.scalars(sa.select(CatalogueFile).filter_by(slug=SLUG)))
    assert [(row.kind, row.slug, row.language) for row in rows] == [("translation", SLUG, "it")] * 2
    lonely = (FRAMEWORKS / "paths/contact-centre/1.0.0.yaml").read_text(encoding="utf-8")
    answer = publish(hilda, lonely)
    assert answer.status_code == 422
    assert "there is no file of positions" in words(answer.text)


def test_what_is_still_to_be_filled_in_is_not_published(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    begun = NEXT.replace("title: Supervisora o supervisor de oficina", "title: ‹fill in›", 1)
    assert begun != NEXT
    assert checked(hilda, begun)[0] == 200
    answer = publish(hilda, begun)
    assert answer.status_code == 422
    assert "First fill in every place marked ‹fill in›." in words(answer.text)
    assert published(world) == ["1.0.0"]


def test_only_human_resources_check_publish_and_confirm(app: Flask, world: World) -> None:
    publish_shipped(world)
    row = versions_of(world.session, PROGRESSION)[0]
    for who in ("simon", "aurora", "renata", "ada"):
        browser = sign_in(app, who)
        assert browser.get("/frameworks/check").status_code == 403
        assert browser.post("/frameworks/publish", {"text": NEXT}).status_code == 403
        confirm = browser.post(f"/frameworks/{row.public_id}/confirm", {"note": "x"})
        assert confirm.status_code == 403
        assert "Confirm the reading" not in browser.get(f"/frameworks/{row.public_id}").text


def test_human_resources_of_one_site_neither_publish_nor_confirm_for_everybody(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    row = versions_of(world.session, PROGRESSION)[0]
    with unit_of_work(world.session):
        exempt(world.session, "Hilda's role is narrowed to her site")
        site = world.session.scalar(sa.select(Site.id))
        world.session.execute(
            sa.update(RoleGrant)
            .where(RoleGrant.role == Role.HR)
            .values(scope_kind=ScopeKind.SITE, scope_id=site)
        )
    hilda = sign_in(app, "hilda")
    assert hilda.get("/frameworks/check").status_code == 403
    assert hilda.post("/frameworks/publish", {"text": NEXT}).status_code == 403
    where = f"/frameworks/{row.public_id}"
    assert hilda.post(f"{where}/confirm", {"note": "x"}).status_code == 403
    assert "Confirm the reading" not in hilda.get(where).text
    assert "/frameworks/check" not in hilda.get("/frameworks").text
    with pytest.raises(NotAllowed):
        require_publisher(world.actor("hilda"))
    assert published(world) == ["1.0.0"]


def test_an_inferred_reading_is_confirmed_once_with_its_grounds(app: Flask, world: World) -> None:
    publish_shipped(world)
    here = f"/frameworks/{versions_of(world.session, PROGRESSION)[0].public_id}"
    hilda = sign_in(app, "hilda")
    assert "no result is formed across its parts" in words(hilda.get(here).text)
    assert hilda.post(f"{here}/confirm", {"note": " "}).status_code == 422
    hidden = hilda.post(f"{here}/confirm", {"note": "Asked\u202e nobody"})
    assert hidden.status_code == 422
    assert "U+202E" in words(hidden.text)
    assert hilda.post(f"{here}/confirm", {"note": "Asked the publisher"}).status_code == 302
    assert hilda.post(f"{here}/confirm", {"note": "Again"}).status_code == 302
    page = words(sign_in(app, "bruno").get(here).text)
    assert "Reading confirmed by" in page
    assert "Asked the publisher" in page
    assert "Again" not in page
    assert "no result is formed" not in page
    events = world.session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.action == "framework.reading_confirmed")
    )
    assert len(list(events)) == 1


def test_a_version_without_an_inferred_status_has_nothing_to_confirm(
    app: Flask, world: World
) -> None:
    public_id = versions_of(world.session, SLUG)[0].public_id
    answer = sign_in(app, "hilda").post(f"/frameworks/{public_id}/confirm", {"note": "x"})
    assert answer.status_code == 422


def test_two_versions_are_compared_and_only_those_of_one_framework(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    hilda = sign_in(app, "hilda")
    publish(hilda, NEXT)
    new, old = versions_of(world.session, SLUG)
    page = hilda.get(f"/frameworks/{new.public_id}/compare/{old.public_id}").text
    assert "<del>" in page
    assert "Supervisora o supervisor de oficina" in page
    assert f"/frameworks/{new.public_id}/compare/{old.public_id}" in (
        hilda.get(f"/frameworks/{old.public_id}").text
    )
    same = hilda.get(f"/frameworks/{old.public_id}/compare/{old.public_id}")
    assert "The two versions say the same" in same.text
    other = versions_of(world.session, PROGRESSION)[0].public_id
    assert hilda.get(f"/frameworks/{new.public_id}/compare/{other}").status_code == 404


def test_the_catalogue_is_found_by_the_words_of_a_translation(app: Flask, world: World) -> None:
    publish_shipped(world)
    here = versions_of(world.session, "service-protocol")[0].public_id
    bruno = sign_in(app, "bruno")
    for search in ("ПРОТОКОЛ ОБСЛУЖИВАНИЯ", "protocollo di servizio"):
        found = bruno.get("/frameworks", query_string={"search": search}).text
        assert f"/frameworks/{here}" in found, search
    italian = bruno.get("/frameworks", query_string={"language": "it"}).text
    assert f"/frameworks/{here}" not in italian
    assert "Addetto" in italian


def test_a_framework_is_read_in_a_translation_marked_as_unofficial(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    here = f"/frameworks/{versions_of(world.session, PROGRESSION)[0].public_id}"
    bruno = sign_in(app, "bruno")
    assert "<p>Conocimiento de plataformas" in bruno.get(here).text
    russian = bruno.get(here, query_string={"in": "ru"}).text
    assert "<p>Conocimiento de plataformas" not in russian
    assert "Unofficial translation" in russian
    assert bruno.get(here, query_string={"in": "xx"}).status_code == 200
    scopes = russian.split('id="scopes"')[1].split("</ul>")[0]
    assert '<ul lang="ru">' in scopes
    assert "El marco describe" not in scopes
    assert "Стандарт описывает тех" in scopes
    supervisor = f"/frameworks/{versions_of(world.session, SLUG)[0].public_id}?in=it"
    italian = bruno.get(supervisor).text
    assert "</span> pianificazioni tecniche; procedure commerciali." in italian


def test_what_a_translation_has_no_place_for_is_marked_with_its_own_language(
    app: Flask, world: World
) -> None:
    publish_shipped(world)
    bruno = sign_in(app, "bruno")
    supervisor, protocol = (
        bruno.get(f"/frameworks/{versions_of(world.session, slug)[0].public_id}?in=it").text
        for slug in (SLUG, "service-protocol")
    )
    assert '<span lang="es">indicadores de gestión, ' in supervisor
    assert 'lang="es-CO">\n  <h2 id="scripts"' in protocol
    assert '<dt lang="it">Saluto' in protocol


def test_every_shipped_framework_is_a_page_within_the_budgets(app: Flask, world: World) -> None:
    publish_shipped(world)
    bruno = sign_in(app, "bruno")
    rows = list(world.session.scalars(sa.select(FrameworkVersion)))
    assert len(rows) == 4
    for row in rows:
        assert bruno.get(f"/frameworks/{row.public_id}").status_code == 200
    progression = versions_of(world.session, PROGRESSION)[0]
    page = words(bruno.get(f"/frameworks/{progression.public_id}").text)
    assert page.count("Undefined in the source") == 2
