"""What plans and career paths add to the home page: open actions, next positions, papers."""

from __future__ import annotations

from datetime import datetime

from flask import url_for

from competency.assessments.words import due
from competency.extensions import db
from competency.people.schema import Actor
from competency.progression.career import HAS_POSITION, own_position
from competency.progression.papers import kind_label
from competency.progression.queries import HAS_PLAN, OwnPlan, own_plans
from competency.web.filters import page_language
from competency.web.panels import Panel, Paper, panel
from competency.wording import Words

SHOWN = 6
"""Open actions shown at home; the plan has all."""


@panel(10, when=HAS_PLAN)
def plan_panel(actor: Actor, now: datetime) -> Panel | None:
    """Show the open actions of one's own plans, the earliest due first, and the plans."""
    plans = own_plans(db.session, actor)
    if not plans:
        return None
    today, words = actor.today(now), Words(page_language())
    actions = sorted(
        ((action, plan) for plan in plans for action in plan.open_actions),
        key=lambda pair: (pair[0].due_on, pair[0].id),
    )
    return Panel(
        "progression/_home_plan.html" if actions else None,
        {
            "actions": [
                (action, plan, due(action.due_on, today), kind_label(action.kind, words))
                for action, plan in actions[:SHOWN]
            ],
            "total": len(actions),
            "me": actor.employee_id,
        },
        tuple(_paper(plan, words) for plan in plans),
    )


def _paper(plan: OwnPlan, words: Words) -> Paper:
    """Return a plan's document as the list of papers shows it."""
    return Paper(
        words.gettext("Development plan"),
        plan.title,
        plan.language,
        plan.released_on,
        url_for("progression.plan_file", public_id=plan.appraisal_id),
    )


@panel(20, when=HAS_POSITION)
def path_panel(actor: Actor, now: datetime) -> Panel | None:
    """Show the position that one holds, and those that it leads to."""
    found = own_position(db.session, actor.employee_id, actor.today(now), page_language())
    if found is None or found.place is None:
        return None
    return Panel("progression/_home_path.html", {"place": found.place, "held": found.title})
