"""A document after it was issued: suspended, reinstated, revoked, superseded, replaced."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from competency import clock
from competency.audit.models import AuditEvent
from competency.credentials.models import EntryStep, RegisterEntry
from competency.credentials.queries import by_token
from competency.credentials.register import Filters, entries, status_list
from competency.credentials.schema import EntryState, Reason, StatusAction
from competency.credentials.standing import REASONS, STEPS
from competency.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from tests.support.cast import World
from tests.support.credentials import change
from tests.support.mail import kinds, messages
from tests.support.register import closed_road, entry_of, erase, issue
from tests.support.rows import writing

SUSPEND, REINSTATE = StatusAction.SUSPEND, StatusAction.REINSTATE
REVOKE, SUPERSEDE = StatusAction.REVOKE, StatusAction.SUPERSEDE


def test_every_action_in_every_state_does_what_the_table_says(world: World) -> None:
    roads = {
        EntryState.ACTIVE: (),
        EntryState.SUSPENDED: (SUSPEND,),
        EntryState.REVOKED: (REVOKE,),
        EntryState.SUPERSEDED: (SUPERSEDE,),
    }
    road = closed_road(world)
    entry = ""
    for state, way in roads.items():
        for action in StatusAction:
            if not entry or entry_of(world, entry).state is not EntryState.ACTIVE:
                entry = issue(world, road.public_id).public_id
            for step in way:
                change(world, entry, step, REASONS[step][0])
            assert entry_of(world, entry).state is state
            sources, target = STEPS[action]
            if state in sources:
                change(world, entry, action, REASONS[action][0])
                assert entry_of(world, entry).state is target
            else:
                with pytest.raises(IllegalTransition):
                    change(world, entry, action, REASONS[action][0])
            if entry_of(world, entry).state is EntryState.SUSPENDED:
                change(world, entry, REVOKE, Reason.ERROR)


def test_certifiers_and_human_resources_without_a_part_may_and_nobody_else(world: World) -> None:
    entry = issue(world, closed_road(world).public_id).public_id
    for name in ("aurora", "simon", "augusto"):
        with pytest.raises(NotAllowed):
            change(world, entry, SUSPEND, Reason.INQUIRY, name)
    for name in ("bruno", "ada"):
        with pytest.raises(NotFound):
            change(world, entry, SUSPEND, Reason.INQUIRY, name)
    change(world, entry, SUSPEND, Reason.INQUIRY, "hilda")
    change(world, entry, REINSTATE, Reason.CLEARED)
    assert entry_of(world, entry).state is EntryState.ACTIVE


def test_a_reason_and_a_category_of_the_action_are_asked_for(world: World) -> None:
    entry = issue(world, closed_road(world).public_id).public_id
    with pytest.raises(Invalid):
        change(world, entry, REVOKE, Reason.ERROR, reason="  ")
    with pytest.raises(Invalid):
        change(world, entry, REVOKE, Reason.CLEARED)
    assert entry_of(world, entry).state is EntryState.ACTIVE


def test_whoever_verifies_reads_day_and_category_and_never_the_private_reason(
    world: World,
) -> None:
    entry = issue(world, closed_road(world).public_id)
    change(world, entry.public_id, SUSPEND, Reason.INQUIRY)
    found = by_token(world.session, clock.now(), entry.token)
    assert found is not None
    assert (found.state, found.category) == (EntryState.SUSPENDED, Reason.INQUIRY)
    assert found.since is not None
    assert "canario" not in str(found)
    data = world.session.scalars(sa.select(AuditEvent.data)).all()
    assert "canario-status" not in str(data)


def test_a_new_document_names_the_one_in_whose_place_it_stands(world: World) -> None:
    road = closed_road(world)
    first = issue(world, road.public_id)
    change(world, first.public_id, SUPERSEDE, Reason.ERROR)
    second = issue(world, road.public_id)
    assert second.replaces_id == first.id
    assert second.sequence == first.sequence + 1
    assert second.facts is not None
    assert second.facts["facts"]["replaces"] == first.number
    old = by_token(world.session, clock.now(), first.token)
    new = by_token(world.session, clock.now(), second.token)
    assert old is not None
    assert new is not None
    assert (old.replaced_by, old.replaces) == (second.number, None)
    assert (new.replaced_by, new.replaces) == (None, first.number)


def test_the_list_of_states_names_numbers_and_nobody(world: World) -> None:
    road = closed_road(world)
    first = issue(world, road.public_id)
    assert status_list(world.session) == []
    change(world, first.public_id, SUSPEND, Reason.REQUEST)
    [listed] = status_list(world.session)
    assert (listed.number, listed.state, listed.reason) == (
        first.number,
        EntryState.SUSPENDED,
        Reason.REQUEST,
    )
    change(world, first.public_id, REINSTATE, Reason.REQUEST)
    assert status_list(world.session) == []
    change(world, first.public_id, REVOKE, Reason.EVIDENCE)
    assert [one.state for one in status_list(world.session)] == [EntryState.REVOKED]


def test_the_database_lets_nothing_lead_out_of_an_ended_entry(world: World) -> None:
    entry = issue(world, closed_road(world).public_id)
    change(world, entry.public_id, REVOKE, Reason.ERROR)
    world.session.rollback()
    back = sa.update(RegisterEntry).values(state=EntryState.ACTIVE)
    with pytest.raises(DBAPIError, match="append-only"), writing() as connection:
        connection.execute(back)


def test_the_private_reason_goes_with_the_persons_data_and_the_state_stays(world: World) -> None:
    entry = issue(world, closed_road(world).public_id)
    change(world, entry.public_id, REVOKE, Reason.ERROR)
    erase(world)
    world.session.rollback()
    step = world.session.scalars(sa.select(EntryStep)).one()
    assert (step.reason, step.category) == (None, Reason.ERROR)
    assert entry_of(world, entry.public_id).state is EntryState.REVOKED


def test_the_register_is_narrowed_by_state_year_kind_and_framework(world: World) -> None:
    road = closed_road(world)
    first = issue(world, road.public_id)
    change(world, first.public_id, SUPERSEDE, Reason.ERROR)
    second = issue(world, road.public_id)
    cases = {
        Filters(): 2,
        Filters(state=EntryState.ACTIVE): 1,
        Filters(state=EntryState.SUPERSEDED): 1,
        Filters(state=EntryState.EXPIRED): 0,
        Filters(year=second.year): 2,
        Filters(year=second.year - 1): 0,
        Filters(document=second.document): 2,
        Filters(slug="supervisor-oficina-comercial"): 2,
        Filters(slug="another"): 0,
        Filters(search="-00002", state=EntryState.ACTIVE): 1,
    }
    for filters, count in cases.items():
        rows, total = entries(
            world.session, actor=world.actor("carla"), now=clock.now(), filters=filters
        )
        assert (len(rows), total) == (count, count), filters


def test_the_holder_hears_of_every_change_and_reads_no_reason_in_it(world: World) -> None:
    road = closed_road(world)
    entry = issue(world, road.public_id).public_id
    for action in (SUSPEND, REINSTATE, REVOKE):
        change(world, entry, action, REASONS[action][0])
    second = issue(world, road.public_id).public_id
    change(world, second, SUPERSEDE, Reason.ERROR)
    assert [kind for kind in kinds(world, "aurora") if kind.startswith("document_")] == [
        "document_suspended",
        "document_reinstated",
        "document_revoked",
        "document_superseded",
    ]
    told = messages(world, "aurora")[-1]
    assert told.link_id == road.public_id
    assert "canario" not in str(told.params)
