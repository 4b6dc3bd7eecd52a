"""From sheets to the plain data of a file: each row finds the item that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from competency.files import kinds
from competency.files.faults import Path
from competency.files.limits import LIMITS
from competency.files.reader import Value
from competency.files.tables.cells import Cell, Grids, fault_at
from competency.files.tables.document import Spot, TableDocument
from competency.files.tables.layout import ABOUT, Keys, Sheet, Sort, layout_of
from competency.files.tables.rows import Item, Row, RowReader, Rows
from competency.files.validation import closest


def assembled(grids: Grids, file: str) -> TableDocument:
    """Return the data of a table, or every fault in its sheets, headings and cells."""
    kind = kinds.kind_named(_kind(grids))
    if ABOUT not in grids or kind is None:
        known = ", ".join(kinds.known_kinds())
        cell = _kind_cell(grids)
        fault = fault_at(file, cell, "there is no such kind", f"use one of {known}", "kind")
        if ABOUT not in grids:
            remedy = "name the sheet of the file's own values so"
            fault = fault_at(file, Cell(), f"there is no sheet {ABOUT}", remedy)
        return TableDocument(file, "", None, (fault,))
    return _Assembly(layout_of(kind.model), grids, file).document()


def _kind(grids: Grids) -> str:
    """Return the kind that a table says it is."""
    cell = _kind_cell(grids)
    row = grids[ABOUT][cell.row - 1] if cell.row else ()
    return row[1].strip() if row and row[1].strip() else kinds.DEFAULT


def _kind_cell(grids: Grids) -> Cell:
    """Return the cell that says a table's kind; row 0 where none does."""
    for number, row in enumerate(grids.get(ABOUT, ()), start=1):
        if len(row) > 1 and row[0].strip() == "kind":
            return Cell(ABOUT, number, 2)
    return Cell(ABOUT)


class _Assembly:
    """One table being put together."""

    def __init__(self, layout: tuple[Sheet, ...], grids: Grids, file: str) -> None:
        self._layout = layout
        self._grids = grids
        self._file = file
        self._reader = RowReader(file)
        self._data: Item = {}
        self._spots: dict[Path, Spot] = {}
        self._found: dict[str, Rows] = {}
        self._at: dict[int, Path] = {}
        """Where each item stands in the data, by its identity."""

    def document(self) -> TableDocument:
        """Return what was read."""
        about = self._layout[0]
        self._data, cells = self._reader.about(about, self._grids[about.name])
        self._unknown_sheets()
        for sheet in self._layout[1:]:
            self._found[sheet.name] = self._reader.rows(sheet, self._grids.get(sheet.name, ()))
        for found in self._found.values():
            self._attach(found)
        faults = tuple(self._reader.faults)
        return TableDocument(
            self._file,
            "",
            None if faults else _value(self._data),
            faults,
            self._spots,
            {ABOUT: {}, **{name: found.columns for name, found in self._found.items()}},
            cells,
        )

    def _unknown_sheets(self) -> None:
        """Note sheets that this kind of file has no use for."""
        known = tuple(sheet.name for sheet in self._layout)
        for name in self._grids:
            if name not in known:
                self._reader.fault(Cell(name), "there is no such sheet", closest(name, known))

    def _attach(self, found: Rows) -> None:
        """Put the rows of a sheet where they belong."""
        sheet = found.sheet
        if sheet.owner is None:
            self._spots[sheet.place or (sheet.name,)] = Spot(sheet.name, 1)
        if sheet.sort is Sort.TEXTS:
            self._attach_texts(found)
        elif sheet.sort is Sort.NAMED:
            self._attach_named(found)
        elif sheet.nests:
            self._attach_nested(found)
        else:
            self._attach_listed(found)

    def _attach_texts(self, found: Rows) -> None:
        """Put texts that stand side by side each into its mapping."""
        for row in self._with_names(found):
            for key, value in row.item.items():
                texts = _inside(self._data, (key,))
                texts[row.name] = value
                self._spots[key, row.name] = Spot(found.sheet.name, row.number, (key,))

    def _attach_named(self, found: Rows) -> None:
        """Put items into a mapping by their names."""
        for row in self._with_names(found):
            _inside(self._data, found.sheet.place)[row.name] = row.item
            self._stands(row, found.sheet, (*found.sheet.place, row.name))

    def _with_names(self, found: Rows) -> Iterator[Row]:
        """Yield rows with a name that none before has."""
        seen: set[str] = set()
        for row in found.rows:
            at = Cell(found.sheet.name, row.number)
            if not row.name:
                self._reader.fault(at, "the id is missing", "write it", "id")
            elif row.name in seen:
                self._reader.fault(at, f"{row.name} is here twice", "keep one of the rows", "id")
            else:
                yield row
            seen.add(row.name)

    def _attach_listed(self, found: Rows) -> None:
        """Put items into the list at the top, or into that of their owner."""
        owners = self._owners(found.sheet)
        for row in found.rows:
            if found.sheet.owner is None:
                self._append(row, found.sheet, self._data, ())
            elif row.owner in owners:
                owner = owners[row.owner]
                self._append(row, found.sheet, owner.item, self._at.get(id(owner.item), ()))
            else:
                self._no_owner(row, found, tuple(owners))

    def _attach_nested(self, found: Rows) -> None:
        """Put items at the top or into one another, an item before those inside it."""
        owners = self._owners(found.sheet)
        inside: dict[str, list[Row]] = {}
        for row in found.rows:
            if row.owner and row.owner not in owners:
                self._no_owner(row, found, tuple(owners))
            else:
                inside.setdefault(row.owner, []).append(row)
        waiting: list[tuple[Row, Item, Path]] = []
        waiting.extend((row, self._data, ()) for row in reversed(inside.pop("", [])))
        while waiting:
            row, around, path = waiting.pop()
            self._append(row, found.sheet, around, path)
            here = self._at[id(row.item)]
            if len(here) >= LIMITS.depth:
                at = Cell(found.sheet.name, row.number)
                self._reader.fault(at, "it is nested too deep", "nest it less", "parent")
            elif owners.get(row.name) is row:
                within = reversed(inside.pop(row.name, []))
                waiting.extend((inner, row.item, here) for inner in within)
        for row in (row for rows in inside.values() for row in rows):
            message = f"{row.owner!r} is inside of what it holds, or of what is too deep"
            at = self._owner_cell(row, found)
            self._reader.fault(at, message, "name a parent that leads to the top", "parent")

    def _owners(self, sheet: Sheet) -> dict[str, Row]:
        """Return the rows that hold those of ``sheet``, by name; of two equal ones the first."""
        owners: dict[str, Row] = {}
        for row in self._found[sheet.owner.sheet].rows if sheet.owner else ():
            if row.name:
                owners.setdefault(row.name, row)
        return owners

    def _append(self, row: Row, sheet: Sheet, around: Item, path: Path) -> None:
        """Add an item to its list in ``around``, which stands at ``path``."""
        inner = _inside(around, sheet.place[:-1])
        items = inner.setdefault(sheet.place[-1], [])
        if isinstance(items, list):
            self._stands(row, sheet, (*path, *sheet.place, len(items)))
            items.append(row.item)

    def _stands(self, row: Row, sheet: Sheet, path: Path) -> None:
        """Remember where an item is in the data, and where in the table."""
        self._at[id(row.item)] = path
        self._spots[path] = Spot(sheet.name, row.number)

    def _no_owner(self, row: Row, found: Rows, known: Keys) -> None:
        """Note a row that belongs to nothing."""
        owner = found.sheet.owner
        if owner is None or (owner.column,) not in found.columns:
            return
        message = f"{owner.sheet} has no {row.owner!r}" if row.owner else "it belongs to nothing"
        remedy = closest(row.owner, known) if known else f"fill in the sheet {owner.sheet} first"
        self._reader.fault(self._owner_cell(row, found), message, remedy, owner.column)

    def _owner_cell(self, row: Row, found: Rows) -> Cell:
        """Return the cell that names the owner of a row."""
        column = found.sheet.owner.column if found.sheet.owner else ""
        return Cell(found.sheet.name, row.number, found.columns.get((column,), 0))


def _inside(data: Item, path: Keys) -> Item:
    """Return the mapping at ``path``, made where there is none."""
    for key in path:
        inner = data.setdefault(key, {})
        data = inner if isinstance(inner, dict) else {}
    return data


def _value(data: object) -> Value:
    """Return plain data as what the reader of files gives."""
    if isinstance(data, dict):
        return {str(key): _value(inner) for key, inner in data.items()}
    if isinstance(data, list):
        return [_value(inner) for inner in data]
    return None if data is None else str(data)
