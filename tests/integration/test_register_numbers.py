"""Numbers without gaps, documents that are made once, and crashes between the steps."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.audit.models import AuditEvent
from competency.audit.operations import verify
from competency.credentials import operations
from competency.credentials.models import Counter, IssuedDocument, RegisterEntry
from competency.credentials.operations import attach, render, take_number
from competency.credentials.queries import unfinished
from competency.credentials.schema import EntryState
from competency.database.transactions import unit_of_work
from competency.errors import IllegalTransition, Invalid, NotFound
from competency.extensions import db
from competency.people.schema import Actor
from tests.support.cast import World
from tests.support.keys import signing_key
from tests.support.register import (
    URL,
    closed_road,
    copies,
    entry_of,
    erase,
    finish,
    issue,
    take,
)

THREADS = 8
EACH = 10


class Interrupted(Exception):
    """What a test raises where a process would have died."""


def numbers(world: World) -> list[str]:
    """Return every number of the register, in the order of its sequence."""
    world.session.rollback()
    return list(
        world.session.scalars(sa.select(RegisterEntry.number).order_by(RegisterEntry.sequence))
    )


def expected(count: int) -> list[str]:
    """Return the first numbers of this year."""
    year = clock.local_date(clock.now(), "America/Santiago").year
    return [f"CDP-{year}-{number:05d}" for number in range(1, count + 1)]


def take_as(actor: Actor, appraisal: str, *, dies: bool = False) -> str:
    """Take a number in the session of this context, or die just before the commit."""
    with unit_of_work(db.session):
        entry = take_number(
            db.session,
            actor=actor,
            now=clock.now(),
            appraisal_public_id=appraisal,
            public_url=URL,
            key=signing_key(),
        ).public_id
        if dies:
            raise Interrupted
    return entry


def test_a_second_call_returns_the_same_entry(world: World) -> None:
    road = closed_road(world)
    first = take(world, road.public_id)
    assert take(world, road.public_id) == first
    finish(world, first)
    assert take(world, road.public_id) == first
    assert numbers(world) == expected(1)


def test_a_transaction_that_is_rolled_back_returns_its_number(world: World) -> None:
    road = closed_road(world)
    [other] = copies(road, 1)
    carla = world.actor("carla")
    with pytest.raises(Interrupted):
        take_as(carla, road.public_id, dies=True)
    take_as(carla, other)
    take_as(carla, road.public_id)
    assert numbers(world) == expected(2)


def test_parallel_issuing_leaves_no_gap_and_no_double(app: Flask, world: World) -> None:
    road = closed_road(world)
    waiting = copies(road, THREADS * EACH)
    carla = world.actor("carla")
    world.session.rollback()
    start = threading.Barrier(THREADS)

    def issue_share(own: list[str]) -> int:
        with app.app_context():
            start.wait()
            died = 0
            for place, appraisal in enumerate(own):
                if place % 3 == 1:
                    with pytest.raises(Interrupted):
                        take_as(carla, appraisal, dies=True)
                    died += 1
                take_as(carla, appraisal)
            return died

    with ThreadPoolExecutor(THREADS) as pool:
        died = sum(pool.map(issue_share, [waiting[i::THREADS] for i in range(THREADS)]))
    assert died > THREADS
    assert numbers(world) == expected(THREADS * EACH)
    assert world.session.scalars(sa.select(Counter.last)).one() == THREADS * EACH
    assert verify(world.session) == []


def test_the_same_appraisal_issued_by_many_at_once_gets_one_number(
    app: Flask, world: World
) -> None:
    road = closed_road(world)
    carla = world.actor("carla")
    world.session.rollback()
    start = threading.Barrier(THREADS)

    def issue_it(_: int) -> str:
        with app.app_context():
            start.wait()
            entry = take_as(carla, road.public_id)
            facts = db.session.scalars(
                sa.select(RegisterEntry.facts).where(RegisterEntry.public_id == entry)
            ).one()
            content = render(facts)
            with unit_of_work(db.session):
                attach(
                    db.session,
                    actor=carla,
                    now=clock.now(),
                    entry_public_id=entry,
                    content=content,
                )
            return entry

    with ThreadPoolExecutor(THREADS) as pool:
        found = set(pool.map(issue_it, range(THREADS)))
    assert len(found) == 1
    assert numbers(world) == expected(1)
    query = sa.select(sa.func.count()).where(AuditEvent.action == "credential.issued")
    assert world.session.scalar(query) == 1


def test_a_crash_before_the_document_is_resumed_with_the_same_number(world: World) -> None:
    road = closed_road(world)
    entry = take(world, road.public_id)
    before = entry_of(world, entry)
    number, token, facts = before.number, before.token, before.facts
    world.session.rollback()
    assert [e.number for e in unfinished(world.session)] == [number]
    assert take(world, road.public_id) == entry
    finish(world, entry)
    after = entry_of(world, entry)
    assert (after.number, after.token, after.facts) == (number, token, facts)
    assert after.state is EntryState.ACTIVE
    assert unfinished(world.session) == []


def test_the_system_finishes_what_a_crash_left(world: World) -> None:
    entry = take(world, closed_road(world).public_id)
    content = render(entry_of(world, entry).facts)
    with unit_of_work(world.session):
        attach(
            world.session,
            actor=world.system(),
            now=clock.now(),
            entry_public_id=entry,
            content=content,
        )
    assert entry_of(world, entry).state is EntryState.ACTIVE


def test_a_document_is_never_made_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    road = closed_road(world)
    entry = issue(world, road.public_id)
    stored = world.session.get_one(IssuedDocument, entry.id)
    content, sha256, stored_at = stored.content, stored.sha256, stored.stored_at
    assert content is not None
    assert hashlib.sha256(content).hexdigest() == sha256
    monkeypatch.setattr(operations, "attestation", lambda _facts: b"%PDF-another")
    with unit_of_work(world.session):
        attach(
            world.session,
            actor=world.actor("carla"),
            now=clock.now(),
            entry_public_id=entry.public_id,
            content=render(entry.facts),
        )
    world.session.expire_all()
    again = world.session.get_one(IssuedDocument, entry.id)
    assert (again.content, again.sha256, again.stored_at) == (content, sha256, stored_at)


def test_the_same_facts_give_the_same_bytes(world: World) -> None:
    entry = take(world, closed_road(world).public_id)
    facts = entry_of(world, entry).facts
    assert render(facts) == render(facts)


def test_an_unknown_entry_gets_no_document(world: World) -> None:
    with pytest.raises(NotFound), unit_of_work(world.session):
        attach(
            world.session,
            actor=world.system(),
            now=clock.now(),
            entry_public_id="0" * 20,
            content=b"%PDF-",
        )


def test_bytes_that_were_made_before_an_erasure_are_not_stored_after_it(
    world: World,
) -> None:
    road = closed_road(world)
    [other] = copies(road, 1)
    entry = take(world, road.public_id)
    content = render(entry_of(world, entry).facts)
    erase(world)
    with pytest.raises(IllegalTransition), unit_of_work(world.session):
        attach(
            world.session,
            actor=world.actor("carla"),
            now=clock.now(),
            entry_public_id=entry,
            content=content,
        )
    with pytest.raises(NotFound):
        render(entry_of(world, entry).facts)
    assert unfinished(world.session) == []
    with pytest.raises(Invalid, match="erased"):
        take(world, other)
    assert numbers(world) == expected(1)
    assert verify(world.session) == []
