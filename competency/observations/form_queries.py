"""Reads of observation forms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.errors import NotFound
from competency.frameworks.models import FrameworkVersion
from competency.frameworks.queries import framework_by_hash
from competency.frameworks.schema import Criterion, Framework, Observable, Script
from competency.observations.models import (
    ObservationForm,
    ObservationFormEnd,
    ObservationFormItem,
)
from competency.observations.schema import Item

AnySession = Session | scoped_session[Session]


@dataclass(frozen=True)
class Form:
    """A version of a form with its items and the framework that they are of."""

    row: ObservationForm
    items: tuple[Item, ...]
    framework: Framework
    ended: bool

    @property
    def script(self) -> Script | None:
        """Return the greeting that is shown with it, if one is."""
        return next((s for s in self.framework.scripts if s.id == self.row.script_id), None)


def can_be_seen(criterion: Criterion, channel: str | None) -> bool:
    """Return whether a single contact on a channel can show a behaviour."""
    fits = not channel or not criterion.channels or channel in criterion.channels
    return criterion.observable is Observable.CONTACT and fits


def observable_criteria(framework: Framework, channel: str | None) -> tuple[Criterion, ...]:
    """Return what a form can ask for: all, where the framework says of nothing when it is seen."""
    if not any(criterion.observable for criterion in framework.criteria()):
        return tuple(framework.criteria())
    return tuple(c for c in framework.criteria() if can_be_seen(c, channel))


def channels_of(framework: Framework) -> tuple[str, ...]:
    """Return the channels that the behaviours of a framework name, in its order."""
    return tuple(dict.fromkeys(c for each in framework.criteria() for c in each.channels))


def form_by_public_id(session: AnySession, public_id: str) -> ObservationForm:
    """Return a version of a form; ``NotFound``."""
    row = session.scalar(sa.select(ObservationForm).where(ObservationForm.public_id == public_id))
    if row is None:
        raise NotFound
    return row


def items_of(session: AnySession, form_ids: Iterable[int]) -> dict[int, tuple[Item, ...]]:
    """Return the items of forms in their order, by the form's id."""
    rows = session.scalars(
        sa.select(ObservationFormItem)
        .where(ObservationFormItem.form_id.in_(set(form_ids)))
        .order_by(ObservationFormItem.form_id, ObservationFormItem.position)
    )
    found: dict[int, list[Item]] = {}
    for row in rows:
        found.setdefault(row.form_id, []).append(Item(row.criterion_id, row.weight, row.critical))
    return {form_id: tuple(items) for form_id, items in found.items()}


def is_ended(session: AnySession, form_id: int) -> bool:
    """Return whether a version of a form is used no more."""
    return session.get(ObservationFormEnd, form_id) is not None


def load_form(session: AnySession, form_id: int) -> Form:
    """Return a version of a form with all that belongs to it."""
    row, content_hash, ended = session.execute(
        sa.select(ObservationForm, FrameworkVersion.content_hash, ObservationFormEnd.form_id)
        .join(FrameworkVersion, FrameworkVersion.id == ObservationForm.framework_version_id)
        .outerjoin(ObservationFormEnd, ObservationFormEnd.form_id == ObservationForm.id)
        .where(ObservationForm.id == form_id)
    ).one()
    return Form(
        row,
        items_of(session, [form_id]).get(form_id, ()),
        framework_by_hash(session, row.framework_version_id, content_hash),
        ended is not None,
    )


@dataclass(frozen=True)
class FormLine:
    """A version of a form as lists show it."""

    row: ObservationForm
    items: int
    ended: bool


def forms(session: AnySession, *, only_current: bool = False) -> list[FormLine]:
    """Return the forms by title, the newest version first."""
    count = (
        sa.select(sa.func.count())
        .where(ObservationFormItem.form_id == ObservationForm.id)
        .scalar_subquery()
    )
    query = (
        sa.select(ObservationForm, count, ObservationFormEnd.form_id)
        .outerjoin(ObservationFormEnd, ObservationFormEnd.form_id == ObservationForm.id)
        .order_by(ObservationForm.title, ObservationForm.series, ObservationForm.version.desc())
    )
    if only_current:
        query = query.where(ObservationFormEnd.form_id.is_(None))
    return [FormLine(row, items, ended is not None) for row, items, ended in session.execute(query)]
