"""Simulations and interviews of a certification: held, kept as evidence, binding or not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.certification_models import AssessmentSession
from competency.assessments.models import Evidence, EvidenceLink
from competency.assessments.nodes import nodes_by_id
from competency.assessments.outcomes import outcome
from competency.assessments.schema import Facts, Instrument, Judged, SessionResults
from competency.assessments.session_rules import EXPECTED_RESULT
from competency.assessments.sessions import Marks, hold_session
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Incomplete, Invalid
from competency.frameworks.schema import (
    COMPETENT,
    NOT_YET_COMPETENT,
    AssessmentMethod,
    EvidenceKind,
    Framework,
)
from competency.resources import FRAMEWORKS
from tests.support.cast import World
from tests.support.certifications import PROFILE, Certification, open_certification
from tests.support.client import sign_in
from tests.support.loading import load_framework
from tests.unit.documents_facts import text_of

ASKED = ("uc1.cap1", "uc1.cap3")
SAID = "canario-detto prevede sempre due settimane"


def interview(road: Certification, *, shown: tuple[str, ...] = ASKED, note: str = SAID) -> str:
    """Plan and hold an interview with the superior beside the examiner; return its id."""
    session_id = road.plan(
        "bruno",
        unit=None,
        instrument=Instrument.INTERVIEW,
        examiners=("bruno", "simon"),
        items=ASKED,
    )
    with unit_of_work(road.world.session):
        hold_session(
            road.world.session,
            actor=road.world.actor("bruno"),
            now=clock.now(),
            public_id=session_id,
            marks=Marks({i: i in shown for i in ASKED}, dict.fromkeys(ASKED, note)),
        )
    return session_id


def evidence(world: World) -> tuple[Evidence, set[str]]:
    world.session.rollback()
    found = world.session.scalars(sa.select(Evidence)).one()
    return found, set(world.session.scalars(sa.select(EvidenceLink.criterion_id)))


def test_an_interview_is_about_chosen_criteria_and_becomes_evidence_of_them(world: World) -> None:
    road = open_certification(world)
    interview(road)
    found, links = evidence(world)
    assert found.kind is EvidenceKind.INTERVIEW
    assert SAID in (found.text or "")
    assert links == set(ASKED)
    with pytest.raises(Invalid, match="only what was not met"):
        road.plan(unit=None, instrument=Instrument.INTERVIEW, items=("uc1.cap1",))


def test_an_interview_needs_a_note_of_every_criterion(world: World) -> None:
    road = open_certification(world)
    with pytest.raises(Incomplete, match="what was said"):
        interview(road, note=" ")


def test_a_simulation_is_tried_as_the_practical_test_and_is_evidence_of_the_unit(
    world: World,
) -> None:
    road = open_certification(world)
    with pytest.raises(Invalid, match="only what was not met"):
        road.plan("bruno", instrument=Instrument.SIMULATION, items=("uc1.ind1",))
    first = road.plan("bruno", instrument=Instrument.SIMULATION)
    assert road.hold(first, failed=("uc1.ind2",)) is False
    found, links = evidence(world)
    assert found.kind is EvidenceKind.SIMULATION
    assert links == {"uc1.cap1", "uc1.cap2", "uc1.cap3", "uc1.cap4"}
    second = road.plan("bruno", instrument=Instrument.SIMULATION)
    world.session.rollback()
    planned = world.session.scalars(
        sa.select(AssessmentSession).where(AssessmentSession.public_id == second)
    ).one()
    assert (planned.attempt, planned.items) == (2, ["uc1.ind2"])
    road.hold(second)
    with pytest.raises(IllegalTransition):
        road.plan("bruno", instrument=Instrument.SIMULATION)
    with pytest.raises(Invalid):
        road.plan("bruno", unit="uc2", instrument=Instrument.SIMULATION)


def test_what_the_framework_does_not_name_holds_no_result_back(world: World) -> None:
    road = open_certification(world)
    road.hold(road.plan())
    road.hold(road.plan(instrument=Instrument.SIMULATION), failed=("uc1.ind1",))
    interview(road, shown=())
    node = nodes_by_id(road.close())["uc1"]
    assert node.result == COMPETENT
    assert [line.code for line in node.lines][-1] == "test_passed"


def naming(*methods: AssessmentMethod) -> Framework:
    """Return the profile with its first unit assessed by other methods."""
    profile = load_framework(FRAMEWORKS / PROFILE / "1.0.0.yaml")
    first = profile.units[0].model_copy(update={"assessment_methods": methods})
    return profile.model_copy(update={"units": (first, *profile.units[1:])})


@pytest.mark.parametrize(
    ("method", "held", "said"),
    [
        ("simulation", SessionResults(), "missing"),
        ("simulation", SessionResults(simulations={"uc1": True}), "passed"),
        ("simulation", SessionResults(simulations={"uc1": False}), "not_passed"),
        ("interview", SessionResults(interviewed={"uc2.cap1": False}), "missing"),
        ("interview", SessionResults(interviewed={"uc1.cap1": True}), "passed"),
        (
            "interview",
            SessionResults(interviewed={"uc1.cap1": True, "uc1.cap2": False}),
            "not_passed",
        ),
    ],
)
def test_what_a_unit_names_binds_as_its_practical_test_does(
    method: str, held: SessionResults, said: str
) -> None:
    framework = naming(AssessmentMethod(method))
    criteria = [c.id for c in framework.criteria_in(framework.units[0])]
    facts = Facts(
        dict.fromkeys(criteria, Judged("met")),
        frozenset(criteria),
        reading_confirmed=True,
        tests=held,
    )
    unit = nodes_by_id(outcome(framework, facts))["uc1"]
    expected = {"missing": None, "passed": COMPETENT, "not_passed": NOT_YET_COMPETENT}
    assert unit.result == expected[said]
    assert unit.lines[-1].code == f"{method}_{said}"


def test_the_pages_plan_record_and_print_both(app: Flask, world: World) -> None:
    road = open_certification(world)
    bruno = sign_in(app, "bruno")
    plan = f"/appraisals/{road.public_id}/sessions"
    page = bruno.get(f"/appraisals/{road.public_id}").text
    assert f"{plan}/new?instrument=interview" in page
    assert f"{plan}/new?instrument=simulation&amp;unit=uc1" in page
    assert (
        "sessions/new?instrument=interview"
        not in sign_in(app, "aurora").get(f"/appraisals/{road.public_id}").text
    )
    assert (
        "Criteria that the interview is about" in bruno.get(f"{plan}/new?instrument=interview").text
    )
    sent: dict[str, object] = {
        "instrument": "interview",
        "day": world.actor("bruno").today(clock.now()).isoformat(),
        "time": "00:00",
        "place": "Sala 3",
        "examiners": "E302, E200",
    }
    assert bruno.post(plan, sent).status_code == 422
    answer = bruno.post(plan, {**sent, "items": list(ASKED)})
    assert answer.status_code == 302
    session = answer.location
    blank = text_of(bruno.get(f"{session}/sheet.pdf").data)
    for words in ("Aurora Ficticia", "Sala 3", "1.3"):
        assert words in blank
    marks = {f"mark-{i}": "yes" for i in ASKED} | {f"note-{i}": SAID for i in ASKED}
    without = {name: "" if name == f"note-{ASKED[1]}" else v for name, v in marks.items()}
    refused = bruno.post(f"{session}/record", without)
    assert refused.status_code == 422
    assert SAID in refused.text
    assert bruno.post(f"{session}/record", marks).status_code == 302
    assert "canario-detto" in bruno.get(session).text
    assert "canario-detto" in text_of(bruno.get(f"{session}/sheet.pdf").data)
    assert "canario-detto" not in sign_in(app, "aurora").get(session).text
    simulation = road.plan("bruno", instrument=Instrument.SIMULATION)
    road.hold(simulation, failed=(EXPECTED_RESULT,))
    assert "canario-nota" in text_of(bruno.get(f"/sessions/{simulation}/sheet.pdf").data)
