"""The register's file and the public list of states come in parts where they are long."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from competency.credentials import register_views, status_file
from competency.credentials.schema import EntryState, Reason, StatusAction
from competency.credentials.status_file import ask_list
from competency.errors import InvalidFile
from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.credentials import change
from tests.support.register import closed_road, issue

BASE = "https://registro.example"


def three_revoked(world: World) -> list[str]:
    """Issue three documents, each taking the revoked one's place, and revoke them all."""
    road, numbers = closed_road(world), []
    for _ in range(3):
        entry = issue(world, road.public_id)
        numbers.append(entry.number)
        change(world, entry.public_id, StatusAction.REVOKE, Reason.ERROR)
    return numbers


def test_the_list_of_states_leads_from_part_to_part_and_a_reader_follows_it(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    numbers = three_revoked(world)
    guest = app.test_client()

    def part(address: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(guest.get(address).data)
        return answer

    whole = part("/verify/status.json")
    assert (whole["format"], "next" in whole) == (1, False)
    monkeypatch.setattr(register_views, "STATUS_NUMBERS", 2)
    first = part("/verify/status.json")
    assert first["format"] == 2
    rest = part(first["next"])
    assert rest["format"] == 1
    assert [one["number"] for one in first["numbers"] + rest["numbers"]] == numbers

    def opened(address: str, *, timeout: float) -> io.BytesIO:
        assert timeout > 0
        return io.BytesIO(guest.get(address.removeprefix(BASE)).data)

    monkeypatch.setattr(status_file, "urlopen", opened)
    assert ask_list(f"{BASE}/verify/status.json", numbers[-1]).state is EntryState.REVOKED
    assert ask_list(f"{BASE}/verify/status.json", "NINGUNO-1").state is None
    copy = tmp_path / "status.json"
    copy.write_text(json.dumps(first), encoding="utf-8")
    with pytest.raises(InvalidFile, match="only a part"):
        ask_list(str(copy), numbers[-1])


def test_a_list_that_leads_elsewhere_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    part = {"format": 2, "made_at": "", "numbers": [], "next": "https://elsewhere.example/x"}
    monkeypatch.setattr(
        status_file, "urlopen", lambda *_, **__: io.BytesIO(json.dumps(part).encode())
    )
    with pytest.raises(InvalidFile, match="only a part"):
        ask_list(f"{BASE}/verify/status.json", "X-1")


def test_a_long_register_is_downloaded_in_parts(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = three_revoked(world)
    hilda = sign_in(app, "hilda")
    assert "page=2" not in hilda.get("/register").text
    monkeypatch.setattr(register_views, "FILE_ROWS", 2)
    page = hilda.get("/register").text
    parts = [n for n in (1, 2, 3) if f"/register.csv?page={n}" in page]
    assert parts == [1, 2]
    files = [hilda.get(f"/register.csv?page={n}").text for n in parts]
    assert [sum(number in file for number in numbers) for file in files] == [2, 1]


def test_a_number_of_the_register_leads_to_its_document(app: Flask, world: World) -> None:
    road = closed_road(world)
    issue(world, road.public_id)
    for name in ("hilda", "carla", "augusto"):
        browser = sign_in(app, name)
        there = f"/appraisals/{road.public_id}/attestation"
        assert there in browser.get("/register").text
        assert browser.get(there).status_code == 200


def test_home_tells_a_certifier_what_waits_to_be_attested_and_nobody_else(
    app: Flask, world: World
) -> None:
    road = closed_road(world)
    home = sign_in(app, "carla").get("/home").text
    assert "Ready to be attested" in home
    assert "Nothing waits for you" not in home
    for name in ("aurora", "augusto", "renata"):
        assert "Ready to be attested" not in sign_in(app, name).get("/home").text
    issue(world, road.public_id)
    assert "Ready to be attested" not in sign_in(app, "carla").get("/home").text
