"""Two people at the same moment: threads that meet at a barrier, each with its own session."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from competency import clock
from competency.assessments import operations
from competency.assessments.judging import save_draft
from competency.assessments.models import Appraisal, Assessor, Draft, Judgement
from competency.assessments.queries import AnySession, Loaded, load_own
from competency.assessments.schema import Answer, AssessorKind
from competency.database.transactions import unit_of_work
from competency.errors import Conflict, IllegalTransition
from competency.extensions import db
from tests.support.appraisals import Road
from tests.support.cast import World

PATIENCE = 60.0


def together(app: Flask, works: Sequence[Callable[[], None]]) -> None:
    """Run each work in a thread with an application context of its own; raise what they raise."""
    raised: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            with app.app_context():
                work()
                db.session.remove()
        except BaseException as error:  # noqa: BLE001 - carried over to the test's thread
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def somebody_waits() -> bool:
    """Return whether a transaction on PostgreSQL waits for a row that another one holds."""
    with db.engine.connect() as connection:
        query = (
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return connection.scalar(sa.text(query)) != 0


class AnyVersion(int):
    """A version that passes for every version: the check switched off."""

    __hash__ = int.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


@dataclass
class Saves:
    """What two savers of one draft were told: accepted contents by version, and conflicts."""

    accepted: list[tuple[int, str]] = field(default_factory=list)
    conflicts: list[dict[str, object]] = field(default_factory=list)
    stands: tuple[int, str] = (0, "")

    def lost(self) -> list[str]:
        """Return what was acknowledged and overwritten unseen, if anything."""
        faults = []
        versions = sorted(version for version, _ in self.accepted)
        if versions != list(range(1, len(versions) + 1)):
            faults.append("two saves were told the same version")
        if self.stands not in self.accepted or self.stands[0] != len(self.accepted):
            faults.append("what stands is not the last save that was accepted")
        if len(self.accepted) + len(self.conflicts) != 2 * len(set(versions)):
            faults.append("somebody saved over what they had not seen")
        return faults


def two_savers(app: Flask, road: Road, rounds: int, *, checked: bool = True) -> Saves:
    """Let two browsers of the lead save one draft over the same version, ``rounds`` times."""
    road.world.session.rollback()
    saves, meeting = Saves(), threading.Barrier(2, timeout=PATIENCE)
    criterion = road.criteria[0]

    def save(name: str) -> None:
        session = db.session
        simon = World(session).actor("simon")
        for number in range(rounds):
            session.rollback()
            seen = session.scalar(sa.select(Draft.version)) or 0
            session.rollback()
            meeting.wait()
            note = f"{name} {number}"
            try:
                with unit_of_work(session):
                    saved = save_draft(
                        session,
                        actor=simon,
                        now=clock.now(),
                        public_id=road.public_id,
                        kind=AssessorKind.LEAD,
                        answer=Answer(criterion, "met", note=note),
                        version=seen if checked else AnyVersion(seen),
                    )
                    version = saved.draft.version
                saves.accepted.append((version, note))
            except Conflict as conflict:
                saves.conflicts.append(conflict.theirs)
            meeting.wait()

    together(app, [lambda: save("one"), lambda: save("other")])
    road.world.session.rollback()
    row = road.world.session.execute(sa.select(Draft.version, Draft.note)).one()
    saves.stands = (row.version, row.note)
    return saves


def submit_against_edits(app: Flask, road: Road, rounds: int) -> list[str]:
    """Submit while another browser of the lead edits; return what was frozen otherwise."""
    road.world.session.rollback()
    meeting = threading.Barrier(2, timeout=PATIENCE)
    told: list[tuple[str, str]] = []
    faults: list[str] = []

    def submit() -> None:
        session = db.session
        simon, renata = World(session).actor("simon"), World(session).actor("renata")
        for number in range(rounds):
            meeting.wait()
            common: dict[str, Any] = {"now": clock.now(), "public_id": road.public_id}
            with unit_of_work(session):
                operations.submit(session, actor=simon, evidence_confirmed=True, **common)
            meeting.wait()
            faults.extend(f"round {number}: {fault}" for fault in frozen_otherwise(road, told))
            with unit_of_work(session):
                operations.take(session, actor=renata, **common)
            with unit_of_work(session):
                operations.return_for_rework(session, actor=renata, comment="Otra vez.", **common)
            told.clear()

    def edit() -> None:
        session = db.session
        simon = World(session).actor("simon")
        for number in range(rounds):
            meeting.wait()
            for criterion in road.criteria[number % 3 :: 5]:
                session.rollback()
                stands = session.scalar(
                    sa.select(Draft.version).where(Draft.criterion_id == criterion)
                )
                session.rollback()
                try:
                    with unit_of_work(session):
                        save_draft(
                            session,
                            actor=simon,
                            now=clock.now(),
                            public_id=road.public_id,
                            kind=AssessorKind.LEAD,
                            answer=Answer(criterion, "met", note=f"round {number}"),
                            version=stands or 0,
                        )
                    told.append((criterion, f"round {number}"))
                except IllegalTransition:
                    session.rollback()
                    break
            meeting.wait()

    together(app, [submit, edit])
    return faults


def edit_without_the_lock(app: Flask, road: Road, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let an edit that took no lock end after a submission; return what was frozen otherwise."""
    road.world.session.rollback()
    loaded, submitted = threading.Event(), threading.Event()

    def load_unlocked(session: AnySession, **arguments: Any) -> Loaded:  # noqa: ANN401 - load's own
        found = load_own(session, **{**arguments, "lock": False})
        loaded.set()
        assert submitted.wait(PATIENCE)
        return found

    monkeypatch.setattr("competency.assessments.judging.load_own", load_unlocked)
    told: list[tuple[str, str]] = []
    criterion = road.criteria[0]

    def edit() -> None:
        session = db.session
        simon = World(session).actor("simon")
        with unit_of_work(session):
            save_draft(
                session,
                actor=simon,
                now=clock.now(),
                public_id=road.public_id,
                kind=AssessorKind.LEAD,
                answer=Answer(criterion, "met", note="after the submission"),
                version=1,
            )
        told.append((criterion, "after the submission"))

    def submit() -> None:
        assert loaded.wait(PATIENCE)
        road_of_thread = Road(World(db.session), road.public_id, road.cycle_id, road.criteria)
        road_of_thread.step("submit", "simon", evidence_confirmed=True)
        submitted.set()

    together(app, [edit, submit])
    return frozen_otherwise(road, told)


def frozen_otherwise(road: Road, told: Sequence[tuple[str, str]]) -> list[str]:
    """Return where what is frozen is not what stands, or not what was acknowledged."""
    session = db.session
    session.rollback()
    appraisal = session.scalars(
        sa.select(Appraisal).where(Appraisal.public_id == road.public_id)
    ).one()
    frozen = {
        row.criterion_id: (row.level, row.excused, row.reason or "")
        for row in session.scalars(
            sa.select(Judgement).where(
                Judgement.turn == appraisal.turn, Judgement.kind == AssessorKind.LEAD
            )
        )
    }
    drafts = session.scalars(
        sa.select(Draft)
        .join(Assessor, Assessor.id == Draft.assessor_id)
        .where(Assessor.kind == AssessorKind.LEAD)
    )
    stands = {draft.criterion_id: (draft.level, draft.excused, draft.note) for draft in drafts}
    faults = [
        f"{i}: {frozen.get(i)} frozen, {stands[i]} stands"
        for i in stands
        if frozen.get(i) != stands[i]
    ]
    faults += [f"{i}: {note} was acknowledged" for i, note in told if frozen[i][2] != note]
    return faults
