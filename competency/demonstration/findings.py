"""An appraisal of some agents of Bologna in which indicators speak beside the criteria.

Their supervisor accepts what was measured, sets one finding aside, and judges one level
that figures speak against, which review then sees first. Of who works part time too few
answered for anything to be said.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import force_locale
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.cycles import CyclePlan
from competency.assessments.finding_facts import Data
from competency.assessments.finding_presenters import described
from competency.assessments.finding_queries import Found, findings_now
from competency.assessments.finding_steps import accept_finding, set_finding_aside
from competency.assessments.queries import load
from competency.assessments.schema import Answer, Review
from competency.database.transactions import unit_of_work
from competency.demonstration import words
from competency.demonstration.people import actor_named
from competency.demonstration.steps import Running, opened
from competency.demonstration.thresholds import CUSTOMERS, PLANNING, RESOLUTION, SATISFACTION
from competency.frameworks.queries import versions_of

AnySession = Session | scoped_session[Session]

PROVEN, ASIDE, AGAINST, TOO_LITTLE, TO_DO = "D341", "D342", "D343", "D344", "D345"
"""Whose figures were accepted, set aside, contradicted, too few, and who is still to do."""
USUAL = "n1"
"""What is judged of the criteria in which nothing is measured."""


def found_beside(session: AnySession, now: datetime, slug: str) -> None:
    """Open the cycle twelve days ago and take each agent as far as their figures tell a story."""
    start = now - timedelta(days=12)
    plan = CyclePlan(
        title=f"Progressione {start.year}",
        framework_version_id=versions_of(session, slug)[0].id,
        submit_due_on=(now + timedelta(days=18)).date(),
        scope_id="agents",
        review=Review.ALL,
        self_assessment=False,
    )
    people = (PROVEN, ASIDE, AGAINST, TOO_LITTLE, TO_DO)
    cycle = opened(session, start, by="D100", plan=plan, numbers=people)
    judged = now - timedelta(days=6)
    for number in (PROVEN, ASIDE, AGAINST):
        found = _found(cycle, judged, number)
        cycle.judge(judged, number, _answers(cycle, found, contradicting=number == AGAINST))
        if number != AGAINST:
            _accept(cycle, judged, number, CUSTOMERS, SATISFACTION)
        if number == ASIDE:
            _set_aside(cycle, judged, number, PLANNING, RESOLUTION)
        else:
            _accept(cycle, judged, number, PLANNING, RESOLUTION)
        cycle.submit(judged, number)
    cycle.judge(judged, TOO_LITTLE, _answers(cycle, _found(cycle, judged, TOO_LITTLE))[:4])
    for number in (PROVEN, ASIDE):
        cycle.take("take", now - timedelta(days=4), number, "D400")
        cycle.take("approve", now - timedelta(days=4), number, "D400")
        cycle.take("release", now - timedelta(days=2), number, "D100")
    cycle.take("acknowledge", now - timedelta(days=1), PROVEN, PROVEN)


def _found(cycle: Running, at: datetime, number: str) -> Found:
    """Return what indicators say about somebody, as the assessor reads it."""
    actor = actor_named(cycle.session, cycle.leads[number])
    loaded = load(cycle.session, actor=actor, now=at, public_id=cycle.appraisals[number])
    found = findings_now(cycle.session, loaded, at)
    cycle.session.rollback()
    return found


def _answers(cycle: Running, found: Found, *, contradicting: bool = False) -> list[Answer]:
    """Return levels: what the figures point to where some do; in one criterion another, if so."""
    answers = []
    for criterion in cycle.criteria:
        likely = [one["likeliest"] for one in found.get(criterion, ()) if one.get("likeliest")]
        level = str(likely[0]) if likely else USUAL
        if contradicting and criterion == CUSTOMERS:
            level = "n1" if level != "n1" else "n3"
        if level in cycle.framework.awardable(criterion):
            answers.append(Answer(criterion, level))
        elif USUAL in cycle.framework.awardable(criterion):
            answers.append(Answer(criterion, USUAL))
        else:
            answers.append(Answer(criterion, excused=True, note=words.LEADS_NOBODY[1]))
    return answers


def _accept(cycle: Running, at: datetime, number: str, criterion: str, kpi: str) -> None:
    """Accept a finding as evidence, in the assessor's language."""

    def said(facts: Data) -> tuple[str, str]:
        with force_locale("it"):
            return described(cycle.framework, criterion, facts, "it")

    with unit_of_work(cycle.session):
        accept_finding(
            cycle.session,
            actor=actor_named(cycle.session, cycle.leads[number]),
            now=at,
            public_id=cycle.appraisals[number],
            criterion_id=criterion,
            kpi=kpi,
            described=said,
        )


def _set_aside(cycle: Running, at: datetime, number: str, criterion: str, kpi: str) -> None:
    """Set a finding aside and say why."""
    with unit_of_work(cycle.session):
        set_finding_aside(
            cycle.session,
            actor=actor_named(cycle.session, cycle.leads[number]),
            now=at,
            public_id=cycle.appraisals[number],
            criterion_id=criterion,
            kpi=kpi,
            reason=words.FIGURES_ASIDE,
        )
