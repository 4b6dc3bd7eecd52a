"""One person's levels in a calibration session, with what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext

from competency import clock
from competency.assessments.beside_presenters import Beside, BesideCriterion
from competency.assessments.calibration_presenters import LogLine, log, said
from competency.assessments.calibration_queries import (
    SHOWN,
    Logged,
    adjustments_of,
    rows_of,
    seen_by,
)
from competency.assessments.certifying import remarks_of
from competency.assessments.evidence import frozen_by_criterion
from competency.assessments.models import Draft, Evidence
from competency.assessments.permissions import can_judge, can_read_result
from competency.assessments.presenters import (
    Choice,
    EvidenceLine,
    ShownAnswer,
    choices,
    evidence_lines,
    shown_answer,
)
from competency.assessments.queries import Loaded, drafts, load
from competency.assessments.result_presenters import Standing, answer_of
from competency.assessments.result_queries import readable_judgements, shown_beside
from competency.assessments.rules import DECIDED
from competency.assessments.schema import AssessorKind, State
from competency.audit.access import note_read
from competency.errors import NotFound
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import Criterion
from competency.web.permission import actor


@dataclass(frozen=True)
class CriterionInSession:
    """One criterion of a person, as a session looks at it."""

    id: str
    number: str
    title: str
    stands: str
    lead: ShownAnswer | None
    review: ShownAnswer | None
    own: ShownAnswer | None
    beside: BesideCriterion
    evidence: tuple[EvidenceLine, ...]
    choices: tuple[Choice, ...]
    version: int
    lines: tuple[LogLine, ...]
    adjusts: bool
    undoes: bool


@dataclass(frozen=True)
class Behind:
    """What is behind a person's levels, each mapping by criterion id."""

    loaded: Loaded
    standing: Standing
    written: Mapping[str, Draft]
    logged: Sequence[Logged]
    evidence: Mapping[str, Sequence[Evidence]]
    aside: frozenset[int]
    beside: Beside
    may_review: bool
    adjusts: bool

    def of(self, kind: AssessorKind, criterion_id: str) -> ShownAnswer | None:
        """Return one kind's answer in words."""
        row = self.standing.get(kind, {}).get(criterion_id)
        if row is None:
            return None
        return shown_answer(self.loaded.framework, answer_of(row), row.judged_at)

    def own_log(self, criterion_id: str) -> list[Logged]:
        """Return the session's adjustments of a criterion as it was submitted last."""
        appraisal = self.loaded.appraisal
        return [
            each
            for each in self.logged
            if each.adjustment.criterion_id == criterion_id
            and (each.adjustment.round, each.adjustment.turn) == (appraisal.round, appraisal.turn)
        ]


def _part(behind: Behind, criterion: Criterion) -> CriterionInSession:
    """Return one criterion with everything that is shown of it."""
    framework, i = behind.loaded.framework, criterion.id
    judged = behind.standing[AssessorKind.LEAD][i]
    decided = behind.standing.get(AssessorKind.REVIEW, {}).get(i)
    mine, draft = behind.own_log(i), behind.written.get(i)
    in_force = bool(mine) and not mine[-1].adjustment.undone and draft is not None
    level = decided.level if decided else judged.level
    if in_force and draft is not None and behind.loaded.facts.state not in DECIDED:
        level = draft.level
    return CriterionInSession(
        i,
        numbers(framework)[i],
        criterion.title,
        said(framework, i, level),
        behind.of(AssessorKind.LEAD, i),
        behind.of(AssessorKind.REVIEW, i),
        behind.of(AssessorKind.SELF, i),
        behind.beside.of(i),
        evidence_lines(behind.evidence.get(i, ()), behind.aside),
        choices(framework, criterion),
        draft.version if draft and behind.may_review else 0,
        log(framework, mine),
        adjusts=behind.adjusts and judged.carried_from is None,
        undoes=behind.adjusts and in_force,
    )


def person_page(public_id: str, appraisal_id: str, error: str = "") -> str:
    """Return the page of one person in a session, or of the one criterion that is asked for.

    Raises ``NotFound`` where the reader reads the grid and not what is behind it.
    """
    me, now = actor(), clock.now()
    seen = seen_by(db.session, me, now, public_id)
    rows = rows_of(db.session, me, now, seen, appraisal_id)
    if not rows or not rows[0].opens or rows[0].appraisal.state not in SHOWN:
        raise NotFound
    row = rows[0]
    loaded = load(db.session, actor=me, now=now, public_id=appraisal_id)
    if not can_read_result(me, loaded.facts, loaded.standing):
        raise NotFound
    standing, _ = readable_judgements(db.session, me, loaded)
    may = can_judge(me, AssessorKind.REVIEW, loaded.facts, loaded.standing)
    behind = Behind(
        loaded,
        standing,
        drafts(db.session, loaded.assessor(AssessorKind.REVIEW)),
        adjustments_of(db.session, seen, rows),
        frozen_by_criterion(db.session, loaded.appraisal),
        remarks_of(db.session, loaded.appraisal).aside,
        shown_beside(db.session, me, loaded),
        may_review=may,
        adjusts=may and seen.is_member and seen.calibration.closed_at is None,
    )
    only = request.args.get("c", "") or (request.view_args or {}).get("criterion_id", "")
    judged = standing.get(AssessorKind.LEAD, {})
    parts = [
        _part(behind, criterion)
        for criterion in loaded.framework.criteria()
        if criterion.id in judged and only in ("", criterion.id)
    ]
    if only and not parts:
        raise NotFound
    note_read(me, row.appraisal.subject_id, f"calibration of {appraisal_id}")
    return render_template(
        "assessments/calibrated.html",
        title=gettext("Calibration of %(name)s", name=row.subject.printed_name),
        seen=seen,
        row=row,
        loaded=loaded,
        parts=parts,
        only=only,
        adjusts=behind.adjusts,
        to_take=seen.is_member and not may and loaded.facts.state is State.SUBMITTED,
        sent=request.form,
        error=error,
    )
