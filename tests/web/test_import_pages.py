"""A file of single contacts, its columns chosen on the page, imported as agent-days."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask import Flask

from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.measurements import stored, with_source

CALLS = (
    "Agent,Start,State,Talk,Recording\n"
    "E301,2026-03-02 09:10,answered,04:00,R-1\n"
    "E301,2026-03-02 09:30,answered,02:00,R-2\n"
    "E301,2026-03-02 09:40,lost,00:00,R-3\n"
    "E302,2026-03-02 10:00,answered,05:00,R-4\n"
)
DAY = date(2026, 3, 2)


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
