"""The same step for many appraisals: what can be done is done, what can't is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.errors import CompetencyError
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

PORTION = 25
"""Appraisals in one transaction, where many are worked on."""


@dataclass
class Batch:
    """How many took the step, and why others were refused, by public id."""

    taken: int = 0
    refused: dict[str, CompetencyError] = field(default_factory=dict)


def take_each(
    session: AnySession,
    step: Callable[..., None],
    public_ids: Iterable[str],
    *,
    actor: Actor,
    now: datetime,
) -> Batch:
    """Take a step of the workflow for each appraisal; one that is refused holds back no other."""
    done = Batch()
    for public_id in public_ids:
        try:
            with session.begin_nested():
                step(session, actor=actor, now=now, public_id=public_id)
        except CompetencyError as error:
            done.refused[public_id] = error
        else:
            done.taken += 1
    return done
