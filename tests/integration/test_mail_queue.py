"""Who is told what, in the same transaction as the change, and never twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from competency import clock
from competency.assessments.candidates import Population
from competency.assessments.cycles import CyclePlan, open_cycle
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.operations import acknowledge, release
from competency.assessments.schema import State
from competency.audit.models import AuditEvent
from competency.audit.operations import exempt
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.frameworks.models import FrameworkVersion
from competency.mail.models import MailMessage
from competency.mail.operations import mark_read, notify, trim, try_again
from competency.mail.rules import KEPT
from competency.mail.schema import MessageState
from competency.people.access import invite
from competency.people.models import Employee
from competency.people.operations import change_details
from competency.people.schema import Names
from competency.progression.models import PlanAction
from competency.progression.operations import ActionDetails, add_action
from competency.progression.reminders import Reminded, remind
from competency.progression.schema import ActionKind, ActionState
from tests.support.appraisals import Road, open_road
from tests.support.cast import CAST, NOW, World
from tests.support.mail import give_address, kinds, messages, tell


class Unwanted(Exception):
    """Something else went wrong in the same transaction."""


def test_a_message_stands_or_falls_with_the_change_that_it_tells_of(world: World) -> None:
    road = open_road(world).to(State.APPROVED)
    before = len(messages(world))
    with pytest.raises(Unwanted):
        _release_and_fail(road)
    assert road.state() is State.APPROVED
    assert len(messages(world)) == before
    road.step("release", "hilda")
    assert kinds(world, "aurora")[-1] == "result_released"


def _release_and_fail(road: Road) -> None:
    """Release in a transaction in which something else fails after."""
    with unit_of_work(road.world.session):
        release(
            road.world.session,
            actor=road.world.actor("hilda"),
            now=clock.now(),
            public_id=road.public_id,
        )
        queued = sa.select(sa.func.count()).where(MailMessage.kind == "result_released")
        assert road.world.session.scalar(queued) == 1
        raise Unwanted


def test_a_refused_step_tells_nobody(world: World) -> None:
    road = open_road(world)
    before = len(messages(world))
    with pytest.raises(IllegalTransition):
        road.step("release", "hilda")
    assert len(messages(world)) == before


def test_the_road_of_an_appraisal_tells_each_who_has_something_to_do(world: World) -> None:
    road = open_road(world)
    assert kinds(world, "aurora") == ["self_assessment_waiting"]
    assert kinds(world, "simon") == ["appraisals_to_judge"]
    road.to(State.IN_REVIEW)
    assert kinds(world, "renata") == ["appraisals_to_review"]
    road.step("return_for_rework", "renata", comment="Otra vez.")
    assert kinds(world, "simon") == ["appraisals_to_judge", "appraisal_returned"]
    returned = messages(world, "simon")[-1]
    assert returned.about_id == world.employee("aurora").id
    assert returned.link_id == road.public_id
    road.step("submit", "simon", evidence_confirmed=True)
    assert kinds(world, "renata") == ["appraisals_to_review"], "one a day and cycle"
    for step, name in (("take", "renata"), ("approve", "renata"), ("release", "hilda")):
        road.step(step, name)
    assert kinds(world, "aurora") == ["self_assessment_waiting", "result_released"]
    road.step("acknowledge", "aurora", comment="No estuve ese mes.")
    assert kinds(world, "hilda") == ["result_commented"]
    told = {name for name in CAST if kinds(world, name)}
    assert told == {"aurora", "simon", "renata", "hilda"}


def test_seeing_a_result_without_a_word_tells_nobody(world: World) -> None:
    road = open_road(world).to(State.RELEASED)
    with unit_of_work(world.session):
        acknowledge(
            world.session, actor=world.actor("aurora"), now=clock.now(), public_id=road.public_id
        )
    assert kinds(world, "hilda") == []


def test_an_assessor_gets_one_message_for_a_cycle_however_many_they_lead(world: World) -> None:
    session, now = world.session, clock.now()
    with unit_of_work(session):
        version = session.scalar(sa.select(sa.func.min(FrameworkVersion.id)))
        assert version is not None
        open_cycle(
            session,
            actor=world.actor("hilda"),
            now=now,
            plan=CyclePlan("Anual", version, now.date() + timedelta(days=9), self_assessment=False),
            population=Population(employee_numbers=("E200", "E301", "E302")),
        )
    [simon_own, simon_leads] = messages(world, "simon")
    assert (simon_own.kind, simon_leads.kind) == ("appraisal_opened", "appraisals_to_judge")
    [renata] = messages(world, "renata")
    assert renata.params is not None
    assert renata.params["count"] == 2
    assert kinds(world, "bruno") == ["appraisal_opened"]


def test_a_reviewer_hears_of_the_same_cycle_again_the_next_day(world: World) -> None:
    road = open_road(world).to(State.IN_REVIEW)
    road.step("return_for_rework", "renata", comment="Otra vez.")
    with unit_of_work(world.session):
        exempt(world.session, "a test lets a day pass")
        world.session.execute(
            sa.update(MailMessage).values(made_at=clock.now() - timedelta(days=1, minutes=1))
        )
    road.step("submit", "simon", evidence_confirmed=True)
    assert kinds(world, "renata") == ["appraisals_to_review"] * 2


def test_an_invitation_says_that_a_code_waits_and_never_which(world: World) -> None:
    with unit_of_work(world.session):
        code = invite(
            world.session,
            actor=world.actor("hilda"),
            now=NOW,
            account=world.account("aurora"),
        )
    [message] = messages(world, "aurora")
    assert message.kind == "code_waiting"
    assert code not in str(vars(message))
    assert code.replace("-", "") not in str(vars(message))


def test_the_message_is_in_the_accounts_language_and_waits_only_with_an_address(
    world: World,
) -> None:
    give_address(world, "aurora", language="it")
    tell(world, "aurora", "bruno")
    [aurora] = messages(world, "aurora")
    [bruno] = messages(world, "bruno")
    assert (aurora.language, aurora.state) == ("it", MessageState.WAITING)
    assert (bruno.language, bruno.state) == ("en", MessageState.KEPT)


def test_whoever_has_left_hears_nothing_more(world: World) -> None:
    with unit_of_work(world.session):
        exempt(world.session, "a test lets somebody leave")
        world.session.execute(
            sa.update(Employee)
            .where(Employee.id == world.employee("aurora").id)
            .values(left_on=clock.now().date())
        )
    tell(world, "aurora", "bruno")
    assert kinds(world, "aurora") == []
    assert kinds(world, "bruno") == ["attestation_issued"]


@pytest.mark.parametrize(
    ("kind", "params", "about", "link"),
    [
        ("rumour", {}, None, None),
        ("attestation_issued", {}, None, "x"),
        ("attestation_issued", {"number": "1", "code": "secret"}, None, "x"),
        ("attestation_issued", {"number": "1"}, None, None),
        ("attestation_issued", {"number": "1"}, 1, "x"),
        ("appraisal_returned", {"cycle": "1"}, None, "x"),
    ],
)
def test_a_message_that_its_words_do_not_fit_is_a_defect(
    world: World, kind: str, params: dict[str, str], about: int | None, link: str | None
) -> None:
    with pytest.raises(ValueError, match=kind):
        notify(world.session, now=NOW, to=[1], kind=kind, params=params, about=about, link=link)


def planned(world: World, *, days: int) -> datetime:
    """Plan something of Simón's for Aurora, due in some days; return now."""
    road, now = open_road(world).to(State.APPROVED), clock.now()
    due_on = world.actor("simon").today(now) + timedelta(days=days)
    with unit_of_work(world.session):
        for text in ("Escuchar tres llamadas.", "Comentarlas."):
            add_action(
                world.session,
                actor=world.actor("simon"),
                now=now,
                appraisal_public_id=road.public_id,
                details=ActionDetails(
                    ("ac2.cd4",), ActionKind.COACHING, text, world.employee("simon").id, due_on
                ),
            )
    return now


def reminded(world: World, now: datetime) -> Reminded:
    """Remind at a moment, as the system."""
    with unit_of_work(world.session):
        return remind(world.session, actor=world.system(), now=now)


def test_who_does_something_is_reminded_a_week_before_and_once_it_is_overdue(
    world: World,
) -> None:
    now = planned(world, days=9)
    assert reminded(world, now) == Reminded()
    assert reminded(world, now + timedelta(days=1)) == Reminded()
    assert reminded(world, now + timedelta(days=2)) == Reminded(due=1)
    assert reminded(world, now + timedelta(days=2)) == Reminded()
    assert reminded(world, now + timedelta(days=9)) == Reminded()
    assert reminded(world, now + timedelta(days=10)) == Reminded(overdue=1)
    assert reminded(world, now + timedelta(days=40)) == Reminded()
    assert kinds(world, "simon")[-2:] == ["plan_action_due", "plan_action_overdue"]
    [*_, last] = messages(world, "simon")
    assert last.about_id == world.employee("aurora").id
    assert "llamadas" not in str(last.params)


def test_what_is_done_or_dropped_reminds_nobody(world: World) -> None:
    now = planned(world, days=3)
    with unit_of_work(world.session):
        exempt(world.session, "a test closes what was planned")
        actions = list(world.session.scalars(sa.select(PlanAction).order_by(PlanAction.id)))
        actions[0].state, actions[1].state = ActionState.DONE, ActionState.DROPPED
    assert reminded(world, now) == Reminded()


def test_only_the_system_reminds(world: World) -> None:
    with pytest.raises(NotAllowed), unit_of_work(world.session):
        remind(world.session, actor=world.actor("hilda"), now=NOW)


def test_reading_marks_ones_own_messages_only(world: World) -> None:
    tell(world, "aurora", "bruno")
    with unit_of_work(world.session):
        assert mark_read(world.session, actor=world.actor("aurora"), now=NOW) == 1
    assert messages(world, "aurora")[0].seen_at == NOW
    assert messages(world, "bruno")[0].seen_at is None


def test_only_an_administrator_has_a_failed_mail_sent_again_and_that_is_recorded(
    world: World,
) -> None:
    give_address(world, "aurora")
    tell(world, "aurora")
    [message] = messages(world)
    public_id = message.public_id

    def again(name: str) -> None:
        with unit_of_work(world.session):
            try_again(world.session, actor=world.actor(name), now=NOW, public_id=public_id)

    with pytest.raises(IllegalTransition):
        again("ada")
    with unit_of_work(world.session):
        exempt(world.session, "a test lets a mail fail")
        world.session.execute(sa.update(MailMessage).values(state="failed", attempts=7))
    with pytest.raises(NotAllowed):
        again("hilda")
    again("ada")
    [message] = messages(world)
    assert (message.state, message.attempts) == (MessageState.WAITING, 0)
    event = world.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action == "mail.tried_again")
    ).one()
    assert event.subject == public_id
    with pytest.raises(NotFound), unit_of_work(world.session):
        try_again(world.session, actor=world.actor("ada"), now=NOW, public_id="0" * 20)


def test_old_messages_are_trimmed_and_that_is_recorded(world: World) -> None:
    tell(world, "aurora", "bruno")
    session = world.session
    with unit_of_work(session):
        exempt(session, "a test makes a message old")
        session.execute(
            sa.update(MailMessage)
            .where(MailMessage.employee_id == world.employee("aurora").id)
            .values(made_at=NOW - KEPT - timedelta(days=1))
        )
        session.execute(
            sa.update(MailMessage)
            .where(MailMessage.employee_id == world.employee("bruno").id)
            .values(made_at=NOW - KEPT + timedelta(days=1))
        )
    with unit_of_work(session):
        assert trim(session, actor=world.system(), now=NOW) == 1
    with unit_of_work(session):
        assert trim(session, actor=world.system(), now=NOW) == 0
    assert [m.employee_id for m in messages(world)] == [world.employee("bruno").id]
    events = sa.select(sa.func.count()).where(AuditEvent.action == "mail.trimmed")
    assert world.session.scalar(events) == 1


@pytest.mark.parametrize(
    "email", ["no at", "a@b", "a@b.example\nBcc: c@d.example", "a b@c.example", "ñ@c.example", "@"]
)
def test_an_address_to_which_nothing_can_be_mailed_is_refused(world: World, email: str) -> None:
    aurora = world.employee("aurora")
    with pytest.raises(Invalid) as caught, unit_of_work(world.session):
        change_details(
            world.session,
            actor=world.actor("hilda"),
            now=NOW,
            employee=aurora,
            names=Names("Aurora", "Ficticia"),
            national_id=None,
            email=email,
            document_language="es",
            weekly_hours=None,
        )
    assert caught.value.field == "email"


def test_a_changed_address_is_recorded(world: World) -> None:
    with unit_of_work(world.session):
        change_details(
            world.session,
            actor=world.actor("hilda"),
            now=NOW,
            employee=world.employee("aurora"),
            names=Names("Aurora", "Ficticia"),
            national_id=None,
            email="aurora.ficticia@centro.example",
            document_language="es",
            weekly_hours=None,
        )
    assert world.employee("aurora").email == "aurora.ficticia@centro.example"
    last = world.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.sequence.desc()))
    event = last.first()
    assert event is not None
    assert (event.action, event.data) == ("employee.changed", {})


def test_the_day_until_which_to_answer_is_the_sites(world: World) -> None:
    road = open_road(world).to(State.RELEASED)
    appraisal = world.session.scalars(
        sa.select(Appraisal).where(Appraisal.public_id == road.public_id)
    ).one()
    cycle = world.session.get_one(Cycle, appraisal.cycle_id)
    params = messages(world, "aurora")[-1].params
    assert params is not None
    assert params["cycle"] == cycle.title
    assert date.fromisoformat(str(params["answer_by_on"])) == appraisal.contest_until
