"""The register: who decides, and what is attested."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments.models import Appraisal, OutcomeRecord
from competency.assessments.nodes import to_data as to_tree
from competency.assessments.outcomes import outcome
from competency.assessments.schema import Facts, Node, State
from competency.audit.operations import exempt
from competency.credentials import queries
from competency.credentials.issuers import ensure_issuer
from competency.credentials.models import RegisterEntry
from competency.credentials.operations import take_number
from competency.credentials.papers import from_data, to_data
from competency.credentials.queries import Ready, document, ready_to_attest
from competency.credentials.register import Filters, entries
from competency.credentials.rules import attested_units
from competency.credentials.schema import EntryState
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.schema import Framework
from competency.people.access import grant_role
from competency.people.models import Employee, Employer, PositionAssignment, ReportingLine
from competency.people.schema import Role, ScopeKind
from competency.resources import FRAMEWORKS
from tests.support.appraisals import SHORT, open_road, publish_shipped
from tests.support.cast import CAST, HIRED, SLUG, World
from tests.support.client import sign_in
from tests.support.keys import signing_key
from tests.support.loading import load_framework
from tests.support.register import (
    PREFIX,
    add_issuer,
    closed_road,
    copies,
    entry_of,
    finish,
    issue,
    take,
)


def make_certifier(world: World, name: str) -> None:
    """Grant somebody of the cast the certifier's role over everybody."""
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=world.account(name),
            role=Role.CERTIFIER,
        )


def change(world: World, statement: sa.Update) -> None:
    """Change rows as no operation does."""
    with unit_of_work(world.session):
        exempt(world.session, "a test sets the scene")
        world.session.execute(statement)


def numbers(world: World) -> list[str]:
    """Return every number of the register, in the order of its sequence."""
    world.session.rollback()
    return list(
        world.session.scalars(sa.select(RegisterEntry.number).order_by(RegisterEntry.sequence))
    )


def ready(world: World, name: str = "carla") -> list[Ready]:
    """Return what waits for a certifier now."""
    world.session.rollback()
    return ready_to_attest(world.session, actor=world.actor(name), now=clock.now())


def test_what_cannot_be_attested_hides_nobody_behind_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    road = closed_road(world)
    waiting = [road.public_id, *copies(road, 4)]
    asked = count()

    def only_later_ones(framework: Framework, outcome: Node) -> tuple[Node, ...]:
        return attested_units(framework, outcome) if next(asked) >= 3 else ()

    monkeypatch.setattr(queries, "attested_units", only_later_ones)
    monkeypatch.setattr(queries, "BATCH", 2)
    world.session.rollback()
    rows = ready_to_attest(world.session, actor=world.actor("carla"), now=clock.now(), limit=1)
    assert [row.appraisal.public_id for row in rows] == [waiting[3]]


def read(world: World, entry: str, name: str) -> bytes:
    """Return a document's bytes as somebody reads them."""
    world.session.rollback()
    actor = world.actor(name)
    return document(world.session, actor=actor, now=clock.now(), public_id=entry)[1]


# Who decides


def test_nobody_who_led_reviewed_or_was_appraised_decides(world: World) -> None:
    road = closed_road(world)
    for name in ("simon", "renata", "aurora"):
        make_certifier(world, name)
        with pytest.raises(NotAllowed):
            take(world, road.public_id, name)
        assert ready(world, name) == []
    assert numbers(world) == []
    assert len(ready(world)) == 1


def test_whoever_reviewed_and_returned_it_no_longer_decides(world: World) -> None:
    add_issuer(world)
    make_certifier(world, "bruno")
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=world.account("bruno"),
            role=Role.REVIEWER,
        )
    road = open_road(world).to(State.SUBMITTED)
    road.step("take", "bruno")
    road.step("return_for_rework", "bruno", comment="falta un motivo")
    road.step("submit", "simon", evidence_confirmed=True)
    road.step("take", "renata")
    road.step("approve", "renata")
    road.step("release", "hilda")
    road.step("acknowledge", "aurora")
    with pytest.raises(NotAllowed):
        take(world, road.public_id, "bruno")
    assert ready(world, "bruno") == []
    assert issue(world, road.public_id).state is EntryState.ACTIVE


def test_whoever_led_it_until_a_handover_neither_reviews_nor_decides(world: World) -> None:
    add_issuer(world)
    road = open_road(world)
    for name in ("bruno", "carla", "simon"):
        road.hand_over(name)
    make_certifier(world, "bruno")
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=world.account("bruno"),
            role=Role.REVIEWER,
        )
    road.to(State.SUBMITTED)
    with pytest.raises(NotFound):
        road.step("take", "bruno")
    road.step("take", "renata")
    road.step("approve", "renata")
    road.step("release", "hilda")
    road.step("acknowledge", "aurora")
    for name in ("bruno", "carla"):
        with pytest.raises(NotAllowed):
            take(world, road.public_id, name)
        assert ready(world, name) == []
    make_certifier(world, "hilda")
    assert take(world, road.public_id, "hilda")


def test_whoever_supervised_the_person_while_it_ran_no_longer_decides(world: World) -> None:
    road = closed_road(world)
    make_certifier(world, "bruno")
    opened = world.session.scalars(sa.select(Appraisal)).one().cycle.opened_on
    line = sa.update(ReportingLine).where(
        ReportingLine.employee_id == world.employee("aurora").id,
        ReportingLine.supervisor_id == world.employee("simon").id,
    )
    bruno = world.employee("bruno").id
    change(world, line.values(supervisor_id=bruno, ends_on=opened + timedelta(days=1)))
    with pytest.raises(NotAllowed):
        take(world, road.public_id, "bruno")
    ended_before = sa.update(ReportingLine).where(ReportingLine.supervisor_id == bruno)
    change(world, ended_before.values(ends_on=opened))
    assert take(world, road.public_id, "bruno")


def test_a_certifier_of_another_site_finds_no_such_appraisal(world: World) -> None:
    road = closed_road(world)
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.system(),
            now=clock.now(),
            account=world.account("bruno"),
            role=Role.CERTIFIER,
            scope_kind=ScopeKind.SITE,
            scope_id=10_000,
        )
    with pytest.raises(NotFound):
        take(world, road.public_id, "bruno")


def test_human_resources_alone_decide_on_no_attestation(world: World) -> None:
    road = closed_road(world)
    with pytest.raises(NotAllowed):
        take(world, road.public_id, "hilda")


def test_bytes_are_attached_by_certifiers_and_the_system_alone(world: World) -> None:
    road = closed_road(world)
    entry = take(world, road.public_id)
    for name in ("hilda", "simon", "aurora", "augusto"):
        with pytest.raises(NotAllowed):
            finish(world, entry, name)
    assert entry_of(world, entry).state is EntryState.ISSUING


# What is attested


def test_nothing_is_issued_before_the_appraisal_is_closed(world: World) -> None:
    add_issuer(world)
    make_certifier(world, "hilda")
    road = open_road(world).to(State.RELEASED)
    with pytest.raises(IllegalTransition):
        take(world, road.public_id, "hilda")
    with pytest.raises(NotFound):
        take(world, road.public_id)
    assert numbers(world) == []
    road.step("acknowledge", "aurora")
    assert take(world, road.public_id, "hilda")


def test_without_a_competent_unit_there_is_nothing_to_attest(world: World) -> None:
    add_issuer(world)
    road = open_road(world)
    road.narrow([SHORT])
    road.criteria = (SHORT,)
    road.to(State.CLOSED)
    with pytest.raises(Invalid, match="Nothing can be attested"):
        take(world, road.public_id)
    assert ready(world) == []


@pytest.mark.parametrize("whole", [{"rule": "none"}, {"rule": "all", "over": "criteria"}])
def test_where_units_form_no_result_it_is_said_why_and_where_to_go(
    app: Flask, world: World, whole: dict[str, str]
) -> None:
    add_issuer(world)
    outcome = {"unit": {"rule": "none"}, "framework": whole}
    version_id = publish_shipped(world, SLUG, id="solo-criterios", outcome=outcome)
    road = open_road(world, version_id=version_id)
    road.to(State.CLOSED, levels=dict.fromkeys(road.criteria, "met"))
    with pytest.raises(Invalid, match="forms no result of a unit"):
        take(world, road.public_id)
    assert ready(world) == []
    page = sign_in(app, "carla").get(f"{road.path}/attestation").text
    assert "forms no result of a unit" in page
    assert f"{road.path}/report.pdf" in page


def test_without_an_issuer_record_nothing_is_issued(world: World) -> None:
    road = open_road(world).to(State.CLOSED)
    with pytest.raises(Invalid, match="issuer"):
        take(world, road.public_id)


def test_only_an_administrator_adds_an_issuer_and_its_prefix_never_changes(world: World) -> None:
    employer = world.session.scalars(sa.select(Employer)).one()
    with pytest.raises(NotAllowed), unit_of_work(world.session):
        ensure_issuer(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            employer=employer,
            prefix="X",
        )
    assert add_issuer(world).prefix == PREFIX
    assert add_issuer(world, "OTHER").prefix == PREFIX


def test_the_stored_facts_hold_competent_units_only(world: World) -> None:
    road = closed_road(world)
    stored = entry_of(world, take(world, road.public_id)).facts
    assert stored is not None
    facts = from_data(stored)
    assert [unit.competent for unit in facts.units] == [True, True]
    assert facts.overall_label is None
    assert "no analizó" not in str(stored)
    framework = load_framework(FRAMEWORKS / SLUG / "1.0.0.yaml")
    assert framework.unit_of(SHORT).title not in str(stored)
    assert framework.criterion(SHORT).title not in str(stored)
    assert facts.verification_url.startswith("https://example.invalid/verify/")
    assert to_data(facts) == stored


def test_somebody_without_national_identifier_or_position_can_be_attested(world: World) -> None:
    road = closed_road(world)
    aurora = world.employee("aurora")
    assert aurora.national_id is None
    change(world, sa.update(PositionAssignment).values(ends_on=HIRED + timedelta(days=1)))
    entry = issue(world, road.public_id)
    assert entry.facts is not None
    assert entry.facts["facts"]["holder"]["position"] is None
    assert entry.facts["facts"]["holder"]["national_id_scheme"] is None


def test_a_name_that_no_font_can_print_takes_no_number(world: World) -> None:
    road = closed_road(world)
    aurora = sa.update(Employee).where(Employee.employee_number == CAST["aurora"][0])
    change(world, aurora.values(printed_name="Aurora 字"))
    with pytest.raises(Invalid, match="U\\+5B57"):
        take(world, road.public_id)
    change(world, aurora.values(printed_name="Aurora Ficticia"))
    assert take(world, road.public_id)
    assert numbers(world)[0].endswith("-00001")


def test_the_day_printed_is_the_day_at_the_employer(world: World) -> None:
    road = closed_road(world)
    late = clock.now().replace(hour=2, minute=30) + timedelta(days=40)
    with unit_of_work(world.session):
        entry = take_number(
            world.session,
            actor=world.actor("carla"),
            now=late,
            appraisal_public_id=road.public_id,
            public_url="https://example.invalid",
            key=signing_key(),
        ).public_id
    facts = entry_of(world, entry).facts
    assert facts is not None
    assert facts["facts"]["issued_on"] == (late.date() - timedelta(days=1)).isoformat()


# What waits for a certifier


def test_what_is_ready_to_be_attested_is_listed_until_it_is(world: World) -> None:
    road = closed_road(world)
    [first] = ready(world)
    assert (first.appraisal.public_id, first.units, first.begun) == (road.public_id, 2, False)
    entry = take(world, road.public_id)
    [begun] = ready(world)
    assert begun.begun
    finish(world, entry)
    assert ready(world) == []


def test_who_is_no_certifier_has_nothing_to_attest(world: World) -> None:
    closed_road(world)
    assert [ready(world, name) for name in ("hilda", "augusto", "ada", "bruno")] == [[]] * 4


def test_the_last_decision_says_what_can_be_attested(world: World) -> None:
    road = closed_road(world)
    framework = load_framework(FRAMEWORKS / SLUG / "1.0.0.yaml")
    with unit_of_work(world.session):
        exempt(world.session, "a test decides again as no operation does yet")
        row = world.session.scalars(sa.select(Appraisal)).one()
        later = OutcomeRecord(
            appraisal_id=row.id,
            subject_id=row.subject_id,
            round=row.round,
            turn=row.turn + 1,
            result=None,
            tree=to_tree(outcome(framework, Facts({}))),
            decided_at=clock.now(),
        )
        world.session.add(later)
    assert ready(world) == []
    with pytest.raises(Invalid, match="Nothing can be attested"):
        take(world, road.public_id)


def test_what_waits_longest_comes_first_and_every_row_can_be_issued(world: World) -> None:
    road = closed_road(world)
    made = copies(road, 3)
    oldest = sa.update(Appraisal).where(Appraisal.public_id == made[2])
    change(world, oldest.values(closed_at=clock.now() - timedelta(days=9)))
    found = [one.appraisal.public_id for one in ready(world)]
    assert found[0] == made[2]
    assert sorted(found) == sorted([road.public_id, *made])
    for one in found:
        issue(world, one)
    assert ready(world) == []


# Who reads


def test_the_document_is_read_by_those_it_concerns_and_missing_to_the_others(
    world: World,
) -> None:
    entry = issue(world, closed_road(world).public_id).public_id
    for name in ("aurora", "simon", "hilda", "carla", "augusto"):
        assert read(world, entry, name).startswith(b"%PDF-"), name
    for name in ("bruno", "renata", "ada"):
        with pytest.raises(NotFound):
            read(world, entry, name)
        with pytest.raises(NotFound):
            read(world, "0" * 20, name)


def test_an_entry_without_a_document_is_missing(world: World) -> None:
    entry = take(world, closed_road(world).public_id)
    with pytest.raises(NotFound):
        read(world, entry, "aurora")


def test_the_register_is_searched_by_name_and_number_in_scope(world: World) -> None:
    issue(world, closed_road(world).public_id)
    found = {}
    for search in ("", "ficticia", "FICTÍCIA", "-00001", "cdp-", "%", "_", "hilda"):
        rows, total = entries(
            world.session, actor=world.actor("hilda"), now=clock.now(), filters=Filters(search)
        )
        assert len(rows) == total
        found[search] = total
    assert found == {
        "": 1,
        "ficticia": 1,
        "FICTÍCIA": 1,
        "-00001": 1,
        "cdp-": 1,
        "%": 0,
        "_": 0,
        "hilda": 0,
    }
    _, total = entries(world.session, actor=world.actor("simon"), now=clock.now())
    assert total == 0
