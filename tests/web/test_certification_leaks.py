"""What came of a test is nowhere before it may be read, and no one is in their own favour."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.models import Evidence
from competency.assessments.schema import AssessorKind, State
from competency.assessments.suspending import suspend
from competency.database.transactions import unit_of_work
from competency.people.access import grant_role
from competency.people.schema import Role
from tests.support.appraisals import open_road
from tests.support.cast import World
from tests.support.certifications import Certification, open_certification
from tests.support.client import sign_in

NOTE = "canario-nota"


def failed_test(world: World) -> tuple[Certification, str]:
    """Open a certification of Aurora with a failed test; return the test's evidence too."""
    road = open_certification(world)
    road.hold(road.plan(), failed=("uc1.ind2",))
    world.session.rollback()
    return road, world.session.scalars(sa.select(Evidence.public_id)).one()


def grant(world: World, name: str, role: Role) -> None:
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account(name),
            role=role,
        )


def test_the_record_of_a_test_is_no_evidence_to_read_oneself_before_the_result_is_released(
    app: Flask, world: World
) -> None:
    road, evidence = failed_test(world)
    portfolio = f"/people/{world.employee('aurora').public_id}/evidence"
    aurora, bruno = sign_in(app, "aurora"), sign_in(app, "bruno")
    assert NOTE in bruno.get(portfolio).text
    assert NOTE in bruno.get(f"/evidence/{evidence}").text
    assert NOTE not in aurora.get(portfolio).text
    assert aurora.get(f"/evidence/{evidence}").status_code == 404
    slug = road.loaded().framework.id
    asking = aurora.get(f"/requests/new?framework={slug}").text
    assert "1 piece" not in asking
    road.judge("bruno", AssessorKind.LEAD, levels=dict.fromkeys(road.criteria, "met"))
    road.step("submit", "bruno", confirmations=road.confirmed())
    assert aurora.get(f"/evidence/{evidence}").status_code == 404
    for action, name in (("take", "renata"), ("approve", "renata"), ("release", "hilda")):
        road.step(action, name)
    assert NOTE in aurora.get(f"/evidence/{evidence}").text
    assert NOTE in aurora.get(portfolio).text


def test_a_supervisor_who_does_not_lead_reads_no_record_of_a_test_before_it_is_submitted(
    app: Flask, world: World
) -> None:
    road, evidence = failed_test(world)
    portfolio = f"/people/{world.employee('aurora').public_id}/evidence"
    simon, hilda = sign_in(app, "simon"), sign_in(app, "hilda")
    assert NOTE not in simon.get(portfolio).text
    assert simon.get(f"/evidence/{evidence}").status_code == 404
    assert NOTE in hilda.get(portfolio).text
    assert NOTE in hilda.get(f"/evidence/{evidence}").text
    road.judge("bruno", AssessorKind.LEAD, levels=dict.fromkeys(road.criteria, "met"))
    road.step("submit", "bruno", confirmations=road.confirmed())
    assert NOTE in simon.get(portfolio).text
    assert NOTE in simon.get(f"/evidence/{evidence}").text


def test_who_leads_something_else_reads_no_record_of_a_test_that_was_not_submitted(
    app: Flask, world: World
) -> None:
    road, evidence = failed_test(world)
    with unit_of_work(world.session):
        suspend(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            public_id=road.public_id,
            reason="on leave",
        )
    version_id = road.loaded("hilda").appraisal.framework_version_id
    other = open_road(world, version_id=version_id, self_assessment=False)
    simon = sign_in(app, "simon")
    assert simon.get(f"/evidence/{evidence}").status_code == 404
    assert '<span class="count">1</span>' not in simon.get(other.path).text


def test_a_self_assessment_shows_no_record_of_a_test(app: Flask, world: World) -> None:
    road = open_certification(world, self_assessment=True)
    road.hold(road.plan(), failed=("uc1.ind2",))
    one_piece = '<span class="count">1</span>'
    assert one_piece in sign_in(app, "bruno").get(road.path).text
    assert one_piece not in sign_in(app, "aurora").get(road.path).text


def test_nobody_reads_on_the_page_of_a_cycle_whether_they_passed(app: Flask, world: World) -> None:
    road, _evidence = failed_test(world)
    assert "Not passed" in sign_in(app, "hilda").get(f"/cycles/{road.cycle_id}").text
    grant(world, "aurora", Role.HR)
    assert "Not passed" not in sign_in(app, "aurora").get(f"/cycles/{road.cycle_id}").text
    augusto = sign_in(app, "augusto").get(f"/cycles/{road.cycle_id}").text
    assert "Not passed" not in augusto


def test_a_certification_is_never_approved_at_a_stroke(app: Flask, world: World) -> None:
    road, _evidence = failed_test(world)
    road.judge("bruno", AssessorKind.LEAD, levels=dict.fromkeys(road.criteria, "met"))
    road.step("submit", "bruno", confirmations=road.confirmed())
    assert road.loaded("renata").appraisal.flags == {}
    renata = sign_in(app, "renata")
    assert road.public_id not in renata.get("/reviews/unflagged").text
    assert road.public_id in renata.get("/home").text
    renata.post("/reviews/unflagged", {"appraisal": [road.public_id]})
    assert road.state() is State.SUBMITTED


def test_whether_ones_own_appraisal_is_flagged_is_not_told_by_a_refusal(
    app: Flask, world: World
) -> None:
    road = open_road(world).to(State.SUBMITTED)
    grant(world, "aurora", Role.REVIEWER)
    aurora = sign_in(app, "aurora")
    page = aurora.post("/reviews/unflagged", {"appraisal": [road.public_id]})
    assert "This appraisal is flagged" not in aurora.get(page.location).text
