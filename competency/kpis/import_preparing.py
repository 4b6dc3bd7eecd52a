"""Files of measurements read and compared with the organisation, before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl
from sqlalchemy.orm import Session, scoped_session

from competency.database.canonical import canonical_json
from competency.errors import InvalidFile, NotAllowed, message_id
from competency.kpis.import_contacts import CONTACTS, contacts_of
from competency.kpis.import_faults import FAULTS_KEPT, ImportFault, Wrong, fault_of
from competency.kpis.import_files import (
    MAXIMUM_ROWS,
    NamedFile,
    TextTable,
    Unreadable,
    read_table,
)
from competency.kpis.import_matching import Organisation, matched
from competency.kpis.import_measuring import measured, only_once
from competency.kpis.import_organisation import (
    known_definitions,
    organisation_of,
    source_named,
)
from competency.kpis.import_permissions import can_import
from competency.kpis.import_progress import Step, Tell, silent
from competency.kpis.import_rows import (
    MAXIMUM_MEASUREMENTS,
    MEASUREMENTS,
    Definition,
    Rows,
    heading_faults,
    joined,
    measured_by,
    profile_faults,
    read_rows,
    without,
)
from competency.kpis.import_schema import BadRows, ImportProfile
from competency.kpis.models import NAME_LENGTH
from competency.people.schema import Actor

AnySession = Session | scoped_session[Session]
SET_ASIDE_MOST = 10_000
"""Rows that one import sets aside; with more, something else is wrong."""
UNKNOWN_SHOWN = 200
PORTION = 100_000
"""Rows that are read between two looks at whether to go on."""
MATCHES = 3


@dataclass(frozen=True)
class FileFacts:
    """What an import keeps of a file."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class AsideRow:
    """A row that is set aside: its cells by heading, and what is wrong with it."""

    file: str
    row: int
    who: str | None
    cells: dict[str, object]
    faults: tuple[ImportFault, ...]

    @property
    def digest(self) -> str:
        """Return the hash of the cells."""
        return hashlib.sha256(canonical_json(self.cells).encode()).hexdigest()


@dataclass(frozen=True)
class Prepared:
    """All that files hold: measurements without a fault, and every fault."""

    profile: ImportProfile
    source_id: int
    files: tuple[FileFacts, ...]
    measurements: pl.DataFrame
    faults: tuple[ImportFault, ...] = ()
    fault_count: int = 0
    aside: tuple[AsideRow, ...] = ()
    unknown: tuple[str, ...] = ()
    """The first names of the source that are nobody yet."""
    left_out: int = 0
    contacts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CONTACTS))
    """The contacts that can be drawn to be observed."""
    is_whole: bool = field(default=True)
    """Whether every file is a table with the columns that the profile names."""

    @property
    def is_refused(self) -> bool:
        """Return whether nothing of this can be imported."""
        sets_aside = self.profile.bad_rows is BadRows.SET_ASIDE
        too_many = len(self.aside) > SET_ASIDE_MOST
        return bool(self.fault_count) and (not self.is_whole or not sets_aside or too_many)

    @property
    def rows_read(self) -> int:
        """Return how many rows the files have."""
        return sum(file.rows for file in self.files)

    @property
    def people(self) -> int:
        """Return how many people were measured."""
        return self.measurements["employee_id"].n_unique()

    @property
    def days(self) -> tuple[date, date] | None:
        """Return the first and the last day."""
        first, last = self.measurements["day"].min(), self.measurements["day"].max()
        if isinstance(first, date) and isinstance(last, date):
            return first, last
        return None


def refusal(prepared: Prepared) -> InvalidFile:
    """Return the error that says why nothing was imported."""
    faults = [str(fault) for fault in prepared.faults]
    if prepared.fault_count > len(faults):
        faults.append(f"… and {prepared.fault_count - len(faults)} more")
    return InvalidFile(
        "Nothing was imported; faults: %(number)s.", faults, number=prepared.fault_count
    )


def require_right(actor: Actor) -> None:
    """Raise ``NotAllowed`` for whoever may not import measurements."""
    if not can_import(actor):
        raise NotAllowed("Only human resources over everyone can import measurements.")


def prepare(
    session: AnySession,
    *,
    actor: Actor,
    now: datetime,
    files: Sequence[NamedFile],
    profile: ImportProfile,
    tell: Tell = silent,
) -> Prepared:
    """Return what files hold; writes nothing, and raises ``InvalidFile`` for an unknown source."""
    require_right(actor)
    source = source_named(session, profile.source)
    known = known_definitions(session)
    organisation = organisation_of(session, source, now)
    return read_all(files, profile, known, organisation, source_id=source.id, tell=tell)


def read_all(
    files: Sequence[NamedFile],
    profile: ImportProfile,
    known: Mapping[str, Definition],
    organisation: Organisation,
    *,
    source_id: int = 0,
    tell: Tell = silent,
) -> Prepared:
    """Return what files hold, for an organisation and definitions that are at hand."""
    wrong = list(profile_faults(profile, known))
    tables: list[TextTable] = []
    for number, file in enumerate(files):
        tell(Step.READING, number, len(files))
        try:
            table = read_table(file, profile.files)
        except Unreadable as error:
            wrong.append(error.fault)
            continue
        wrong += heading_faults(file.name, table, profile)
        tables.append(table)
    wrong += _too_much(files, tables, len(measured_by(profile, known)) or 1)
    facts = [
        FileFacts(file.name, file.sha256, table.rows.height)
        for file, table in zip(files, tables, strict=False)
    ]
    if wrong or not files:
        nothing = pl.DataFrame(schema=MEASUREMENTS)
        kept = tuple(wrong[:FAULTS_KEPT])
        return Prepared(profile, source_id, tuple(facts), nothing, kept, len(wrong), is_whole=False)
    return _measured(files, tables, profile, known, organisation, source_id, tell)


def _too_much(
    files: Sequence[NamedFile], tables: Sequence[TextTable], each: int
) -> list[ImportFault]:
    """Return the fault of more than is held in memory at once."""
    rows = sum(table.rows.height for table in tables)
    if rows <= MAXIMUM_ROWS and rows * each <= MAXIMUM_MEASUREMENTS:
        return []
    message = message_id("The files together have %(rows)s rows; import them in parts.")
    return [ImportFault(files[0].name, 0, "", message, {"rows": rows})]


def _measured(
    files: Sequence[NamedFile],
    tables: Sequence[TextTable],
    profile: ImportProfile,
    known: Mapping[str, Definition],
    organisation: Organisation,
    source_id: int,
    tell: Tell,
) -> Prepared:
    """Return the measurements of tables whose columns are as they should be."""
    read = list(_read(tables, profile, tell))
    rows = pl.concat([one.rows for one in read])
    faults = joined([one.faults for one in read])
    tell(Step.MATCHING, 0, MATCHES)
    found, wrong, left_out = matched(without(rows, faults), profile, organisation)
    faults = joined([faults, wrong])
    tell(Step.MATCHING, 1, MATCHES)
    measurements, wrong = measured(without(found, faults), profile, known)
    faults = joined([faults, wrong])
    tell(Step.MATCHING, 2, MATCHES)
    measurements, wrong = only_once(without(measurements, faults), profile.day)
    faults = joined([faults, wrong])
    names = [file.name for file in files]
    shown = faults.sort("file", "row").head(FAULTS_KEPT)
    unknown = faults.filter(pl.col("wrong") == Wrong.UNKNOWN_PERSON.value)["value"]
    sets_aside = profile.bad_rows is BadRows.SET_ASIDE
    return Prepared(
        profile,
        source_id,
        tuple(
            FileFacts(file.name, file.sha256, one.count)
            for file, one in zip(files, read, strict=True)
        ),
        measurements,
        _faults(shown, names),
        faults.height,
        aside=_aside(faults, tables, names, profile) if sets_aside else (),
        unknown=tuple(unknown.unique(maintain_order=True).head(UNKNOWN_SHOWN)),
        left_out=left_out,
        contacts=contacts_of(without(found, faults), profile, organisation.last_day),
    )


def _read(tables: Sequence[TextTable], profile: ImportProfile, tell: Tell) -> Iterator[Rows]:
    """Yield the rows of each table, read so many at a time."""
    total, done = sum(table.rows.height for table in tables), 0
    for number, table in enumerate(tables):
        parts = []
        for start in range(0, max(table.rows.height, 1), PORTION):
            tell(Step.CHECKING, done, total)
            part = TextTable(table.headings, table.rows.slice(start, PORTION))
            parts.append(read_rows(number, part, profile, first=start + 2))
            done += part.rows.height
        yield Rows(
            pl.concat([part.rows for part in parts]),
            joined([part.faults for part in parts]),
            sum(part.count for part in parts),
        )


def _faults(frame: pl.DataFrame, names: Sequence[str]) -> tuple[ImportFault, ...]:
    """Return rows of faults as values."""
    return tuple(
        fault_of(names[file], row, column, Wrong(wrong), value)
        for file, row, column, wrong, value in frame.rows()
    )


def _aside(
    faults: pl.DataFrame, tables: Sequence[TextTable], names: Sequence[str], profile: ImportProfile
) -> tuple[AsideRow, ...]:
    """Return the rows that have a fault, with their cells: few, or the import is refused."""
    found: list[AsideRow] = []
    place = ["file", "row"]
    looked_at = faults.select(place).unique().sort(place).head(SET_ASIDE_MOST + 1)
    faults = faults.join(looked_at, on=place, how="semi").sort(place, maintain_order=True)
    for group in faults.partition_by(place, maintain_order=True):
        file, row = group["file"][0], group["row"][0]
        table = tables[file]
        cells = table.rows.row(row - 2)
        kept = {
            heading or str(number): value.replace("\0", "�")
            for number, (heading, value) in enumerate(zip(table.headings, cells, strict=True))
            if value is not None
        }
        who = (kept.get(profile.person.column) or "").strip()[:NAME_LENGTH] or None
        found.append(AsideRow(names[file], row, who, dict(kept), _faults(group, names)))
    return tuple(found)
