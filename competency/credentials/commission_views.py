"""The page of a commission: its seats, its members' decisions, and the way to give one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from competency import clock
from competency.assessments.history import deciding_judgements
from competency.assessments.nodes import nodes_by_id
from competency.assessments.presenters import level_kind, result_words
from competency.assessments.queries import Loaded, outcome_of
from competency.audit.access import note_read
from competency.credentials.blueprint import blueprint
from competency.credentials.commission_queries import (
    commission_of,
    load_as_member,
)
from competency.credentials.commissions import appoint as appoint_member
from competency.credentials.commissions import decide as record_decision
from competency.credentials.permissions import can_appoint, can_read_private_reasons
from competency.credentials.schema import CommissionState
from competency.errors import Invalid, NotFound
from competency.extensions import db
from competency.frameworks.numbering import numbers
from competency.people.schema import Actor, Role
from competency.web.errors import worded
from competency.web.permission import access, actor
from competency.web.transaction import read_again

REFUSED = 422
SEAT_DIGITS = 3


@blueprint.get("/appraisals/<public_id>/commission")
@access()
def commission(public_id: str) -> ResponseReturnValue:
    """Show the commission of a closed appraisal to its members and to who reads its document."""
    return _page(public_id)


def _page(public_id: str, error: str = "") -> str:
    """Return the page of a commission."""
    current, now = actor(), clock.now()
    loaded = load_as_member(db.session, actor=current, now=now, public_id=public_id)
    found = commission_of(db.session, loaded)
    if found is None:
        raise NotFound
    note_read(current, loaded.subject.id, "commission")
    own = found.seat_of(current.employee_id)
    undecided = found.state in {CommissionState.INCOMPLETE, CommissionState.DECIDING}
    is_member = own is not None
    return render_template(
        "credentials/commission.html",
        loaded=loaded,
        commission=found,
        own=own,
        may_decide=undecided and own is not None and own.vote is None,
        may_appoint=undecided and can_appoint(current, loaded.facts, loaded.standing),
        reads_reasons=is_member or can_read_private_reasons(current, loaded.standing),
        results=_results(loaded) if is_member or _reads_result(current, loaded) else [],
        error=error,
    )


def _reads_result(current: Actor, loaded: Loaded) -> bool:
    """Return whether the criteria are shown to somebody who is no member."""
    return can_read_private_reasons(current, loaded.standing)


def _results(loaded: Loaded) -> list[dict[str, object]]:
    """Return each unit with its result, its criteria, their levels and the reasons given."""
    node = outcome_of(db.session, loaded.appraisal)
    if node is None:
        return []
    framework, nodes, place = loaded.framework, nodes_by_id(node), numbers(loaded.framework)
    judged = deciding_judgements(db.session, [loaded.appraisal]).get(loaded.appraisal.id, {})
    found: list[dict[str, object]] = []
    for unit in framework.all_units():
        label, kind = result_words(framework, nodes[unit.id].result, unit)
        criteria = [
            {
                "number": place[criterion.id],
                "title": criterion.title,
                "label": framework.level_label(criterion.id, one.level),
                "kind": level_kind(framework, criterion.id, one.level),
                "reason": one.reason or "",
            }
            for criterion in unit.criteria
            if (one := judged.get(criterion.id)) is not None and one.level is not None
        ]
        found.append(
            {
                "number": place[unit.id],
                "title": unit.title,
                "label": label,
                "kind": kind,
                "criteria": criteria,
            }
        )
    return found


@blueprint.post("/appraisals/<public_id>/commission/members")
@access(Role.HR)
def appoint(public_id: str) -> ResponseReturnValue:
    """Appoint somebody to a seat, or somebody else who has not decided yet."""
    raw = request.form.get("seat", "")
    seat = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= SEAT_DIGITS else -1
    try:
        appoint_member(
            db.session,
            actor=actor(),
            now=clock.now(),
            appraisal_public_id=public_id,
            seat=seat,
            employee_number=request.form.get("number", ""),
        )
    except Invalid as error:
        read_again()
        return _page(public_id, worded(error)), REFUSED
    flash(gettext("The member is appointed."))
    return redirect(url_for("credentials.commission", public_id=public_id))


@blueprint.post("/appraisals/<public_id>/commission")
@access()
def decide(public_id: str) -> ResponseReturnValue:
    """Record what a member decided, with the reason."""
    decision = request.form.get("decision", "")
    try:
        if decision not in {"approve", "refuse"}:
            raise Invalid("Choose whether you approve or refuse.")  # noqa: TRY301 - shown on the page
        record_decision(
            db.session,
            actor=actor(),
            now=clock.now(),
            appraisal_public_id=public_id,
            approves=decision == "approve",
            reason=request.form.get("reason", ""),
        )
    except Invalid as error:
        read_again()
        return _page(public_id, worded(error)), REFUSED
    flash(gettext("Your decision is recorded."))
    return redirect(url_for("credentials.commission", public_id=public_id))
