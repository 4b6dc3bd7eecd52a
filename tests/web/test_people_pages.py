"""The list of people, a person, and what human resources change, through the pages."""

from __future__ import annotations

import html
import io
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.audit.models import AuditEvent
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.people.access import grant_role
from competency.people.history import history
from competency.people.import_file import LENGTHS
from competency.people.models import Employee, Employer, Site, Team
from competency.people.queries import standing
from competency.people.schema import Role, ScopeKind
from tests.integration.test_importing_people import AGENT, BOSS, table
from tests.support.cast import CAST, World
from tests.support.client import sign_in

DETAILS = {
    "given_name": "Íñigo",
    "family_name": "O'Higgins & Co <b>",
    "second_family_name": "Ñandú",
    "national_id": "12345678-5",
    "email": "inigo@example.org",
    "document_language": "es",
}


def today(world: World) -> date:
    return world.actor("hilda").today(clock.now())


def seen_by(app: Flask, name: str) -> set[str]:
    page = sign_in(app, name).get("/people/").text
    return {key for key, (number, *_rest) in CAST.items() if f">{number}<" in page}


def add(app: Flask, world: World, number: str = "N1") -> Employee:
    employer = world.employee("hilda").employer.public_id
    form = {**DETAILS, "employer": employer, "employee_number": number, "hired_on": "2026-01-05"}
    answer = sign_in(app, "hilda").post("/people/new", form)
    assert answer.status_code == 302, answer.text
    world.session.rollback()
    employee = world.session.scalars(
        sa.select(Employee).where(Employee.employee_number == number)
    ).one()
    assert answer.location == f"/people/{employee.public_id}/move"
    return employee


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("hilda", set(CAST)),
        ("augusto", set(CAST)),
        ("simon", {"simon", "aurora"}),
        ("aurora", {"aurora"}),
        ("renata", {"renata", "simon", "bruno"}),
        ("ada", {"ada"}),
        ("carla", {"carla"}),
    ],
)
def test_everybody_sees_whom_they_may(app: Flask, world: World, name: str, seen: set[str]) -> None:
    assert seen_by(app, name) == seen
    browser = sign_in(app, name)
    for other in CAST:
        answer = browser.get(f"/people/{world.employee(other).public_id}")
        assert answer.status_code == (200 if other in seen else 404), other


def test_a_strangers_page_answers_like_a_missing_one(app: Flask, world: World) -> None:
    aurora = sign_in(app, "aurora")
    foreign = aurora.get(f"/people/{world.employee('bruno').public_id}")
    missing = aurora.get("/people/00000000000000000000")
    path = re.compile(r'name="(csrf_token|next)" value="[^"]*"')
    assert path.sub("", foreign.text) == path.sub("", missing.text)
    assert foreign.status_code == missing.status_code == 404


def test_people_are_found_without_accents_and_capitals(app: Flask, world: World) -> None:
    assert world.employee("simon")
    hilda = sign_in(app, "hilda")
    for typed in ("SIMON", "simón", "e200", "muest"):
        page = hilda.get("/people/", query_string={"search": typed}).text
        assert "Muestra, Simón" in page
        assert "Ficticia" not in page
    for nothing in ("%", "_", "\\", "zzz"):
        assert "Nobody matches" in hilda.get("/people/", query_string={"search": nothing}).text


def test_the_list_has_pages_only_when_needed_and_keeps_its_filters(
    app: Flask, world: World
) -> None:
    hilda = sign_in(app, "hilda")
    assert 'class="pager"' not in hilda.get("/people/").text
    rows = [AGENT.replace("N2", f"P{i:02}").replace("n1", "E200") for i in range(40)]
    upload(hilda, table(*rows), apply=True)
    page = hilda.get("/people/?search=prueba&order=number").text
    assert "1–25 of 40" in page
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
    second = hilda.get(html.unescape(following)).text
    assert "26–40 of 40" in second
    assert ">P25<" in second
    assert hilda.get("/people/?page=x&site=nowhere&order=none").status_code == 200
    assert "Nobody" in hilda.get("/people/?page=900").text
    site = world.session.scalars(sa.select(Site.public_id)).one()
    assert "of 48" in hilda.get(f"/people/?site={site}").text


def test_private_data_is_shown_to_oneself_and_human_resources_only(
    app: Flask, world: World
) -> None:
    person = world.employee("aurora")
    form = {**DETAILS, "given_name": "Aurora", "family_name": "Ficticia"}
    assert (
        sign_in(app, "hilda").post(f"/people/{person.public_id}/details", form).status_code == 302
    )
    for name, sees in (("hilda", True), ("aurora", True), ("simon", False), ("augusto", False)):
        page = sign_in(app, name).get(f"/people/{person.public_id}").text
        assert ("12.345.678-5" in page) is sees, name


def test_human_resources_add_a_person_and_say_where_they_work(app: Flask, world: World) -> None:
    hilda, employee = sign_in(app, "hilda"), add(app, world)
    assert employee.printed_name == "Íñigo O'Higgins & Co <b> Ñandú"
    assert employee.national_id == "12.345.678-5"
    page = hilda.get(f"/people/{employee.public_id}/move").text
    assert 'value="2026-01-05"' in page
    (team,) = re.findall(r'value="(team:[^"]+)"', page)
    form = {"starts_on": "2026-01-05", "place": team, "position": "", "supervisor": "e200"}
    moved = hilda.post(f"/people/{employee.public_id}/move", {**form, "campaign": ""})
    assert moved.status_code == 302
    world.session.rollback()
    where = standing(world.session, employee.id, today(world))
    assert where.supervisor_id == world.employee("simon").id
    assert where.team_id is not None
    page = hilda.get(f"/people/{employee.public_id}").text
    assert "O&#39;Higgins &amp; Co &lt;b&gt;" in page


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(
    app: Flask, world: World
) -> None:
    hilda = sign_in(app, "hilda")
    employer = world.employee("hilda").employer.public_id
    form = {**DETAILS, "employer": employer, "employee_number": "e200", "hired_on": "2026-01-05"}
    taken = hilda.post("/people/new", form)
    assert (taken.status_code, "e200 is already in use" in taken.text) == (422, True)
    wrong = hilda.post("/people/new", {**form, "national_id": "12345678-9", "given_name": " "})
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    add(app, world)
    again = hilda.post("/people/new", {**form, "employee_number": "N2"})
    assert "Somebody else has this national identifier." in again.text
    own = world.employee("simon").public_id
    circle = {"starts_on": str(today(world)), "place": "", "position": "", "campaign": ""}
    for number, message in (("E301", "reverse"), ("E200", "themselves"), ("E999", "nobody")):
        answer = hilda.post(f"/people/{own}/move", {**circle, "supervisor": number})
        assert (answer.status_code, message in answer.text) == (422, True)
    early = hilda.post(
        f"/people/{own}/move", {**circle, "starts_on": "2020-01-01", "supervisor": "E400"}
    )
    assert "first day of work" in early.text


def test_a_move_keeps_the_history_and_what_is_planned(app: Flask, world: World) -> None:
    hilda, bruno, now = sign_in(app, "hilda"), world.employee("bruno"), today(world)
    base = {"place": "", "position": "", "campaign": ""}
    planned = {**base, "starts_on": str(now + timedelta(days=30)), "supervisor": "E200"}
    assert hilda.post(f"/people/{bruno.public_id}/move", planned).status_code == 302
    sooner = {**base, "starts_on": str(now + timedelta(days=10)), "supervisor": "E500"}
    assert hilda.post(f"/people/{bruno.public_id}/move", sooner).status_code == 302
    again = {**base, "starts_on": str(now + timedelta(days=10)), "supervisor": "E600"}
    assert hilda.post(f"/people/{bruno.public_id}/move", again).status_code == 302
    world.session.rollback()
    rows = [row for row in history(world.session, bruno.id) if row.kind == "supervisor"]
    names = ["Simón Muestra", "Augusto Irreal", "Renata Supuesta"]
    assert [row.text for row in rows] == names
    assert [row.ends_on for row in rows] == [None, rows[0].starts_on, rows[1].starts_on]


def test_hours_a_week_are_edited_shown_and_checked(app: Flask, world: World) -> None:
    bruno, hilda = world.employee("bruno").public_id, sign_in(app, "hilda")
    assert "Hours a week" not in hilda.get(f"/people/{bruno}").text
    sent = {**DETAILS, "weekly_hours": "37.5"}
    assert hilda.post(f"/people/{bruno}/details", sent).status_code == 302
    assert "37.5" in sign_in(app, "bruno").get(f"/people/{bruno}").text
    wrong = hilda.post(f"/people/{bruno}/details", {**DETAILS, "weekly_hours": "99"})
    assert (wrong.status_code, "at most 80" in wrong.text) == (422, True)


def test_nobody_is_placed_at_a_site_of_another_employer(app: Flask, world: World) -> None:
    with unit_of_work(world.session):
        here = world.session.scalars(sa.select(Employer)).one()
        other = Employer(
            organisation_id=here.organisation_id,
            code="OTRA",
            legal_name="Otra SpA",
            country="CL",
            time_zone="America/Santiago",
            language="es",
        )
        world.session.add(other)
        world.session.flush()
        site = Site(employer_id=other.id, name="Valparaíso", time_zone=other.time_zone)
        world.session.add(site)
        world.session.flush()
        exempt(world.session, "a test adds another employer with a site")
        place = f"site:{site.public_id}"
    bruno, hilda = world.employee("bruno"), sign_in(app, "hilda")
    form = hilda.get(f"/people/{bruno.public_id}/move").text
    assert place not in form
    sent = {"place": place, "starts_on": str(today(world)), "position": "", "campaign": ""}
    assert hilda.post(f"/people/{bruno.public_id}/move", sent).status_code == 422
    several = hilda.post("/people/moves", {**sent, "people": bruno.public_id})
    assert "This site belongs to another employer." in several.text
    world.session.rollback()
    sites = [row.text for row in history(world.session, bruno.id) if row.kind == "place"]
    assert not any("Valparaíso" in text for text in sites)


@pytest.mark.usefixtures("world")
def test_who_sees_only_themselves_is_offered_no_search(app: Flask) -> None:
    assert 'role="search"' not in sign_in(app, "aurora").get("/people/").text
    assert 'role="search"' in sign_in(app, "simon").get("/people/").text


def test_a_campaign_is_ended_from_today(app: Flask, world: World) -> None:
    hilda, bruno = sign_in(app, "hilda"), world.employee("bruno")
    page = hilda.get(f"/people/{bruno.public_id}").text
    (action,) = re.findall(r'action="([^"]+/campaigns/[^"]+/end)"', page)
    assert hilda.post(action).status_code == 302
    world.session.rollback()
    assert not standing(world.session, bruno.id, today(world)).campaign_ids


def test_leaving_ends_what_holds_and_cannot_be_entered_ahead(app: Flask, world: World) -> None:
    hilda, bruno, now = sign_in(app, "hilda"), world.employee("bruno"), today(world)
    path = f"/people/{bruno.public_id}/leave"
    for day in (now + timedelta(days=1), date(2020, 1, 1)):
        assert hilda.post(path, {"left_on": str(day)}).status_code == 422
    assert hilda.post(path, {"left_on": str(now)}).status_code == 302
    assert hilda.post(path, {"left_on": str(now)}).status_code == 422
    world.session.rollback()
    where = standing(world.session, bruno.id, now)
    assert (where.supervisor_id, where.site_id, where.campaign_ids) == (None, None, frozenset())
    assert ">E302<" not in hilda.get("/people/").text
    assert ">E302<" in hilda.get("/people/?former=yes").text
    assert "Record leaving" not in hilda.get(f"/people/{bruno.public_id}").text


def test_somebody_who_left_is_taken_back_on_their_page(app: Flask, world: World) -> None:
    hilda, bruno, now = sign_in(app, "hilda"), world.employee("bruno"), today(world)
    person = f"/people/{bruno.public_id}"
    place = f"team:{world.session.scalars(sa.select(Team.public_id)).one()}"
    assert f"{person}/return" not in hilda.get(person).text
    sent = {"starts_on": str(now), "place": place}
    refused = hilda.post(f"{person}/return", sent)
    assert refused.status_code == 422
    assert "This person works here." in refused.text
    hilda.post(f"{person}/leave", {"left_on": str(now)})
    assert f"{person}/return" in hilda.get(person).text
    assert "no role comes back with it" in hilda.get(f"{person}/return").text
    early = {"starts_on": str(now - timedelta(days=1)), "place": place}
    for wrong in (early, {**sent, "place": ""}, {**sent, "place": "team:x"}, {"place": place}):
        assert hilda.post(f"{person}/return", wrong).status_code == 422, wrong
    assert hilda.post(f"{person}/return", sent).location.endswith("/move")
    world.session.rollback()
    where = standing(world.session, bruno.id, now)
    assert where.site_id is not None
    assert where.team_id is not None
    assert ">E302<" in hilda.get("/people/").text


def test_only_human_resources_change_people_and_never_themselves(app: Flask, world: World) -> None:
    aurora, hilda = world.employee("aurora").public_id, world.employee("hilda").public_id
    before = world.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
    for name in ("simon", "ada", "augusto", "aurora"):
        browser = sign_in(app, name)
        for path in ("details", "move", "leave", "return"):
            assert browser.get(f"/people/{aurora}/{path}").status_code == 403
            assert browser.post(f"/people/{aurora}/{path}", DETAILS).status_code == 403
        assert browser.get("/people/new").status_code == 403
        assert browser.get("/people/import").status_code == 403
    own = sign_in(app, "hilda")
    for path in ("details", "move", "leave", "return"):
        assert own.get(f"/people/{hilda}/{path}").status_code == 403
        assert own.post(f"/people/{hilda}/{path}", DETAILS).status_code == 403
    world.session.rollback()
    after = world.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
    assert after == (before or 0) + 5


def test_human_resources_of_another_site_see_nobody_here(app: Flask, world: World) -> None:
    with unit_of_work(world.session):
        here = world.session.scalars(sa.select(Site)).one()
        other = Site(employer_id=here.employer_id, name="Valparaíso", time_zone=here.time_zone)
        world.session.add(other)
        world.session.flush()
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=world.account("carla"),
            role=Role.HR,
            scope_kind=ScopeKind.SITE,
            scope_id=other.id,
        )
    assert seen_by(app, "carla") == {"carla"}
    carla = sign_in(app, "carla")
    assert carla.get(f"/people/{world.employee('bruno').public_id}/move").status_code == 404
    assert carla.get("/people/new").status_code == 403
    assert carla.get("/people/import").status_code == 403


def upload(browser: object, text: str, *, apply: bool = False) -> str:
    file = (io.BytesIO(text.encode()), "people.csv")
    page = browser.post("/people/import", {"file": file, "starts_on": "2026-03-10"}).text  # type: ignore[attr-defined]
    if apply:
        (carried,) = re.findall(r'name="carried" value="([^"]+)"', page)
        form = {"carried": carried, "starts_on": "2026-03-10"}
        assert browser.post("/people/import/apply", form).status_code == 302  # type: ignore[attr-defined]
    return str(page)


def test_a_file_is_looked_at_first_and_then_imported(app: Flask, world: World) -> None:
    hilda = sign_in(app, "hilda")
    page = upload(hilda, table(BOSS, AGENT))
    assert re.search(r"Added</dt><dd>2<", page)
    assert "Lía Prueba" in page
    assert page.count("New person") == 2
    assert re.search(r"<code>site</code></h3>\s*<ul[^>]*><li><strong>Santiago<", page)
    assert "<strong>CDP</strong> Centro de Pruebas SpA" in page
    count = sa.select(sa.func.count()).select_from(Employee)
    assert world.session.scalar(count) == len(CAST)
    world.session.rollback()
    upload(hilda, table(BOSS, AGENT), apply=True)
    assert world.session.scalar(count) == len(CAST) + 2
    assert "nothing to import" in upload(hilda, table(BOSS, AGENT))
    moved = upload(hilda, table(BOSS, AGENT.replace(",Prueba,", ",Nueva,").replace("n1", "E200")))
    assert "Lía Nueva" in moved
    assert "Personal data, Supervisor" in moved
    assert "O&#39;Higgins" not in moved, "whom the file leaves as they are is not listed"


def test_the_empty_file_has_the_columns_and_is_read_as_one(app: Flask, world: World) -> None:
    assert world.employee("hilda")
    hilda = sign_in(app, "hilda")
    empty = hilda.get("/people/import/columns.csv")
    assert empty.text.removeprefix("\ufeff").split() == [",".join(LENGTHS)]
    assert "attachment" in empty.headers["Content-Disposition"]
    filled = dict.fromkeys(LENGTHS, "") | {
        "employer": "CDP",
        "employee_number": "N1",
        "given_name": "Lía",
        "family_name": "Prueba",
        "hired_on": "2026-03-01",
    }
    text = f"{empty.text}{','.join(filled.values())}\r\n"
    assert re.search(r"Added</dt><dd>1<", upload(hilda, text))


def test_faults_of_a_file_are_shown_with_their_place(app: Flask, world: World) -> None:
    assert world.employee("hilda")
    hilda = sign_in(app, "hilda")
    page = upload(hilda, table(AGENT, BOSS.replace("E200", "<script>")))
    assert "Faults: 1" in page
    assert "“&lt;script&gt;” does not exist" in page
    assert (
        "not UTF-8"
        in hilda.post(
            "/people/import",
            {"file": (io.BytesIO(b"\xff\xfe\x00"), "a.csv"), "starts_on": "2026-03-10"},
        ).text
    )
    for carried in ("", "nonsense", "AAAA"):
        assert hilda.post("/people/import/apply", {"carried": carried}).status_code == 422
