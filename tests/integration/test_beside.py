"""Seconds and peers on both databases: who may what, who reads what, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from competency import clock
from competency.assessments.beside_queries import parts_waiting
from competency.assessments.candidates import Population
from competency.assessments.cycles import CertificationPlan, CyclePlan, open_cycle
from competency.assessments.models import Assessor, Draft, Judgement
from competency.assessments.nodes import criterion_nodes
from competency.assessments.peers import together
from competency.assessments.queries import outcome_of
from competency.assessments.result_presenters import answer_of
from competency.assessments.result_queries import shown_beside
from competency.assessments.schema import Answer, AssessorKind, NominationState, State
from competency.audit.access import flush, readers_of
from competency.audit.operations import exempt
from competency.credentials.queries import took_part
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Incomplete, Invalid, NotAllowed, NotFound
from competency.frameworks.models import FrameworkVersion
from competency.mail.models import MailMessage
from competency.people.leaving import leave
from tests.support.appraisals import open_road
from tests.support.beside import (
    PEERS,
    act,
    answer,
    ask_peer,
    ask_second,
    loaded,
    nomination_of,
    three_peers,
)
from tests.support.cast import CAST, World
from tests.support.client import sign_in
from tests.support.contests import CONTESTED, contested, judged_anew, take_step
from tests.support.contests import answer as answer_one
from tests.support.mail import kinds

PEER, SECOND = AssessorKind.PEER, AssessorKind.SECOND
EVERY_READ = 1_000_000
"""As many as earlier tests can have left."""


def judged_by(world: World, kind: AssessorKind) -> list[Judgement]:
    world.session.rollback()
    return list(world.session.scalars(sa.select(Judgement).where(Judgement.kind == kind)))


def parts(world: World, kind: AssessorKind) -> list[Assessor]:
    world.session.rollback()
    return list(world.session.scalars(sa.select(Assessor).where(Assessor.kind == kind)))


def number(name: str) -> str:
    return CAST[name][0]


# Proposing and answering


def test_a_peer_is_proposed_by_the_subject_or_the_lead_and_asked_by_human_resources(
    world: World,
) -> None:
    road = open_road(world, peers=3)
    for name in ("hilda", "augusto"):
        with pytest.raises(NotAllowed):
            act(road, "propose_peer", name, number=number("bruno"))
    with pytest.raises(NotFound):
        act(road, "propose_peer", "carla", number=number("bruno"))
    act(road, "propose_peer", "aurora", number=number("bruno"))
    act(road, "propose_peer", "simon", number=number("carla"))
    assert parts(world, PEER) == []
    proposal = nomination_of(world, "bruno").public_id
    for name in ("aurora", "simon", "augusto"):
        with pytest.raises(NotAllowed):
            act(road, "approve_peer", name, nomination_id=proposal)
    act(road, "approve_peer", "hilda", nomination_id=proposal)
    [part] = parts(world, PEER)
    assert part.employee_id == world.employee("bruno").id
    with pytest.raises(IllegalTransition):
        act(road, "approve_peer", "hilda", nomination_id=proposal)
    kinds = world.session.scalars(
        sa.select(MailMessage.kind).where(MailMessage.employee_id == world.employee("bruno").id)
    )
    assert list(kinds) == ["asked_as_peer"]


def test_a_refusal_needs_a_reason_and_lets_another_be_proposed(world: World) -> None:
    road = open_road(world, peers=3)
    act(road, "propose_peer", "aurora", number=number("bruno"))
    proposal = nomination_of(world, "bruno").public_id
    with pytest.raises(Invalid):
        act(road, "refuse_peer", "hilda", nomination_id=proposal, reason=" ")
    act(road, "refuse_peer", "hilda", nomination_id=proposal, reason="Trabajan en otro turno.")
    refused = nomination_of(world, "bruno")
    assert (refused.state, refused.reason) == (NominationState.REFUSED, "Trabajan en otro turno.")
    assert parts(world, PEER) == []
    act(road, "propose_peer", "aurora", number=number("bruno"))


@pytest.mark.parametrize("name", ["aurora", "simon", "nobody"])
def test_nobody_is_their_own_peer_and_the_lead_is_none(world: World, name: str) -> None:
    road = open_road(world, peers=3)
    with pytest.raises(Invalid):
        act(road, "propose_peer", "aurora", number=CAST.get(name, ("E999",))[0])


def test_no_more_are_proposed_than_the_cycle_asks_for_and_none_twice(world: World) -> None:
    road = open_road(world, peers=3)
    for name in PEERS:
        act(road, "propose_peer", "aurora", number=number(name))
        with pytest.raises(Invalid):
            act(road, "propose_peer", "simon", number=number(name))
    with pytest.raises(Invalid):
        act(road, "propose_peer", "aurora", number=number("augusto"))


def test_a_cycle_that_asks_no_peers_has_none(world: World) -> None:
    road = open_road(world)
    with pytest.raises(IllegalTransition):
        act(road, "propose_peer", "aurora", number=number("bruno"))


@pytest.mark.parametrize(
    ("maximum", "anonymous", "certifies"), [(21, False, False), (2, True, False), (3, False, True)]
)
def test_a_cycle_that_could_never_show_its_peers_is_not_opened(
    world: World, maximum: int, *, anonymous: bool, certifies: bool
) -> None:
    plan = CyclePlan(
        "Ciclo",
        world.session.scalars(sa.select(FrameworkVersion.id)).one(),
        clock.now().date() + timedelta(days=10),
        peers_maximum=maximum,
        peers_anonymous=anonymous,
        certification=CertificationPlan(number("ada")) if certifies else None,
    )
    with pytest.raises(Invalid), unit_of_work(world.session):
        open_cycle(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            plan=plan,
            population=Population(employee_numbers=(number("aurora"),)),
        )


# Judging


def test_a_peer_answers_everything_without_having_to_say_why_and_hands_in_once(
    world: World,
) -> None:
    road = open_road(world, peers=3)
    ask_peer(road, "bruno")
    answer(road, "bruno", PEER, dict.fromkeys(road.criteria[1:], "met"), hands_in=False)
    draft = world.session.scalars(sa.select(Draft)).first()
    assert draft is not None
    with unit_of_work(world.session):
        exempt(world.session, "a test takes one answer away")
        world.session.execute(sa.delete(Draft).where(Draft.id == draft.id))
    with pytest.raises(Incomplete):
        act(road, "hand_in_beside", "bruno")
    road.world.session.rollback()
    levels: dict[str, str | None] = {road.criteria[0]: None, road.criteria[1]: "below"}
    ask_peer(road, "carla")
    answer(road, "carla", PEER, levels)
    rows = {row.criterion_id: row for row in judged_by(world, PEER)}
    assert len(rows) == len(road.criteria)
    assert rows[road.criteria[0]].excused
    assert rows[road.criteria[1]].level == "below"
    with pytest.raises(IllegalTransition):
        act(road, "hand_in_beside", "carla")
    with pytest.raises(IllegalTransition):
        answer(road, "carla", PEER, hands_in=False)


def test_a_second_says_why_as_the_lead_does(world: World) -> None:
    road = open_road(world)
    ask_second(road, "ada")
    answer(road, "ada", SECOND, {road.criteria[0]: "below"}, hands_in=False)
    with pytest.raises(Incomplete):
        act(road, "hand_in_beside", "ada")


def test_peers_answer_until_the_lead_first_submits_and_never_after(world: World) -> None:
    road = open_road(world, peers=3, self_assessment=False)
    ask_peer(road, "bruno")
    ask_peer(road, "carla")
    act(road, "propose_peer", "aurora", number=number("ada"))
    answer(road, "bruno", PEER)
    road.to(State.IN_REVIEW, own=False)
    for _ in range(2):
        with pytest.raises(IllegalTransition):
            answer(road, "carla", PEER)
        with pytest.raises(IllegalTransition):
            act(
                road,
                "approve_peer",
                "hilda",
                nomination_id=nomination_of(world, "ada").public_id,
            )
        if road.state() is State.IN_REVIEW:
            road.step("return_for_rework", "renata", comment="Mirar otra vez.")
    assert {row.employee_id for row in judged_by(world, PEER)} == {world.employee("bruno").id}


def test_a_second_judges_until_it_is_decided(world: World) -> None:
    road = open_road(world, self_assessment=False)
    ask_second(road, "ada")
    ask_second(road, "carla")
    road.to(State.IN_REVIEW, own=False)
    answer(road, "ada", SECOND)
    road.step("approve", "renata")
    with pytest.raises(IllegalTransition):
        answer(road, "carla", SECOND)
    with pytest.raises(IllegalTransition):
        ask_second(road, "bruno")


def test_one_who_declines_or_is_taken_off_leaves_nothing_unless_they_handed_in(
    world: World,
) -> None:
    road = open_road(world, peers=3)
    ask_peer(road, "bruno")
    answer(road, "bruno", PEER, hands_in=False)
    act(road, "decline", "bruno", reason="Nos llevamos mal.")
    assert world.session.scalars(sa.select(Draft)).all() == []
    assert nomination_of(world, "bruno").state is NominationState.DECLINED
    ask_second(road, "ada")
    person = world.employee("ada").public_id
    act(road, "release_assessor", "hilda", person_id=person, replacement=number("carla"))
    assert {part.employee_id for part in parts(world, SECOND)} == {world.employee("carla").id}
    answer(road, "carla", SECOND)
    with pytest.raises(IllegalTransition):
        act(
            road,
            "release_assessor",
            "hilda",
            person_id=world.employee("carla").public_id,
        )
    with pytest.raises(NotAllowed):
        act(road, "release_assessor", "simon", person_id=world.employee("carla").public_id)
    ask_peer(road, "bruno")
    answer(road, "bruno", PEER)


def test_who_leaves_is_not_asked_any_more(world: World) -> None:
    road = open_road(world, peers=3)
    ask_peer(road, "bruno")
    ask_second(road, "ada")
    answer(road, "ada", SECOND)
    act(road, "propose_peer", "aurora", number=number("carla"))
    for name in ("bruno", "carla"):
        with unit_of_work(world.session):
            leave(
                world.session,
                actor=world.actor("hilda"),
                now=clock.now(),
                employee=world.employee(name),
                left_on=clock.now().date() - timedelta(days=1),
            )
        assert nomination_of(world, name).state is NominationState.WITHDRAWN
    assert parts(world, PEER) == []
    assert len(parts(world, SECOND)) == 1


# Roles that exclude one another


@pytest.mark.parametrize("kind", [SECOND, PEER])
@pytest.mark.parametrize("ends", [False, True])
def test_who_judged_beside_neither_reviews_nor_leads_nor_attests(
    world: World, app: Flask, kind: AssessorKind, *, ends: bool
) -> None:
    road = open_road(world, peers=3, self_assessment=False)
    ask_second(road, "renata") if kind is SECOND else ask_peer(road, "renata")
    answer(road, "renata", kind, hands_in=not ends)
    if ends:
        person = world.employee("renata").public_id
        act(road, "release_assessor", "hilda", person_id=person)
    else:
        with pytest.raises(Invalid):
            road.hand_over("renata")
    world.session.rollback()
    road.to(State.SUBMITTED, own=False)
    with pytest.raises((NotAllowed, NotFound)):
        road.step("take", "renata")
    world.session.rollback()
    assert "Aurora" not in sign_in(app, "renata").get("/home").text
    assert took_part(
        world.session, actor=world.actor("renata"), now=clock.now(), loaded=loaded(road, "hilda")
    )


def test_who_declined_without_a_word_can_review(world: World) -> None:
    road = open_road(world, peers=3, self_assessment=False)
    ask_peer(road, "renata")
    act(road, "decline", "renata")
    road.to(State.IN_REVIEW, own=False)


def test_the_reviewer_and_who_led_it_are_no_seconds(world: World) -> None:
    road = open_road(world, self_assessment=False)
    road.hand_over("bruno")
    for name in ("simon", "bruno", "aurora", "hilda"):
        with pytest.raises(Invalid):
            ask_second(road, name)
        world.session.rollback()


# Who reads what


def test_a_peer_reads_name_job_and_framework_and_nothing_else(app: Flask, world: World) -> None:
    road = open_road(world, peers=3).to(State.OPEN)
    evidence = road.collect()
    ask_peer(road, "bruno")
    bruno = sign_in(app, "bruno")
    page = bruno.get(road.path).text
    assert "Aurora Ficticia" in page
    for secret in ("canario-lead", "canario-self", "Turno del lunes", "Add evidence"):
        assert secret not in page, secret
    assert bruno.get(f"/evidence/{evidence}").status_code == 404
    for further in ("assessors", "plan", "report.pdf", "attestation"):
        assert bruno.get(f"{road.path}/{further}").status_code == 404, further
    assert bruno.get(f"/people/{world.employee('aurora').public_id}").status_code == 404
    answer(road, "bruno", PEER, note="palabra-de-bruno")
    road.step("submit", "simon", evidence_confirmed=True)
    page = bruno.get(road.path).text
    assert "palabra-de-bruno" in page
    assert "canario-lead" not in page
    assert bruno.get(f"{road.path}/assessors").status_code == 404


def test_a_second_reads_the_evidence_and_nobody_s_judgement(app: Flask, world: World) -> None:
    road = open_road(world).to(State.OPEN)
    evidence = road.collect()
    for name in ("bruno", "augusto"):  # an auditor reads results, but not what they still judge
        ask_second(road, name)
        second = sign_in(app, name)
        page = second.get(road.path).text
        assert "Turno del lunes" in page
        assert second.get(f"/evidence/{evidence}").status_code == 200
        assert sign_in(app, "carla").get(f"/evidence/{evidence}").status_code == 404
    road.step("submit", "simon", evidence_confirmed=True)
    for name in ("bruno", "augusto"):
        second = sign_in(app, name)
        for path in (road.path, f"{road.path}?view=result", f"{road.path}/report.pdf"):
            answered = second.get(path)
            assert b"canario-lead" not in answered.data, (name, path)
            assert b"canario-self" not in answered.data, (name, path)
        table = second.get(f"/cycles/{road.cycle_id}/results.csv")
        assert b"canario" not in table.data
    answer(road, "bruno", SECOND)
    assert sign_in(app, "bruno").get(f"/evidence/{evidence}").status_code == 404
    assert "canario" not in sign_in(app, "bruno").get(road.path).text


def test_a_second_s_answers_stand_beside_once_both_are_in(app: Flask, world: World) -> None:
    road = open_road(world).to(State.OPEN)
    ask_second(road, "bruno")
    answer(road, "bruno", SECOND, note="palabra-de-bruno")
    for name in ("simon", "aurora", "hilda"):
        assert "palabra-de-bruno" not in sign_in(app, name).get(road.path).text, name
    road.step("submit", "simon", evidence_confirmed=True)
    for name in ("simon", "hilda", "renata", "augusto"):
        assert "palabra-de-bruno" in sign_in(app, name).get(road.path).text, name
    assert "palabra-de-bruno" not in sign_in(app, "aurora").get(road.path).text
    for step, name in (("take", "renata"), ("approve", "renata"), ("release", "hilda")):
        road.step(step, name)
    page = sign_in(app, "aurora").get(road.path).text
    assert "Second assessor: Bruno Inventado" in page


def test_in_a_cycle_that_is_not_blind_the_lead_reads_a_second_before_submitting(
    app: Flask, world: World
) -> None:
    road = open_road(world, blind=False)
    ask_second(road, "bruno")
    answer(road, "bruno", SECOND, note="palabra-de-bruno")
    assert "palabra-de-bruno" in sign_in(app, "simon").get(road.path).text
    ask_second(road, "carla")
    assert "palabra-de-bruno" not in sign_in(app, "carla").get(road.path).text


@pytest.mark.parametrize("count", [2, 3])
def test_anonymous_peers_are_shown_from_three_up_and_never_by_name(
    app: Flask, world: World, count: int
) -> None:
    road = open_road(world, peers=5, self_assessment=False)
    three_peers(road, PEERS[:count])
    road.to(State.RELEASED, own=False)
    for reader in ("aurora", "simon", "hilda", "augusto"):
        page = sign_in(app, reader).get(f"{road.path}?view=result").text
        shown = [name for name in PEERS if f"palabra-de-{name}" in page]
        assert len(shown) == (count if count == 3 else 0), reader
        assert ("3 peers have answered" in page) == (count == 3)
        for name in PEERS[:count]:
            assert f"{CAST[name][1]} {CAST[name][2]}" not in page, (reader, name)
    for reader in ("aurora", "simon"):
        page = sign_in(app, reader).get(f"{road.path}/assessors").text
        assert "Handed in" not in page


def test_who_was_a_peer_is_not_in_the_list_of_who_read_my_data(app: Flask, world: World) -> None:
    road = open_road(world, peers=3, self_assessment=False)
    ask_peer(road, "bruno")
    ask_second(road, "ada")
    flush(world.session)  # what earlier tests left in the buffer
    subject = world.employee("aurora").id
    before = len(readers_of(world.session, subject, EVERY_READ))
    world.session.rollback()
    for name in ("bruno", "ada"):
        assert sign_in(app, name).get(road.path).status_code == 200
    flush(world.session)
    new = readers_of(world.session, subject, EVERY_READ)
    readers = {account for _, account, _ in new[: len(new) - before]}
    assert readers == {world.account("ada").public_id}


def test_the_aggregate_equals_the_rows(world: World) -> None:
    road = open_road(world, peers=5, self_assessment=False)
    said: dict[str, dict[str, str | None]] = {}
    for place, name in enumerate((*PEERS, "augusto")):
        ask_peer(road, name)
        said[name] = {
            c: (None if (i + place) % 5 == 0 else "below" if (i * place) % 3 == 1 else "met")
            for i, c in enumerate(road.criteria)
        }
        answer(road, name, PEER, said[name])
    road.to(State.RELEASED, own=False)
    world.session.rollback()
    with force_locale("en"):
        found = shown_beside(world.session, world.actor("aurora"), loaded(road, "aurora"))
    framework = loaded(road, "aurora").framework
    for criterion in road.criteria:
        levels = [answers[criterion] for answers in said.values()]
        able = [level for level in levels if level is not None]
        shown = found.of(criterion).peers
        if len(able) < 3:
            assert shown is None
            continue
        assert shown is not None
        assert {c.label: c.number for c in shown.counts} == {
            framework.level_label(criterion, level): able.count(level) for level in set(able)
        }
        assert shown.unable == len(levels) - len(able)
    rows: dict[int, dict[str, Answer]] = {}
    for row in judged_by(world, PEER):
        rows.setdefault(row.assessor_id, {})[row.criterion_id] = answer_of(row)
    assert set(together(rows)) == {c for c in road.criteria if found.of(c).peers}


def test_named_peers_are_shown_with_their_names(app: Flask, world: World) -> None:
    road = open_road(world, peers=1, anonymous=False, self_assessment=False)
    three_peers(road, PEERS[:1])
    road.to(State.RELEASED, own=False)
    page = sign_in(app, "aurora").get(road.path).text
    assert "Peer: Bruno Inventado" in page
    assert "palabra-de-bruno" in page


def test_the_last_appraisal_s_levels_stand_beside(app: Flask, world: World) -> None:
    first = open_road(world, self_assessment=False).to(State.CLOSED, own=False)
    second = open_road(world, self_assessment=False)
    assert first.public_id != second.public_id
    levels = dict.fromkeys(second.criteria, "met")
    second.to(State.SUBMITTED, own=False, levels=levels)
    world.session.rollback()
    with force_locale("en"):
        found = shown_beside(world.session, world.actor("renata"), loaded(second, "renata"))
    earlier = found.of("ac2.cd4").earlier
    assert earlier is not None
    assert earlier.level == "below"
    assert "Last appraisal" in sign_in(app, "renata").get(second.path).text


def test_what_waits_for_seconds_and_peers_is_at_home_until_it_does_not(
    app: Flask, world: World
) -> None:
    road = open_road(world, peers=3, self_assessment=False)
    ask_peer(road, "bruno")
    ask_second(road, "ada")
    for name in ("bruno", "ada"):
        assert "To judge beside the assessor" in sign_in(app, name).get("/home").text
        assert len(parts_waiting(world.session, world.employee(name).id)) == 1
        world.session.rollback()
    answer(road, "ada", SECOND)
    road.to(State.SUBMITTED, own=False)
    for name in ("bruno", "ada"):
        assert "To judge beside the assessor" not in sign_in(app, name).get("/home").text
    assert parts_waiting(world.session, world.employee("bruno").id) == []


def test_what_peers_say_decides_nothing(world: World) -> None:
    road = open_road(world, peers=3, self_assessment=False)
    for name in PEERS:
        ask_peer(road, name)
        answer(road, name, PEER, dict.fromkeys(road.criteria, "below"))
    ask_second(road, "augusto")
    answer(road, "augusto", SECOND, dict.fromkeys(road.criteria, "below"), note="no lo hizo")
    road.to(State.APPROVED, own=False, levels=dict.fromkeys(road.criteria, "met"))
    world.session.rollback()
    found = loaded(road, "hilda")
    node = outcome_of(world.session, found.appraisal)
    assert node is not None
    assert {leaf.result for leaf in criterion_nodes(node)} == {"met"}


def test_a_later_round_asks_nobody_by_itself_and_a_second_who_is_new_to_it(
    app: Flask, world: World
) -> None:
    road = open_road(world, peers=5)
    three_peers(road)
    ask_second(road, "augusto")
    answer(road, "augusto", SECOND)
    contested(world, road)
    page = sign_in(app, "hilda").get(road.path).text
    assert "A second judged the earlier round" in page
    assert "Peers are not asked anew" in page
    lena = world.employee("lena").id
    for number, why in (("E600", "earlier round"), ("E302", "earlier round"), ("E210", "new")):
        with pytest.raises(Invalid, match=why):
            take_step(road, "reassess", "hilda", second=number, lead_id=lena)
    take_step(road, "reassess", "hilda", second="E220", lead_id=lena)
    parts = {p.employee_id for p in loaded(road, "hilda").facts.beside}
    assert parts == {world.employee("leo").id}
    assert "asked_as_second" in kinds(world, "leo")
    with pytest.raises(IllegalTransition, match="first round only"):
        act(road, "propose_peer", "aurora", number="E420")
    with pytest.raises(Invalid, match="earlier round"):
        act(road, "name_second", "hilda", number="E600")
    assert "Peers are asked in the first round only" in (
        sign_in(app, "hilda").get(f"{road.path}/assessors").text
    )
    page = sign_in(app, "leo").get("/home").text
    assert "0 of 2" in page, "a second judges what is contested too, and nothing else"
    for criterion in CONTESTED:
        answer_one(road, "leo", criterion, kind=SECOND)
    act(road, "hand_in_beside", "leo")
    assert "palabra-de" not in sign_in(app, "lena").get(road.path).text
    judged_anew(road)
    assert "palabra-de-bruno" in sign_in(app, "hilda").get(f"{road.path}?view=result").text
