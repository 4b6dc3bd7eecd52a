"""What a run does with files that wait: look at what importing them would do, or import them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from competency.database.transactions import unit_of_work
from competency.kpis.import_drafts import drop_draft, files_of
from competency.kpis.import_preparing import Prepared, prepare
from competency.kpis.import_profile import read_profile
from competency.kpis.import_progress import Tell
from competency.kpis.import_queries import draft_of
from competency.kpis.import_running import Found, Outcome
from competency.kpis.importing import apply_import, rehearse
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]


def look_at(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, tell: Tell
) -> Outcome:
    """Return every fault of files that wait, or what importing them would do."""
    prepared = _prepared(session, actor, now, public_id, tell)
    would = None if prepared.is_refused else rehearse(session, prepared, tell)
    return Outcome(Found.of(prepared, would))


def bring_in(
    session: AnySession, *, actor: Actor, now: datetime, public_id: str, tell: Tell
) -> Outcome:
    """Import files that wait, all of them or nothing, and let go of them with it."""
    prepared = _prepared(session, actor, now, public_id, tell)
    if prepared.is_refused:
        return Outcome(Found.of(prepared, None))
    with unit_of_work(session):
        done = apply_import(session, actor=actor, now=now, prepared=prepared, tell=tell)
        draft = draft_of(session, public_id, actor.account_id)
        drop_draft(session, actor=actor, draft=draft)
    return Outcome(import_id=done.public_id)


def _prepared(
    session: AnySession, actor: Actor, now: datetime, public_id: str, tell: Tell
) -> Prepared:
    """Return what the files hold."""
    draft = draft_of(session, public_id, actor.account_id)
    files, profile = files_of(draft), read_profile(draft.profile)
    return prepare(session, actor=actor, now=now, files=files, profile=profile, tell=tell)
