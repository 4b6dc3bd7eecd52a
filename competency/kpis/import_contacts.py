"""References of imported contacts: kept for some days, so that some can be drawn to be observed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from competency.audit.operations import exempt, record
from competency.kpis.import_rows import CONTACT_PARTS
from competency.kpis.import_schema import ImportProfile
from competency.kpis.models import ContactReference
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
CHUNK = 10_000
CONTACTS: dict[str, type[pl.DataType]] = {
    "employee_id": pl.Int64,
    "campaign_id": pl.Int64,
    "day": pl.Date,
    "reference": pl.String,
    "channel": pl.String,
    "line": pl.String,
}
SAME = ["employee_id", "day", "reference"]


def contacts_of(rows: pl.DataFrame, profile: ImportProfile, last_day: date) -> pl.DataFrame:
    """Return the contacts of rows whose person is known, each once; none that is kept no more.

    ``last_day`` is the last day that can be over somewhere.
    """
    if profile.contact is None:
        return pl.DataFrame(schema=CONTACTS)
    first = last_day - timedelta(days=profile.contact.kept_days)
    return (
        rows.filter(pl.col("day") >= first, pl.col("contact reference").is_not_null())
        .rename({f"contact {name}": name for name in CONTACT_PARTS})
        .select(*CONTACTS)
        .cast(pl.Schema(CONTACTS))
        .unique(SAME, keep="first", maintain_order=True)
    )


def new_contacts(session: AnySession, source_id: int, found: pl.DataFrame) -> pl.DataFrame:
    """Return the contacts of a source that are not kept yet."""
    if found.is_empty():
        return found
    kept = session.execute(
        sa.select(
            ContactReference.employee_id, ContactReference.day, ContactReference.reference
        ).where(
            ContactReference.source_id == source_id,
            ContactReference.day.between(found["day"].min(), found["day"].max()),
        )
    )
    schema = {name: CONTACTS[name] for name in SAME}
    known = pl.DataFrame([tuple(row) for row in kept], schema=schema, orient="row")
    return found.join(known, on=SAME, how="anti")


def keep_contacts(
    session: AnySession, new: pl.DataFrame, *, source_id: int, import_id: int, kept_days: int
) -> None:
    """Keep contacts as what an import brought."""
    rows = new.with_columns(
        source_id=pl.lit(source_id),
        import_id=pl.lit(import_id),
        kept_until=pl.col("day").dt.offset_by(f"{kept_days}d"),
    )
    table = ContactReference.metadata.tables[ContactReference.__tablename__]
    insert, connection = sa.insert(table), session.connection()
    for chunk in rows.iter_slices(CHUNK):
        connection.execute(insert, chunk.to_dicts())


def forget_contacts_of(session: AnySession, condition: sa.ColumnElement[bool]) -> int:
    """Delete the references of contacts; return how many."""
    return session.connection().execute(sa.delete(ContactReference).where(condition)).rowcount


def forget_old_contacts(session: AnySession, *, actor: Actor, now: datetime) -> int:
    """Delete the references whose last day is over everywhere, and record that; return how many."""
    today = now.date() - timedelta(days=1)
    forgotten = forget_contacts_of(session, ContactReference.kept_until < today)
    if not forgotten:
        exempt(session, "no reference of a contact was old enough to delete")
        return 0
    record(
        session,
        actor=actor.public_id,
        now=now,
        action="contacts.forgotten",
        subject_kind="account",
        subject=actor.public_id,
        data={"contacts": forgotten},
    )
    return forgotten
