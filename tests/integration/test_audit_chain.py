"""Every change is an event, every event a link, and no link can be touched unseen."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from competency.audit.models import AuditEvent, AuditTail
from competency.audit.operations import (
    UnrecordedChange,
    checkpoint,
    exempt,
    record,
    verify,
)
from competency.audit.rules import Checkpoint
from competency.database.transactions import unit_of_work
from competency.extensions import db
from competency.people.models import Employee, Organisation
from tests.support.cast import CAST, NOW, World
from tests.support.chain import grow, set_tail, store, stored, tamper_again_and_again, unguarded

WRITERS, EACH = 6, 15


def noted(world: World, subject: str) -> None:
    """Note an event in the transaction that runs."""
    record(
        world.session,
        actor="hilda",
        now=NOW,
        action="organisation.renamed",
        subject_kind="organisation",
        subject=subject,
    )


def events(world: World) -> int:
    """Return how many events there are."""
    return world.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) or 0


def faults_of(world: World, held: Checkpoint | None = None) -> list[str]:
    """Return what verification finds in the chain as it stands now."""
    world.session.rollback()
    return verify(world.session, held)


def organisation(world: World) -> Organisation:
    return world.session.scalars(sa.select(Organisation)).one()


def rename_and_fail(world: World, subject: str) -> None:
    """Change a row, note it, and fail."""
    organisation(world).name = subject
    noted(world, subject)
    raise ZeroDivisionError


def test_sixty_ways_of_tampering_are_all_found_given_one_checkpoint(world: World) -> None:
    grow(world, 24)
    assert tamper_again_and_again(world.session, seed=20260310, times=60) == []


def test_a_chain_written_anew_looks_whole_without_a_checkpoint(world: World) -> None:
    grow(world, 5)
    held = checkpoint(world.session)
    with unguarded() as connection:
        shorter = stored(connection)[:-2]
        store(connection, shorter)
        set_tail(connection, shorter)
    assert faults_of(world) == []
    assert faults_of(world, held) != []


def test_data_that_cannot_be_read_are_a_fault_and_not_a_crash(world: World) -> None:
    for text in (" ' '", "'{'", "'NaN'"):
        with unguarded() as connection:
            more = f"data || {text}"
            connection.execute(sa.text(f"UPDATE audit_event SET data = {more} WHERE sequence = 2"))  # noqa: S608 - words of this test
        assert faults_of(world) != []


def test_a_checkpoint_stays_true_while_the_chain_grows(world: World) -> None:
    held = checkpoint(world.session)
    grow(world, 3)
    assert verify(world.session, held) == []
    assert Checkpoint.parse(str(held)) == held
    with pytest.raises(ValueError, match="expected sequence:hash"):
        Checkpoint.parse("12:abc")


def test_a_change_without_an_event_is_refused_and_leaves_nothing(world: World) -> None:
    session, before = world.session, organisation(world).name
    with pytest.raises(UnrecordedChange), unit_of_work(session):
        organisation(world).name = "Unrecorded"
    with pytest.raises(UnrecordedChange), unit_of_work(session):
        session.execute(sa.update(Organisation).values(name="Unrecorded"))
    with pytest.raises(UnrecordedChange), unit_of_work(session):
        session.execute(sa.delete(Employee).where(Employee.id < 0))
    assert organisation(world).name == before


def test_setting_what_is_set_already_needs_no_event(world: World) -> None:
    with unit_of_work(world.session):
        organisation(world).name = str(organisation(world).name)


def test_an_exemption_says_why_and_ends_with_its_transaction(world: World) -> None:
    session, before = world.session, events(world)
    with unit_of_work(session):
        exempt(session, "a test")
        organisation(world).name = "Exempt"
    assert events(world) == before
    with pytest.raises(UnrecordedChange), unit_of_work(session):
        organisation(world).name = "Not exempt"


def test_what_is_rolled_back_leaves_no_event(world: World) -> None:
    session, before = world.session, events(world)
    with pytest.raises(ZeroDivisionError), unit_of_work(session):
        rename_and_fail(world, "rolled-back")
    with unit_of_work(session):
        pass
    assert events(world) == before
    assert verify(session) == []


def test_a_savepoint_keeps_the_events_before_it_and_drops_its_own(world: World) -> None:
    session = world.session
    tail = checkpoint(session).sequence
    with unit_of_work(session):
        organisation(world).name = "Before"
        noted(world, "before")
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            rename_and_fail(world, "within")
        with session.begin_nested():
            noted(world, "kept")
        assert session.scalar(sa.select(AuditTail.sequence)) == tail
        noted(world, "after")
    newest = session.scalars(
        sa.select(AuditEvent.subject).order_by(AuditEvent.sequence.desc()).limit(3)
    )
    assert list(newest) == ["after", "kept", "before"]
    assert organisation(world).name == "Before"
    assert verify(session) == []


def test_parallel_writers_and_readers_keep_one_chain_without_gaps(app: Flask, world: World) -> None:
    before, faults, failed = events(world), list[str](), list[BaseException]()
    world.session.rollback()
    done = threading.Event()

    def write(writer: int) -> None:
        with app.app_context():
            for number in range(EACH):
                with unit_of_work(db.session):
                    mine = World(db.session)
                    mine.employee(list(CAST)[writer]).email = f"{writer}.{number}@example.org"
                    noted(mine, f"{writer}.{number}")
            db.session.remove()

    def read() -> None:
        with app.app_context():
            while not done.is_set():
                faults.extend(verify(db.session))
                db.session.rollback()
            db.session.remove()

    def guarded(work: threading.Thread) -> threading.Thread:
        work.start()
        return work

    threading.excepthook, hook = (
        lambda a: failed.append(a.exc_value or KeyError()),
        (threading.excepthook),
    )
    reader = guarded(threading.Thread(target=read))
    writers = [guarded(threading.Thread(target=write, args=(n,))) for n in range(WRITERS)]
    for writer in writers:
        writer.join()
    done.set()
    reader.join()
    threading.excepthook = hook
    assert (failed, faults) == ([], [])
    assert events(world) == before + WRITERS * EACH
    assert checkpoint(world.session).sequence == events(world)
    assert verify(world.session) == []
