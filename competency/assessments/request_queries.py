"""Reads of requests to be assessed: one with its history, one's own, those to answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, scoped_session

from competency.assessments.application_models import CertificationApplication
from competency.assessments.models import Appraisal, AppraisalRequest, RequestStep
from competency.assessments.permissions import can_see_request
from competency.assessments.schema import Mode, RequestAction, RequestState
from competency.database.text import search_pattern
from competency.database.types import fixed
from competency.errors import NotFound
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_by_hash
from competency.frameworks.schema import Framework
from competency.people.models import Account, Employee, ReportingLine
from competency.people.queries import employee_and_standing, employees_in_scope, on
from competency.people.schema import Actor, Role, Standing

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class LoadedRequest:
    """A request with what permission is decided on."""

    request: AppraisalRequest
    subject: Employee
    standing: Standing


@dataclass(frozen=True)
class RequestRow:
    """A request as lists show it: whose, for what, what was said and answered.

    ``answer`` and ``answered_by`` are empty while it is open and where it was withdrawn.
    """

    request: AppraisalRequest
    framework: Framework
    subject_name: str
    subject_id: str
    asked_at: datetime
    words: str
    answer: str
    answered_by: str
    appraisal_id: str | None
    unit_ids: tuple[str, ...] = ()
    """The units of an application to be certified; none for all, and of other requests."""

    @property
    def is_application(self) -> bool:
        """Return whether it asks for a certification."""
        return self.request.mode is Mode.CERTIFICATION

    @property
    def units_titles(self) -> tuple[str, ...]:
        """Return the titles of the units of an application, none where it is for all."""
        units = self.framework.all_units()
        return tuple(u.title for u in units if u.id in self.unit_ids)

    @property
    def unit_title(self) -> str:
        """Return the title of the unit that is asked for, empty for the whole framework."""
        units = self.framework.all_units()
        return next((u.title for u in units if u.id == self.request.unit_id), "")

    @property
    def criteria_titles(self) -> tuple[str, ...]:
        """Return the single criteria that are to be assessed anew, if some were named."""
        return tuple(self.framework.criterion(i).title for i in self.request.criteria or ())

    @property
    def level_label(self) -> str:
        """Return the level aimed at in the framework's words, empty where none was named."""
        code = self.request.level
        units = self.framework.all_units()
        wanted = [u for u in units if u.id == self.request.unit_id] or units
        for unit in wanted:
            for criterion in self.framework.criteria_in(unit):
                if code in self.framework.awardable(criterion.id):
                    return self.framework.scale_of(criterion.id).label(code or "")
        return ""


def load_request(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, lock: bool = False
) -> LoadedRequest:
    """Return one request; ``NotFound`` where it is missing or not the actor's to see."""
    query = sa.select(AppraisalRequest).where(AppraisalRequest.public_id == public_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    request = session.scalar(query)
    if request is None:
        raise NotFound
    subject, standing, _zone = employee_and_standing(session, request.subject_id, actor.today(now))
    if not can_see_request(actor, standing):
        raise NotFound
    return LoadedRequest(request, subject, standing)


def _rows() -> sa.Select[*tuple[Any, ...]]:
    """Return the select of requests with their words, their answer and who gave it."""
    asked, ended, account, answerer = (
        aliased(RequestStep),
        aliased(RequestStep),
        aliased(Account),
        aliased(Employee),
    )
    return (
        sa.select(
            AppraisalRequest,
            FrameworkVersion.content_hash,
            Employee.printed_name,
            Employee.public_id,
            asked.taken_at,
            asked.comment,
            ended.comment,
            answerer.printed_name,
            Appraisal.public_id,
            CertificationApplication.unit_ids,
            sa.func.count().over(),
        )
        .join(FrameworkVersion, FrameworkVersion.id == AppraisalRequest.framework_version_id)
        .join(Employee, Employee.id == AppraisalRequest.subject_id)
        .join(
            asked,
            sa.and_(asked.request_id == AppraisalRequest.id, asked.action == RequestAction.ASK),
        )
        .outerjoin(
            ended,
            sa.and_(
                ended.request_id == AppraisalRequest.id,
                ended.action.in_([RequestAction.ACCEPT, RequestAction.DECLINE]),
            ),
        )
        .outerjoin(account, account.id == ended.actor_id)
        .outerjoin(answerer, answerer.id == account.employee_id)
        .outerjoin(Appraisal, Appraisal.id == AppraisalRequest.appraisal_id)
        .outerjoin(
            CertificationApplication, CertificationApplication.request_id == AppraisalRequest.id
        )
    )


_ROWS = _rows()
"""Made once, since everybody's home page asks them."""


def _fetched(
    session: AnySession, query: sa.Select[*tuple[Any, ...]], **values: object
) -> tuple[list[RequestRow], int]:
    """Return the rows of a list, with ``values`` for what it leaves open, and the count."""
    found = session.execute(query, values).all()
    rows = [
        RequestRow(
            request,
            framework_by_hash(session, request.framework_version_id, content_hash),
            name,
            public_id,
            asked_at,
            texts[0] or "",
            texts[1] or "",
            texts[2] or "",
            appraisal,
            tuple(units or ()),
        )
        for request, content_hash, name, public_id, asked_at, *texts, appraisal, units, _ in found
    ]
    return rows, found[0][-1] if found else 0


def request_row(session: AnySession, request: AppraisalRequest) -> RequestRow:
    """Return one request as lists show it."""
    return _fetched(session, _ROWS.where(AppraisalRequest.id == request.id))[0][0]


def steps_of(session: AnySession, request: AppraisalRequest) -> Sequence[tuple[RequestStep, str]]:
    """Return the steps of a request, oldest first, each with who took it."""
    rows = session.execute(
        sa.select(RequestStep, Employee.printed_name)
        .join(Account, Account.id == RequestStep.actor_id)
        .outerjoin(Employee, Employee.id == Account.employee_id)
        .where(RequestStep.request_id == request.id)
        .order_by(RequestStep.id)
    )
    return [(step, name or "") for step, name in rows]


def own_requests(
    session: AnySession, employee_id: int | None, *, page: int = 1, page_size: int = 25
) -> tuple[list[RequestRow], int]:
    """Return one page of somebody's own requests, the newest first, and how many."""
    query = (
        _ROWS.where(AppraisalRequest.subject_id == employee_id)
        .order_by(AppraisalRequest.id.desc())
        .offset((page - 1) * page_size)
        .limit(page_size)
    )
    return _fetched(session, query)


_ME = sa.bindparam("me", type_=sa.BigInteger)
_TODAY = sa.bindparam("today", type_=sa.Date)
_REPORTS = Employee.id.in_(
    sa.select(ReportingLine.employee_id).where(
        ReportingLine.supervisor_id == _ME, on(ReportingLine, _TODAY)
    )
)


def _answerable(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    """Return ``permissions.can_answer_request`` as a condition on ``Employee`` and request.

    It leaves ``me`` and ``today`` open.
    """
    of_reports = sa.and_(_REPORTS, AppraisalRequest.mode == fixed(Mode.APPRAISAL))
    if not actor.has(Role.HR):
        return of_reports
    mine = sa.or_(of_reports, employees_in_scope(actor, today, [Role.HR]))
    return sa.and_(mine, Employee.id != _ME)


def requests_to_answer(
    session: AnySession,
    actor: Actor,
    today: date,
    *,
    search: str = "",
    state: RequestState | None = RequestState.OPEN,
    page: int = 1,
    page_size: int = 25,
) -> tuple[list[RequestRow], int]:
    """Return one page of the requests that the actor may answer, and how many.

    Those that wait come oldest first; with another ``state``, or all, the newest.
    """
    query = _ROWS.where(_answerable(actor, today))
    if state is not None:
        query = query.where(AppraisalRequest.state == state)
    if search.strip():
        query = query.where(Employee.search_key.like(search_pattern(search), escape="\\"))
    oldest_first = state is RequestState.OPEN
    order = AppraisalRequest.id if oldest_first else AppraisalRequest.id.desc()
    query = query.order_by(order).offset((page - 1) * page_size).limit(page_size)
    return _fetched(session, query, me=actor.employee_id or 0, today=today)


def _home(answerable: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """Return the select of one's own newest requests, and of those to answer."""
    newest = (
        sa.select(sa.func.max(AppraisalRequest.id))
        .where(AppraisalRequest.subject_id == _ME)
        .group_by(AppraisalRequest.framework_slug)
    )
    waiting = sa.and_(answerable, AppraisalRequest.state == fixed(RequestState.OPEN))
    return _ROWS.where(sa.or_(AppraisalRequest.id.in_(newest), waiting)).order_by(
        AppraisalRequest.id
    )


HOME_SHOWN = 60


@lru_cache(maxsize=64)
def _home_of(actor: Actor, today: date) -> sa.Select[*tuple[Any, ...]]:
    """Return the select for an actor, made once a day."""
    return _home(_answerable(actor, today)).limit(HOME_SHOWN)


def requests_for_home(
    session: AnySession, actor: Actor, today: date
) -> tuple[list[RequestRow], list[RequestRow]]:
    """Return one's own newest requests, and the oldest that wait for one's answer."""
    query = _home_of(actor, today)
    rows, _ = _fetched(session, query, me=actor.employee_id or 0, today=today)
    mine = [row for row in rows if row.request.subject_id == actor.employee_id]
    return mine, [row for row in rows if row.request.subject_id != actor.employee_id]
