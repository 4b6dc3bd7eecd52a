"""The plan's pages: what they show, what they refuse, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.schema import State
from competency.progression.models import PlanAction
from tests.support.appraisals import LEAD_NOTE, SHORT, Road, open_road
from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.register import copies

TEXT = "Analizar los indicadores cada semana"


def form(road: Road, prefix: str = "new", **changed: object) -> dict[str, object]:
    """Return what the page's form sends."""
    values: dict[str, object] = {
        "criteria": [SHORT],
        "kind": "coaching",
        "text": TEXT,
        "owner": str(road.world.employee("aurora").id),
        "due_on": (clock.now().date() + timedelta(days=30)).isoformat(),
        "measure": "Cuatro informes",
        "version": "0",
    }
    return {f"{prefix}-{name}": value for name, value in {**values, **changed}.items()}


def stored(road: Road) -> list[PlanAction]:
    """Return the actions in the database now."""
    road.world.session.rollback()
    return list(road.world.session.scalars(sa.select(PlanAction).order_by(PlanAction.id)))


def closed(world: World) -> Road:
    return open_road(world).to(State.CLOSED)


def test_the_plan_shows_each_gap_under_its_unit_and_takes_an_action(
    app: Flask, world: World
) -> None:
    road, simon = closed(world), sign_in(app, "simon")
    page = simon.get(f"{road.path}/plan")
    assert page.status_code == 200
    assert page.text.count('class="panel gap"') == 1
    assert LEAD_NOTE in page.text
    assert "1 gap " in " ".join(page.text.split())
    assert '<span class="place">2.4</span>' in page.text, "numbered as on the scoring page"
    assert 'data-limit="2000"' in page.text
    assert not re.search(r"<textarea[^>]*maxlength", page.text), "a long text is never cut"
    answer = simon.post(f"{road.path}/plan/actions", form(road))
    assert answer.status_code == 302
    again = simon.get(f"{road.path}/plan").text
    assert TEXT in again
    assert "The action was added." in again
    assert "1 action to do" in again


def test_an_action_for_two_gaps_is_shown_once_and_named_at_the_other(
    app: Flask, world: World
) -> None:
    road, simon = open_road(world), sign_in(app, "simon")
    road.narrow(["ac1.cd1", SHORT, "ac3.cd1"])
    for criterion in ("ac1.cd1", SHORT, "ac3.cd1"):
        answer = {"kind": "lead", "level": "below", "note": "falta", "version": "0"}
        simon.post(f"{road.path}/drafts/{criterion}", answer)
    road.step("submit", "simon", evidence_confirmed=True)
    road.step("take", "renata")
    road.step("approve", "renata")
    both = ["ac1.cd1", SHORT]
    simon.post(f"{road.path}/plan/actions", form(road, criteria=both))
    page = simon.get(f"{road.path}/plan").text
    action = stored(road)[0].public_id
    assert page.count(f'id="action-{action}"') == 1
    assert page.count(f'href="#action-{action}"') == 1
    assert page.count('class="gap-unit"') == 3


def test_a_refused_action_keeps_what_was_typed_and_says_why(app: Flask, world: World) -> None:
    road, simon = closed(world), sign_in(app, "simon")
    for changed, words in (
        ({"text": "Muy bien 👍 sigue"}, "U+1F44D"),
        ({"text": "x" * 2001}, "2000 characters"),
        ({"due_on": "2020-01-01", "text": TEXT}, "has passed"),
        ({"due_on": "mañana", "text": TEXT}, "Not a valid date"),
        ({"criteria": [], "text": TEXT}, "Criteria"),
        ({"owner": str(world.employee("bruno").id), "text": TEXT}, "Not a valid choice"),
        ({"kind": "magic", "text": TEXT}, "Not a valid choice"),
        ({"criteria": ["ac9.cd9"], "text": TEXT}, "valid choice"),
    ):
        page = simon.post(f"{road.path}/plan/actions", form(road, **changed))
        assert page.status_code == 422, changed
        assert "Please check what was entered." in page.text
        assert words in page.text, changed
        assert str(changed["text"]) in page.text
    assert stored(road) == []


def test_markup_in_an_action_is_shown_as_text(app: Flask, world: World) -> None:
    road, simon = closed(world), sign_in(app, "simon")
    hostile = "<script>alert(1)</script> {{ 7*7 }} %(name)s"
    simon.post(f"{road.path}/plan/actions", form(road, text=hostile, measure=hostile))
    page = simon.get(f"{road.path}/plan").text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} %(name)s") == 2


def test_what_somebody_else_saved_stands_above_what_was_typed(app: Flask, world: World) -> None:
    road, simon, aurora = closed(world), sign_in(app, "simon"), sign_in(app, "aurora")
    simon.post(f"{road.path}/plan/actions", form(road))
    action = stored(road)[0].public_id
    path = f"{road.path}/plan/actions/{action}"
    assert f'name="{action}-version" value="1"' in simon.get(path).text
    first = form(road, action, text="La de Aurora", version="1")
    assert aurora.post(path, first).status_code == 302
    mine = form(road, action, text="La de Simón", version="1")
    page = simon.post(path, mine)
    assert page.status_code == 409
    assert "La de Aurora" in page.text
    assert "La de Simón" in page.text
    assert f'name="{action}-version" value="2"' in page.text
    assert stored(road)[0].text == "La de Aurora"
    assert simon.post(path, {**mine, f"{action}-version": "2"}).status_code == 302
    assert stored(road)[0].text == "La de Simón"


@pytest.mark.parametrize("version", ["", "latest", "-1", "²", "9" * 5000, "1 OR 1=1"])
def test_an_absurd_version_is_an_old_one(app: Flask, world: World, version: str) -> None:
    road, simon = closed(world), sign_in(app, "simon")
    simon.post(f"{road.path}/plan/actions", form(road))
    action = stored(road)[0].public_id
    path = f"{road.path}/plan/actions/{action}"
    assert simon.post(path, form(road, action, text="x", version=version)).status_code == 409
    state = {"state": "done", "version": version}
    assert simon.post(f"{path}/state", state).status_code == 409
    assert (stored(road)[0].text, stored(road)[0].version) == (TEXT, 1)


def test_an_action_is_marked_done_dropped_and_open_again(app: Flask, world: World) -> None:
    road, aurora = closed(world), sign_in(app, "aurora")
    aurora.post(f"{road.path}/plan/actions", form(road))
    path = f"{road.path}/plan/actions/{stored(road)[0].public_id}/state"
    for number, state in enumerate(("done", "open", "dropped"), start=1):
        answer = aurora.post(path, {"state": state, "version": str(number)})
        assert answer.status_code == 302
        assert stored(road)[0].state == state
    assert aurora.post(path, {"state": "celebrated", "version": "4"}).status_code == 422


def test_who_only_reads_the_plan_is_shown_no_form_and_refused_one(app: Flask, world: World) -> None:
    road = closed(world)
    sign_in(app, "simon").post(f"{road.path}/plan/actions", form(road))
    action = stored(road)[0].public_id
    for name in ("hilda", "renata", "augusto", "carla"):
        reader = sign_in(app, name)
        page = reader.get(f"{road.path}/plan")
        assert page.status_code == 200
        assert "Add an action" not in page.text
        assert TEXT in page.text
        for path in (f"{road.path}/plan/actions", f"{road.path}/plan/actions/{action}"):
            assert reader.post(path, form(road)).status_code == 403
        assert reader.get(f"{road.path}/plan/actions/{action}").status_code == 403
        state = {"state": "done", "version": "1"}
        assert reader.post(f"{road.path}/plan/actions/{action}/state", state).status_code == 403
    assert [row.version for row in stored(road)] == [1]


def test_to_a_stranger_every_address_of_the_plan_is_missing(app: Flask, world: World) -> None:
    road = closed(world)
    sign_in(app, "simon").post(f"{road.path}/plan/actions", form(road))
    action = stored(road)[0].public_id
    for name in ("bruno", "ada"):
        stranger = sign_in(app, name)
        for path in ("plan", "plan.pdf", f"plan/actions/{action}"):
            assert stranger.get(f"{road.path}/{path}").status_code == 404
        for path in ("plan/actions", f"plan/actions/{action}", f"plan/actions/{action}/state"):
            sent = {**form(road), "state": "done", "version": "1"}
            assert stranger.post(f"{road.path}/{path}", sent).status_code == 404


def test_another_plan_s_action_is_missing_under_this_plan_s_address(
    app: Flask, world: World
) -> None:
    road, simon = closed(world), sign_in(app, "simon")
    [other] = copies(road, 1)
    simon.post(f"/appraisals/{other}/plan/actions", form(road))
    foreign = stored(road)[0].public_id
    path = f"{road.path}/plan/actions/{foreign}"
    missing = f"{road.path}/plan/actions/{'0' * 20}"
    assert simon.get(path).status_code == simon.get(missing).status_code == 404
    assert simon.post(path, form(road, foreign, version="1")).status_code == 404
    assert simon.post(f"{path}/state", {"state": "done", "version": "1"}).status_code == 404
    assert stored(road)[0].version == 1


def test_the_plan_is_downloaded_in_the_employee_s_language(app: Flask, world: World) -> None:
    road, aurora = closed(world), sign_in(app, "aurora")
    aurora.post(f"{road.path}/plan/actions", form(road))
    answer = aurora.get(f"{road.path}/plan.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data.startswith(b"%PDF-")
