"""A captured cookie is dead when access has ended, whatever ended it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.database.identifiers import digest
from competency.database.transactions import unit_of_work
from competency.people.access import end_access, invite
from competency.people.leaving import leave
from competency.people.models import SignInSession
from tests.support.cast import CAST, PASSWORD, World
from tests.support.doors import (
    COOKIE,
    cookie_of,
    is_in,
    knock,
    later,
    visitor,
    walk_in,
    with_cookie,
)

NEW = "eight quiet harbours"


def test_signing_in_gives_a_session_and_the_table_holds_only_its_digest(
    app: Flask, world: World
) -> None:
    browser = walk_in(app, "aurora")
    assert is_in(browser)
    with browser.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    rows = world.session.scalars(sa.select(SignInSession)).all()
    assert [row.token_digest for row in rows] == [digest(token)]


def test_a_cookie_from_before_signing_in_is_worth_nothing_and_each_token_is_new(
    app: Flask, world: World
) -> None:
    assert world.account("aurora")
    browser = visitor(app)
    browser.get("/sign-in")
    browser.client.set_cookie(COOKIE, "planted")
    tokens = set()
    for _ in range(2):
        assert knock(browser, "E301") == 302
        with browser.client.session_transaction() as cookie:
            tokens.add(cookie["_user_id"])
    assert len(tokens) == 2
    assert not is_in(with_cookie(app, "planted"))


def test_a_captured_cookie_is_dead_after_signing_out(app: Flask, world: World) -> None:
    assert world.account("aurora")
    browser, other = walk_in(app, "aurora"), walk_in(app, "aurora")
    captured = cookie_of(browser)
    assert is_in(with_cookie(app, captured))
    assert browser.post("/sign-out").status_code == 302
    assert not is_in(browser)
    assert not is_in(with_cookie(app, captured))
    assert is_in(other)


def test_a_new_password_ends_every_other_session_and_the_one_before(
    app: Flask, world: World
) -> None:
    assert world.account("aurora")
    browser, other = walk_in(app, "aurora"), walk_in(app, "aurora")
    captured = cookie_of(browser)
    form = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert browser.post("/account", form).status_code == 302
    assert is_in(browser)
    assert cookie_of(browser) != captured
    assert not is_in(with_cookie(app, captured))
    assert not is_in(other)
    assert knock(visitor(app), "E301") == 422
    assert knock(visitor(app), "E301", NEW) == 302


def test_a_captured_cookie_is_dead_when_the_account_ends(app: Flask, world: World) -> None:
    browser = walk_in(app, "bruno")
    with unit_of_work(world.session):
        end_access(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account("bruno"),
        )
    assert not is_in(browser)
    assert knock(visitor(app), "E302") == 422


def test_a_captured_cookie_is_dead_when_the_person_leaves(app: Flask, world: World) -> None:
    browser = walk_in(app, "bruno")
    now = clock.now()
    with unit_of_work(world.session):
        hilda = world.actor("hilda")
        leave(
            world.session,
            actor=hilda,
            now=now,
            employee=world.employee("bruno"),
            left_on=hilda.today(now),
        )
    assert not is_in(browser)
    assert knock(visitor(app), "E302") == 422


def test_setting_a_password_by_code_ends_every_session(app: Flask, world: World) -> None:
    browser = walk_in(app, "bruno")
    with unit_of_work(world.session):
        code = invite(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account("bruno"),
        )
    assert is_in(browser)
    form = {"employee_number": "e302", "code": code.upper(), "password": NEW, "again": NEW}
    fresh = visitor(app)
    assert fresh.post("/code", form).status_code == 302
    assert is_in(fresh)
    assert not is_in(browser)
    assert visitor(app).post("/code", form).status_code == 422


def test_a_session_ends_by_itself(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.account("aurora")
    browser = walk_in(app, "aurora")
    with later(monkeypatch, timedelta(hours=11)):
        assert is_in(browser)
    with later(monkeypatch, timedelta(hours=13)):
        assert not is_in(browser)


def test_a_revoked_role_is_gone_at_the_next_request(app: Flask, world: World) -> None:
    ada, augusto = walk_in(app, "ada"), walk_in(app, "augusto")
    assert augusto.get("/accounts").status_code == 200
    person = world.employee("augusto").public_id
    page = ada.get(f"/accounts/{person}").text
    action = page.split('action="')
    revoke = next(part.split('"')[0] for part in action if "/revoke" in part.split('"')[0])
    assert ada.post(revoke).status_code == 302
    assert augusto.get("/accounts").status_code == 403


def test_the_cookie_is_kept_from_scripts_and_other_sites(app: Flask, world: World) -> None:
    assert world.account("aurora")
    browser = visitor(app)
    form = {"employee_number": CAST["aurora"][0], "password": PASSWORD}
    header = browser.post("/sign-in", form).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
