"""A file of single contacts, its columns chosen on the page, imported as agent-days."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from competency import clock
from competency.database.transactions import unit_of_work
from competency.kpis.import_drafts import keep_files, save_profile
from competency.kpis.import_files import NamedFile
from competency.kpis.models import ContactReference, ImportDraft, SourceAlias
from tests.support.bases import source
from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.measured_files import workbook
from tests.support.measurements import HEAD, WIDE, bring_in, named, stored, with_source

CALLS = (
    "Agent,Start,State,Talk,Recording\n"
    "E301,2026-03-02 09:10,answered,04:00,R-1\n"
    "E301,2026-03-02 09:30,answered,02:00,R-2\n"
    "E301,2026-03-02 09:40,lost,00:00,R-3\n"
    "E302,2026-03-02 10:00,answered,05:00,R-4\n"
)
DAY = date(2026, 3, 2)
NAMING = """format: 1
source: telephony
shape: calls
person: {column: Agent}
day: Start
fields:
  handled: {}
contact: {reference: Recording, kept_days: 100}
"""


@pytest.mark.usefixtures("patient")
def test_contacts_become_agent_days_by_what_is_chosen(app: Flask, world: World) -> None:
    with_source(world)
    hilda = sign_in(app, "hilda")
    sent = {
        "files": (io.BytesIO(CALLS.encode()), "calls.csv"),
        "source": "telephony",
        "profile": "",
    }
    draft = hilda.post("/kpis/imports/new", sent).location
    page = hilda.get(draft).text
    assert "One contact, to be counted by person and day" in page
    meanings = ("person", "day", "", "handle-seconds", "reference")
    form = {f"is-{number}": meaning for number, meaning in enumerate(meanings)} | {
        "as-3": "mm:ss",
        "shape": "calls",
        "separator": "auto",
        "encoding": "auto",
        "decimal": ".",
        "thousands": "none",
        "dates": "ymd",
        "by": "number",
        "campaign": "assignment",
        "kept_days": "100",
        "counts-0": "handled",
        "where-0": "State",
        "values-0": "answered",
    }
    wrong = hilda.post(draft, {**form, "shape": "wide"})
    assert wrong.status_code == 422
    assert "Contacts are counted only where a row is a contact." in wrong.text
    assert 'name="values-0" maxlength="300" value="answered"' in wrong.text
    assert hilda.post(draft, form).status_code == 302
    again = hilda.get(draft).text
    assert '<option value="reference" selected>' in again
    assert 'value="answered"' in again
    assert hilda.post(f"{draft}/apply").status_code == 302
    assert stored(world) == {
        ("E301", "average-handling-time", DAY): (360_000, 2_000),
        ("E301", "contacts-handled", DAY): (2_000, None),
        ("E302", "average-handling-time", DAY): (300_000, 1_000),
        ("E302", "contacts-handled", DAY): (1_000, None),
    }


def a_draft(world: World, text: str, profile: str, *more: NamedFile) -> str:
    """Keep files of Hilda's that wait; return the address of their page."""
    with unit_of_work(world.session):
        draft = keep_files(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            files=[named(text), *more],
            profile=profile,
        )
        return f"/kpis/imports/drafts/{draft.public_id}"


@pytest.mark.usefixtures("patient")
def test_contacts_that_are_all_that_is_new_can_be_imported(app: Flask, world: World) -> None:
    with_source(world)
    contacts = f"Agent,Start,Recording\nE301,{clock.now().date() - timedelta(days=1)},R-1\n"
    bring_in(world, named(contacts), profile=NAMING.partition("contact:")[0], now=clock.now())
    hilda, here = sign_in(app, "hilda"), a_draft(world, contacts, NAMING)
    hilda.post(here, {"text": NAMING})
    page = hilda.get(here).text
    assert "Contacts that can be drawn" in page
    assert "Import it" in page
    hilda.post(f"{here}/apply")
    world.session.rollback()
    assert world.session.scalars(sa.select(ContactReference.reference)).all() == ["R-1"]
    here = a_draft(world, contacts, NAMING)
    hilda.post(here, {"text": NAMING})
    assert "everything is there already" in hilda.get(here).text


@pytest.mark.usefixtures("patient")
def test_rows_that_are_set_aside_already_are_nothing_to_import(app: Flask, world: World) -> None:
    with_source(world)
    profile = WIDE + "bad_rows: set_aside\n"
    bad = HEAD + "E301,2026-03-02,many,1:40:00\n"
    hilda, here = sign_in(app, "hilda"), a_draft(world, bad, profile)
    hilda.post(here, {"text": profile})
    assert "Import it" in hilda.get(here).text
    bring_in(world, named(bad), profile=profile)
    hilda.post(here, {"text": profile})
    assert "everything is there already" in hilda.get(here).text


def test_a_profile_of_another_source_than_the_chosen_one_is_refused(
    app: Flask, world: World
) -> None:
    with_source(world)
    source(world, "surveys")
    with unit_of_work(world.session):
        saved = save_profile(
            world.session, actor=world.actor("hilda"), now=clock.now(), name="Central", text=WIDE
        ).public_id
    hilda = sign_in(app, "hilda")

    def sent(code: str) -> TestResponse:
        files = (io.BytesIO(HEAD.encode()), "a.csv")
        return hilda.post("/kpis/imports/new", {"files": files, "source": code, "profile": saved})

    refused = sent("surveys")
    assert refused.status_code == 422
    assert "It is for the source “Telephony”." in refused.text
    assert world.session.scalars(sa.select(ImportDraft)).all() == []
    assert sent("telephony").status_code == 302


@pytest.mark.usefixtures("patient")
def test_what_is_wrong_with_profile_and_workbook_is_said_in_the_page_s_language(
    app: Flask, world: World
) -> None:
    with_source(world)
    book = NamedFile("b.xlsx", workbook([["Agent"]]))
    profile = WIDE + "files: {sheet: Marzo}\n"
    hilda, here = sign_in(app, "hilda"), a_draft(world, HEAD, profile, book)
    hilda.post("/language", {"language": "es", "next": "/"})
    refused = hilda.post(here, {"text": WIDE.replace("shape: wide", "shape: round")})
    assert refused.status_code == 422
    assert "round&#39; no se admite aquí; use uno de estos: wide, long, calls" in refused.text
    hilda.post(here, {"text": profile})
    page = hilda.get(here).text
    assert "use uno de estos: Data." in page
    assert "Este libro" in page


def test_a_number_that_nobody_has_maps_no_name(app: Flask, world: World) -> None:
    with_source(world)
    hilda, here = sign_in(app, "hilda"), a_draft(world, HEAD, WIDE)
    named_so = {"who-0": "a.ficticia", "number-0": " E999"}
    page = hilda.get(hilda.post(f"{here}/people", named_so).location).text
    assert "There is nobody with the number E999." in page
    assert world.session.scalars(sa.select(SourceAlias)).all() == []
    hilda.post(f"{here}/people", named_so | {"number-0": " e301"})
    world.session.rollback()
    assert world.session.scalars(sa.select(SourceAlias.name)).all() == ["a.ficticia"]


def test_an_import_says_who_did_and_who_reversed_it(app: Flask, world: World) -> None:
    with_source(world)
    done = bring_in(world, named(HEAD + "E301,2026-03-02,20,1:40:00\n"))
    hilda, here = sign_in(app, "hilda"), f"/kpis/imports/{done.public_id}"
    name = world.employee("hilda").printed_name
    assert f"<dt>Imported by</dt><dd>{name}, " in hilda.get(here).text
    hilda.post(f"{here}/reverse", {"reason": "Wrong file"})
    assert f"<dt>Reversed by</dt><dd>{name}, " in hilda.get(here).text
