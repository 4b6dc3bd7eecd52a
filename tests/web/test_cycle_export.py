"""What came out of a cycle, as a table and as data."""

from __future__ import annotations

import csv
import io
import json

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from competency import clock
from competency.assessments.exporting import exported
from competency.assessments.models import Cycle
from competency.assessments.schema import State
from competency.cli import main
from competency.database.transactions import unit_of_work
from competency.people.access import grant_role
from competency.people.schema import Role
from tests.support import appraisals
from tests.support.appraisals import SHORT, open_road
from tests.support.cast import World
from tests.support.client import sign_in


def table(app: Flask, name: str, cycle_id: str) -> list[list[str]]:
    answer = sign_in(app, name).get(f"/cycles/{cycle_id}/results.csv")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_a_decided_appraisal_is_a_line_for_each_criterion(app: Flask, world: World) -> None:
    road = open_road(world).to(State.APPROVED)
    head, *lines = table(app, "hilda", road.cycle_id)
    assert len(lines) == len(road.criteria)
    assert {line[0] for line in lines} == {"E301"}
    short = [dict(zip(head, line, strict=True)) for line in lines if line[9]]
    assert [(line["Level"], line["Level required"]) for line in short] == [
        ("Aún no cumple", "Cumple")
    ]
    assert "canario-lead" in short[0]["Reason"]


def test_before_a_decision_there_is_a_state_and_nothing_else(app: Flask, world: World) -> None:
    road = open_road(world).to(State.SUBMITTED)
    (line,) = table(app, "augusto", road.cycle_id)[1:]
    assert line == ["E301", "Aurora Ficticia", "In review", *[""] * 7]
    assert "canario" not in sign_in(app, "hilda").get(f"/cycles/{road.cycle_id}/results.csv").text


def test_a_reason_is_no_formula(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appraisals, "LEAD_NOTE", "=1+1")
    road = open_road(world).to(State.APPROVED)
    reasons = {line[9] for line in table(app, "hilda", road.cycle_id)[1:]}
    assert reasons == {"", "'=1+1"}


def test_nobody_sees_their_own_result_before_it_is_released(app: Flask, world: World) -> None:
    road = open_road(world).to(State.APPROVED)
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account("aurora"),
            role=Role.AUDITOR,
        )
    assert [line[9] for line in table(app, "aurora", road.cycle_id)[1:]] == [""]
    road.step("release", "hilda")
    assert len(table(app, "aurora", road.cycle_id)) == 1 + len(road.criteria)


def test_the_data_hold_judgements_results_and_gaps(app: Flask, world: World) -> None:
    road = open_road(world).to(State.RELEASED)
    answer = CliRunner().invoke(
        main, ["cycles", "export", road.cycle_id, "--as", "E100"], obj=lambda: app
    )
    assert answer.exit_code == 0, answer.output
    (one,) = json.loads(answer.output)["appraisals"]
    assert one["number"] == "E301"
    assert len(one["judgements"]) == len(road.criteria)
    assert one["gaps"] == [{"criterion": SHORT, "judged": "below", "required": "met"}]
    assert one["results"]["ac2"] == "not_yet_competent"


def test_people_outside_the_scope_are_not_in_it(app: Flask, world: World) -> None:
    road = open_road(world).to(State.APPROVED)
    cycle = world.session.scalars(sa.select(Cycle)).one()
    assert len(exported(world.session, world.actor("hilda"), clock.now(), cycle)) == 1
    assert not exported(world.session, world.actor("simon"), clock.now(), cycle)
    assert sign_in(app, "simon").get(f"/cycles/{road.cycle_id}/results.csv").status_code == 403
