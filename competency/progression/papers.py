"""From a plan to the facts of its document, in the document's language."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.assessments.gaps import levels_wanted
from competency.assessments.nodes import (
    criterion_nodes,
    takes_no_part,
)
from competency.assessments.papers import holder_of, issuer_of, narrowing_of
from competency.clock import local_date
from competency.documents.schema import (
    ActionRow,
    GapRow,
    LevelBar,
    PlanFacts,
    Signatory,
)
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import Criterion, Unit
from competency.progression.queries import PlanView
from competency.progression.schema import ActionKind, ActionState
from competency.wording import Words

AnySession = Session | scoped_session[Session]


def kind_label(kind: ActionKind, words: Words) -> str:
    """Return the words for a kind of action."""
    labels = {
        ActionKind.ON_THE_JOB: words.gettext("On the job"),
        ActionKind.COACHING: words.gettext("Coaching"),
        ActionKind.COURSE: words.gettext("Course"),
        ActionKind.READING: words.gettext("Reading"),
    }
    return labels[kind]


def action_state_label(state: ActionState, words: Words) -> str:
    """Return the words for the state of an action."""
    labels = {
        ActionState.OPEN: words.gettext("To do"),
        ActionState.DONE: words.gettext("Done"),
        ActionState.DROPPED: words.gettext("Dropped"),
    }
    return labels[state]


def _bars(view: PlanView) -> tuple[LevelBar, ...]:
    """Return the picture: each criterion that takes part, judged against required."""
    framework, found = view.loaded.framework, []
    place, levels = numbers(framework), levels_wanted(framework, view.node)
    for node in criterion_nodes(view.node):
        if takes_no_part(node):
            continue
        criterion, unit = framework.criterion(node.id), framework.unit_of(node.id)
        scale = framework.scale_of(node.id)
        wanted = levels.get(criterion.id)
        found.append(
            LevelBar(
                title=f"{place[criterion.id]} {criterion.title}",
                unit_title=f"{place[unit.id]} {unit.title}",
                judged=None if node.result is None else scale.position(node.result),
                required=None if wanted is None else scale.position(wanted),
                top=len(scale.levels),
                judged_label=None
                if node.result is None
                else framework.level_label(node.id, node.result),
                required_label=None if wanted is None else framework.level_label(node.id, wanted),
            )
        )
    return tuple(found)


def plan_facts(session: AnySession, view: PlanView, now: datetime) -> PlanFacts:
    """Return the facts of the plan's document."""
    loaded, framework = view.loaded, view.loaded.framework
    words = Words(loaded.subject.document_language)
    zone = loaded.subject.employer.time_zone
    supervisor = view.names.get(loaded.standing.supervisor_id or loaded.appraisal.lead_id)
    appraised = loaded.appraisal.decided_at or now
    place = numbers(framework)

    def named(item: Unit | Criterion) -> str:
        """Return a title with the number that pages show."""
        return f"{place[item.id]} {item.title}"

    rows = tuple(
        GapRow(
            unit_title=named(framework.unit_of(gap.criterion_id)),
            criterion_title=named(framework.criterion(gap.criterion_id)),
            judged_label=None
            if gap.judged is None
            else framework.level_label(gap.criterion_id, gap.judged),
            required_label=framework.level_label(gap.criterion_id, gap.required),
            reason=view.reasons.get(gap.criterion_id),
            next_text=gap.missing_text,
        )
        for gap in view.gaps
    )
    actions = tuple(
        ActionRow(
            criteria=tuple(named(framework.criterion(i)) for i in action.criteria),
            kind_label=kind_label(action.kind, words),
            text=action.text,
            owner=view.names.get(action.owner_id, ""),
            due_on=action.due_on,
            measure=action.measure or None,
            state_label=action_state_label(action.state, words),
        )
        for action in view.actions
    )
    signatories = [Signatory(words.gettext("Employee"), loaded.subject.printed_name)]
    if supervisor:
        signatories.append(Signatory(words.gettext("Supervisor"), supervisor))
    result = view.node.result
    return PlanFacts(
        language=loaded.subject.document_language,
        issuer=issuer_of(loaded.subject),
        holder=holder_of(session, loaded.subject, local_date(now, zone)),
        framework_title=framework.title,
        framework_version=framework.version,
        framework_language=framework.language,
        appraised_on=local_date(appraised, zone),
        supervisor=supervisor,
        outcome_label=framework.result_label(result) if result else None,
        bars=_bars(view),
        gaps=rows,
        actions=actions,
        signatories=tuple(signatories),
        made_on=local_date(view.plan.made_at if view.plan else now, zone),
        reference=view.plan.public_id if view.plan else loaded.appraisal.public_id,
        scope=narrowing_of(loaded),
    )
