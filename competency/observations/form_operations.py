"""Observation forms: made, changed into a new version, retired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import record
from competency.documents.fonts import check_printable
from competency.errors import Conflict, IllegalTransition, Invalid, NotAllowed, message_id
from competency.frameworks.queries import framework_of, version_by_public_id
from competency.frameworks.schema import Framework
from competency.observations.form_queries import (
    channels_of,
    form_by_public_id,
    is_ended,
    observable_criteria,
)
from competency.observations.models import (
    ObservationForm,
    ObservationFormEnd,
    ObservationFormItem,
)
from competency.observations.permissions import can_make_forms
from competency.observations.rules import form_fault
from competency.observations.schema import TITLE_MAXIMUM, NewForm
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]

FAULTS: Mapping[str, str] = {
    "items": message_id("Choose between 1 and 30 behaviours."),
    "weight": message_id("A weight is a whole number from 1 to 20."),
    "cap_percent": message_id("The cap is a whole number from 0 to 99."),
}
"""What is said of each field of a form that can't stand so."""


def make_form(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    new: NewForm,
    of: str | None = None,
) -> ObservationForm:
    """Make a form, or with ``of`` the next version of one, which ends that version.

    Raises ``Invalid`` for what no form can hold, and ``Conflict`` where somebody else has made
    the next version meanwhile.
    """
    _require_maker(actor)
    earlier = None if of is None else form_by_public_id(session, of)
    version = version_by_public_id(session, new.framework_public_id)
    framework = framework_of(session, version.id)
    _check(framework, new)
    form = ObservationForm(
        version=1 if earlier is None else earlier.version + 1,
        title=new.title.strip(),
        framework_version_id=version.id,
        channel=new.channel or None,
        script_id=new.script_id or None,
        cap_percent=new.cap_percent,
        made_by_id=actor.account_id,
        made_at=now,
    )
    if earlier is not None:
        form.series = earlier.series
        _end(session, actor, now, earlier)
    session.add(form)
    session.flush()
    session.add_all(
        ObservationFormItem(
            form_id=form.id,
            position=position,
            criterion_id=item.criterion_id,
            weight=item.weight,
            critical=item.critical,
        )
        for position, item in enumerate(new.items, start=1)
    )
    session.flush()
    _record(session, actor, now, "observation_form.made", form)
    return form


def retire_form(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Use a version no more; drafts on it can still be handed in, and all stays readable."""
    _require_maker(actor)
    form = form_by_public_id(session, public_id)
    if is_ended(session, form.id):
        raise IllegalTransition("This version is used no more already.")
    _end(session, actor, now, form)
    _record(session, actor, now, "observation_form.retired", form)


def _require_maker(actor: Actor) -> None:
    """Raise ``NotAllowed`` for whoever may not say what is observed."""
    if not can_make_forms(actor):
        raise NotAllowed("Only human resources over everyone make and retire forms.")


def _end(session: AnySession, actor: Actor, now: datetime, form: ObservationForm) -> None:
    """Write down that a version is used no more; whoever came second is refused."""
    session.refresh(form, with_for_update={"key_share": True})
    if is_ended(session, form.id):
        raise Conflict("This version is used no more. Change the newest one.")
    session.add(ObservationFormEnd(form_id=form.id, ended_by_id=actor.account_id, ended_at=now))
    session.flush()


def _check(framework: Framework, new: NewForm) -> None:
    """Raise ``Invalid`` unless the form can be made of the framework."""
    title = new.title.strip()
    if not title or len(title) > TITLE_MAXIMUM:
        raise Invalid("Write a title of at most 120 characters.", "title")
    check_printable(title, "title")
    if new.channel and new.channel not in channels_of(framework):
        raise Invalid("Choose one of the channels shown.", "channel")
    if new.script_id and new.script_id not in {script.id for script in framework.scripts}:
        raise Invalid("Choose one of the greetings shown.", "script")
    fault = form_fault(new.items, new.cap_percent)
    if fault is not None:
        raise Invalid(FAULTS[fault], fault)
    offered = {criterion.id for criterion in observable_criteria(framework, new.channel)}
    if not {item.criterion_id for item in new.items} <= offered:
        raise Invalid("Choose behaviours that a single contact can show.", "items")


def _record(
    session: AnySession, actor: Actor, now: datetime, action: str, form: ObservationForm
) -> None:
    """Record an event about a form."""
    items = session.scalar(sa.select(sa.func.count()).where(ObservationFormItem.form_id == form.id))
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="observation_form",
        subject=form.public_id,
        data={"version": form.version, "items": items, "cap": form.cap_percent},
    )
