"""Signing in, codes, throttling, accounts and grants, through the pages."""

from __future__ import annotations

import html
import re
import statistics
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.schema import State
from competency.audit.models import AuditEvent
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.people.access import invite, make_account
from competency.people.models import Account, Invitation, RoleGrant, SignInThrottle
from competency.people.operations import add_employee
from competency.people.schema import AccountState, Names, Role, ScopeKind
from tests.support.appraisals import open_road
from tests.support.cast import CAST, HIRED, PASSWORD, World
from tests.support.client import JSON, sign_in
from tests.support.doors import Hashing, is_in, knock, later, visitor, walk_in

NEW = "eight quiet harbours"
WRONG = "The employee number or the password is wrong."


def newcomer(world: World, number: str = "N1") -> str:
    """Add somebody with an invited account; return the code."""
    with unit_of_work(world.session):
        system, now = world.system(), clock.now()
        employee = add_employee(
            world.session,
            actor=system,
            now=now,
            employer=world.employee("hilda").employer,
            employee_number=number,
            names=Names("Nora", "Nueva"),
            hired_on=HIRED,
        )
        account = make_account(
            world.session, actor=system, now=now, employee=employee, language="es"
        )
        return invite(world.session, actor=system, now=now, account=account)


def test_a_visitor_is_led_to_sign_in_and_back_to_the_page(app: Flask, world: World) -> None:
    assert world.account("aurora")
    browser = visitor(app)
    answer = browser.get("/people/?search=a&page=1")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/people/?search%3Da%26page%3D1"
    page = browser.get(answer.location).text
    (there,) = re.findall(r'name="next" value="(/people[^"]*)"', page)
    form = {"employee_number": " e301 ", "password": PASSWORD, "next": html.unescape(there)}
    assert browser.post("/sign-in", form).location == "/people/?search=a&page=1"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_signing_in_leads_nowhere_else(app: Flask, world: World, target: str) -> None:
    assert world.account("aurora")
    form = {"employee_number": "E301", "password": PASSWORD, "next": target}
    assert visitor(app).post("/sign-in", form).location == "/"


def test_a_script_of_ours_is_told_that_it_is_signed_out(app: Flask) -> None:
    answer = visitor(app).get("/account", headers=JSON)
    assert answer.status_code == 401
    assert answer.json is not None
    assert "signed out" in answer.json["error"]


def test_unknown_invited_ended_and_wrong_get_one_answer_for_one_work(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    newcomer(world)
    with unit_of_work(world.session):
        bruno = world.account("bruno")
        bruno.state, bruno.password_hash = AccountState.ENDED, None
        exempt(world.session, "a test sets the scene")
    hashing = Hashing(monkeypatch)
    pages = set()
    for number in ("E301", "N1", "E302", "NOBODY"):
        answer = visitor(app).post("/sign-in", {"employee_number": number, "password": "x"})
        assert answer.status_code == 422
        assert WRONG in answer.text
        pages.add(re.sub(r'value="[^"]*"', "", answer.text))
    assert len(pages) == 1
    assert [stored is None for stored in hashing.stored] == [False, True, True, True]


@pytest.mark.slow
def test_unknown_names_take_as_long_as_known_ones(app: Flask, world: World) -> None:
    assert world.account("aurora")
    took: dict[str, list[float]] = {"E301": [], "NOBODY": []}
    for turn in range(200):
        for number, times in took.items():
            browser = visitor(app, f"198.51.{turn % 100}.{turn}")
            with unit_of_work(world.session):
                world.session.execute(sa.delete(SignInThrottle))
                exempt(world.session, "a test forgets")
            started = time.perf_counter()
            assert knock(browser, number, "a wrong password") == 422
            times.append(time.perf_counter() - started)
    known, unknown = (statistics.median(times) for times in took.values())
    assert abs(known - unknown) / known < 0.10


def test_after_ten_wrong_passwords_a_name_waits_and_others_do_not(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.account("aurora")
    with monkeypatch.context() as patch:
        hashing = Hashing(patch)
        answers = [
            knock(visitor(app, f"192.0.2.{turn % 250}"), "e301" if turn % 2 else "E301", "x")
            for turn in range(300)
        ]
    assert answers == [422] * 10 + [429] * 290
    assert len(hashing.stored) == 10
    late = visitor(app).post("/sign-in", {"employee_number": "E301", "password": PASSWORD})
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) in range(1, 901)
    assert "Wait 15 minutes" in late.text
    assert knock(visitor(app), "E200") == 302
    with later(monkeypatch, timedelta(minutes=16)):
        assert knock(visitor(app), "E301") == 302


def test_after_a_hundred_wrong_passwords_an_address_waits_and_others_do_not(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.account("aurora")
    with monkeypatch.context() as patch:
        Hashing(patch)
        answers = [knock(visitor(app, "192.0.2.9"), f"X{turn}", "x") for turn in range(105)]
    assert answers == [422] * 100 + [429] * 5
    assert knock(visitor(app, "192.0.2.9"), "E301") == 429
    assert knock(visitor(app, "192.0.2.10"), "E301") == 302


def test_signing_in_forgets_the_failures_of_the_name_but_not_of_the_address(
    app: Flask, world: World
) -> None:
    browser = visitor(app)
    for _ in range(9):
        assert knock(browser, "E301", "wrong") == 422
    assert knock(browser, "E301") == 302
    counts = world.session.scalars(sa.select(SignInThrottle.failures)).all()
    assert list(counts) == [9]


def test_a_code_sets_the_first_password_once(app: Flask, world: World) -> None:
    code = newcomer(world)
    form = {"employee_number": "n1", "code": code, "password": NEW, "again": NEW}
    for wrong in ({"code": "00000-00000"}, {"employee_number": "E301"}, {"employee_number": "?"}):
        answer = visitor(app).post("/code", {**form, **wrong})
        assert answer.status_code == 422
        assert "was used or has expired" in answer.text
    for wrong in ({"again": "another one here"}, {"password": "short", "again": "short"}):
        assert visitor(app).post("/code", {**form, **wrong}).status_code == 422
    spelled = code.upper().replace("-", " ").replace("0", "O").replace("1", "l")
    browser = visitor(app)
    assert browser.post("/code", {**form, "code": spelled}).status_code == 302
    assert is_in(browser)
    assert visitor(app).post("/code", form).status_code == 422
    assert knock(visitor(app), "N1", NEW) == 302


def test_a_code_expires(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    code = newcomer(world)
    form = {"employee_number": "N1", "code": code, "password": NEW, "again": NEW}
    with later(monkeypatch, timedelta(days=15)):
        assert visitor(app).post("/code", form).status_code == 422


def test_guessing_codes_is_throttled_like_guessing_passwords(app: Flask, world: World) -> None:
    code = newcomer(world)
    form = {"employee_number": "N1", "code": "00000-00000", "password": NEW, "again": NEW}
    assert [visitor(app).post("/code", form).status_code for _ in range(11)] == [422] * 10 + [429]
    assert visitor(app).post("/code", {**form, "code": code}).status_code == 429


def test_changing_the_password_asks_for_the_current_one(app: Flask, world: World) -> None:
    assert world.account("aurora")
    browser = walk_in(app, "aurora")
    wrong = browser.post("/account", {"current": "x", "password": NEW, "again": NEW})
    assert (wrong.status_code, "The current password is wrong." in wrong.text) == (422, True)
    known = browser.post("/account", {"current": PASSWORD, "password": "E301", "again": "E301"})
    assert known.status_code == 422
    assert knock(visitor(app), "E301") == 302


def test_forms_without_their_token_are_refused(app: Flask, world: World) -> None:
    assert world.account("aurora")
    app.config["WTF_CSRF_ENABLED"] = True
    assert knock(visitor(app), "E301") == 400
    browser = visitor(app)
    page = browser.get("/sign-in").text
    (token, *_others) = re.findall(r'name="csrf_token" value="([^"]+)"', page)
    assert knock(browser, "E301", csrf_token=token) == 302
    assert browser.post("/sign-out").status_code == 400


def test_the_language_of_a_visitor_is_kept_and_an_account_has_its_own(
    app: Flask, world: World
) -> None:
    browser = visitor(app)
    answer = browser.post("/language", {"language": "it", "next": "/code?x=1"})
    assert answer.location == "/code?x=1"
    assert '<html lang="it">' in browser.get("/sign-in").text
    assert browser.post("/language", {"language": "xx"}).status_code == 422
    assert browser.post("/language", {"language": "es", "next": "//evil"}).location == "/"
    aurora = sign_in(app, "aurora")
    assert aurora.post("/language", {"language": "ru", "next": "/account"}).status_code == 302
    assert '<html lang="ru">' in aurora.get("/account").text
    world.session.rollback()
    assert world.account("aurora").language == "ru"


def test_the_language_of_an_answer_to_a_form_is_changed_on_its_own_page(
    app: Flask, world: World
) -> None:
    person = world.employee("aurora").public_id
    road = open_road(world).to(State.IN_REVIEW)
    for name, sent_to, page in (
        ("aurora", "/account", "/account"),
        ("hilda", "/people/new", "/people/new"),
        ("simon", f"/people/{person}/evidence", f"/people/{person}/evidence"),
        ("renata", f"{road.path}/return", road.path),
        ("simon", f"{road.path}/plan/nothing-here", road.path + "/plan"),
    ):
        answer = sign_in(app, name).post(sent_to, {"comment": "x" * 4001})
        assert f'name="next" value="{page}"' in answer.text, sent_to
    answer = sign_in(app, "hilda").get("/people/?search=%C3%B1")
    assert 'name="next" value="/people/?search=%C3%B1"' in answer.text


def test_the_demonstrations_people_are_listed_only_in_a_demonstration(app: Flask) -> None:
    app.extensions["competency_demo_accounts"] = [("E301", "Aurora", "agent")]
    assert "Aurora" not in visitor(app).get("/sign-in").text


def test_health_answers_without_knowing_anybody(app: Flask) -> None:
    answer = visitor(app).get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_accounts_are_for_administrators_and_auditors(app: Flask, world: World) -> None:
    person = world.employee("bruno").public_id
    for name in CAST:
        browser = sign_in(app, name)
        status = 200 if name in {"ada", "augusto"} else 403
        assert browser.get("/accounts").status_code == status, name
        assert browser.get(f"/accounts/{person}").status_code == status, name
    assert sign_in(app, "ada").get("/accounts/0000").status_code == 404
    page = sign_in(app, "augusto").get(f"/accounts/{person}").text
    assert "<form" in page
    assert "/grants" not in page


def test_accounts_are_searched_and_filtered(app: Flask, world: World) -> None:
    newcomer(world)
    ada = sign_in(app, "ada")
    assert "Muestra, Simón" in ada.get("/accounts?search=simon").text
    assert "Ejemplo, Hilda" not in ada.get("/accounts?search=simon").text
    invited = ada.get("/accounts?state=invited").text
    assert ("Nueva, Nora" in invited, "Muestra" in invited) == (True, False)
    reviewers = ada.get("/accounts?role=reviewer").text
    assert ("Supuesta, Renata" in reviewers, "Muestra" in reviewers) == (True, False)
    assert "Nobody matches" in ada.get("/accounts?state=none").text


def test_an_administrator_grants_and_revokes_over_a_scope(app: Flask, world: World) -> None:
    ada, person = sign_in(app, "ada"), world.employee("bruno").public_id
    page = ada.get(f"/accounts/{person}").text
    (site, *_others) = re.findall(r'value="(site:[^"]+)"', page)
    form = {"role": "reviewer", "scope": site}
    assert ada.post(f"/accounts/{person}/grants", form).status_code == 302
    assert ada.post(f"/accounts/{person}/grants", form).status_code == 422
    world.session.rollback()
    grant = world.session.scalars(
        sa.select(RoleGrant).where(RoleGrant.account_id == world.account("bruno").id)
    ).one()
    assert (grant.role, grant.scope_kind) == (Role.REVIEWER, ScopeKind.SITE)
    everywhere = ada.post(f"/accounts/{person}/grants", {"role": "admin", "scope": site})
    assert everywhere.status_code == 422
    assert ada.post(f"/accounts/{person}/grants", {"role": "hr", "scope": "x"}).status_code == 422
    other = world.employee("aurora").public_id
    foreign = f"/accounts/{other}/grants/{grant.public_id}/revoke"
    assert ada.post(foreign).status_code == 404
    assert ada.post(f"/accounts/{person}/grants/{grant.public_id}/revoke").status_code == 302
    world.session.rollback()
    assert grant.revoked_at is not None
    actions = world.session.scalars(sa.select(AuditEvent.action)).all()
    assert {"role.granted", "role.revoked"} <= set(actions)


def test_nobody_changes_their_own_access(app: Flask, world: World) -> None:
    ada, own = sign_in(app, "ada"), world.employee("ada").public_id
    assert "another administrator" in ada.get(f"/accounts/{own}").text
    form = {"role": "hr", "scope": "all"}
    assert ada.post(f"/accounts/{own}/grants", form).status_code == 403
    assert ada.post(f"/accounts/{own}/end").status_code == 403
    assert ada.post(f"/accounts/{own}/invitation").status_code == 404


def test_ending_access_is_final_and_recorded(app: Flask, world: World) -> None:
    ada, person = sign_in(app, "ada"), world.employee("bruno").public_id
    assert ada.post(f"/accounts/{person}/end").status_code == 302
    world.session.rollback()
    assert world.account("bruno").state is AccountState.ENDED
    assert ada.post(f"/accounts/{person}/invitation").status_code == 422
    assert knock(visitor(app), "E302") == 422
    last = world.session.scalar(
        sa.select(AuditEvent.action).order_by(AuditEvent.sequence.desc()).limit(1)
    )
    assert last == "account.ended"


def test_a_code_is_shown_once_and_kept_nowhere(app: Flask, world: World) -> None:
    person = world.employee("bruno").public_id
    for name in ("ada", "hilda"):
        browser, path = sign_in(app, name), f"/accounts/{person}/invitation"
        assert browser.post(path).status_code == 302
        answer = browser.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        (code,) = re.findall(r">([0-9a-z]{5}-[0-9a-z]{5})<", answer.text)
        stored = world.session.scalars(sa.select(Invitation.code_digest)).all()
        assert code not in stored
        again = browser.get(path).text
        assert code not in again
        assert "was shown already" in again
        world.session.rollback()
        made = world.session.scalars(sa.select(Invitation.code_digest)).all()
        assert made == stored, "reading again makes no other code"
        world.session.rollback()
    world.session.rollback()
    works = world.session.scalars(sa.select(Invitation).where(Invitation.used_at.is_(None))).all()
    assert len(works) == 1
    assert sign_in(app, "simon").post(f"/accounts/{person}/invitation").status_code == 403
    own = world.employee("hilda").public_id
    for answer in (
        sign_in(app, "hilda").post(f"/accounts/{own}/invitation"),
        sign_in(app, "hilda").get(f"/accounts/{own}/invitation"),
    ):
        assert answer.status_code == 404


def test_somebody_without_an_account_is_given_one_with_the_code(app: Flask, world: World) -> None:
    with unit_of_work(world.session):
        employee = add_employee(
            world.session,
            actor=world.system(),
            now=clock.now(),
            employer=world.employee("hilda").employer,
            employee_number="N9",
            names=Names("Nora", "Nueva"),
            hired_on=HIRED,
        )
        person = employee.public_id
    ada = sign_in(app, "ada")
    assert "No account" in ada.get(f"/accounts/{person}").text
    assert ada.post(f"/accounts/{person}/invitation").status_code == 302
    world.session.rollback()
    account = world.session.scalars(
        sa.select(Account).where(Account.state == AccountState.INVITED)
    ).one()
    assert account.language == "es"
