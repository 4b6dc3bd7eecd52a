"""What the design says of one appraisal's life, written down by hand and knowing no code."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

TABLE: dict[str, tuple[list[str], str | None, list[str]]] = {
    "open": (["planned"], "open", ["hr", "system"]),
    "submit": (["open"], "submitted", ["lead"]),
    "pass": (["submitted"], "approved", ["system"]),
    "take": (["submitted"], "in_review", ["reviewer"]),
    "return": (["in_review"], "open", ["taking_reviewer"]),
    "approve": (["in_review"], "approved", ["taking_reviewer"]),
    "release": (["approved"], "released", ["hr", "system"]),
    "acknowledge": (["released"], "closed", ["subject"]),
    "contest": (["released"], "contested", ["subject"]),
    "uphold": (["contested"], "closed", ["reviewer"]),
    "reassess": (["contested"], "open", ["hr"]),
    "lapse": (["released"], "closed", ["system"]),
    "reopen": (["approved", "released"], "open", ["hr"]),
    "suspend": (["planned", "open", "submitted", "in_review"], "suspended", ["hr"]),
    "resume": (["suspended"], None, ["hr"]),
    "withdraw": (["open"], "cancelled", ["candidate"]),
    "cancel": (["planned", "open", "submitted", "in_review", "suspended"], "cancelled", ["hr"]),
}
"""Copied by hand from the design's table: from, to (none: what was left), and who."""

SUBJECT, SUPERVISOR, HR, AUDITOR, CERTIFIER = "aurora", "simon", "hilda", "augusto", "carla"
REVIEWERS = ("renata", "rita", "remo")
LEADS = ("simon", "lena", "leo", "rita", "bruno", "aurora", "renata", "hilda")
"""Whom somebody might name as a new lead, rightly or not."""
EVERYBODY = (
    *("hilda", "simon", "aurora", "bruno", "renata", "carla", "augusto", "ada"),
    *("rita", "remo", "lena", "leo", "system"),
)
ROAD = ("open", "submit", "take", "approve", "release", "contest", "reassess", "resume")
"""The steps that lead furthest."""
DECIDED = {"approved", "released", "contested", "closed"}
DELIVERED = {"released", "contested", "closed"}
BEFORE = {"planned", "open"}


@dataclass
class Life:
    """Where an appraisal stands, and who did what, as the design's sentences have it."""

    criteria: tuple[str, ...]
    state: str = "open"
    passes: bool = False
    """Whether the cycle has no review."""
    left: str | None = None
    round: int = 1
    lead: str = SUPERVISOR
    reviewer: str | None = None
    until: date | None = None
    """The last day to answer, at the site."""
    asked: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    """What the lead's drafts of this round answer."""
    changes: set[str] = field(default_factory=set)
    """What the reviewer's drafts change."""
    contested: set[str] = field(default_factory=set)
    led_before: set[str] = field(default_factory=set)
    """Who led this round until it was handed over."""
    of_round: set[str] = field(default_factory=set)
    """Who led or reviewed in this round."""
    of_earlier: set[str] = field(default_factory=set)
    """Who led or reviewed in the rounds before."""
    own_handed_in: bool = False
    judgements: int = 0
    outcomes: int = 0
    path: list[tuple[str, str]] = field(default_factory=list)
    """Every step so far: the action and the state after it."""

    @property
    def reached(self) -> str:
        """Return how far it has come, which suspending does not change."""
        return self.left or self.state

    # Who may

    def is_new(self, name: str) -> bool:
        """Return whether somebody took no part that keeps them from judging anew."""
        if self.state == "contested":
            return name not in self.of_round | self.of_earlier | self.led_before
        return name not in self.of_earlier

    def may_review(self, name: str) -> bool:
        """Return whether somebody reviews, and never led it: neither now nor before a handover."""
        return name in REVIEWERS and name not in self.led_before | {self.lead}

    def stands(self, name: str, who: str) -> bool:
        """Return whether somebody stands so to the appraisal."""
        return {
            "hr": name == HR,
            "system": name == "system",
            "lead": name == self.lead,
            "subject": name == SUBJECT,
            "reviewer": self.may_review(name) and self.is_new(name),
            "taking_reviewer": self.may_review(name) and name == self.reviewer,
            "candidate": False,
        }[who]

    def is_theirs(self, action: str, name: str) -> bool:
        """Return whether a step is somebody's in this state, whatever else it needs."""
        sources, _, by = TABLE[action]
        return self.state in sources and any(self.stands(name, who) for who in by)

    def may(self, action: str, name: str, today: date, new_lead: str = "") -> bool:
        """Return whether a step is legal now, on the day ``today`` at the site."""
        if not self.is_theirs(action, name):
            return False
        in_time = self.until is not None and today <= self.until
        taboo = self.of_round | self.of_earlier | self.led_before | {self.lead, SUBJECT, HR}
        return {
            "submit": self.asked <= self.answered,
            "contest": in_time,
            "lapse": not in_time,
            "reassess": new_lead not in taboo,
        }.get(action, True)

    def next_on_road(self, today: date) -> tuple[str, str, str] | None:
        """Return the step that leads furthest, by whom, and the new lead it may need."""
        ways = itertools.product(ROAD, EVERYBODY, LEADS)
        return next((way for way in ways if self.may(way[0], way[1], today, way[2])), None)

    def may_hand_over(self, name: str, new_lead: str) -> bool:
        """Return whether somebody may give it to another lead of the same round."""
        free = new_lead not in self.of_earlier | {SUBJECT}
        return name == HR and self.state in BEFORE and free

    def may_judge(self, name: str, kind: str, criterion: str) -> bool:
        """Return whether somebody may write a draft."""
        if criterion not in self.asked:
            return False
        if kind == "lead":
            return self.state == "open" and name == self.lead
        return self.state == "in_review" and name == self.reviewer

    def sees(self, name: str) -> bool:
        """Return whether somebody may know of it."""
        always = {SUBJECT, SUPERVISOR, HR, AUDITOR, self.lead, "system"}
        waits = self.state in {"submitted", "in_review", "contested"}
        is_theirs = (waits and self.is_new(name)) or name == self.reviewer
        return (
            name in always
            or (name == CERTIFIER and self.state == "closed")
            or (self.may_review(name) and is_theirs)
        )

    def reads(self, name: str) -> bool:
        """Return whether somebody reads judgements and result of this round."""
        if name == SUBJECT:
            return self.state in DELIVERED
        return self.sees(name) and self.reached not in BEFORE

    def reads_earlier(self, name: str) -> bool:
        """Return whether somebody reads the rounds before."""
        is_blind = name == self.lead and self.reached in BEFORE
        return self.round > 1 and self.sees(name) and not is_blind

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
        """Go on by a legal step."""
        target = TABLE[action][1] or self.left or ""
        before, self.state = self.state, target
        self.path.append((action, target))
        self.left = before if action == "suspend" else None
        if action == "submit":
            self.of_round.add(name)
            self.judgements += len(self.criteria)
            if self.passes:
                self.take("pass", "system")
        elif action == "take":
            self.reviewer, self.changes = name, set()
            self.of_round.add(name)
        elif action == "approve":
            self.judgements += len(self.changes)
        elif action == "release":
            self.until = until
        elif action in {"return", "reopen"}:
            self.reviewer = self.until = None
            self.changes = set()
        elif action == "contest":
            self.contested = set(criteria)
        elif action == "reassess":
            self._begin_round(lead)
        self.outcomes += action in {"approve", "pass"}

    def _begin_round(self, lead: str) -> None:
        """Begin the next round under a new lead, who judges what was contested."""
        self.of_earlier |= self.of_round | self.led_before | {self.lead}
        self.of_round, self.led_before = set(), set()
        self.round += 1
        self.lead, self.reviewer, self.until = lead, None, None
        self.asked, self.answered, self.changes = set(self.contested), set(), set()
        if self.own_handed_in:
            self.judgements += len(self.criteria)

    def hand_over(self, lead: str) -> None:
        """Go on under another lead; the drafts are theirs then."""
        self.led_before.add(self.lead)
        self.lead = lead
