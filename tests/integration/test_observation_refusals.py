"""What is refused of observations, each for its own reason, and that nothing of it is kept."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from competency import clock
from competency.audit.operations import exempt
from competency.database.base import Base
from competency.database.transactions import unit_of_work
from competency.errors import Incomplete, Invalid, NotAllowed, NotFound
from competency.observations import answering, operations
from competency.observations.form_operations import retire_form
from competency.observations.models import (
    Observation,
    ObservationCalibration,
    ObservationScore,
    ObservationStep,
)
from competency.observations.schema import NOTE_MAXIMUM, Contact, Mark, Sheet
from competency.people.models import ReportingLine
from tests.support.cast import World
from tests.support.observations import (
    MET,
    allow,
    begun,
    disputed,
    drawn,
    handed_in,
    made_form,
    opened,
    planned,
)

LONG = "a" * (NOTE_MAXIMUM + 1)


def begin(world: World, form: str, person: str, **contact: str) -> None:
    """Begin an observation as Simón."""
    with unit_of_work(world.session):
        simon, now = world.actor("simon"), clock.now()
        operations.begin(
            world.session,
            actor=simon,
            now=now,
            employee_public_id=person,
            form_public_id=form,
            contact=Contact("LL-1", simon.today(now), **contact),
        )


def save(world: World, public_id: str, sheet: Sheet, by: str = "simon") -> None:
    """Save a sheet that nobody saved before."""
    with unit_of_work(world.session):
        operations.save(
            world.session,
            actor=world.actor(by),
            now=clock.now(),
            public_id=public_id,
            sheet=sheet,
            edition=0,
        )


def change(world: World, public_id: str, marks: dict[str, Mark], text: str = "Sí.") -> None:
    """Answer a dispute with other marks, as Hilda."""
    with unit_of_work(world.session):
        answering.change(
            world.session,
            actor=world.actor("hilda"),
            now=clock.now(),
            public_id=public_id,
            marks=marks,
            text=text,
        )


def count(world: World, table: type[Base]) -> int:
    world.session.rollback()
    return world.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_nobody_and_somebody_unknown_cannot_be_observed(world: World) -> None:
    allow(world)
    form = made_form(world)
    with pytest.raises(Invalid, match="Choose a person"):
        begin(world, form, "")
    with pytest.raises(NotFound):
        begin(world, form, "0" * 20)
    assert count(world, Observation) == 0


def test_a_form_that_is_used_no_more_opens_no_calibration_and_draws_nothing(world: World) -> None:
    allow(world)
    form = made_form(world)
    planned(world, form)
    with unit_of_work(world.session):
        retire_form(world.session, actor=world.actor("hilda"), now=clock.now(), public_id=form)
    with pytest.raises(Invalid, match="used no more"):
        opened(world, form)
    with pytest.raises(Invalid, match="used no more"):
        drawn(world, form)
    assert count(world, ObservationCalibration) == 0


@pytest.mark.parametrize("contact", [{"channel": "v" * 200}, {"line": "l" * 200}])
def test_what_no_field_holds_is_refused_before_the_database_does(
    world: World, contact: dict[str, str]
) -> None:
    allow(world)
    form, aurora = made_form(world), world.employee("aurora").public_id
    with pytest.raises(Invalid, match="too long"):
        begin(world, form, aurora, **contact)
    assert count(world, Observation) == 0


def test_who_leads_the_person_no_more_goes_on_with_no_draft(world: World) -> None:
    allow(world)
    found = begun(world, made_form(world))
    with unit_of_work(world.session):
        exempt(world.session, "a test's person is led by nobody")
        world.session.execute(
            sa.delete(ReportingLine).where(ReportingLine.employee_id == world.employee("aurora").id)
        )
    with pytest.raises(NotAllowed, match="Today's supervisor"):
        save(world, found, Sheet(MET, {}))


def test_only_who_began_it_changes_it_and_whoever_reads_it_is_told_so(world: World) -> None:
    allow(world)
    found = handed_in(world, made_form(world))
    with pytest.raises(NotAllowed, match="Only who began"):
        save(world, found, Sheet(MET, {}), by="hilda")


@pytest.mark.parametrize("sheet", [Sheet(MET, {}, LONG), Sheet(MET, {"hacer.escucha": LONG})])
def test_a_note_of_more_than_a_page_is_refused(world: World, sheet: Sheet) -> None:
    allow(world)
    found = begun(world, made_form(world))
    with pytest.raises(Invalid, match="2,000"):
        save(world, found, sheet)


def test_a_dispute_is_answered_with_every_mark_and_a_reason_that_fits(world: World) -> None:
    allow(world)
    found = disputed(world, made_form(world))
    changed = {**MET, "hacer.escucha": Mark.NOT_MET}
    with pytest.raises(Incomplete, match="every behaviour"):
        change(world, found, {"hacer.escucha": Mark.NOT_MET})
    with pytest.raises(Incomplete, match="every behaviour"):
        change(world, found, {**changed, "no.hay": Mark.MET})
    with pytest.raises(Incomplete, match="Nothing would apply"):
        change(world, found, dict.fromkeys(MET, Mark.NOT_APPLICABLE))
    with pytest.raises(Invalid, match="2,000"):
        change(world, found, changed, LONG)
    assert (count(world, ObservationScore), count(world, ObservationStep)) == (1, 1)
    change(world, found, changed)
    assert (count(world, ObservationScore), count(world, ObservationStep)) == (2, 2)
