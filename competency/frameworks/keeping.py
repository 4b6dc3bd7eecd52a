"""Files that only some may read: each kind that is kept back asks its feature who may."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel
from sqlalchemy.orm import Session, scoped_session

from competency.files import kinds
from competency.frameworks.models import CatalogueFile
from competency.frameworks.queries import catalogue_file
from competency.frameworks.translations import Translation
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
Guard = Callable[[AnySession, Actor, BaseModel], bool]
_guards: dict[str, Guard] = {}


def guard_files(kind: str, guard: Guard) -> None:
    """Let ``guard`` say who reads files of a kind that is kept back."""
    _guards[kind] = guard


def may_read_value(session: AnySession, actor: Actor, kind: str, value: BaseModel) -> bool:
    """Return whether the actor may read a file of a kind; nobody where no feature answers.

    A translation is read by whoever reads the published file that it translates.
    """
    if isinstance(value, Translation):
        return _may_read_translated(session, actor, value.of_kind, value.of, value.version)
    known = kinds.kind_named(kind)
    if known is None or not known.kept_back:
        return True
    return kind in _guards and _guards[kind](session, actor, value)


def may_read_file(session: AnySession, actor: Actor, row: CatalogueFile) -> bool:
    """Return whether the actor may read a published file that is no framework."""
    if row.of_kind is not None:
        return _may_read_translated(session, actor, row.of_kind, row.slug, row.version)
    known = kinds.kind_named(row.kind)
    if known is None or not known.kept_back:
        return True
    value = known.model.model_validate_json(row.compiled)
    return may_read_value(session, actor, row.kind, value)


def _may_read_translated(
    session: AnySession, actor: Actor, kind: str, slug: str, version: str
) -> bool:
    """Return whether the actor may read a translation of a version of a file."""
    known = kinds.kind_named(kind)
    if known is None or not known.kept_back:
        return True
    row = catalogue_file(session, kind, None, slug, version, "")
    return row is not None and may_read_file(session, actor, row)
