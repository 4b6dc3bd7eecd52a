"""An attestation of a framework that says for how many months it is valid."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner
from flask import Flask
from pypdf import PdfReader

from competency.assessments.models import Appraisal
from competency.assessments.schema import State
from competency.cli import main
from competency.credentials.models import RegisterEntry
from competency.credentials.schema import EntryState
from tests.support.appraisals import open_road, publish_shipped
from tests.support.cast import SLUG, World
from tests.support.client import sign_in
from tests.support.doors import visitor
from tests.support.register import add_issuer, entry_of, finish, take

ISSUED = datetime(2027, 2, 1, 2, 30, tzinfo=UTC)
"""Still 31 January in Santiago, where the employer is."""
LAST_MINUTE = datetime(2027, 3, 1, 2, 59, tzinfo=UTC)
"""Still 28 February there, and 1 March by UTC."""
AFTER = datetime(2027, 3, 1, 3, 0, tzinfo=UTC)


def issued(world: World, valid_months: int | None) -> tuple[RegisterEntry, bytes]:
    """Issue an attestation that is valid for so many months, at ``ISSUED``."""
    with time_machine.travel(ISSUED, tick=False):
        add_issuer(world)
        version_id = publish_shipped(
            world,
            SLUG,
            id="marco-vigente",
            certification={"by_unit": True, "valid_months": valid_months},
        )
        road = open_road(world, version_id=version_id).to(State.CLOSED)
        public_id = take(world, road.public_id)
        content = finish(world, public_id)
    return entry_of(world, public_id), content


def test_it_says_until_when_on_paper_and_on_every_page(app: Flask, world: World) -> None:
    entry, content = issued(world, 1)
    appraisal = world.session.scalars(
        sa.select(Appraisal.public_id).where(Appraisal.id == entry.appraisal_id)
    ).one()
    assert entry.valid_until == date(2027, 2, 28)
    assert entry.facts is not None
    assert entry.facts["facts"]["valid_until"] == "2027-02-28"
    text = " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
    assert "Emitida el 31 de enero de 2027" in text
    assert "Vigente hasta el 28 de febrero de 2027" in text
    with time_machine.travel(LAST_MINUTE, tick=False):
        public = visitor(app).get(f"/verify/{entry.token}").text
        assert "February 28, 2027" in public
        assert "stands today" in public
        register = sign_in(app, "carla").get("/register").text
        assert "Feb 28, 2027" in register
        assert "Valid</span>" in register
        held = sign_in(app, "aurora").get(f"/appraisals/{appraisal}/attestation").text
        assert "Valid until February 28, 2027" in held


def test_from_the_day_after_at_the_employer_it_is_shown_expired_and_the_row_stays(
    app: Flask, world: World, tmp_path: Path
) -> None:
    entry, content = issued(world, 1)
    path = tmp_path / "constancia.pdf"
    path.write_bytes(content)
    for moment, state, exit_code in ((LAST_MINUTE, "active", 0), (AFTER, "expired", 1)):
        with time_machine.travel(moment, tick=False):
            public = visitor(app).get(f"/verify/{entry.token}").text
            typed = visitor(app).post("/verify", {"number": entry.number, "code": entry.check_code})
            register = sign_in(app, "carla").get("/register").text
            ended = state == "expired"
            for page in (public, typed.text):
                assert ("time has run out" in page) is ended, moment
                assert ("stands today" in page) is not ended
            assert ("Expired</span>" in register) is ended
            named = {"COMPETENCY_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
            verified = CliRunner(env=named).invoke(
                main, ["credentials", "verify", str(path), "--json"], obj=lambda: app
            )
            assert verified.exit_code == exit_code
            told = json.loads(verified.output)
            assert told["issued"]["state"] == state
            assert told["issued"]["valid_until"] == "2027-02-28"
            listed = CliRunner().invoke(main, ["credentials", "register"], obj=lambda: app)
            assert f"{state}  " in listed.output
            assert "until 2027-02-28" in listed.output
    assert entry_of(world, entry.public_id).state is EntryState.ACTIVE


@pytest.mark.parametrize("years", [1, 50])
def test_without_months_it_never_expires(app: Flask, world: World, years: int) -> None:
    entry, content = issued(world, None)
    assert entry.valid_until is None
    assert "Vigente hasta" not in PdfReader(io.BytesIO(content)).pages[0].extract_text()
    with time_machine.travel(ISSUED.replace(year=2027 + years), tick=False):
        page = visitor(app).get(f"/verify/{entry.token}").text
    assert "stands today" in page
    assert "Valid until" not in page
