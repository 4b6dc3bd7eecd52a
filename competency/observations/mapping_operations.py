"""Saying what behaviours are evidence of beside their own framework, and saying so no more."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.assessments.evidence_links import check_links
from competency.audit.operations import record
from competency.errors import IllegalTransition, Invalid, NotAllowed
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import frameworks_by_slug
from competency.observations.form_queries import observable_criteria
from competency.observations.mapping_queries import is_mapped, mapping_by_public_id
from competency.observations.models import BehaviourMapping, BehaviourMappingEnd
from competency.observations.permissions import can_make_forms
from competency.observations.schema import Mapped
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


def map_behaviour(
    session: AnySession, *, actor: Actor, now: datetime, mapped: Mapped
) -> BehaviourMapping:
    """Let what is observed from now on be evidence of a criterion of another framework too.

    Raises ``Invalid`` for what can't be mapped, ``IllegalTransition`` for what is already.
    """
    _require_maker(actor)
    _check(session, mapped)
    _wait_for_others(session, mapped.behaviours_slug)
    row = BehaviourMapping(
        behaviours_slug=mapped.behaviours_slug,
        behaviour_id=mapped.behaviour_id,
        framework_slug=mapped.framework_slug,
        criterion_id=mapped.criterion_id,
        made_by_id=actor.account_id,
        made_at=now,
    )
    if is_mapped(session, row):
        raise IllegalTransition("This behaviour is mapped to this criterion already.")
    session.add(row)
    session.flush()
    _record(session, actor, now, "behaviour.mapped", row)
    return row


def end_mapping(session: AnySession, *, actor: Actor, now: datetime, public_id: str) -> None:
    """Let a mapping hold no more; evidence that it linked stays as it is.

    Raises ``NotFound`` for what holds no more.
    """
    _require_maker(actor)
    row = mapping_by_public_id(session, public_id)
    _wait_for_others(session, row.behaviours_slug)
    if not is_mapped(session, row):
        raise IllegalTransition("This behaviour is mapped to this criterion no more already.")
    session.add(BehaviourMappingEnd(mapping_id=row.id, ended_by_id=actor.account_id, ended_at=now))
    session.flush()
    _record(session, actor, now, "behaviour.unmapped", row)


def _wait_for_others(session: AnySession, slug: str) -> None:
    """Let who maps the same framework's behaviours at the same time come one after another."""
    versions = sa.select(FrameworkVersion.id).where(FrameworkVersion.slug == slug)
    session.execute(versions.order_by(FrameworkVersion.id).with_for_update(key_share=True))


def _require_maker(actor: Actor) -> None:
    """Raise ``NotAllowed`` for whoever may not say what is observed."""
    if not can_make_forms(actor):
        raise NotAllowed("Only human resources over everyone map behaviours.")


def _check(session: AnySession, mapped: Mapped) -> None:
    """Raise ``Invalid`` unless a contact can show the behaviour and the criterion is another's."""
    if mapped.behaviours_slug == mapped.framework_slug:
        raise Invalid("Choose a criterion of another framework.", "criterion")
    known = frameworks_by_slug(session, {mapped.behaviours_slug}).get(mapped.behaviours_slug)
    offered = observable_criteria(known[1], None) if known else ()
    if mapped.behaviour_id not in {criterion.id for criterion in offered}:
        raise Invalid("Choose behaviours that a single contact can show.", "behaviour")
    check_links(session, [(mapped.framework_slug, mapped.criterion_id)])


def _record(
    session: AnySession, actor: Actor, now: datetime, action: str, row: BehaviourMapping
) -> None:
    """Record an event about a mapping."""
    record(
        session,
        actor=actor.public_id,
        now=now,
        action=action,
        subject_kind="behaviour_mapping",
        subject=row.public_id,
        data={
            "behaviour": f"{row.behaviours_slug}:{row.behaviour_id}",
            "criterion": f"{row.framework_slug}:{row.criterion_id}",
        },
    )
