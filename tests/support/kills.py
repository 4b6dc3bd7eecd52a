"""Saves and submissions over HTTP while the server is killed, and what must hold after."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from competency.assessments.models import (
    Appraisal,
    AppraisalStep,
    Assessor,
    Draft,
    FrozenEvidence,
    Judgement,
)
from competency.assessments.schema import Action, AssessorKind, State
from competency.audit.operations import AnySession, checkpoint, verify
from competency.audit.rules import Checkpoint
from tests.support.appraisals import Road
from tests.support.server import Browser, Gone, Server

LINKS = 2  # of the one evidence that the road collects
MOST_ANSWERS = 16  # that a server gives before it is killed
LONGEST_WAIT = 0.04  # seconds from the last of them to the kill: into the next save
OK, FOUND, REFUSED = 200, 302, 409

Written = tuple[str, str, int]
"""A draft's level, note and version."""


@dataclass
class Promised:
    """What one assessor was told is saved, and what was sent last without an answer."""

    drafts: dict[str, Written] = field(default_factory=dict)
    sent: dict[str, Written] = field(default_factory=dict)


@dataclass
class Ledger:
    """All that browsers were promised, from the first server to the last."""

    self_drafts: Promised = field(default_factory=Promised)
    lead_drafts: Promised = field(default_factory=Promised)
    turn: int = 0
    judged: dict[int, dict[str, Written]] = field(default_factory=dict)
    held: Checkpoint | None = None
    saves: int = 0
    submissions: int = 0
    cut_short: int = 0
    unexpected: list[str] = field(default_factory=list)


class Life:
    """What happens between the start of one server process and its end."""

    def __init__(self, road: Road, ledger: Ledger, browsers: dict[str, Browser], seed: int) -> None:
        """``seed`` decides what is saved."""
        self.road, self.ledger, self.browsers = road, ledger, browsers
        self.choice = {name: random.Random(f"{seed} {name}") for name in browsers}  # noqa: S311
        self.state = road.state()
        self.answers = threading.Semaphore(0)

    def save(self, name: str, kind: AssessorKind, promised: Promised) -> None:
        """Save one criterion and note the promise."""
        choice = self.choice[name]
        criterion = choice.choice(self.road.criteria)
        before = promised.drafts.get(criterion, ("", "", 0))[2]
        level = choice.choice(["met", "below"])
        written = (level, f"{name} {choice.getrandbits(64):x}", before + 1)
        promised.sent = {criterion: written}
        status = self.browsers[name].post(
            f"{self.road.path}/drafts/{criterion}",
            kind=kind.value,
            level=level,
            note=written[1],
            version=str(before),
        )
        if status == REFUSED and name == "aurora":
            promised.sent = {}
            return
        if status != OK:
            self.ledger.unexpected.append(f"{name} saved {criterion}: {status}")
            return
        promised.drafts[criterion] = written
        promised.sent = {}
        self.answers.release()
        self.ledger.saves += 1

    def step(self, name: str, step: str, **form: str) -> None:
        """Take one step of the workflow."""
        status = self.browsers[name].post(f"{self.road.path}/{step}", **form)
        if status not in {OK, FOUND}:
            self.ledger.unexpected.append(f"{name} {step}: {status}")
        self.answers.release()

    def lead(self) -> None:
        """Save, now and then submit, and let the reviewer give it back."""
        if self.state is State.OPEN and self.choice["simon"].random() < 1 / 6:
            self.step("simon", "submit", evidence_confirmed="yes")
            self.ledger.turn += 1
            self.ledger.judged[self.ledger.turn] = dict(self.ledger.lead_drafts.drafts)
            self.ledger.submissions += 1
            self.state = State.SUBMITTED
        elif self.state is State.OPEN:
            self.save("simon", AssessorKind.LEAD, self.ledger.lead_drafts)
        elif self.state is State.SUBMITTED:
            self.step("renata", "take")
            self.state = State.IN_REVIEW
        else:
            self.step("renata", "return", comment="Otra vez.")
            self.state = State.OPEN

    def own(self) -> None:
        """Save as oneself; refused, rightly, while the lead's submission is in review."""
        self.save("aurora", AssessorKind.SELF, self.ledger.self_drafts)

    def live(self, server: Server, answers: int, seconds: float) -> None:
        """Let both people work; kill the server ``seconds`` after so many answers."""

        def work(deed: str) -> None:
            try:
                while True:
                    getattr(self, deed)()
            except Gone:
                self.ledger.cut_short += 1

        workers = [threading.Thread(target=work, args=(deed,)) for deed in ("lead", "own")]
        for thread in workers:
            thread.start()
        for _ in range(answers):
            self.answers.acquire()
        killer = threading.Timer(seconds, server.kill)
        killer.start()
        for thread in (*workers, killer):
            thread.join()


def faults(session: AnySession, ledger: Ledger) -> list[str]:
    """Return every promise that the database does not keep, and everything half done."""
    session.rollback()
    appraisal = session.scalars(sa.select(Appraisal)).one()
    found = list(ledger.unexpected)
    for kind, promised in (
        (AssessorKind.SELF, ledger.self_drafts),
        (AssessorKind.LEAD, ledger.lead_drafts),
    ):
        stands = standing_drafts(session, kind)
        for criterion in {*promised.drafts, *promised.sent, *stands}:
            possible = [
                book[criterion] for book in (promised.drafts, promised.sent) if criterion in book
            ]
            nothing_promised = criterion not in promised.drafts and criterion not in stands
            if not nothing_promised and stands.get(criterion) not in possible:
                found.append(f"{kind} {criterion}: {stands.get(criterion)} not in {possible}")
    found += _half_done(session, appraisal, ledger)
    found += verify(session, ledger.held)
    return found


def standing_drafts(session: AnySession, kind: AssessorKind) -> dict[str, Written]:
    """Return an assessor's drafts as they stand."""
    rows = session.execute(
        sa.select(Draft.criterion_id, Draft.level, Draft.note, Draft.version)
        .join(Assessor, Assessor.id == Draft.assessor_id)
        .where(Assessor.kind == kind)
    )
    return {i: (level or "", note, version) for i, level, note, version in rows}


def _half_done(session: AnySession, appraisal: Appraisal, ledger: Ledger) -> list[str]:
    """Return what of a submission is there without the rest of it."""
    found = []
    if appraisal.turn not in {ledger.turn, ledger.turn + 1}:
        found.append(f"{ledger.turn} submissions were promised, {appraisal.turn} are there")
    steps = session.scalars(sa.select(AppraisalStep).order_by(AppraisalStep.id)).all()
    places = [step.target for step in steps]
    if [step.source for step in steps[1:]] != places[:-1] or places[-1] is not appraisal.state:
        found.append(f"the steps do not lead to {appraisal.state}: {places[-4:]}")
    if sum(step.action is Action.SUBMIT for step in steps) != appraisal.turn:
        found.append("the steps and the turn disagree")
    judged: dict[int, dict[str, tuple[str, str]]] = {}
    for row in session.scalars(sa.select(Judgement).where(Judgement.kind == AssessorKind.LEAD)):
        judged.setdefault(row.turn, {})[row.criterion_id] = (row.level or "", row.reason or "")
    counted = sa.select(FrozenEvidence.turn, sa.func.count()).group_by(FrozenEvidence.turn)
    frozen = {row[0]: row[1] for row in session.execute(counted)}
    turns = set(range(1, appraisal.turn + 1))
    if set(judged) != turns or frozen != dict.fromkeys(turns, LINKS):
        found.append(f"turns {sorted(judged)} are judged, {frozen} frozen, of {appraisal.turn}")
    for turn, drafts in ledger.judged.items():
        if judged.get(turn) != {i: written[:2] for i, written in drafts.items()}:
            found.append(f"the judgements of turn {turn} are not what was submitted")
    if appraisal.turn > ledger.turn:
        submitted = {i: w[:2] for i, w in ledger.lead_drafts.drafts.items()}
        if judged.get(appraisal.turn) != submitted:
            found.append("a submission without an answer is not what stood before")
    return found


def accept(session: AnySession, ledger: Ledger) -> None:
    """Take what stands as promised, as somebody who loads the page again does."""
    ledger.self_drafts = Promised(standing_drafts(session, AssessorKind.SELF))
    ledger.lead_drafts = Promised(standing_drafts(session, AssessorKind.LEAD))
    appraisal = session.scalars(sa.select(Appraisal)).one()
    for turn in range(ledger.turn + 1, appraisal.turn + 1):
        ledger.judged[turn] = dict(ledger.lead_drafts.drafts)
    ledger.turn = appraisal.turn
    ledger.held = checkpoint(session)
    session.rollback()


def kill_again_and_again(
    road: Road, database_url: str, folder: Path, *, times: int, seed: int
) -> tuple[Ledger, list[str]]:
    """Kill a server ``times`` times at random moments; return the promises and what broke."""
    road.judge("simon", AssessorKind.LEAD)
    road.collect()
    session, ledger = road.world.session, Ledger()
    accept(session, ledger)
    browsers = {name: Browser(name) for name in ("simon", "aurora", "renata")}
    moment = random.Random(seed)  # noqa: S311 - not a secret
    broken = []
    for life in range(times):
        server = Server(database_url, folder)
        for browser in browsers.values():
            browser.point_at(server)
            if not browser.cookie:
                browser.sign_in()
        Life(road, ledger, browsers, seed * times + life).live(
            server, moment.randint(1, MOST_ANSWERS), moment.uniform(0, LONGEST_WAIT)
        )
        broken += [f"after kill {life + 1}: {fault}" for fault in faults(session, ledger)]
        accept(session, ledger)
        ledger.unexpected.clear()
    for browser in browsers.values():
        browser.close()
    return ledger, broken
