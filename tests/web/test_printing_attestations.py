"""All that was issued from a cycle, as one file for the printer."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader

from competency.audit.operations import exempt
from competency.credentials.models import RegisterEntry
from competency.credentials.schema import EntryState
from competency.database.transactions import unit_of_work
from competency.documents.printing import Sheet, print_file
from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.papers import printed, signature_report, squeezed
from tests.support.register import closed_road, issue
from tests.unit.documents_facts import attestation_facts
from tests.unit.test_documents_signing import document


def test_human_resources_print_what_stands_and_the_print_says_that_it_is_a_copy(
    app: Flask, world: World
) -> None:
    road = closed_road(world)
    hilda = sign_in(app, "hilda")
    path = f"/cycles/{road.cycle_id}/attestations.pdf"
    assert path in hilda.get(f"/cycles/{road.cycle_id}").text
    nothing = hilda.get(path)
    assert (nothing.status_code, nothing.mimetype) == (200, "text/html")
    assert "Nothing that stands today" in nothing.text
    entry = issue(world, road.public_id)
    answer = hilda.get(path)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    first, *others = PdfReader(BytesIO(answer.data)).pages
    said = first.extract_text()
    assert "Copies for printing" in said
    assert "The originals are the signed files" in " ".join(said.split())
    assert entry.number in said
    assert "Aurora Ficticia" in said
    assert entry.check_code in "".join(page.extract_text() for page in others)
    assert path not in sign_in(app, "augusto").get(f"/cycles/{road.cycle_id}").text


@pytest.mark.parametrize("state", [EntryState.REVOKED, EntryState.SUSPENDED])
def test_what_stands_no_more_is_not_printed(app: Flask, world: World, state: EntryState) -> None:
    road = closed_road(world)
    issue(world, road.public_id)
    with unit_of_work(world.session):
        exempt(world.session, "a test sets a state as no operation does yet")
        world.session.execute(sa.update(RegisterEntry).values(state=state))
    answer = sign_in(app, "hilda").get(f"/cycles/{road.cycle_id}/attestations.pdf")
    assert answer.mimetype == "text/html"
    assert "Nothing to print yet" in answer.text


def test_the_pages_of_a_print_are_those_of_the_originals_without_their_signature() -> None:
    number = attestation_facts().number
    made_on = date(2026, 3, 14)
    sheets = [Sheet(number, "Ana <b>Ejemplo</b> & Co", document()) for _ in range(3)]
    content = print_file("Ciclo", sheets, language="es", made_on=made_on)
    assert len(PdfReader(BytesIO(content)).pages) == 4
    said = printed(content)
    assert said.count(squeezed(attestation_facts().framework_title)) == 3
    assert squeezed("Ana <b>Ejemplo</b> & Co") in said
    assert "not contain any signatures" in signature_report(content)
    root = PdfReader(BytesIO(content)).root_object
    assert "/AcroForm" not in root
