"""What anybody with a document in hand can find out, and what guessing gets them."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from pypdf import PdfReader

from competency import clock
from competency.audit.operations import exempt
from competency.credentials.models import IssuedDocument, RegisterEntry
from competency.credentials.queries import normalise_number
from competency.credentials.schema import EntryState
from competency.database.identifiers import normalise_code
from competency.database.transactions import unit_of_work
from competency.people.access import FAILURES_ALLOWED, THROTTLE_WINDOW
from tests.support.cast import World
from tests.support.client import Browser, sign_in
from tests.support.doors import visitor
from tests.support.register import closed_road, entry_of, erase, issue, take

WRONG = "00000-00000"


def ask(browser: Browser, number: str, code: str, file: bytes | None = None) -> tuple[int, str]:
    """Verify by number and code; return the status and the page."""
    sent: dict[str, object] = {"number": number, "code": code}
    if file is not None:
        sent["file"] = (io.BytesIO(file), "constancia.pdf", "application/pdf")
    answer = browser.post("/verify", sent, content_type="multipart/form-data")
    return answer.status_code, answer.text


def bytes_of(world: World, entry: RegisterEntry) -> bytes:
    """Return the issued bytes."""
    content = world.session.scalars(
        sa.select(IssuedDocument.content).where(IssuedDocument.entry_id == entry.id)
    ).one()
    assert content is not None
    return content


def test_the_token_of_the_qr_code_shows_the_document_to_anybody(app: Flask, world: World) -> None:
    entry = issue(world, closed_road(world).public_id)
    page = visitor(app).get(f"/verify/{entry.token}")
    assert page.status_code == 200
    assert entry.number in page.text
    assert "Aurora Ficticia" in page.text
    assert "stands today" in page.text
    assert page.text.count("<li>") >= 2
    assert "statutory" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_token_that_was_never_issued_shows_nothing(app: Flask, world: World) -> None:
    entry = issue(world, closed_road(world).public_id)
    guest = visitor(app)
    for token in (entry.token[:-1], entry.token.swapcase(), entry.number, "%00", "x" * 3000):
        answer = guest.get(f"/verify/{token}")
        assert answer.status_code in {400, 404}, token
        assert "Aurora" not in answer.text


def test_an_entry_without_its_document_is_shown_to_nobody(app: Flask, world: World) -> None:
    entry = entry_of(world, take(world, closed_road(world).public_id))
    guest = visitor(app)
    assert guest.get(f"/verify/{entry.token}").status_code == 404
    assert ask(guest, entry.number, entry.check_code)[0] == 422


def test_number_and_code_are_read_as_people_type_them(app: Flask, world: World) -> None:
    entry = issue(world, closed_road(world).public_id)
    with unit_of_work(world.session):
        exempt(world.session, "a test chooses a code with digits that look like letters")
        world.session.execute(sa.update(RegisterEntry).values(check_code="01x10-1a0z1"))
    guest = visitor(app)
    for code in ("01x10-1a0z1", "O1XIO-LaOzl", "oLx1o ia0zI", "01X101A0Z1", " 01x10–1a0z1 "):
        status, page = ask(guest, entry.number, code)
        assert (status, entry.number in page) == (200, True), code
    for number in (entry.number.lower(), f" {entry.number} ", entry.number.replace("-", "–")):
        assert ask(guest, number, "01x10-1a0z1")[0] == 200, number
    for code in ("01x10-1a0z2", "01x10-1a0z", "", "01x10-1a0z11", "ø1x10-1a0z1", "\x00"):
        status, page = ask(guest, entry.number, code)
        assert (status, "Aurora" in page) == (422, False), code


def test_what_no_document_has_as_a_number_is_wrong_and_never_an_error(
    app: Flask, world: World
) -> None:
    entry = issue(world, closed_road(world).public_id)
    guest = visitor(app)
    for number in ("", "\x00", "CDP-2026-00099", "x" * 5000, "%", "' OR 1=1 --", "<b>"):
        status, page = ask(guest, number, entry.check_code)
        assert status == 422, number
        assert "<b>" not in page
        assert "x" * 100 not in page


def test_guessing_closes_the_door_of_its_address_and_of_no_other(app: Flask, world: World) -> None:
    entry = issue(world, closed_road(world).public_id)
    guesser, other = visitor(app, "192.0.2.7"), visitor(app, "192.0.2.8")
    statuses = {ask(guesser, entry.number, WRONG)[0] for _ in range(FAILURES_ALLOWED["address"])}
    assert statuses == {422}
    assert ask(guesser, entry.number, entry.check_code)[0] == 429
    assert ask(other, entry.number, entry.check_code)[0] == 200
    assert guesser.get(f"/verify/{entry.token}").status_code == 200
    assert guesser.get("/sign-in").status_code == 200
    with time_machine.travel(clock.now() + THROTTLE_WINDOW + timedelta(seconds=1), tick=False):
        assert ask(guesser, entry.number, entry.check_code)[0] == 200


def test_the_issued_file_is_recognised_and_every_changed_byte_found(
    app: Flask, world: World
) -> None:
    entry = issue(world, closed_road(world).public_id)
    content, guest = bytes_of(world, entry), visitor(app)
    assert "byte by byte" in ask(guest, entry.number, entry.check_code, content)[1]
    for place in range(0, len(content), len(content) // 12):
        changed = bytearray(content)
        changed[place] ^= 1
        page = ask(guest, entry.number, entry.check_code, bytes(changed))[1]
        assert "not the issued document" in page, place
    for other in (content + b"\n", content[:-1], b"%PDF-"):
        assert "not the issued document" in ask(guest, entry.number, entry.check_code, other)[1]


def test_who_read_the_qr_code_compares_a_file_without_typing(app: Flask, world: World) -> None:
    entry = issue(world, closed_road(world).public_id)
    content, guest, path = bytes_of(world, entry), visitor(app), f"/verify/{entry.token}"
    assert f'action="{path}"' in guest.get(path).text

    def compared(file: bytes) -> str:
        sent = {"file": (io.BytesIO(file), "constancia.pdf")}
        return guest.post(path, sent, content_type="multipart/form-data").text

    assert "is the issued document, byte by byte" in compared(content)
    assert "not the issued document" in compared(content + b"\n")
    assert guest.post("/verify/nothing").status_code == 404


def test_guessing_addresses_with_a_file_is_throttled(app: Flask, world: World) -> None:
    entry = issue(world, closed_road(world).public_id)
    guesser = visitor(app)
    for _ in range(FAILURES_ALLOWED["address"]):
        assert guesser.post("/verify/nothing").status_code == 404
    assert guesser.post(f"/verify/{entry.token}").status_code == 429


def test_the_way_to_verify_is_on_the_sign_in_page_and_on_a_missing_page(app: Flask) -> None:
    for path in ("/sign-in", "/verify/nothing", "/no-such-page"):
        assert 'href="/verify"' in visitor(app).get(path).text, path


def test_how_many_units_are_attested_is_said_and_the_others_are_not_named(
    app: Flask, world: World
) -> None:
    road = closed_road(world)
    left_out = "Controlar la atención de clientes"
    certifier = sign_in(app, "carla").get(f"{road.path}/attestation").text
    assert "What it would not attest" in certifier
    assert left_out in certifier
    assert f'href="{road.path}?view=result"' in certifier
    entry = issue(world, road.public_id)
    page = visitor(app).get(f"/verify/{entry.token}").text
    assert "2 of the framework's 3 units are attested." in page
    assert left_out not in page
    text = " ".join(
        "".join(
            p.extract_text() for p in PdfReader(io.BytesIO(bytes_of(world, entry))).pages
        ).split()
    )
    assert "2 de las 3 unidades" in text
    assert left_out not in text
    assert "Chile" in text


@pytest.mark.parametrize("state", [EntryState.REVOKED, EntryState.SUSPENDED, EntryState.EXPIRED])
def test_a_document_that_stands_no_more_says_so(
    app: Flask, world: World, state: EntryState
) -> None:
    entry = issue(world, closed_road(world).public_id)
    with unit_of_work(world.session):
        exempt(world.session, "a test sets a state as no operation does yet")
        world.session.execute(sa.update(RegisterEntry).values(state=state))
    page = visitor(app).get(f"/verify/{entry.token}").text
    assert "does not stand" in page
    assert "stands today" not in page


def test_of_an_erased_person_number_and_state_remain_and_no_name(app: Flask, world: World) -> None:
    entry = issue(world, closed_road(world).public_id)
    content = bytes_of(world, entry)
    erase(world)
    guest = visitor(app)
    page = guest.get(f"/verify/{entry.token}").text
    assert entry.number in page
    assert "have been erased" in page
    assert "Aurora" not in page
    assert "Ficticia" not in page
    assert "byte by byte" in ask(guest, entry.number, entry.check_code, content)[1]
    for name in ("hilda", "carla", "augusto"):
        browser = sign_in(app, name)
        assert browser.get(f"/credentials/{entry.public_id}.pdf").status_code == 404
        register = browser.get("/register").text
        assert "(erased)" in register
        assert "Ficticia" not in register


def test_certifiers_look_before_they_issue_and_everybody_sees_it_after(
    app: Flask, world: World
) -> None:
    road = closed_road(world)
    carla = sign_in(app, "carla")
    register = carla.get("/register")
    assert "Ready to be attested" in register.text
    assert f'href="{road.path}/attestation"' in register.text
    page = carla.get(f"{road.path}/attestation").text
    assert "What it would attest" in page
    assert carla.post(f"{road.path}/attestation").status_code == 302
    assert "Ready to be attested" not in carla.get("/register").text
    after = carla.get(f"{road.path}/attestation").text
    assert "Issue the internal attestation" not in after
    assert "Issue the statutory certificate" in after
    aurora = sign_in(app, "aurora")
    [file] = re.findall(r"/credentials/\w+\.pdf", aurora.get(f"{road.path}/attestation").text)
    answer = aurora.get(file)
    assert answer.data == bytes_of(world, world.session.scalars(sa.select(RegisterEntry)).one())
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert sign_in(app, "bruno").get(file).status_code == 404


def test_an_interrupted_issue_is_finished_from_its_page(app: Flask, world: World) -> None:
    road = closed_road(world)
    entry = take(world, road.public_id)
    carla = sign_in(app, "carla")
    assert "Finish" in carla.get("/register").text
    assert "Finish issuing" in carla.get(f"{road.path}/attestation").text
    assert carla.post(f"{road.path}/attestation").status_code == 302
    assert entry_of(world, entry).state is EntryState.ACTIVE


def test_issuing_is_refused_to_everybody_but_an_independent_certifier(
    app: Flask, world: World
) -> None:
    road = closed_road(world)
    for name in ("aurora", "simon", "hilda", "renata", "augusto", "ada", "bruno"):
        browser = sign_in(app, name)
        assert browser.post(f"{road.path}/attestation").status_code == 403, name
        assert "Issue the internal attestation" not in browser.get(f"{road.path}/attestation").text
    assert world.session.scalar(sa.select(RegisterEntry.id)) is None


def test_typed_numbers_and_codes_become_the_printed_ones() -> None:
    assert normalise_number(" cdp-2026—00001\t") == "CDP-2026-00001"
    assert normalise_number("\x00" * 9) == ""
    assert normalise_code("OIL0I-lio10") == "01101-11010"
