"""A cycle narrowed to a scope of its framework: chosen, checked, shown, and dropped."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from competency import clock
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.position_scopes import scopes_of_positions
from competency.cli import main
from competency.database.transactions import unit_of_work
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.publishing import publish_value
from competency.frameworks.schema import Framework
from competency.progression.positions_schema import Positions
from competency.resources import FRAMEWORKS
from tests.support.appraisals import open_road, publish_shipped
from tests.support.cast import CAST, SLUG, World
from tests.support.client import sign_in
from tests.support.loading import load_framework

PROGRESSION = "customer-service-progression"
LEFT_OUT = ("Conocimiento de plataformas", "Relación con proveedores")


def load_progression() -> Framework:
    return load_framework(FRAMEWORKS / PROGRESSION / "1.0.0.yaml")


def due() -> str:
    return (clock.now() + timedelta(days=20)).date().isoformat()


def wanted(version_id: int, scope: str) -> dict[str, str]:
    return {
        "title": "Agentes 2026",
        "framework": str(version_id),
        "scope": scope,
        "submit_due_on": due(),
        "everybody": "y",
        "review": "all",
        "self_assessment": "blind",
        "contest_days": "10",
    }


def cycles(world: World) -> list[Cycle]:
    world.session.rollback()
    return list(world.session.scalars(sa.select(Cycle)))


def test_the_scopes_stand_under_their_framework_and_the_preview_counts_what_is_left(
    app: Flask, world: World
) -> None:
    version_id, hilda = publish_shipped(world, PROGRESSION), sign_in(app, "hilda")
    form = hilda.get("/cycles/new").text
    assert '<optgroup label="Criterios de progresión, Customer Service 1.0.0">' in form
    assert f'<option value="{version_id}:agents">Agentes</option>' in form
    asked = wanted(version_id, f"{version_id}:agents")
    page = hilda.get("/cycles/new", query_string=asked)
    assert page.status_code == 200
    assert "12 criteria, 9 in this scope." in page.text
    assert all(title in page.text for title in LEFT_OUT)
    assert f'name="scope" value="{version_id}:agents"' in page.text
    whole = hilda.get("/cycles/new", query_string=wanted(version_id, "")).text
    assert "12 criteria." in whole
    assert LEFT_OUT[0] not in whole


def test_a_narrowed_cycle_keeps_its_scope_and_each_appraisal_its_criteria(
    app: Flask, world: World
) -> None:
    version_id, hilda = publish_shipped(world, PROGRESSION), sign_in(app, "hilda")
    answer = hilda.post("/cycles", wanted(version_id, f"{version_id}:agents"))
    assert answer.status_code == 302
    assert [cycle.scope_id for cycle in cycles(world)] == ["agents"]
    for scope in world.session.scalars(sa.select(Appraisal.scope)):
        assert scope is not None
        assert len(scope) == 9
        assert "platform-knowledge" not in scope
    page = hilda.get(answer.location).text
    assert "Agentes</span>, 9 of 12 criteria" in page
    assert "3 criteria are outside the scope of this appraisal" in page
    assert "0 of 9" in page


@pytest.mark.parametrize("way", ["preview", "opening"])
def test_a_scope_of_another_framework_or_of_none_is_refused_by_name(
    app: Flask, world: World, way: str
) -> None:
    other = world.session.scalars(sa.select(FrameworkVersion.id)).one()
    version_id, hilda = publish_shipped(world, PROGRESSION), sign_in(app, "hilda")
    faults = {
        (other, f"{version_id}:agents"): "belongs to another framework than Supervisor",
        (version_id, f"{version_id}:managers"): "no scope “managers”. It has: agents.",
        (version_id, "managers"): "no scope “managers”. It has: agents.",
        (other, f"{other}:agents"): "This framework has no scopes",
    }
    for (framework, scope), words in faults.items():
        asked = wanted(framework, scope)
        if way == "preview":
            answer = hilda.get("/cycles/new", query_string=asked)
        else:
            answer = hilda.post("/cycles", asked)
        assert answer.status_code == 422, scope
        assert words in answer.text, scope
        assert 'href="#scope"' in answer.text
    assert cycles(world) == []


def run(app: Flask, *more: str) -> Result:
    words = ["cycles", "open", "--title", "Por consola", "--due", due(), "--as", "E100"]
    return CliRunner().invoke(main, [*words, "--employees", "E301", *more], obj=lambda: app)


def test_the_command_line_narrows_by_the_scope_s_id(app: Flask, world: World) -> None:
    publish_shipped(world, PROGRESSION)
    agents = ("--framework", PROGRESSION, "--scope", "agents")
    previewed = run(app, *agents, "--dry-run")
    assert "criteria: 9 of 12" in previewed.output
    unknown = run(app, "--framework", PROGRESSION, "--scope", "managers")
    assert unknown.exit_code == 1
    assert "no scope “managers”. It has: agents." in unknown.output
    assert run(app, "--framework", SLUG, "--scope", "agents").exit_code == 1
    assert cycles(world) == []
    opened = run(app, *agents, "--json")
    assert opened.exit_code == 0, opened.output
    told = json.loads(opened.output)
    assert (told["criteria"], told["in_scope"]) == (12, 9)
    assert [cycle.scope_id for cycle in cycles(world)] == ["agents"]
    status = CliRunner().invoke(
        main, ["cycles", "status", "--as", "E100", "--json"], obj=lambda: app
    )
    assert json.loads(status.output)[0]["scope"] == "agents"


def test_who_judges_sees_what_is_outside_the_scope_and_is_not_asked_for_it(
    app: Flask, world: World
) -> None:
    version_id = publish_shipped(world, PROGRESSION)
    road = open_road(world, version_id=version_id, scope_id="agents")
    for name in ("simon", "aurora"):
        page = sign_in(app, name).get(road.path).text
        assert "3 criteria are outside the scope of this appraisal" in page
        assert all(title in page for title in LEFT_OUT)
        assert 'id="c-platform-knowledge"' not in page
        assert 'id="c-product-knowledge"' in page


def positions_asking_for(world: World, scope: str) -> None:
    """Publish a file in which supervisors are appraised in a scope of the progression."""
    target = {"framework": PROGRESSION, "scope": scope, "levels": {"planning": "n2"}}
    file = Positions.model_validate(
        {
            "format": 1,
            "kind": "positions",
            "id": "cargos",
            "version": "1.0.0",
            "title": "Cargos",
            "language": "es",
            "positions": [{"id": "supervisor", "title": "Supervisor", "targets": [target]}],
        }
    )
    with unit_of_work(world.session):
        publish_value(
            world.session, actor=world.system(), now=clock.now(), value=file, source_text="test"
        )


def test_a_cycle_can_leave_the_scope_to_each_persons_position(app: Flask, world: World) -> None:
    version_id, hilda = publish_shipped(world, PROGRESSION), sign_in(app, "hilda")
    positions_asking_for(world, "agents")
    asked = wanted(version_id, "by-position")
    page = hilda.get("/cycles/new", query_string=asked).text
    assert page.count("Agentes</") >= 3
    assert hilda.post("/cycles", asked).status_code == 302
    assert [(c.scope_id, c.scope_by_position) for c in cycles(world)] == [(None, True)]
    found = world.session.scalars(sa.select(Appraisal)).all()
    assert {(a.scope_id, len(a.scope or ())) for a in found} == {("agents", 9)}
    path = f"/appraisals/{found[0].public_id}"
    assert "9 of 12 criteria" in sign_in(app, "simon").get(path).text


def test_the_units_of_a_certification_narrow_the_scope_of_a_position_too(
    app: Flask, world: World
) -> None:
    version_id, hilda = publish_shipped(world, PROGRESSION), sign_in(app, "hilda")
    positions_asking_for(world, "agents")
    certifying = {
        "mode": "certification",
        "assessor": CAST["bruno"][0],
        "attempts": "3",
        "units": "people",
        "self_assessment": "none",
    }
    asked = wanted(version_id, "by-position") | certifying
    assert hilda.post("/cycles", asked).status_code == 302
    world.session.rollback()
    framework = load_progression()
    people = {c.id for unit in framework.units if unit.id == "people" for c in unit.criteria}
    for found in world.session.scalars(sa.select(Appraisal)).all():
        assert found.scope
        assert set(found.scope) <= people


def test_who_has_no_scope_by_position_is_appraised_as_a_whole(app: Flask, world: World) -> None:
    version_id, hilda = publish_shipped(world, PROGRESSION), sign_in(app, "hilda")
    positions_asking_for(world, "gone")
    assert scopes_of_positions(world.session, load_progression()) == {}
    assert hilda.post("/cycles", wanted(version_id, "by-position")).status_code == 302
    world.session.rollback()
    found = world.session.scalars(sa.select(Appraisal)).all()
    assert {(a.scope_id, a.scope) for a in found} == {(None, None)}


def test_an_accepted_request_is_narrowed_as_the_position_asks(app: Flask, world: World) -> None:
    version_id = publish_shipped(world, PROGRESSION)
    positions_asking_for(world, "agents")
    world.session.rollback()
    version = world.session.get_one(FrameworkVersion, version_id).public_id
    asked = sign_in(app, "aurora").post("/requests", {"framework": version, "words": "Por favor"})
    assert asked.status_code == 302
    simon = sign_in(app, "simon")
    assert '<option value="agents" lang="es" selected>' in simon.get(asked.location).text
    sent = {"reason": "Sí", "due_on": due(), "scope": "agents"}
    assert simon.post(f"{asked.location}/accept", sent).status_code == 302
    world.session.rollback()
    (found,) = world.session.scalars(sa.select(Appraisal)).all()
    assert (found.scope_id, len(found.scope or ())) == ("agents", 9)
