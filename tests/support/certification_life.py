"""What the design says of one certification's life and its tests, written down by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from tests.support.life import HR, SUBJECT, Life

ATTEMPTS = 2
"""How often a test may be taken."""
SUPERIORS = {"simon", "renata"}
"""Who is above the candidate, and so never the assessor."""


@dataclass
class Planned:
    """A session that is still to be held."""

    day: date
    examiners: set[str]
    has_asked: bool = False
    """Whether the candidate waits for an answer to their wish for another day."""


@dataclass
class CertificationLife(Life):
    """Where a certification and its one test stand, as the design's sentences have it."""

    items: tuple[str, ...] = ()
    """What the test marks."""
    unmet: set[str] = field(default_factory=set)
    planned: Planned | None = None
    attempts: int = 0
    moves: int = 0
    """How often a day was asked for, changed or kept."""
    turns: int = 0
    examined: set[str] = field(default_factory=set)
    """Who was ever named to examine."""
    examined_before: set[str] = field(default_factory=set)
    """Of those, who was named in the rounds before."""
    tests: list[str] = field(default_factory=list)
    """What happened to the test, as the record names it."""

    def __post_init__(self) -> None:
        self.unmet = set(self.items)

    # Who may

    def is_new(self, name: str) -> bool:
        """Who examined has a part in the result that is contested."""
        if self.state == "contested" and name in self.examined:
            return False
        return super().is_new(name) and name not in self.examined_before

    def may_review(self, name: str) -> bool:
        """Who was named to examine does not review."""
        return super().may_review(name) and name not in self.examined

    def stands(self, name: str, who: str) -> bool:
        """Return whether somebody stands so to it; its subject is a candidate."""
        return name == SUBJECT if who == "candidate" else super().stands(name, who)

    def may(self, action: str, name: str, today: date, new_lead: str = "") -> bool:
        """Nothing is submitted with a test to come, nor withdrawn from once it was."""
        return super().may(action, name, today, new_lead) and {
            "submit": self.planned is None,
            "withdraw": self.turns == 0 and self.round == 1,
            "reassess": new_lead not in SUPERIORS | self.examined,
        }.get(action, True)

    def may_hand_over(self, name: str, new_lead: str) -> bool:
        """No superior assesses a certification, and nobody appoints themselves."""
        barred = SUPERIORS | self.examined_before | {HR}
        return super().may_hand_over(name, new_lead) and new_lead not in barred

    def plans(self, name: str) -> bool:
        """Return whether somebody plans its tests."""
        return name in {HR, self.lead}

    def may_plan(self, name: str, examiners: Collection[str]) -> bool:
        """Return whether somebody may plan the next attempt, examined so."""
        named = set(examiners)
        return (
            self.plans(name)
            and self.state == "open"
            and self.planned is None
            and bool(self.unmet)
            and self.attempts < ATTEMPTS
            and SUBJECT not in named
            and not named <= SUPERIORS
            and (name == self.lead or name not in named)
        )

    def may_hold(self, name: str, today: date) -> bool:
        """Return whether somebody may record what came of the test."""
        planned = self.planned
        return (
            planned is not None
            and self.state == "open"
            and name in planned.examiners - SUPERIORS
            and today >= planned.day
        )

    def may_move(self, name: str) -> bool:
        """Return whether somebody may move the test to another day."""
        planned = self.planned
        moves = self.plans(name) or (planned is not None and name in planned.examiners)
        return planned is not None and self.state == "open" and moves

    def may_ask(self, name: str) -> bool:
        """Return whether somebody may ask for another day."""
        planned = self.planned
        is_free = planned is not None and not planned.has_asked
        return is_free and self.state == "open" and name == SUBJECT

    def may_keep(self, name: str) -> bool:
        """Return whether somebody may answer that wish with no."""
        return self.may_move(name) and self.planned is not None and self.planned.has_asked

    def may_call_off(self, name: str) -> bool:
        """Return whether somebody may cancel the test."""
        return self.planned is not None and self.plans(name)

    def reads_marks(self, name: str) -> bool:
        """Return whether somebody reads what came of its tests."""
        examines = self.planned is not None and name in self.planned.examiners
        return self.plans(name) or examines or self.reads(name)

    # What follows

    def take(
        self,
        action: str,
        name: str,
        *,
        until: date | None = None,
        lead: str = "",
        criteria: Iterable[str] = (),
    ) -> None:
        """Go on by a legal step; what ends the certification ends its test."""
        super().take(action, name, until=until, lead=lead, criteria=criteria)
        self.turns += action == "submit"
        if action == "reassess":
            self.examined_before = set(self.examined)
        if self.state == "cancelled" and self.planned is not None:
            self.planned = None
            self.tests.append("session.cancelled")

    def plan(self, day: date, examiners: Iterable[str]) -> None:
        """Go on with a test planned."""
        self.planned = Planned(day, set(examiners))
        self.examined |= self.planned.examiners
        self.tests.append("session.planned")

    def hold(self, failed: Collection[str]) -> None:
        """Go on with what was met; only the rest is asked again."""
        self.unmet &= set(failed)
        self.attempts += 1
        self.planned = None
        self.tests.append("session.held")

    def call_off(self) -> None:
        """Go on without the test, which used up no attempt."""
        self.planned = None
        self.tests.append("session.cancelled")

    def speak_of_day(self, event: str, *, day: date | None = None, asks: bool = False) -> None:
        """Go on with what was said about the day."""
        assert self.planned is not None
        self.planned.day = day or self.planned.day
        self.planned.has_asked = asks
        self.moves += 1
        self.tests.append(event)
