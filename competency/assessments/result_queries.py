"""What a result is shown from, for its page, its review and its paper."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.beside_presenters import Beside, beside
from competency.assessments.beside_queries import last_delivered, said_beside
from competency.assessments.gate_facts import gated_facts
from competency.assessments.history import (
    all_judgements,
    deciding_judgements,
    standing_judgements,
)
from competency.assessments.models import Judgement
from competency.assessments.outcomes import outcome
from competency.assessments.permissions import (
    can_read_drawn,
    can_read_result,
    can_read_self_assessment,
)
from competency.assessments.queries import Loaded, outcome_of
from competency.assessments.result_presenters import Standing, answers_by
from competency.assessments.rules import DECIDED, deciding
from competency.assessments.schema import AssessorKind, Facts, Node
from competency.assessments.session_queries import (
    AppraisalSessions,
    results_of,
    session_results,
)
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


def readable_judgements(
    session: AnySession, actor: Actor, loaded: Loaded
) -> tuple[Standing, list[Judgement]]:
    """Return the standing judgements that the reader may read, and every row."""
    rows = all_judgements(session, loaded.appraisal)
    standing = standing_judgements(rows, loaded.appraisal)
    if not can_read_self_assessment(actor, loaded.facts, loaded.standing):
        standing.pop(AssessorKind.SELF, None)
    if not can_read_result(actor, loaded.facts, loaded.standing):
        standing = {k: v for k, v in standing.items() if k is AssessorKind.SELF}
        rows = []
    return standing, rows


def shown_beside(session: AnySession, actor: Actor, loaded: Loaded) -> Beside:
    """Return what may stand beside a result that the actor reads."""
    last = last_delivered(session, loaded)
    decided = deciding_judgements(session, [last]).get(last.id, {}) if last else {}
    known = {criterion.id for criterion in loaded.framework.criteria()}
    return beside(
        loaded.framework,
        said_beside(session, loaded) if loaded.facts.judged_beside else [],
        {i: row for i, row in decided.items() if i in known},
        anonymous=loaded.cycle.peers_anonymous,
        asks_peers=loaded.cycle.peers_maximum > 0,
        shows_drawn=can_read_drawn(actor, loaded.facts, loaded.standing),
    )


def current_outcome(
    session: AnySession,
    loaded: Loaded,
    standing: Standing,
    unconfirmed: str | None,
    sessions: AppraisalSessions | None = None,
    *,
    now: datetime,
) -> Node:
    """Return the outcome as decided, or what follows from judgements and tests so far.

    ``sessions`` are those of a certification, where they were read already.
    """
    if loaded.appraisal.state in DECIDED:
        decided = outcome_of(session, loaded.appraisal)
        if decided is not None:
            return decided
    judged = deciding(
        answers_by(standing, AssessorKind.LEAD), answers_by(standing, AssessorKind.REVIEW)
    )
    tests = results_of(loaded, sessions) if sessions else session_results(session, loaded)
    facts = Facts(judged, loaded.scope, reading_confirmed=unconfirmed is None, tests=tests)
    return outcome(loaded.framework, gated_facts(session, loaded, facts, now))
