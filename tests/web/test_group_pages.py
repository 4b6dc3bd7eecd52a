"""Several people at once: moved together, or given their first codes, all of them or nobody."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.audit.models import AuditEvent
from competency.database.transactions import unit_of_work
from competency.people import operations
from competency.people.access import grant_role
from competency.people.access import make_account as make
from competency.people.history import history
from competency.people.models import Account, Employee, Invitation, Site, Team
from competency.people.operations import add_employee
from competency.people.queries import standing
from competency.people.schema import Names, Role, ScopeKind
from tests.support.cast import HIRED, NOW, World
from tests.support.client import Browser, sign_in
from tests.web.test_structure_pages import narrow, one, second_site

NOTHING = {"place": "", "position": "", "supervisor": "", "campaign": ""}


def today(world: World) -> Any:  # noqa: ANN401 - a date
    return world.actor("hilda").today(clock.now())


def ids(world: World, *names: str) -> list[str]:
    return [world.employee(name).public_id for name in names]


def form(world: World, *names: str, **chosen: object) -> dict[str, object]:
    """Return what the page sends for these people."""
    return {"people": ids(world, *names), "starts_on": str(today(world)), **NOTHING, **chosen}


def events(world: World) -> int:
    world.session.rollback()
    query = sa.select(sa.func.count()).where(AuditEvent.action != "account.signed_in")
    return world.session.scalar(query) or 0


def supervisor_of(world: World, name: str) -> int | None:
    world.session.rollback()
    return standing(world.session, world.employee(name).id, today(world)).supervisor_id


def newcomers(world: World, *numbers: str) -> None:
    """Add people without accounts, at the cast's site and in its team."""
    site, team = one(world, Site), one(world, Team)
    with unit_of_work(world.session):
        for number in numbers:
            employee = add_employee(
                world.session,
                actor=world.system(),
                now=NOW,
                employer=world.employee("hilda").employer,
                employee_number=number,
                names=Names("=Nadie", f"Nueva {number}"),
                hired_on=HIRED,
            )
            operations.place(
                world.session,
                actor=world.system(),
                now=NOW,
                employee=employee,
                site_id=site.id,
                team_id=team.id,
                starts_on=HIRED,
            )


def by_number(world: World, number: str) -> Employee:
    world.session.rollback()
    return world.session.scalars(sa.select(Employee).filter_by(employee_number=number)).one()


def invited(browser: Browser, people: list[str]) -> Any:  # noqa: ANN401 - the client's answer
    return browser.post("/accounts/invitations", {"people": people})


def test_several_are_looked_at_and_then_moved_as_one_by_one(app: Flask, world: World) -> None:
    site, team = second_site(world)
    hilda, before = sign_in(app, "hilda"), events(world)
    sent = form(
        world, "aurora", "bruno", "carla", place=f"team:{team.public_id}", supervisor="e400"
    )
    page = hilda.post("/people/moves", sent)
    assert page.status_code == 200
    assert page.text.count("Site and team, Supervisor<") == 2
    assert "Save these changes" in page.text
    assert page.text.count(" checked>") == 3
    assert events(world) == before, "looking changes nothing"
    assert hilda.post("/people/moves/apply", sent).status_code == 302
    assert "The changes of 3 people were saved." in hilda.get("/people/").text
    for name in ("aurora", "bruno", "carla"):
        assert supervisor_of(world, name) == world.employee("renata").id
        where = standing(world.session, world.employee(name).id, today(world))
        assert (where.site_id, where.team_id) == (site.id, team.id)
    past = history(world.session, world.employee("aurora").id)
    assert [row.text for row in past if row.kind == "supervisor"] == [
        "Renata Supuesta",
        "Simón Muestra",
    ]
    again = hilda.post("/people/moves", sent).text
    assert "Nothing: it holds already" in again
    assert "Save these changes" not in again


def test_what_cannot_be_done_for_one_is_done_for_nobody(app: Flask, world: World) -> None:
    hilda, before = sign_in(app, "hilda"), events(world)
    sent = form(world, "bruno", "simon", "carla", supervisor="E200")
    page = hilda.post("/people/moves", sent).text
    assert "For 1 person it can’t be done" in page
    assert re.search(
        r"Simón Muestra</td>.*?Not possible.*?Nobody reports to themselves", page, re.DOTALL
    )
    assert "Save these changes" not in page
    refused = hilda.post("/people/moves/apply", sent)
    assert refused.status_code == 422
    assert "Simón Muestra" in refused.text
    assert events(world) == before
    assert supervisor_of(world, "bruno") == world.employee("renata").id
    assert supervisor_of(world, "carla") is None


def test_a_circle_that_the_list_itself_makes_is_found(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    page = hilda.post("/people/moves", form(world, "simon", "renata", supervisor="E301")).text
    assert "For 2 people it can’t be done" in page
    assert page.count("the reverse cannot hold as well") == 2
    early = form(world, "bruno", supervisor="E200", starts_on=str(HIRED - timedelta(days=1)))
    assert "before the first day of work" in hilda.post("/people/moves", early).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"people": []}, "Choose whom to move."),
        ({"supervisor": ""}, "Choose what changes"),
        ({"supervisor": "E999"}, "There is nobody with the number"),
        ({"starts_on": "soon"}, "Not a valid date"),
        ({"place": "team:" + "0" * 20}, "Not a valid choice"),
    ],
)
def test_a_choice_that_says_nothing_is_refused_beside_its_field(
    app: Flask, world: World, changed: dict[str, object], said: str
) -> None:
    before = events(world)
    sent = {**form(world, "bruno", supervisor="E200"), **changed}
    hilda = sign_in(app, "hilda")
    answer = hilda.post("/people/moves", sent)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert hilda.post("/people/moves/apply", sent).status_code in {404, 422}
    assert events(world) == before


def test_only_those_in_scope_are_offered_and_moved(app: Flask, world: World) -> None:
    site, team = second_site(world)
    with unit_of_work(world.session):
        operations.place(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            employee=world.employee("bruno"),
            site_id=site.id,
            team_id=team.id,
            starts_on=today(world),
        )
    narrow(world, "carla", ScopeKind.SITE, site.id)
    carla = sign_in(app, "carla")
    page = carla.get("/people/moves").text
    assert ids(world, "bruno")[0] in page
    assert ids(world, "aurora")[0] not in page
    inside, outside = form(world, "bruno", supervisor="E200"), form(world, "bruno", "aurora")
    assert carla.post("/people/moves", {**outside, "supervisor": "E200"}).status_code == 404
    answer = carla.post("/people/moves/apply", {**outside, "supervisor": "E200"})
    assert answer.status_code == 404
    assert supervisor_of(world, "bruno") == world.employee("renata").id
    assert carla.post("/people/moves/apply", inside).status_code == 302
    own = sign_in(app, "hilda").post("/people/moves", form(world, "hilda", supervisor="E200"))
    assert own.status_code == 404, "nobody moves themselves"


def test_the_list_is_narrowed_and_ticked_as_asked(app: Flask, world: World) -> None:
    _site, team = second_site(world)
    hilda = sign_in(app, "hilda")
    page = hilda.get("/people/moves?search=AURORA&everybody=yes")
    assert page.text.count('name="people"') == page.text.count(" checked>") - 1 == 1
    assert int(page.headers["X-Query-Count"]) <= 8
    assert "Nobody matches" in hilda.get(f"/people/moves?place=team:{team.public_id}").text


def test_codes_for_several_are_shown_once_and_open_the_accounts(app: Flask, world: World) -> None:
    newcomers(world, "N1", "N2", "N3")
    hilda = sign_in(app, "hilda")
    page = hilda.get("/accounts/invitations").text
    assert page.count('name="people"') == 3, "who has a password needs no first code"
    people = [by_number(world, number).public_id for number in ("N1", "N2")]
    answer = invited(hilda, people)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    codes = re.findall(r'code-line">([^<]+)<', answer.text)
    assert len(set(codes)) == 2
    (packed,) = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', answer.text)
    table = base64.b64decode(packed).decode("utf-8-sig").splitlines()
    assert len(table) == 3
    for line, code, number in zip(table[1:], codes, ("N1", "N2"), strict=True):
        assert f";{number};{code};http://localhost/code" in line
        assert line.startswith("'=Nadie"), "no cell of the table is a formula"
    for code in codes:
        assert code not in hilda.get("/accounts/invitations").text
    visitor = Browser(app.test_client())
    words = "eight quiet harbours"
    new = {"employee_number": "N1", "code": codes[0], "password": words, "again": words}
    assert visitor.post("/code", new).status_code == 302
    left = hilda.get("/accounts/invitations").text
    assert people[0] not in left
    assert people[1] in left
    invited(hilda, [people[1]])
    dead = {**new, "employee_number": "N2", "code": codes[1]}
    assert Browser(app.test_client()).post("/code", dead).status_code == 422
    world.session.rollback()
    actions = world.session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.action.startswith("account."))
    ).all()
    assert actions.count("account.made") == 2
    assert actions.count("account.invited") == 3


def test_human_resources_give_no_code_to_whoever_holds_a_role_and_an_administrator_does(
    app: Flask, world: World
) -> None:
    newcomers(world, "N1", "N2")
    with unit_of_work(world.session):
        account = make(
            world.session,
            actor=world.system(),
            now=clock.now(),
            employee=by_number_in(world, "N2"),
            language="es",
        )
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=account,
            role=Role.REVIEWER,
        )
    people = [by_number(world, number).public_id for number in ("N1", "N2")]
    hilda, ada = sign_in(app, "hilda"), sign_in(app, "ada")
    assert people[1] not in hilda.get("/accounts/invitations").text
    assert invited(hilda, people).status_code == 404
    assert world.session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 0
    world.session.rollback()
    assert people[1] in ada.get("/accounts/invitations").text
    assert invited(ada, people).status_code == 200


def by_number_in(world: World, number: str) -> Employee:
    """Return somebody by number within the transaction that runs."""
    return world.session.scalars(sa.select(Employee).filter_by(employee_number=number)).one()


def test_codes_are_for_those_in_scope_without_a_password_and_for_somebody(
    app: Flask, world: World
) -> None:
    newcomers(world, "N1")
    site, _team = second_site(world)
    narrow(world, "carla", ScopeKind.SITE, site.id)
    person = by_number(world, "N1").public_id
    carla, hilda = sign_in(app, "carla"), sign_in(app, "hilda")
    assert person not in carla.get("/accounts/invitations").text
    assert invited(carla, [person]).status_code == 404
    refused = invited(hilda, [])
    assert (refused.status_code, "Choose who gets a code." in refused.text) == (422, True)
    assert invited(hilda, ids(world, "aurora")).status_code == 404, "a password is not replaced"
    world.session.rollback()
    accounts = world.session.scalars(
        sa.select(Account.id).join(Employee).where(Employee.public_id == person)
    ).all()
    assert accounts == []
