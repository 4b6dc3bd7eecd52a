"""The home page: what waits for whoever is signed in, and where they stand.

Work comes first, the earliest due on top; then one's own level and what is missing for
the next. Features built on appraisals add their panels (``web.panels``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from competency import clock
from competency.assessments.beside_queries import PartRow, cycles_with_proposals, parts_waiting
from competency.assessments.blueprint import blueprint
from competency.assessments.certification_models import AssessmentSession
from competency.assessments.models import Appraisal, Cycle
from competency.assessments.own_results import OwnResult, own_results
from competency.assessments.presence import (
    ASKED,
    BESIDE,
    CONTESTED,
    LEADS,
    PROPOSED,
    REPORTS,
    TESTED,
    TO_ANSWER,
    presence,
)
from competency.assessments.request_presenters import answer_due
from competency.assessments.request_queries import RequestRow, requests_for_home
from competency.assessments.rules import SHOWN_TO_SUBJECT, visible_state
from competency.assessments.schema import Flag, RequestState, State
from competency.assessments.session_queries import SessionRow, planned_for
from competency.assessments.team_presenters import ShownMember
from competency.assessments.team_views import read_team
from competency.assessments.waiting import Ready, to_decide, to_release, to_review
from competency.assessments.words import (
    REQUEST_CHIPS,
    STATE_CHIPS,
    Due,
    assessor_label,
    due,
    flag_label,
    instrument_label,
    own_state,
    request_state_label,
    state_label,
)
from competency.assessments.worklists import Against, WorkRow, worklist
from competency.extensions import db
from competency.people.schema import Actor, Role
from competency.web.panels import Panel, Paper, conditions, panels
from competency.web.permission import access, actor

SHOWN = 20
"""Rows of one section; the heading counts them all."""
TEAM_SHOWN = 10
ANSWER_SHOWN = timedelta(days=30)
"""How long an answer to a request stays at home; its page keeps it."""


@dataclass(frozen=True)
class Task:
    """One appraisal that waits for somebody; ``why`` are the reasons to look at it first."""

    appraisal: Appraisal
    cycle: Cycle
    against: Against
    subject_name: str
    lead_name: str
    done: int
    total: int
    due: Due
    state: str
    chip: str
    is_returned: bool = False
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedTest:
    """A test that somebody is to take or to examine."""

    session: AssessmentSession
    label: str
    subject_name: str
    cycle_title: str


@dataclass(frozen=True)
class BesideTask:
    """One appraisal to judge as second or peer; ``kind`` says which, in words."""

    row: PartRow
    kind: str
    due: Due


@dataclass(frozen=True)
class Home:
    """The home page: what there is to do first, then where one stands, then what is done."""

    to_judge: tuple[Task, ...]
    own_open: tuple[Task, ...]
    flagged: tuple[Task, ...]
    flagged_total: int
    unflagged: tuple[Task, ...]
    unflagged_total: int
    ready: tuple[Ready, ...]
    contested: tuple[Task, ...]
    to_answer: tuple[RequestRow, ...]
    team: tuple[ShownMember, ...]
    team_size: int
    requests: tuple[RequestRow, ...]
    waiting: tuple[Task, ...]
    results: tuple[OwnResult, ...]
    panels: tuple[Panel, ...]
    papers: tuple[Paper, ...]
    finished: tuple[Task, ...]
    judged: tuple[Task, ...]
    is_hr: bool
    is_reviewer: bool
    beside: tuple[BesideTask, ...] = ()
    """What one is asked to judge as second or peer."""
    proposals: tuple[tuple[Cycle, int], ...] = ()
    """The cycles in which proposed peers wait for human resources, with how many."""
    own_tests: tuple[PlannedTest, ...] = ()
    examined: tuple[PlannedTest, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether nothing waits, and no result of one's own is shown."""
        return not (
            self.to_judge
            or self.own_open
            or self.flagged
            or self.unflagged
            or self.ready
            or self.contested
            or self.to_answer
            or self.requests
            or self.waiting
            or self.results
            or self.finished
            or self.beside
            or self.proposals
            or self.own_tests
            or self.examined
        )


def _task(row: WorkRow, today: date) -> Task:
    """Return a row of the worklist as the page shows it."""
    state = visible_state(row.appraisal.state)
    return Task(
        row.appraisal,
        row.cycle,
        row.against,
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


def _to_answer_oneself(row: WorkRow, today: date) -> Task:
    """Return an own self-assessment that is to be handed in, with its own due date."""
    return replace(_task(row, today), due=due(row.cycle.own_due_on, today))


def _review_task(row: WorkRow, today: date) -> Task:
    """Return an appraisal to review, with why review should look, and at how many criteria."""
    why = tuple(
        f"{flag_label(Flag(code))} ({len(ids)})" if ids else flag_label(Flag(code))
        for code, ids in row.appraisal.flags.items()
    )
    return replace(_task(row, today), why=why, due=due(row.cycle.reviewed_by_on, today))


def _own_requests(rows: Iterable[RequestRow], now: datetime) -> tuple[RequestRow, ...]:
    """Return the own requests that wait, and those answered lately."""
    return tuple(
        row
        for row in rows
        if row.request.state is RequestState.OPEN
        or (
            row.request.state is not RequestState.WITHDRAWN
            and row.request.ended_at is not None
            and now - row.request.ended_at < ANSWER_SHOWN
        )
    )


def home_page(me: Actor, now: datetime) -> Home:
    """Gather the home page of the actor."""
    today = me.today(now)
    there = presence(db.session, me, today, conditions())
    work = worklist(db.session, me, leads=LEADS in there)
    review = to_review(db.session, me, today, SHOWN)
    to_do = [
        row
        for row in work.own
        if row.appraisal.state is State.OPEN and row.cycle.self_assessment and not row.handed_in
    ]
    undelivered = [r for r in work.own_results if r.appraisal.state not in SHOWN_TO_SUBJECT]
    delivered = [r for r in work.own_results if r.appraisal.state in SHOWN_TO_SUBJECT]
    results = own_results(db.session, delivered)
    detailed = {found.appraisal.id for found in results}
    waiting = [*(row for row in work.own if row not in to_do), *undelivered]
    mine: list[RequestRow] = []
    to_answer: list[RequestRow] = []
    if there & {ASKED, TO_ANSWER} or me.has(Role.HR):
        mine, to_answer = requests_for_home(db.session, me, today)
    members: tuple[ShownMember, ...] = ()
    team_size = 0
    if REPORTS in there:
        members, team_size = read_team(me, today, page_size=TEAM_SHOWN)
    added = panels(me, now, there)
    planned = planned_for(db.session, me.employee_id) if TESTED in there else []
    contested = to_decide(db.session, me, today) if CONTESTED in there else []
    waits = parts_waiting(db.session, me.employee_id) if BESIDE in there else []
    proposals: list[tuple[Cycle, int]] = []
    if PROPOSED in there and me.has(Role.HR):
        proposals = cycles_with_proposals(db.session, me, today)
    return Home(
        beside=tuple(
            BesideTask(row, assessor_label(row.kind), due(row.cycle.submit_due_on, today))
            for row in waits
        ),
        proposals=tuple(proposals),
        own_tests=_planned_tests([r for r in planned if r.session.subject_id == me.employee_id]),
        examined=_planned_tests([r for r in planned if r.session.subject_id != me.employee_id]),
        to_judge=tuple(_task(row, today) for row in work.to_judge),
        own_open=tuple(_to_answer_oneself(row, today) for row in to_do),
        flagged=tuple(_review_task(row, today) for row in review.alone),
        flagged_total=review.alone_total,
        unflagged=tuple(_review_task(row, today) for row in review.unflagged),
        unflagged_total=review.unflagged_total,
        ready=to_release(db.session, me, today),
        contested=tuple(_task(row, today) for row in contested),
        to_answer=tuple(to_answer),
        team=members,
        team_size=team_size,
        requests=_own_requests(mine, now),
        waiting=tuple(_own_task(row, today) for row in waiting),
        results=results,
        panels=tuple(panel for panel in added if panel.template),
        papers=tuple(paper for panel in added for paper in panel.papers),
        finished=tuple(_task(r, today) for r in delivered if r.appraisal.id not in detailed),
        judged=tuple(_task(row, today) for row in work.judged),
        is_hr=me.has(Role.HR),
        is_reviewer=me.has(Role.REVIEWER),
    )


@blueprint.get("/home")
@access()
def home() -> ResponseReturnValue:
    """Show what waits, by what there is to do, then where whoever is signed in stands."""
    return render_template(
        "assessments/home.html",
        page=home_page(actor(), clock.now()),
        shown=SHOWN,
        answer_due=lambda row: answer_due(row, actor().today(clock.now())),
        request_state_label=request_state_label,
        request_chips=REQUEST_CHIPS,
    )
