"""The worklist: what waits for whoever is signed in, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from competency import clock
from competency.assessments.blueprint import blueprint
from competency.assessments.certification_models import AssessmentSession
from competency.assessments.history import deciding_judgements, outcomes_of
from competency.assessments.models import Appraisal, Cycle, Judgement
from competency.assessments.outcomes import gaps, nodes_by_id
from competency.assessments.presenters import level_kind, result_words
from competency.assessments.queries import WorkRow, worklist
from competency.assessments.rules import SHOWN_TO_SUBJECT, in_scope, visible_state
from competency.assessments.schema import Node, State
from competency.assessments.session_queries import SessionRow, planned_for
from competency.assessments.words import (
    STATE_CHIPS,
    Due,
    due,
    instrument_label,
    own_state,
    state_label,
)
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.frameworks.queries import framework_of
from competency.frameworks.schema import Framework
from competency.people.schema import Actor, Role
from competency.web.permission import access, actor

SHOWN = 50
"""Rows of one section; the heading counts them all."""
DETAILED = 2
"""Own results shown with their units and gaps; older ones are links."""


@dataclass(frozen=True)
class Task:
    """One appraisal that waits for somebody."""

    appraisal: Appraisal
    cycle: Cycle
    subject_name: str
    lead_name: str
    done: int
    total: int
    due: Due
    state: str
    chip: str
    is_returned: bool = False


@dataclass(frozen=True)
class UnitLevel:
    """How one unit came out."""

    number: str
    title: str
    label: str
    kind: str


@dataclass(frozen=True)
class GapLine:
    """A criterion that is not reached, with the reason that was given."""

    number: str
    title: str
    label: str
    kind: str
    reason: str
    next_label: str
    next_text: str


@dataclass(frozen=True)
class OwnResult:
    """One own result: what came out, and exactly what is missing."""

    appraisal: Appraisal
    cycle: Cycle
    title: str
    language: str
    label: str
    kind: str
    units: tuple[UnitLevel, ...]
    gaps: tuple[GapLine, ...]
    to_acknowledge: bool
    is_closed: bool


@dataclass(frozen=True)
class Ready:
    """How many results of one cycle wait to be released."""

    cycle: Cycle
    count: int


@dataclass(frozen=True)
class PlannedTest:
    """A test that somebody is to take or to examine."""

    session: AssessmentSession
    label: str
    subject_name: str
    cycle_title: str


@dataclass(frozen=True)
class Home:
    """The home page: what there is to do first, then what is done."""

    to_judge: tuple[Task, ...]
    own_open: tuple[Task, ...]
    to_review: tuple[Task, ...]
    ready: tuple[Ready, ...]
    waiting: tuple[Task, ...]
    results: tuple[OwnResult, ...]
    finished: tuple[Task, ...]
    judged: tuple[Task, ...]
    is_hr: bool
    is_reviewer: bool
    own_tests: tuple[PlannedTest, ...] = ()
    examined: tuple[PlannedTest, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether nothing waits, and no result of one's own is shown."""
        return not (
            self.to_judge
            or self.own_open
            or self.to_review
            or self.ready
            or self.waiting
            or self.results
            or self.finished
            or self.own_tests
            or self.examined
        )


def _task(row: WorkRow, today: date) -> Task:
    """Return a row of the worklist as the page shows it."""
    state = visible_state(row.appraisal.state)
    return Task(
        row.appraisal,
        row.cycle,
        row.subject_name,
        row.lead_name,
        row.done,
        row.total,
        due(row.cycle.submit_due_on, today),
        state_label(state),
        STATE_CHIPS[state],
        is_returned=row.appraisal.state is State.OPEN and row.appraisal.turn > 0,
    )


def _planned_tests(rows: Sequence[SessionRow]) -> tuple[PlannedTest, ...]:
    """Return planned sessions as the page shows them."""
    return tuple(
        PlannedTest(
            row.session, instrument_label(row.session.instrument), row.subject_name, row.cycle_title
        )
        for row in rows
    )


def _own_task(row: WorkRow, today: date) -> Task:
    """Return an own appraisal, with its state as the employee sees it."""
    label, chip = own_state(visible_state(row.appraisal.state), handed_in=row.handed_in)
    return replace(_task(row, today), state=label, chip=chip)


def _own_results(rows: Sequence[WorkRow]) -> tuple[OwnResult, ...]:
    """Return the newest own results with units and gaps; three reads and one a framework."""
    newest = sorted(rows, key=lambda r: r.appraisal.id, reverse=True)[:DETAILED]
    appraisals = [row.appraisal for row in newest]
    if not appraisals:
        return ()
    trees = outcomes_of(db.session, appraisals)
    judged = deciding_judgements(db.session, appraisals)
    found = []
    for row in newest:
        tree = trees.get(row.appraisal.id)
        if tree is None:
            continue
        framework = framework_of(db.session, row.appraisal.framework_version_id)
        nodes, place = nodes_by_id(tree), numbers(framework)
        scope = row.appraisal.scope
        kept = in_scope(framework, None if scope is None else frozenset(scope))
        units = tuple(
            UnitLevel(place[u.id], u.title, *result_words(framework, nodes[u.id].result, u))
            for u in framework.all_units()
            if any(c.id in kept for c in framework.criteria_in(u))
        )
        label, kind = result_words(framework, tree.result)
        found.append(
            OwnResult(
                row.appraisal,
                row.cycle,
                framework.title,
                framework.language,
                label,
                kind,
                units,
                _gap_lines(framework, judged.get(row.appraisal.id, {}), tree),
                row.appraisal.state is State.RELEASED,
                row.appraisal.state is State.CLOSED,
            )
        )
    return tuple(found)


def _gap_lines(
    framework: Framework, judged: Mapping[str, Judgement], tree: Node
) -> tuple[GapLine, ...]:
    """Return the criteria that were judged and not reached, in the framework's order."""
    place = numbers(framework)
    return tuple(
        GapLine(
            place[gap.criterion_id],
            framework.criterion(gap.criterion_id).title,
            framework.level_label(gap.criterion_id, gap.judged),
            level_kind(framework, gap.criterion_id, gap.judged),
            judged[gap.criterion_id].reason or "",
            framework.level_label(gap.criterion_id, gap.required),
            gap.missing_text or "",
        )
        for gap in gaps(framework, tree)
        if gap.judged is not None and gap.criterion_id in judged
    )


def home_page(me: Actor, today: date) -> Home:
    """Gather the home page of the actor."""
    work = worklist(db.session, me, clock.now())
    to_do = [
        row
        for row in work.own
        if row.appraisal.state is State.OPEN and row.cycle.self_assessment and not row.handed_in
    ]
    undelivered = [r for r in work.own_results if r.appraisal.state not in SHOWN_TO_SUBJECT]
    delivered = [r for r in work.own_results if r.appraisal.state in SHOWN_TO_SUBJECT]
    results = _own_results(delivered)
    detailed = {found.appraisal.id for found in results}
    waiting = [*(row for row in work.own if row not in to_do), *undelivered]
    counts: dict[int, Ready] = {}
    for row in work.to_release:
        counted = counts.get(row.cycle.id, Ready(row.cycle, 0))
        counts[row.cycle.id] = Ready(row.cycle, counted.count + 1)
    planned = planned_for(db.session, me.employee_id)
    return Home(
        own_tests=_planned_tests([r for r in planned if r.session.subject_id == me.employee_id]),
        examined=_planned_tests([r for r in planned if r.session.subject_id != me.employee_id]),
        to_judge=tuple(_task(row, today) for row in work.to_judge),
        own_open=tuple(_task(row, today) for row in to_do),
        to_review=tuple(_task(row, today) for row in work.to_review),
        ready=tuple(counts.values()),
        waiting=tuple(_own_task(row, today) for row in waiting),
        results=results,
        finished=tuple(_task(r, today) for r in delivered if r.appraisal.id not in detailed),
        judged=tuple(_task(row, today) for row in work.judged),
        is_hr=me.has(Role.HR),
        is_reviewer=me.has(Role.REVIEWER),
    )


@blueprint.get("/home")
@access()
def home() -> ResponseReturnValue:
    """Show what waits, by what there is to do, each earliest due first."""
    me = actor()
    page = home_page(me, me.today(clock.now()))
    return render_template("assessments/home.html", page=page, shown=SHOWN)
