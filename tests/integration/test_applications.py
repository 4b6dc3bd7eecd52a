"""An employee applies to be certified; what is lacking, who answers, and what it opens."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from competency import clock
from competency.assessments.application_models import (
    ApplicationException,
    CertificationApplication,
)
from competency.assessments.applications import DECLARATION
from competency.assessments.attesting import attested
from competency.assessments.certification_models import CycleCertification
from competency.assessments.models import Appraisal, AppraisalRequest
from competency.assessments.schema import Mode, Review, State
from competency.audit.models import AuditEvent
from competency.audit.operations import exempt, verify
from competency.credentials.issuers import ensure_issuer
from competency.credentials.models import RegisterEntry
from competency.credentials.operations import attach, completed, take_number
from competency.credentials.schema import Reason, StatusAction
from competency.credentials.standings import change_status
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.models import FrameworkVersion
from competency.people.models import Employer
from competency.wording import Words
from tests.integration.test_cli import run
from tests.support.applications import (
    EXCEPTION,
    REASON,
    WORDS,
    applied,
    ask_for,
    certified,
    published,
)
from tests.support.appraisals import publish_shipped
from tests.support.cast import NUMBERS, World
from tests.support.certifications import PROFILE, Certification, open_certification
from tests.support.keys import signing_key
from tests.support.mail import kinds, messages
from tests.support.requests import asked
from tests.support.requests import step as answer

PROTOCOL = "customer-service-progression"
"""A framework that says nothing of certification."""


def one(world: World, table: type) -> object:
    world.session.rollback()
    return world.session.scalars(sa.select(table)).one()


def test_an_accepted_application_opens_a_certification_of_its_units(world: World) -> None:
    public_id = applied(world, units=("uc2", "uc1"))
    assert kinds(world, "hilda") == ["application_made"]
    assert kinds(world, "simon") == []
    assert certified(world, public_id).mode is Mode.CERTIFICATION
    appraisal = one(world, Appraisal)
    assert isinstance(appraisal, Appraisal)
    assert appraisal.state is State.OPEN
    assert appraisal.lead_id == world.employee("bruno").id
    assert appraisal.scope is not None
    assert {i.split(".")[0] for i in appraisal.scope} == {"uc1", "uc2"}
    assert appraisal.cycle.review is Review.ALL
    beside = world.session.scalars(sa.select(CycleCertification)).one()
    assert (beside.unit_ids, beside.attempts_maximum) == (["uc1", "uc2"], 2)
    request = world.session.scalars(sa.select(AppraisalRequest)).one()
    assert (request.state.value, request.appraisal_id) == ("accepted", appraisal.id)
    assert kinds(world, "aurora")[-1] == "application_answered"
    assert "canario" not in str([message.params for message in messages(world)])
    assert verify(world.session) == []


def test_the_words_of_the_declaration_are_kept_as_they_were_shown(world: World) -> None:
    applied(world, units=(), language="ru")
    found = one(world, CertificationApplication)
    assert isinstance(found, CertificationApplication)
    assert found.declaration == Words("ru").gettext(DECLARATION)
    assert found.declaration_language == "ru"
    assert found.unit_ids is None
    assert found.unmet == []


def test_what_can_not_be_applied_for_is_refused(world: World) -> None:
    for options in ({"declares": False}, {"words": " "}, {"units": ("uc9",)}, {"language": "xx"}):
        with pytest.raises(Invalid):
            applied(world, **options)
    published(world)
    publish_shipped(world, PROFILE, version="1.1.0")
    with pytest.raises(IllegalTransition, match="newer version"):
        applied(world)


def test_one_request_of_a_framework_is_open_at_a_time_whatever_it_asks_for(world: World) -> None:
    applied(world)
    with pytest.raises(IllegalTransition):
        applied(world)
    open_certification(world, subject="bruno", assessor="ada", version_id=_version(world))
    with pytest.raises(IllegalTransition, match="under way"):
        applied(world, "bruno")


def _version(world: World) -> int:
    world.session.rollback()
    return world.session.scalars(sa.select(AppraisalRequest.framework_version_id)).one()


def test_human_resources_answer_and_nobody_else(world: World) -> None:
    public_id = applied(world)
    for name in ("simon", "aurora", "augusto"):
        with pytest.raises(NotAllowed):
            certified(world, public_id, name)
        if name != "aurora":
            with pytest.raises(NotAllowed):
                answer(world, "decline", name, public_id)
    for name in ("bruno", "ada"):
        with pytest.raises(NotFound):
            certified(world, public_id, name)
    with pytest.raises(NotFound):
        answer(world, "accept", "hilda", public_id)
    with pytest.raises(NotFound):
        certified(world, asked(world))
    answer(world, "decline", "hilda", public_id)
    assert kinds(world, "aurora") == ["application_answered"]
    again = applied(world)
    answer(world, "withdraw", "aurora", again)
    with pytest.raises(IllegalTransition):
        certified(world, again)


def test_by_command_human_resources_see_applications_and_a_candidate_withdraws(
    app: Flask, world: World
) -> None:
    public_id = applied(world, units=("uc2", "uc1"))
    seen = run(app, "requests", "list", "--as", NUMBERS["hilda"], "--json")
    [row] = json.loads(seen.output)
    assert (row["request"], row["mode"]) == (public_id, "certification")
    assert row["units"] == ["uc1", "uc2"]
    assert "certification" in run(app, "requests", "list", "--as", NUMBERS["hilda"]).output
    seen = run(app, "requests", "list", "--as", NUMBERS["simon"], "--json")
    assert json.loads(seen.output) == []
    certified(world, public_id)
    appraisal_id = world.session.scalars(sa.select(Appraisal.public_id)).one()
    world.session.rollback()
    step = ("appraisals", "withdraw", appraisal_id, "--reason", "Cambio turno.")
    run(app, *step, "--as", NUMBERS["simon"], code=1)
    run(app, *step, "--as", NUMBERS["aurora"])
    world.session.rollback()
    assert world.session.scalars(sa.select(Appraisal.state)).one() is State.CANCELLED


def test_the_assessor_is_no_superior_nor_the_person_nor_who_answers(world: World) -> None:
    public_id = applied(world)
    for name in ("simon", "renata", "aurora", "hilda"):
        with pytest.raises(Invalid):
            certified(world, public_id, assessor=name)
    assert world.session.scalars(sa.select(Appraisal)).all() == []
    certified(world, public_id)


def test_who_lacks_something_applies_all_the_same_and_gets_in_by_a_recorded_exception(
    world: World,
) -> None:
    ask_for(world, months=120)
    with pytest.raises(Invalid, match="Not every condition"):
        applied(world)
    public_id = applied(world, despite=True)
    with pytest.raises(Invalid, match="Say why you accept"):
        certified(world, public_id)
    assert world.session.scalars(sa.select(Appraisal)).all() == []
    certified(world, public_id, exception=EXCEPTION)
    made = one(world, ApplicationException)
    assert isinstance(made, ApplicationException)
    assert (made.unmet, made.reason) == (["months_employed"], EXCEPTION)
    event = world.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action == "request.accept")
    ).one()
    assert event.data["exceptions"] == ["months_employed"]
    everything = str(list(world.session.scalars(sa.select(AuditEvent.data))))
    assert not any(words in everything for words in (WORDS, REASON, EXCEPTION))


def test_what_was_lacking_when_it_was_handed_in_counts_no_more_once_it_is_met(
    world: World,
) -> None:
    ask_for(world, months=120)
    public_id = applied(world, despite=True)
    ask_for(world)
    certified(world, public_id)
    assert world.session.scalars(sa.select(ApplicationException)).all() == []


def test_no_exception_opens_what_another_appraisal_stands_in_the_way_of(world: World) -> None:
    public_id = applied(world)
    open_certification(world, version_id=_version(world))
    with pytest.raises(IllegalTransition):
        certified(world, public_id, exception=EXCEPTION)


def test_a_framework_without_certification_is_not_applied_for(world: World) -> None:
    version_id = publish_shipped(world, PROTOCOL)
    framework = world.session.get_one(FrameworkVersion, version_id).public_id
    with pytest.raises(NotFound):
        applied(world, framework=framework, units=())


def closed(world: World, *, failed: tuple[str, ...] = ()) -> Certification:
    """Take a certification of one unit to its end."""
    road = open_certification(world)
    road.hold(road.plan(), failed=failed)
    road.close()
    return road


def test_after_what_was_not_reached_the_employers_days_pass_first(world: World) -> None:
    ask_for(world, days=30)
    closed(world, failed=("uc1.ind2",))
    with pytest.raises(Invalid, match="Not every condition"):
        applied(world)
    with time_machine.travel(clock.now() + timedelta(days=30), tick=False):
        applied(world)


def test_what_was_reached_is_not_waited_for(world: World) -> None:
    ask_for(world, days=30)
    closed(world)
    applied(world)


def test_a_unit_that_is_attested_and_in_force_is_lacking_until_it_is_revoked(world: World) -> None:
    road = closed(world)
    entry_id = issued(road)
    aurora = world.employee("aurora").id
    assert set(attested(world.session, aurora, PROFILE, clock.now())) == {"uc1"}
    with pytest.raises(Invalid, match="Not every condition"):
        applied(world)
    answer(world, "withdraw", "aurora", applied(world, units=("uc2",)))
    for until, left in ((clock.now().date() - timedelta(days=2), set()), (None, {"uc1"})):
        with unit_of_work(world.session):
            exempt(world.session, "a test lets a document expire")
            world.session.execute(sa.update(RegisterEntry).values(valid_until=until))
        assert set(attested(world.session, aurora, PROFILE, clock.now())) == left
    with unit_of_work(world.session):
        change_status(
            world.session,
            actor=world.actor("carla"),
            now=clock.now(),
            entry_public_id=entry_id,
            action=StatusAction.REVOKE,
            category=Reason.ERROR,
            reason="Error.",
        )
    assert attested(world.session, aurora, PROFILE, clock.now()) == {}
    applied(world)


def issued(road: Certification) -> str:
    """Issue the attestation of a closed certification; return its id."""
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
        )
        entry_id, facts = entry.public_id, entry.facts
    content = completed(facts, key=signing_key(), now=now)
    with unit_of_work(session):
        attach(
            session,
            actor=road.world.actor("carla"),
            now=now,
            entry_public_id=entry_id,
            content=content,
        )
    assert session.scalars(sa.select(RegisterEntry.public_id)).one() == entry_id
    return entry_id
