"""Contacts drawn at random: whose, of which month, once, and what becomes of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.audit.operations import verify
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from competency.extensions import db
from competency.kpis.models import ContactReference
from competency.observations import drawing, operations
from competency.observations.models import ContactDraw, Observation
from competency.observations.plan_rules import month, month_of
from competency.observations.schema import Contact, Sheet
from competency.people.access import grant_role
from competency.people.schema import Role
from tests.support.cast import World
from tests.support.client import sign_in
from tests.support.observations import (
    MET,
    allow,
    disallow,
    keep_contacts,
    made_form,
    planned,
)
from tests.support.races import together
from tests.support.register import erase


def today(world: World) -> date:
    """Return today at the people's site."""
    return world.actor("simon").today(clock.now())


def ready(world: World, *references: str, of: str = "aurora") -> str:
    """Allow observing, make a form, plan, and keep contacts of today; return the form."""
    allow(world)
    form = made_form(world)
    planned(world, form)
    keep_contacts(world, of, *references)
    return form


def draw(
    world: World, form: str, *, by: str = "simon", of: str = "aurora", first: date | None = None
) -> ContactDraw:
    """Draw a contact of this month."""
    with unit_of_work(world.session):
        return drawing.draw_contact(
            world.session,
            actor=world.actor(by),
            now=clock.now(),
            employee_public_id=world.employee(of).public_id,
            form_public_id=form,
            first=first or month_of(today(world)),
        )


def step(world: World, name: str, row: ContactDraw, by: str = "simon", **more: str) -> object:
    """Take a step about a drawn contact."""
    with unit_of_work(world.session):
        return getattr(drawing, name)(
            world.session,
            actor=world.actor(by),
            now=clock.now(),
            public_id=row.public_id,
            **more,
        )


def hand_in(world: World, public_id: str) -> None:
    """Hand the sheet of a drawn contact in, everything met."""
    with unit_of_work(world.session):
        operations.hand_in(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            public_id=public_id,
            sheet=Sheet(MET, {}),
            edition=0,
        )


def left(world: World) -> list[str]:
    """Return the references of Aurora's that can still be drawn this month."""
    found = drawing.drawable(
        world.session, world.employee("aurora").id, month(month_of(today(world))), "voice"
    )
    return [one.reference for one in found]


def test_a_drawn_contact_is_not_read_on_where_nothing_allows_observing(world: World) -> None:
    form = ready(world, "LL-1")
    row = draw(world, form)
    disallow(world)
    for name, more in (("begin_drawn", {}), ("set_aside", {"reason": "Falta la grabación"})):
        with pytest.raises(NotAllowed, match="nothing is recorded that allows"):
            step(world, name, row, **more)
    assert world.session.scalar(sa.select(sa.func.count()).select_from(Observation)) == 0


def test_every_contact_is_drawn_once_and_none_of_anybody_else(world: World) -> None:
    form = ready(world, *(f"LL-{number}" for number in range(6)))
    keep_contacts(world, "bruno", "LL-B")
    keep_contacts(world, "aurora", "LL-OLD", days=40)
    found = []
    for number in range(6):
        row = draw(world, form)
        assert draw(world, form).public_id == row.public_id
        assert (row.pool, 1 <= row.place <= row.pool) == (6 - number, True)
        found.append(row.reference or "")
        step(world, "set_aside", row, reason="Falta la grabación")
    assert sorted(found) == [f"LL-{number}" for number in range(6)]
    with pytest.raises(Invalid, match="is left to be drawn"):
        draw(world, form)
    assert verify(world.session) == []


def test_what_is_observed_already_is_never_drawn(world: World) -> None:
    form = ready(world, "LL-1", "LL-2")
    with unit_of_work(world.session):
        operations.begin(
            world.session,
            actor=world.actor("simon"),
            now=clock.now(),
            employee_public_id=world.employee("aurora").public_id,
            form_public_id=form,
            contact=Contact("LL-1", today(world)),
        )
    assert left(world) == ["LL-2"]
    row = draw(world, form)
    assert (row.reference, row.pool) == ("LL-2", 1)
    assert left(world) == []


def test_a_drawn_contact_stays_until_it_is_observed(world: World) -> None:
    form = ready(world, "LL-1", "LL-2", "LL-3")
    row = draw(world, form)
    begun = step(world, "begin_drawn", row)
    assert isinstance(begun, Observation)
    assert (begun.reference, begun.contact_on) == (row.reference, row.contact_on)
    assert step(world, "begin_drawn", row) is begun
    assert draw(world, form).public_id == row.public_id
    with pytest.raises(IllegalTransition, match="Throw the draft away first"):
        step(world, "set_aside", row, reason="x")
    with unit_of_work(world.session):
        operations.discard(
            world.session, actor=world.actor("simon"), now=clock.now(), public_id=begun.public_id
        )
    again = draw(world, form)
    assert (again.public_id, again.observation_id) == (row.public_id, None)
    begun = step(world, "begin_drawn", row)
    assert isinstance(begun, Observation)
    hand_in(world, begun.public_id)
    with pytest.raises(IllegalTransition, match="already"):
        step(world, "set_aside", row, reason="x")
    other = draw(world, form)
    assert other.public_id != row.public_id
    assert other.pool == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", ["begin_drawn", "set_aside"])
def test_a_sheet_begun_just_before_is_the_only_one(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    row = draw(world, ready(world, "LL-1"))
    public_id = row.public_id

    def begin_first() -> None:
        with unit_of_work(db.session):
            drawing.begin_drawn(
                db.session,
                actor=World(db.session).actor("simon"),
                now=clock.now(),
                public_id=public_id,
            )

    def lock_late(session: drawing.AnySession, employee_id: int) -> None:
        monkeypatch.setattr(drawing, "lock_person", operations.lock_person)
        together(app, [begin_first])
        operations.lock_person(session, employee_id)

    monkeypatch.setattr(drawing, "lock_person", lock_late)
    if name == "set_aside":
        with pytest.raises(IllegalTransition, match="Throw the draft away first"):
            step(world, name, row, reason="x")
    else:
        step(world, name, row)
    world.session.rollback()
    [begun] = world.session.scalars(sa.select(Observation)).all()
    [kept] = world.session.scalars(sa.select(ContactDraw)).all()
    assert (kept.public_id, kept.observation_id, kept.closed_at) == (public_id, begun.id, None)


def test_who_draws_and_who_steps(world: World) -> None:
    form = ready(world, "LL-1", "LL-2")
    for name in ("hilda", "renata", "aurora"):
        with pytest.raises(NotFound):
            draw(world, form, by=name)
    row = draw(world, form)
    with unit_of_work(world.session):
        grant_role(
            world.session,
            actor=world.actor("ada"),
            now=clock.now(),
            account=world.account("carla"),
            role=Role.QUALITY_ANALYST,
        )
    for name in ("begin_drawn", "set_aside"):
        more = {"reason": "x"} if name == "set_aside" else {}
        with pytest.raises(NotAllowed, match="Only who drew"):
            step(world, name, row, by="carla", **more)
        with pytest.raises(NotFound):
            step(world, name, row, by="hilda", **more)
    other = draw(world, form, by="carla")
    assert other.reference != row.reference
    with pytest.raises(Invalid, match="needed"):
        step(world, "set_aside", row, reason="  ")
    disallow(world)
    with pytest.raises(NotAllowed, match="refused here"):
        draw(world, form)
    with pytest.raises(NotAllowed, match="refused here"):
        step(world, "begin_drawn", row)


def test_without_a_plan_or_of_a_month_to_come_nothing_is_drawn(world: World) -> None:
    allow(world)
    form = made_form(world)
    keep_contacts(world, "aurora", "LL-1")
    with pytest.raises(Invalid, match="No contacts of this person are planned"):
        draw(world, form)
    planned(world, form)
    later = month_of(month_of(today(world)) + timedelta(days=40))
    with pytest.raises(Invalid, match="this month or an earlier one"):
        draw(world, form, first=later)
    with pytest.raises(Invalid, match="No contacts of this person are planned"):
        draw(world, form, first=month_of(month_of(today(world)) - timedelta(days=1)))
    assert draw(world, form).reference == "LL-1"


def test_erasure_empties_what_was_drawn_and_why(world: World) -> None:
    form = ready(world, "canario-1", "canario-2")
    step(world, "set_aside", draw(world, form), reason="canario-razon")
    draw(world, form)
    erase(world)
    world.session.rollback()
    rows = world.session.scalars(sa.select(ContactDraw)).all()
    assert [(row.reference, row.reason) for row in rows] == [(None, None)] * 2
    assert world.session.scalars(sa.select(ContactReference)).all() == []


def test_the_pages_draw_by_posting_alone(app: Flask, world: World) -> None:
    form = ready(world, "LL-1", "LL-2")
    simon = sign_in(app, "simon")
    page = simon.get("/observations/due").text
    assert "Draw a contact" in page
    sent = {
        "person": world.employee("aurora").public_id,
        "form": form,
        "month": month_of(today(world)).isoformat(),
    }
    assert simon.get("/contact-draws").status_code == 405
    assert world.session.scalars(sa.select(ContactDraw)).all() == []
    world.session.rollback()
    there = str(simon.post("/contact-draws", sent).location)
    assert "from 2 contacts" in simon.get(there).text
    assert there in simon.get("/observations/due").text
    answer = simon.post(f"{there}/set-aside", {"reason": " "})
    assert answer.status_code == 422
    simon.post(f"{there}/set-aside", {"reason": "Falta la grabación"})
    assert "Falta la grabación" in simon.get(there).text
    there = str(simon.post("/contact-draws", sent).location)
    sheet = str(simon.post(f"{there}/begin").location)
    assert "at random, the only one left" in simon.get(sheet).text
    simon.post(f"{sheet}/hand-in", {"edition": "0", **{f"mark-{i}": "met" for i in MET}})
    assert "at random, the only one left" in sign_in(app, "aurora").get(sheet).text
    assert sheet in simon.get(there).text
    none_left = simon.post("/contact-draws", sent)
    assert none_left.status_code == 302
    assert "No contact of that month is left" in simon.get(str(none_left.location)).text


def test_a_drawn_contact_that_no_document_can_name_is_set_aside(app: Flask, world: World) -> None:
    row = draw(world, ready(world, "通话-1"))
    there, simon = f"/contact-draws/{row.public_id}", sign_in(app, "simon")
    answer = simon.post(f"{there}/begin")
    assert answer.status_code == 422
    assert "has no sign for" in answer.text
    assert simon.post(f"{there}/set-aside", {"reason": "Sin nombre"}).status_code == 302


def test_a_channel_is_called_the_same_wherever_it_is_named(app: Flask, world: World) -> None:
    allow(world)
    form = made_form(world, channel="")
    planned(world, form)
    keep_contacts(world, "aurora", "F-1", channel="fax")
    page = sign_in(app, "simon").get(f"/contact-draws/{draw(world, form).public_id}").text
    assert "<dt>Channel</dt><dd>Fax</dd>" in page


def test_the_pool_keeps_to_the_channel_of_the_form(world: World) -> None:
    form = ready(world, "LL-1")
    keep_contacts(world, "aurora", "C-1", channel="chat")
    keep_contacts(world, "aurora", "V-1", channel="voice")
    assert left(world) == ["LL-1", "V-1"]
    assert draw(world, form).pool == 2
