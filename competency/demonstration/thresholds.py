"""What the fictional organisation asks of indicators, since when and for whom; all made up."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.database.transactions import unit_of_work
from competency.demonstration import words
from competency.demonstration.people import actor_named
from competency.kpis.threshold_queries import About
from competency.kpis.threshold_rules import ThresholdRule
from competency.kpis.thresholds import NewThreshold, set_threshold
from competency.people.models import Campaign, Position

AnySession = Session | scoped_session[Session]

SINCE = timedelta(days=120)
BEFORE = timedelta(days=400)
"""When the targets of a year ago were set, which ended when today's began."""
PLANNING, CUSTOMERS = "planning", "customer-focus"
RESOLUTION, SATISFACTION = "first-contact-resolution", "satisfaction-top-two"
LEAST = {"days": 30, "denominator": 700}
"""More answers than somebody at thirty hours a week has in ninety days."""
LEVELS: dict[str, dict[tuple[str, str], dict[str, str]]] = {
    "ALFA": {
        (RESOLUTION, PLANNING): {"n1": ">= 0.68", "n2": ">= 0.76", "n3": ">= 0.86"},
        (SATISFACTION, CUSTOMERS): {"n1": ">= 0.66", "n2": ">= 0.76", "n3": ">= 0.88"},
    },
    "BETA": {
        (RESOLUTION, PLANNING): {"n1": ">= 0.66", "n2": ">= 0.71", "n3": ">= 0.82"},
        (SATISFACTION, CUSTOMERS): {"n1": ">= 0.70", "n2": ">= 0.78", "n3": ">= 0.87"},
    },
}
"""By campaign: of an indicator and a criterion, from which value each level is met."""
TARGETS_BEFORE = {RESOLUTION: ">= 0.72"}
TARGETS = {
    RESOLUTION: ">= 0.75",
    SATISFACTION: ">= 0.80",
    "average-handling-time": "<= 340",
    "schedule-adherence": ">= 0.92",
}
"""Of indicators alone, everywhere."""
STRICTER = {"ALFA": {"schedule-adherence": ">= 0.93"}}
"""Of indicators alone, on one campaign."""


def asked(session: AnySession, now: datetime, framework: str) -> None:
    """Set targets and thresholds, as human resources did a year and some months ago."""
    campaigns = {row.code: row.id for row in session.scalars(sa.select(Campaign))}
    operator = session.scalars(sa.select(Position.id).where(Position.code == "operator")).one()
    for slug, target in TARGETS_BEFORE.items():
        _set(session, now - BEFORE, About(slug), ThresholdRule(target=target))
    at = now - SINCE
    for slug, target in TARGETS.items():
        _set(session, at, About(slug), ThresholdRule(target=target))
    for code, targets in STRICTER.items():
        for slug, target in targets.items():
            rule = ThresholdRule(target=target)
            _set(session, at, About(slug), rule, campaign_id=campaigns[code])
    for code, levels in LEVELS.items():
        for (slug, criterion), by_level in levels.items():
            rule = ThresholdRule.model_validate(
                {"levels": by_level, "minimum": LEAST if slug == SATISFACTION else None}
            )
            about = About(slug, framework, criterion)
            _set(session, at, about, rule, campaign_id=campaigns[code], position_id=operator)


def _set(
    session: AnySession,
    at: datetime,
    about: About,
    rule: ThresholdRule,
    *,
    campaign_id: int | None = None,
    position_id: int | None = None,
) -> None:
    """Set one threshold as of a moment."""
    with unit_of_work(session):
        actor = actor_named(session, "D100")
        new = NewThreshold(
            about,
            rule,
            words.THRESHOLD_REASON,
            actor.today(at),
            campaign_id=campaign_id,
            position_id=position_id,
        )
        set_threshold(session, actor=actor, now=at, new=new)
