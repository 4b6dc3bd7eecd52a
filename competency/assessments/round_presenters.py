"""Rounds as plain values: what each said of every criterion, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from competency.assessments.models import AppraisalStep, Judgement
from competency.assessments.presenters import ShownAnswer, result_words, shown_answer
from competency.assessments.result_presenters import (
    EarlierTurn,
    HistoryLine,
    answer_of,
    earlier_turns,
    history,
)
from competency.assessments.rules import in_scope
from competency.assessments.schema import AssessorKind, Node
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import Framework


@dataclass(frozen=True)
class RoundFacts:
    """What is known of one round: its judgements, outcome, steps and what was contested."""

    number: int
    rows: Sequence[Judgement]
    outcome: Node | None
    steps: Sequence[tuple[AppraisalStep, str | None]]
    contested: frozenset[str]


@dataclass(frozen=True)
class Said:
    """What one round said of a criterion: the lead's answer, and the review's over it."""

    lead: ShownAnswer | None
    lead_name: str
    review: ShownAnswer | None
    review_name: str
    carried_from: int | None
    is_contested: bool

    @property
    def decides(self) -> ShownAnswer | None:
        """Return the answer that decided."""
        return self.review or self.lead


@dataclass(frozen=True)
class ComparedCriterion:
    """One criterion with what each round said of it, in order."""

    number: str
    title: str
    said: tuple[Said, ...]

    @property
    def differs(self) -> bool:
        """Return whether the rounds came to different levels."""
        levels = {(a.label, a.excused) for s in self.said if (a := s.decides) is not None}
        return len(levels) > 1


@dataclass(frozen=True)
class ShownRound:
    """One round: its result in words, its steps, and the submissions that came back."""

    number: int
    label: str
    kind: str
    history: tuple[HistoryLine, ...]
    turns: tuple[EarlierTurn, ...]


def shown_round(framework: Framework, facts: RoundFacts, *, for_subject: bool) -> ShownRound:
    """Return a round as its page shows it; what came back is not the subject's to read."""
    result = facts.outcome.result if facts.outcome else None
    label, kind = result_words(framework, result)
    last = _last_turn(facts.rows)
    returned: dict[tuple[int, int], list[Judgement]] = {}
    for row in facts.rows:
        if _decides(row) and row.turn != last:
            returned.setdefault((row.round, row.turn), []).append(row)
    turns = () if for_subject else earlier_turns(framework, returned)
    steps = history(facts.steps, for_subject=for_subject)
    return ShownRound(facts.number, label, kind, steps, turns)


def compared(
    framework: Framework,
    scope: frozenset[str] | None,
    rounds: Sequence[RoundFacts],
    names: Mapping[int, str],
) -> tuple[ComparedCriterion, ...]:
    """Return every criterion in scope with what each round said; ``names`` by employee id."""
    place = numbers(framework)
    return tuple(
        ComparedCriterion(
            place[i],
            framework.criterion(i).title,
            tuple(_said(framework, i, facts, names) for facts in rounds),
        )
        for i in in_scope(framework, scope)
    )


def _said(
    framework: Framework, criterion_id: str, facts: RoundFacts, names: Mapping[int, str]
) -> Said:
    """Return what a round's last submission said of a criterion."""
    last = _last_turn(facts.rows)
    mine = [r for r in facts.rows if r.criterion_id == criterion_id and r.turn == last]
    lead = next((r for r in mine if r.kind is AssessorKind.LEAD), None)
    review = next((r for r in mine if r.kind is AssessorKind.REVIEW), None)
    return Said(
        _answer(framework, lead),
        names.get(lead.employee_id, "") if lead else "",
        _answer(framework, review),
        names.get(review.employee_id, "") if review else "",
        lead.carried_from if lead else None,
        criterion_id in facts.contested,
    )


def _answer(framework: Framework, row: Judgement | None) -> ShownAnswer | None:
    """Return a judgement in words."""
    return None if row is None else shown_answer(framework, answer_of(row), row.judged_at)


def _decides(row: Judgement) -> bool:
    """Return whether a judgement is one of those that decide."""
    return row.kind in {AssessorKind.LEAD, AssessorKind.REVIEW}


def _last_turn(rows: Sequence[Judgement]) -> int:
    """Return the number of a round's last submission."""
    return max((row.turn for row in rows if _decides(row)), default=0)
