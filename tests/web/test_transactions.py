"""Where the transaction of a request ends: refusals only read, a failed commit says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, before_render_template
from sqlalchemy.exc import IntegrityError, OperationalError

from competency.assessments.schema import State
from competency.extensions import db
from competency.people.schema import AccountState
from tests.support.appraisals import event_count, open_road
from tests.support.cast import World
from tests.support.client import JSON, sign_in


@contextmanager
def modes_of_rendering(app: Flask) -> Iterator[list[str]]:
    """Note in which kind of transaction each page is rendered."""
    found: list[str] = []
    reads = {"sqlite": "PRAGMA query_only", "postgresql": "SHOW transaction_read_only"}

    def note(_app: Flask, **_rest: Any) -> None:  # noqa: ANN401 - what the signal sends
        mode = db.session.scalar(sa.text(reads[db.engine.dialect.name]))
        found.append("reading" if mode in {1, "on"} else "writing")

    with before_render_template.connected_to(note, app):
        yield found


def test_the_page_of_a_refused_form_holds_no_lock(app: Flask, world: World) -> None:
    road = open_road(world).to(State.RELEASED)
    aurora, bruno = world.employee("aurora").public_id, world.employee("bruno").public_id
    simon, plan = sign_in(app, "simon"), f"{road.path}/plan/actions"
    assert simon.post(plan, plan_action(world, "new")).status_code == 302
    action = simon.get(f"{road.path}/plan").text.partition(f"{plan}/")[2][:20]
    forms: list[tuple[str, str, dict[str, str]]] = [
        ("hilda", "/people/new", {}),
        ("hilda", f"/people/{aurora}/details", {"given_name": ""}),
        ("hilda", f"/people/{aurora}/leave", {"left_on": "2020-01-01"}),
        ("hilda", f"/people/{aurora}/move", {"starts_on": "x"}),
        ("hilda", f"/people/{aurora}/move", {"starts_on": "2026-01-01", "supervisor": "E000"}),
        ("ada", f"/accounts/{bruno}/grants", {"role": "x"}),
        ("ada", f"/accounts/{bruno}/grants", {"role": "admin", "scope": "site:x"}),
        ("simon", plan, {}),
        ("simon", plan, {**plan_action(world, "new"), "new-due_on": "2020-01-01"}),
        ("simon", f"{plan}/{action}", {}),
        ("simon", f"{plan}/{action}", plan_action(world, action)),
        ("hilda", "/cycles", {}),
    ]
    for name, path, form in forms:
        browser = sign_in(app, name)
        with modes_of_rendering(app) as modes:
            answer = browser.post(path, form)
        assert answer.status_code in {409, 422}, path
        assert set(modes) == {"reading"}, path


def plan_action(world: World, prefix: str) -> dict[str, str]:
    """Return the form of an action about Aurora, over no version."""
    values = {
        "criteria": "ac2.cd4",
        "kind": "coaching",
        "text": "Analizar los indicadores.",
        "owner": str(world.employee("aurora").id),
        "due_on": "2099-01-01",
        "version": "0",
    }
    return {f"{prefix}-{name}": value for name, value in values.items()}


def test_the_page_of_a_new_code_is_shown_after_the_code_is_kept(app: Flask, world: World) -> None:
    ada, bruno = sign_in(app, "ada"), world.employee("bruno").public_id
    with modes_of_rendering(app) as modes:
        assert ada.post(f"/accounts/{bruno}/invitation").status_code == 302
        assert ada.get(f"/accounts/{bruno}/invitation").status_code == 200
    assert set(modes) == {"reading"}


FAILURES = [
    (OperationalError("COMMIT", {}, Exception("disk is full")), 503, "Nothing was saved"),
    (IntegrityError("COMMIT", {}, Exception("a key is there")), 409, "Nothing was saved"),
]


@pytest.mark.parametrize(("failure", "status", "words"), FAILURES, ids=["disk", "key"])
def test_when_the_commit_fails_nothing_says_that_it_was_done(
    app: Flask,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    status: int,
    words: str,
) -> None:
    ada, bruno = sign_in(app, "ada"), world.employee("bruno").public_id
    before = event_count(world)

    def fail() -> None:
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr(db.session, "commit", fail)
        answer = ada.post(f"/accounts/{bruno}/end")
        script = ada.post(f"/accounts/{bruno}/end", headers=JSON)
    assert (answer.status_code, script.status_code) == (status, status)
    assert words in answer.text
    assert words in script.get_json()["error"]
    assert "has ended" not in answer.text
    assert answer.headers["Content-Security-Policy"]
    page = ada.get(f"/accounts/{bruno}")
    assert "has ended" not in page.text
    assert event_count(world) == before
    assert world.account("bruno").state is AccountState.ACTIVE


def test_what_collides_with_what_somebody_else_saved_is_a_conflict(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bruno = sign_in(app, "ada"), world.employee("bruno").public_id

    def collide(*_arguments: Any, **_named: Any) -> None:  # noqa: ANN401 - of the operation
        raise IntegrityError("INSERT", {}, Exception("a key is there"))

    monkeypatch.setattr("competency.people.access.end_access", collide)
    answer = ada.post(f"/accounts/{bruno}/end")
    assert answer.status_code == 409
    assert "Somebody else changed the same thing meanwhile" in answer.text


def test_a_form_that_a_script_sends_without_its_token_is_told_to_sign_in_again(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post("/language", data={"language": "es"}, headers=JSON)
    assert answer.status_code == 401
    assert "Sign in again" in answer.get_json()["error"]
