"""One unit of the Italian profile, from opening to a closed certification, both databases."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.candidates import Obstacle, Population, candidates
from competency.assessments.certification_models import (
    AssessmentSession,
    CycleCertification,
    EvidenceConfirmation,
    SessionItem,
    ShortfallAcceptance,
    ShortfallReason,
)
from competency.assessments.cycles import open_cycle
from competency.assessments.evidence import add_evidence, withdraw
from competency.assessments.evidence_models import EvidenceDoubt
from competency.assessments.models import (
    Appraisal,
    Evidence,
    EvidenceLink,
    FrozenEvidence,
)
from competency.assessments.nodes import nodes_by_id
from competency.assessments.operations import reassign_lead
from competency.assessments.schema import (
    AssessorKind,
    Confirmations,
    Doubt,
    Instrument,
    Mode,
    Point,
    SessionState,
    State,
)
from competency.assessments.session_changes import SessionChange, change_session
from competency.assessments.session_queries import people_under, superiors_of
from competency.assessments.session_rules import EXPECTED_RESULT
from competency.audit.operations import verify
from competency.clock import instant_of
from competency.credentials.issuers import ensure_issuer
from competency.credentials.operations import take_number
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Incomplete, Invalid, NotAllowed, NotFound
from competency.frameworks.schema import COMPETENT, NOT_YET_COMPETENT, EvidenceKind
from competency.people.models import Employer
from competency.people.operations import add_employee
from competency.people.schema import Names
from competency.resources import FRAMEWORKS
from tests.support.appraisals import publish_shipped
from tests.support.cast import CAST, World
from tests.support.certifications import (
    KNOWLEDGE,
    PROFILE,
    Certification,
    certification_plan,
    open_certification,
)
from tests.support.client import sign_in
from tests.support.contests import answer, take_step, widen
from tests.support.keys import signing_key
from tests.support.loading import load_framework


def rows(world: World, table: type) -> list[object]:
    world.session.rollback()
    return list(world.session.scalars(sa.select(table)))


def test_one_unit_is_certified_from_opening_to_closing(world: World) -> None:
    road = open_certification(world)
    assert road.criteria == ("uc1.cap1", "uc1.cap2", "uc1.cap3", "uc1.cap4")
    assert road.hold(road.plan()) is True
    node = road.close()
    assert nodes_by_id(node)["uc1"].result == COMPETENT
    assert [line.code for line in nodes_by_id(node)["uc1"].lines][-1] == "test_passed"
    assert road.state() is State.CLOSED
    assert issued_units(road) == ["Analisi fabbisogno risorse professionali"]
    assert verify(world.session) == []


def issued_units(road: Certification, *, shortfalls_accepted: bool = False) -> list[str]:
    session, now = road.world.session, clock.now()
    with unit_of_work(session):
        employer = session.scalars(sa.select(Employer)).one()
        ensure_issuer(session, actor=road.world.system(), now=now, employer=employer, prefix="CDP")
    with unit_of_work(session):
        entry = take_number(
            session,
            actor=road.world.actor("carla"),
            now=now,
            appraisal_public_id=road.public_id,
            public_url="http://localhost",
            key=signing_key(),
            shortfalls_accepted=shortfalls_accepted,
        )
        assert entry.facts is not None
        return [unit["title"] for unit in entry.facts["facts"]["units"]]


def test_a_unit_without_its_practical_test_is_not_attested(world: World) -> None:
    road = open_certification(world)
    node = nodes_by_id(road.close())["uc1"]
    assert node.result is None
    assert node.lines[-1].code == "test_missing"
    with pytest.raises(Invalid, match="Nothing can be attested"):
        issued_units(road)


def test_a_unit_whose_practical_test_was_not_passed_is_not_attested(world: World) -> None:
    road = open_certification(world)
    assert road.hold(road.plan(), failed=("uc1.ind2",)) is False
    node = nodes_by_id(road.close())["uc1"]
    assert node.result == NOT_YET_COMPETENT
    assert node.lines[-1].code == "test_not_passed"
    with pytest.raises(Invalid, match="Nothing can be attested"):
        issued_units(road)


def test_a_further_attempt_covers_only_what_was_not_met_and_passes_the_unit(world: World) -> None:
    road = open_certification(world)
    road.hold(road.plan(), failed=("uc1.ind2", EXPECTED_RESULT))
    second = road.plan()
    planned = world.session.scalars(
        sa.select(AssessmentSession).where(AssessmentSession.public_id == second)
    ).one()
    assert (planned.attempt, planned.items) == (2, ["uc1.ind2", EXPECTED_RESULT])
    assert road.hold(second) is True
    with pytest.raises(IllegalTransition, match="met already"):
        road.plan()
    assert nodes_by_id(road.close())["uc1"].result == COMPETENT


def test_beyond_the_cycles_attempts_none_is_planned_and_a_cancelled_one_uses_none(
    world: World,
) -> None:
    road = open_certification(world, attempts_maximum=2)
    road.cancel(road.plan())
    for _ in range(2):
        road.hold(road.plan(), failed=("uc1.ind1",))
    with pytest.raises(IllegalTransition, match="Every attempt"):
        road.plan()
    states = [s.state for s in rows(world, AssessmentSession)]  # type: ignore[attr-defined]
    assert sorted(states) == [SessionState.CANCELLED, SessionState.HELD, SessionState.HELD]


def test_a_held_session_is_evidence_beside_each_capability_of_its_unit_and_stays(
    world: World,
) -> None:
    road = open_certification(world)
    road.hold(road.plan(), note="canario-verbale")
    [evidence] = world.session.scalars(sa.select(Evidence))
    assert evidence.kind is EvidenceKind.PRACTICAL_TEST
    assert "canario-verbale" in str(evidence.text)
    links = world.session.scalars(sa.select(EvidenceLink.criterion_id))
    assert sorted(links) == sorted(road.criteria)
    with pytest.raises(IllegalTransition), unit_of_work(world.session):
        withdraw(
            world.session,
            actor=world.actor("bruno"),
            now=clock.now(),
            public_id=evidence.public_id,
        )


def test_a_knowledge_test_asks_chosen_items_and_is_linked_to_no_criterion(world: World) -> None:
    road = open_certification(world)
    knowledge = {"unit": None, "instrument": Instrument.KNOWLEDGE_TEST}
    first = road.plan(items=("con1", "con2"), **knowledge)  # type: ignore[arg-type]
    assert road.hold(first, failed=("con2",)) is False
    with pytest.raises(Invalid, match="not met before"):
        road.plan(items=("con1",), **knowledge)  # type: ignore[arg-type]
    second = road.plan(**knowledge)  # type: ignore[arg-type]
    covered = world.session.scalars(
        sa.select(AssessmentSession.items).where(AssessmentSession.public_id == second)
    ).one()
    assert covered == [i for i in KNOWLEDGE if i != "con1"]
    assert road.hold(second) is True
    assert rows(world, EvidenceLink) == []


def test_only_one_session_of_a_test_is_planned_at_a_time(world: World) -> None:
    road = open_certification(world)
    road.plan()
    with pytest.raises(IllegalTransition, match="planned already"):
        road.plan()


def test_who_may_plan_record_and_cancel(world: World) -> None:
    road = open_certification(world)
    for name in ("aurora", "simon", "augusto"):
        with pytest.raises(NotAllowed):
            road.plan(name)
    with pytest.raises(NotFound):
        road.plan("ada")
    planned = road.plan("bruno", examiners=("ada",))
    for name in ("hilda", "bruno", "aurora", "simon"):
        with pytest.raises(NotAllowed):
            road.hold(planned, name)
    with pytest.raises(NotFound):
        road.hold(planned, "carla")
    for name in ("ada", "simon"):
        with pytest.raises(NotAllowed):
            road.cancel(planned, name)
    assert road.hold(planned, "ada") is True


@pytest.mark.parametrize(
    ("examiners", "why"),
    [
        ((), "needs an examiner"),
        (("aurora", "bruno"), "examines themselves"),
        (("simon",), "not a superior"),
        (("simon", "renata"), "not a superior"),
    ],
)
def test_examiners_who_cannot_be_are_refused(
    world: World, examiners: tuple[str, ...], why: str
) -> None:
    road = open_certification(world)
    with pytest.raises(Invalid, match=why):
        road.plan(examiners=examiners)
    assert rows(world, AssessmentSession) == []
    road.plan(examiners=("simon", "ada"))


def test_a_superior_examines_beside_others_and_does_not_record(world: World) -> None:
    road = open_certification(world)
    planned = road.plan(examiners=("simon", "ada"))
    with pytest.raises(NotAllowed, match="no superior"):
        road.hold(planned, "simon")
    assert road.hold(planned, "ada") is True


def stranger(world: World) -> str:
    """Add somebody of another employer; return their number."""
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
        return add_employee(
            world.session,
            actor=world.system(),
            now=clock.now(),
            employer=other,
            employee_number="X900",
            names=Names("Otilia", "Ajena"),
            hired_on=date(2024, 1, 8),
        ).employee_number


def test_examiners_are_named_within_ones_scope_and_those_there_stay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    road = open_certification(world)
    monkeypatch.setitem(CAST, "otilia", (stranger(world), "Otilia", "Ajena", []))
    with pytest.raises(Invalid, match="Nobody whom you may name"):
        road.plan("bruno", examiners=("bruno", "otilia"))
    planned = road.plan("hilda", examiners=("bruno", "otilia"))
    with unit_of_work(world.session):
        change_session(
            world.session,
            actor=world.actor("bruno"),
            now=clock.now(),
            public_id=planned,
            change=SessionChange(
                clock.now(), ("X900", "E302"), place="Sala 9", reason="Altra sala."
            ),
        )


def test_a_session_is_recorded_from_its_day_on_whole_and_once(world: World) -> None:
    road = open_certification(world)
    early = road.plan(at=clock.now() + timedelta(days=2))
    with pytest.raises(IllegalTransition, match="still to come"):
        road.hold(early)
    road.cancel(early)
    planned = road.plan()
    road.hold(planned)
    for again in (road.hold, road.cancel):
        with pytest.raises(IllegalTransition, match="record stays"):
            again(planned)
    assert len(rows(world, SessionItem)) == 4


def test_nothing_is_submitted_while_a_test_is_planned(world: World) -> None:
    road = open_certification(world)
    road.judge("bruno", AssessorKind.LEAD, levels=dict.fromkeys(road.criteria, "met"))
    planned = road.plan()
    with pytest.raises(Invalid, match="still planned"):
        road.step("submit", "bruno", confirmations=road.confirmed())
    road.cancel(planned)
    road.step("submit", "bruno", confirmations=road.confirmed())
    with pytest.raises(IllegalTransition, match="while the certification is open"):
        road.plan()


def test_an_examiner_neither_reviews_nor_attests(world: World) -> None:
    road = open_certification(world)
    road.hold(road.plan(examiners=("renata", "carla")), "carla")
    road.judge("bruno", AssessorKind.LEAD, levels=dict.fromkeys(road.criteria, "met"))
    road.step("submit", "bruno", confirmations=road.confirmed())
    with pytest.raises(NotFound):
        road.step("take", "renata")


def test_a_certifier_who_examined_does_not_attest(world: World) -> None:
    road = open_certification(world)
    road.hold(road.plan(examiners=("carla",)), "carla")
    road.close()
    with pytest.raises(NotAllowed, match="neither assessed"):
        issued_units(road)


def test_each_evidence_is_confirmed_by_itself_and_what_is_not_relied_on_stays_out(
    world: World,
) -> None:
    road = open_certification(world)
    road.hold(road.plan())
    road.hold(road.plan(unit=None, instrument=Instrument.KNOWLEDGE_TEST))
    road.judge("bruno", AssessorKind.LEAD, levels=dict.fromkeys(road.criteria, "met"))
    with pytest.raises(Incomplete, match="1 left"):
        road.step("submit", "bruno", evidence_confirmed=True)
    [practical] = world.session.scalars(
        sa.select(Evidence.public_id).where(Evidence.kind == EvidenceKind.PRACTICAL_TEST)
    )
    with pytest.raises(Incomplete, match="what is not so, and why: 1 left"):
        road.step("submit", "bruno", confirmations=Confirmations({practical: False}))
    doubts = {practical: Doubt((Point.CURRENT,), "canario-dubbio di due anni fa")}
    road.step("submit", "bruno", confirmations=Confirmations({practical: False}, {}, doubts))
    [doubt] = world.session.scalars(sa.select(EvidenceDoubt))
    assert (doubt.points, doubt.reason) == (["current"], "canario-dubbio di due anni fa")
    assert rows(world, EvidenceConfirmation) == []
    assert rows(world, FrozenEvidence) == []
    road.step("take", "renata")
    road.step("return_for_rework", "renata", comment="Otra vez.")
    road.step("submit", "bruno", confirmations=Confirmations({practical: True}))
    [confirmation] = world.session.scalars(sa.select(EvidenceConfirmation))
    assert (confirmation.turn, confirmation.confirmed_by_id) == (2, world.employee("bruno").id)
    assert len(rows(world, FrozenEvidence)) == 4


def with_evidence_rule() -> dict[str, object]:
    """Return the profile's units, its first capability and itself asking for more than there is."""
    path = FRAMEWORKS / PROFILE / "1.0.0.yaml"
    data = load_framework(path).model_dump(mode="json")
    data["units"][0]["criteria"][0]["evidence"] = {"minimum": 2}
    data["units"][0]["evidence"] = {"minimum": 1, "kinds": ["simulation"]}
    return {"units": data["units"]}


def test_every_shortfall_of_evidence_is_explained_and_the_reason_kept(world: World) -> None:
    version_id = publish_shipped(world, PROFILE, **with_evidence_rule())
    road = open_certification(world, version_id=version_id)
    road.hold(road.plan())
    road.judge("bruno", AssessorKind.LEAD, levels=dict.fromkeys(road.criteria, "met"))
    with pytest.raises(Incomplete, match="less evidence") as refused:
        road.step("submit", "bruno", confirmations=road.confirmed())
    assert refused.value.missing == ("uc1.cap1", "uc1")
    reasons = {"uc1.cap1": "canario-motivo basta", "uc1": "canario-motivo visto en la prueba"}
    road.step("submit", "bruno", confirmations=Confirmations(road.confirmed().relied_on, reasons))
    stored = world.session.scalars(sa.select(ShortfallReason))
    assert {row.criterion_id: row.reason for row in stored} == reasons
    appraisal = world.session.scalars(sa.select(Appraisal)).one()
    assert appraisal.flags["evidence_shortfall"] == ["uc1.cap1"]
    assert appraisal.flags["unit_shortfall"] == ["uc1"]
    for step, name in (("take", "renata"), ("approve", "renata"), ("release", "hilda")):
        road.step(step, name)
    road.step("acknowledge", "aurora")
    with pytest.raises(Invalid, match="Accept the reasons"):
        issued_units(road)
    assert rows(world, ShortfallAcceptance) == []
    assert issued_units(road, shortfalls_accepted=True)
    [accepted] = world.session.scalars(sa.select(ShortfallAcceptance))
    assert accepted.accepted_by_id == world.account("carla").id


def found(world: World, assessor: str, *numbers: str) -> dict[str, Obstacle | None]:
    people = candidates(
        world.session,
        actor=world.actor("hilda"),
        now=clock.now(),
        framework_version_id=1,
        population=Population(employee_numbers=tuple(CAST[n][0] for n in numbers)),
        assessor=CAST[assessor][0],
    )
    names = {CAST[n][0]: n for n in CAST}
    return {names[c.employee.employee_number]: c.obstacle for c in people}


def test_who_cannot_be_certified_by_this_assessor_says_why(world: World) -> None:
    assert found(world, "renata", "aurora", "simon", "renata", "carla") == {
        "aurora": Obstacle.ASSESSOR_IS_SUPERIOR,
        "simon": Obstacle.ASSESSOR_IS_SUPERIOR,
        "renata": Obstacle.IS_ASSESSOR,
        "carla": None,
    }
    assert found(world, "bruno", "aurora") == {"aurora": None}
    today = world.actor("hilda").today(clock.now())
    ids = {n: world.employee(n).id for n in CAST}
    assert superiors_of(world.session, ids["aurora"], today) == {ids["simon"], ids["renata"]}
    below = people_under(world.session, ids["renata"], today)
    assert below == {ids["simon"], ids["aurora"], ids["bruno"]}


def test_hr_names_neither_themselves_nor_somebody_unknown(world: World) -> None:
    with pytest.raises(Invalid, match="yourself"):
        found(world, "hilda", "aurora")
    with pytest.raises(Invalid, match="Nobody who works here"):
        candidates(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            framework_version_id=1,
            population=Population(),
            assessor="E999",
        )


def test_a_cycle_of_certifications_keeps_its_assessor_units_and_attempts(world: World) -> None:
    road = open_certification(world, units=("uc2", "uc4"), attempts_maximum=2)
    assert len(road.criteria) == 8
    [kept] = world.session.scalars(sa.select(CycleCertification))
    assert kept.assessor_id == world.employee("bruno").id
    assert (kept.unit_ids, kept.attempts_maximum) == (["uc2", "uc4"], 2)
    appraisal = world.session.scalars(sa.select(Appraisal)).one()
    assert (appraisal.mode, appraisal.lead_id) == (Mode.CERTIFICATION, kept.assessor_id)


@pytest.mark.parametrize(("units", "attempts"), [(("uc9",), 3), (("uc1",), 0), (("uc1",), 11)])
def test_strange_units_and_attempts_are_refused(
    world: World, units: tuple[str, ...], attempts: int
) -> None:
    version_id = publish_shipped(world, PROFILE)
    plan = certification_plan(
        version_id, units=units, attempts_maximum=attempts, due=date(2099, 1, 1)
    )
    with pytest.raises(Invalid), unit_of_work(world.session):
        open_cycle(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            plan=plan,
            population=Population(employee_numbers=(CAST["aurora"][0],)),
        )


def test_a_certification_is_not_handed_over_to_a_superior(world: World) -> None:
    road = open_certification(world)
    for name in ("simon", "renata"):
        with pytest.raises(Invalid, match="superior"):
            road.hand_over(name)
    road.hand_over("ada")
    assert road.loaded("ada").appraisal.lead_id == world.employee("ada").id


def test_nobody_makes_themselves_examiner_or_assessor(world: World) -> None:
    road = open_certification(world)
    with pytest.raises(Invalid, match="appoints themselves"):
        road.plan("hilda", examiners=("hilda",))
    with pytest.raises(Invalid, match="appoints themselves"):
        road.plan("hilda", examiners=("bruno", "hilda"))
    road.plan("bruno", examiners=("bruno",))
    appraisal = road.loaded().appraisal
    with pytest.raises(Invalid, match="name yourself"), unit_of_work(world.session):
        reassign_lead(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            appraisal=appraisal,
            lead_id=world.employee("hilda").id,
        )


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_day_at_the_end_of_the_calendar_is_refused_in_words(day: date) -> None:
    zone = "Pacific/Auckland" if day == date.min else "America/Santiago"
    with pytest.raises(Invalid, match="no such day"):
        instant_of(day, time(0 if day == date.min else 23), zone)


def test_a_later_round_confirms_the_evidence_of_what_is_judged_anew_and_no_other(
    app: Flask, world: World
) -> None:
    version_id = publish_shipped(world, PROFILE, **with_evidence_rule())
    road = open_certification(world, version_id=version_id)
    short, carried = "uc1.cap1", road.criteria[1]
    for criterion in (short, carried):
        add_about(world, criterion)
    road.judge("bruno", AssessorKind.LEAD, levels=dict.fromkeys(road.criteria, "met"))
    reasons = {short: "canario-motivo basta", "uc1": "canario-motivo visto"}
    road.step("submit", "bruno", confirmations=Confirmations(road.confirmed().relied_on, reasons))
    for step, name in (("take", "renata"), ("approve", "renata"), ("release", "hilda")):
        road.step(step, name)
    widen(world)
    take_step(road, "contest", "aurora", statement="No fue asi.", criteria=[short])
    take_step(road, "reassess", "hilda", lead_id=world.employee("lena").id)
    answer(road, "lena", short, kind=AssessorKind.LEAD)
    page = sign_in(app, "lena").get(road.path).text
    pieces = dict(world.session.execute(sa.select(Evidence.title, Evidence.public_id)).all())
    names = set(re.findall(r'name="relied-(\w+)"', page))
    assert names == {pieces[f"Prova {short}"]}
    assert set(re.findall(r'name="shortfall-([\w.]+)"', page)) == {short, "uc1"}
    confirmed = Confirmations(
        dict.fromkeys(names, True), {short: "canario-nuevo basta", "uc1": "canario-nuevo visto"}
    )
    take_step(road, "submit", "lena", confirmations=confirmed)
    said = sa.select(ShortfallReason.criterion_id, ShortfallReason.reason).where(
        ShortfallReason.round == 2
    )
    assert dict(world.session.execute(said).all()) == dict(confirmed.shortfalls)
    frozen = sa.select(FrozenEvidence.criterion_id).where(FrozenEvidence.round == 2)
    assert set(world.session.scalars(frozen)) == {short, carried}, "the rest carries over"


def test_who_examined_in_an_earlier_round_is_given_no_later_one(world: World) -> None:
    road = open_certification(world)
    road.hold(road.plan(examiners=("bruno", "augusto")))
    road.judge("bruno", AssessorKind.LEAD, levels=dict.fromkeys(road.criteria, "met"))
    road.step("submit", "bruno", confirmations=road.confirmed())
    for step, name in (("take", "renata"), ("approve", "renata"), ("release", "hilda")):
        road.step(step, name)
    take_step(road, "contest", "aurora", statement="No fue asi.", criteria=[road.criteria[0]])
    take_step(road, "reassess", "hilda", lead_id=world.employee("ada").id)
    with pytest.raises(Invalid, match="earlier round"):
        road.hand_over("augusto")
    road.hand_over("carla")


def add_about(world: World, criterion: str) -> None:
    """Add an evidence about Aurora for one criterion of the profile."""
    with unit_of_work(world.session):
        add_evidence(
            world.session,
            actor=world.actor("bruno"),
            now=clock.now(),
            employee_public_id=world.employee("aurora").public_id,
            kind=EvidenceKind.DIRECT_PERFORMANCE,
            title=f"Prova {criterion}",
            text="Visto en el turno.",
            happened_on=clock.now().date() - timedelta(days=2),
            links=[(PROFILE, criterion)],
        )
