"""The team as pages show it: levels in the framework's words, states, what is overdue."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.presenters import result_words
from competency.assessments.rules import visible_state
from competency.assessments.team import Member, TeamAppraisal
from competency.assessments.words import STATE_CHIPS, state_label
from competency.frameworks.queries import framework_by_hash

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class ShownLevel:
    """A delivered result; ``label`` is empty where the framework forms none."""

    public_id: str
    title: str
    language: str
    label: str
    kind: str


@dataclass(frozen=True)
class ShownWork:
    """An appraisal under way, with its state in words."""

    public_id: str
    title: str
    language: str
    state: str
    chip: str


@dataclass(frozen=True)
class ShownMember:
    """One person of the team."""

    member: Member
    levels: tuple[ShownLevel, ...]
    work: tuple[ShownWork, ...]


def shown_member(session: AnySession, member: Member) -> ShownMember:
    """Return a person of the team in words, mostly without a query."""
    return ShownMember(
        member,
        tuple(_level(session, row) for row in member.results),
        tuple(_work(row) for row in member.unfinished),
    )


def _level(session: AnySession, row: TeamAppraisal) -> ShownLevel:
    """Return a delivered result in the words of its framework."""
    framework = framework_by_hash(
        session, row.appraisal.framework_version_id, row.against.content_hash
    )
    label, kind = result_words(framework, row.result)
    return ShownLevel(row.appraisal.public_id, row.against.title, row.against.language, label, kind)


def _work(row: TeamAppraisal) -> ShownWork:
    """Return an appraisal under way."""
    state = visible_state(row.appraisal.state)
    return ShownWork(
        row.appraisal.public_id,
        row.against.title,
        row.against.language,
        state_label(state),
        STATE_CHIPS[state],
    )
