"""Tampering with the audit chain as somebody could who owns the database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from competency.audit.models import GENESIS, AuditEvent, AuditTail
from competency.audit.operations import AnySession, checkpoint, exempt, record, verify
from competency.audit.rules import Link, link_hash
from competency.database.transactions import set_writing, unit_of_work
from competency.database.triggers import install
from competency.extensions import db
from tests.support.cast import NOW, World

Events = list[Link]
Mutation = Callable[[random.Random, Events], Events]


def grow(world: World, events: int) -> None:
    """Append events of several shapes to the chain."""
    for number in range(events):
        with unit_of_work(world.session):
            exempt(world.session, "nothing but the chain grows")
            record(
                world.session,
                actor=world.account("hilda").public_id,
                now=NOW + timedelta(seconds=number),
                action=("draft.saved", "appraisal.submit", "role.granted")[number % 3],
                subject_kind="appraisal",
                subject=f"subject{number}",
                data={"n": number, "text": "ñ Ж", "none": None} if number % 2 else {},
            )


@contextmanager
def unguarded() -> Iterator[Connection]:
    """Give a connection in whose transaction the triggers are off; they are back after."""
    set_writing(writing=True)
    sqlite = db.engine.dialect.name == "sqlite"
    try:
        with db.engine.begin() as connection:
            if sqlite:
                for event in ("update", "delete"):
                    connection.exec_driver_sql(f"DROP TRIGGER audit_event_no_{event}")
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection
            if sqlite:
                install(connection)
    finally:
        set_writing(writing=False)


def stored(connection: Connection) -> Events:
    """Return the chain as it is stored."""
    rows = connection.execute(sa.select(AuditEvent.__table__).order_by(AuditEvent.sequence))
    return [Link(**row) for row in rows.mappings()]


def store(connection: Connection, events: Events) -> None:
    """Put a chain in the place of the one that is stored, whatever it says."""
    connection.execute(sa.delete(AuditEvent))
    if events:
        connection.execute(sa.insert(AuditEvent), [event.__dict__ for event in events])


def set_tail(connection: Connection, events: Events) -> None:
    """Restamp the tail so that it agrees with the last event."""
    last = events[-1] if events else None
    connection.execute(
        sa.update(AuditTail).values(
            sequence=last.sequence if last else 0, hash=last.hash if last else GENESIS
        )
    )


def rehash(events: Events, start: int = 0) -> Events:
    """Return the events numbered and hashed anew from ``start`` on: a chain that looks whole."""
    done = events[:start]
    for event in events[start:]:
        previous = done[-1].hash if done else GENESIS
        link = replace(event, sequence=len(done) + 1, previous_hash=previous)
        done.append(replace(link, hash=link_hash(link)))
    return done


def _changed(choice: random.Random, event: Link) -> Link:
    """Return the event with one column changed, any of them."""
    letter = choice.choice("abcdefghijk")
    changes: dict[str, Any] = {
        "occurred_at": event.occurred_at + timedelta(microseconds=choice.choice([1, -1, 10**9])),
        "actor": letter + event.actor[1:] if event.actor[:1] != letter else "z",
        "action": event.action + ".not",
        "subject_kind": event.subject_kind + "s",
        "subject": event.subject[:-1],
        "data": {**event.data, "added": choice.randrange(9)},
        "previous_hash": event.hash,
        "hash": event.hash[1:] + ("0" if event.hash[0] != "0" else "1"),
    }
    name = choice.choice(sorted(changes))
    return replace(event, **{name: changes[name]})


def edit(choice: random.Random, events: Events) -> Events:
    """Change one column of one event."""
    at = choice.randrange(len(events))
    return [*events[:at], _changed(choice, events[at]), *events[at + 1 :]]


def edit_and_rehash(choice: random.Random, events: Events) -> Events:
    """Change one event and give it a right hash of its own."""
    at = choice.randrange(len(events))
    changed = replace(events[at], subject="somebody.else")
    return [*events[:at], replace(changed, hash=link_hash(changed)), *events[at + 1 :]]


def delete(choice: random.Random, events: Events) -> Events:
    """Take one event out."""
    at = choice.randrange(len(events))
    return events[:at] + events[at + 1 :]


def cut(choice: random.Random, events: Events) -> Events:
    """Cut the end off, or everything."""
    return events[: choice.randrange(len(events))]


def add(choice: random.Random, events: Events) -> Events:
    """Put an event that never was after the last one, rightly hashed."""
    last = events[-1]
    link = replace(
        last,
        sequence=last.sequence + choice.choice([1, 1, 2]),
        previous_hash=last.hash,
        subject="invented",
    )
    return [*events, replace(link, hash=link_hash(link))]


def swap(choice: random.Random, events: Events) -> Events:
    """Let two events change places, keeping the numbers in order."""
    one, other = sorted(choice.sample(range(len(events)), 2))
    swapped = list(events)
    swapped[one] = replace(events[other], sequence=events[one].sequence)
    swapped[other] = replace(events[one], sequence=events[other].sequence)
    return swapped


def rewrite(choice: random.Random, events: Events) -> Events:
    """Change an event, delete or insert one, and hash everything after it anew."""
    at = choice.randrange(len(events))
    forged = replace(events[at], subject="somebody.else")
    middle = choice.choice([[forged], [], [events[at], forged]])
    return rehash([*events[:at], *middle, *events[at + 1 :]], at)


MUTATIONS: tuple[Mutation, ...] = (edit, edit_and_rehash, delete, cut, add, swap, rewrite)


def tampered(choice: random.Random, events: Events) -> tuple[Events, bool, str]:
    """Return a chain that is not the one given, whether its tail is restamped, and how."""
    while True:
        mutation = choice.choice(MUTATIONS)
        # what is added after the last event cannot be told from a true one
        # once the tail agrees: a chain shows what was changed, not what was never so
        restamp = choice.random() < 0.5 and mutation is not add
        changed = mutation(choice, events)
        if changed != events:
            return changed, restamp, f"{mutation.__name__}, tail restamped: {restamp}"


def tamper_again_and_again(session: AnySession, *, seed: int, times: int) -> list[str]:
    """Tamper with the chain in random ways, each undone after; return what went wrong.

    One checkpoint is taken before and kept outside. What goes wrong is a tampering that
    verification missed, or a fault that it saw in the true chain.
    """
    held = checkpoint(session)
    session.rollback()
    with unguarded() as connection:
        true = stored(connection)
    choice = random.Random(seed)  # noqa: S311 - the same cases in every run
    wrong = []
    for _ in range(times):
        chain, restamp, how = tampered(choice, true)
        with unguarded() as connection:
            store(connection, chain)
            if restamp:
                set_tail(connection, chain)
        if not verify(session, held):
            wrong.append(f"missed: {how}")
        session.rollback()
        with unguarded() as connection:
            store(connection, true)
            set_tail(connection, true)
        wrong += [f"false alarm: {fault}" for fault in verify(session, held)]
        session.rollback()
    return wrong
