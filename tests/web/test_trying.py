"""Judgements tried against a framework, on its page and by command: nothing is stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from competency.assessments.models import Judgement
from competency.audit.models import AuditEvent
from competency.cli import main
from competency.frameworks.models import FrameworkVersion
from tests.support.cast import World
from tests.support.client import sign_in

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
LADDER = EXAMPLES / "framework-ladder.yaml"
ALWAYS = {
    f"level-{name}": "always"
    for name in ("greets", "listens", "explains", "calms", "prices", "terms")
}


def test_a_draft_is_tried_before_it_is_published(app: Flask, world: World) -> None:
    browser = sign_in(app, "hilda")
    text = LADDER.read_text(encoding="utf-8")
    checked = browser.post("/frameworks/check", data={"text": text}).text
    assert "/outcomes/try" in checked
    events = world.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
    empty = browser.post("/outcomes/try", data={"text": text}).text
    assert "Greets people by their name." in empty
    assert 'id="result"' not in empty
    shown = browser.post("/outcomes/try", data={"text": text, **ALWAYS, "level-terms": "once"}).text
    assert "Two of the rest" in shown
    result = shown[shown.index('id="result"') : shown.index("<form", shown.index('id="result"'))]
    assert "Knows the terms of contract." in result
    world.session.rollback()
    assert world.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == events
    assert not world.session.scalars(sa.select(Judgement)).all()
    assert world.session.scalar(sa.select(sa.func.count()).select_from(FrameworkVersion)) == 1


def test_a_published_framework_is_tried_from_its_page(app: Flask, world: World) -> None:
    browser = sign_in(app, "hilda")
    public_id = world.session.scalars(sa.select(FrameworkVersion.public_id)).one()
    page = browser.get(f"/frameworks/{public_id}").text
    assert f"/outcomes/try/{public_id}" in page
    form = browser.get(f"/outcomes/try/{public_id}").text
    assert form.count('<select class="form-select" id="level-') == 15
    tried = browser.post(
        "/outcomes/try", data={"framework": public_id, "level-ac1.cd1": "below"}
    ).text
    assert 'id="result"' in tried


@pytest.mark.usefixtures("world")
def test_an_unsound_draft_is_refused_with_what_to_do(app: Flask) -> None:
    browser = sign_in(app, "hilda")
    refused = browser.post("/outcomes/try", data={"text": "format: 1\nkind: framework\n"})
    assert refused.status_code == 422
    assert "Traceback" not in refused.text


def run(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(main, ["outcome", "try", *arguments])
    return found.exit_code, found.output


def test_the_command_shows_outcome_and_gaps(tmp_path: Path) -> None:
    written = tmp_path / "judgements.csv"
    rows = ["criterion,level", "greets,always", "listens,always", "prices,often", "explains,-"]
    written.write_text("\n".join([*rows, "calms,often", "terms,often"]), encoding="utf-8")
    code, told = run(str(LADDER), str(written))
    assert code == 0
    assert "gap: terms: often -> always" in told
    code, told = run(str(LADDER), str(written), "--json")
    found = json.loads(told)
    assert found["outcome"]["id"] == "service-ladder"
    assert {gap["criterion"] for gap in found["gaps"]} >= {"terms"}


def test_every_fault_of_a_file_of_judgements_is_told_at_once(tmp_path: Path) -> None:
    written = tmp_path / "judgements.csv"
    written.write_text(
        "criterion,level\ngreets,sometimes\nnobody,once\nlistens,once\nlistens,once\n",
        encoding="utf-8",
    )
    code, told = run(str(LADDER), str(written))
    assert code == 1
    for fault in (
        "2, level: 'sometimes' can't be awarded; use one of below, once, often, always",
        "3, criterion: the framework has no criterion 'nobody'",
        "5, criterion: 'listens' stands there twice",
    ):
        assert fault in told
    written.write_text("name;level\n", encoding="utf-8")
    assert "there is no column criterion" in run(str(LADDER), str(written))[1]
