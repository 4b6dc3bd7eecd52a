"""From the cells of one sheet to its items, with every fault in its headings and cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from competency.files.faults import Fault
from competency.files.limits import LIMITS
from competency.files.reader import read
from competency.files.tables.cells import Cell, Grid, fault_at, split
from competency.files.tables.filling import HEADINGS
from competency.files.tables.layout import Column, Form, Keys, Sheet
from competency.files.text import REFUSED, about_character
from competency.files.validation import closest

Item = dict[str, object]


@dataclass
class Row:
    """One row: whose it is, its name, and what it holds."""

    number: int
    owner: str = ""
    name: str = ""
    item: Item = field(default_factory=dict)


@dataclass
class Rows:
    """A sheet that was read."""

    sheet: Sheet
    columns: dict[Keys, int] = field(default_factory=dict)
    """The number of the column, from 1, of each path; an owner's is under its heading."""
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class _Place:
    """What stands under a heading: a column's values, or the name of an owner or of the row."""

    path: Keys
    column: Column | None = None


def _place(sheet: Sheet, heading: str) -> _Place | None:
    """Return what a heading of ``sheet`` stands for, ``None`` where it has no such column."""
    for column in sheet.columns:
        path = column.path_of(heading)
        if path:
            return _Place(path, column)
    return None


class RowReader:
    """Reads the sheets of one file; ``faults`` gathers what is wrong in all of them."""

    def __init__(self, file: str) -> None:
        self.faults: list[Fault] = []
        self._file = file

    def fault(self, cell: Cell, message: str, remedy: str, subject: str = "") -> None:
        """Note a fault, up to the limit of a report."""
        if len(self.faults) < LIMITS.faults:
            self.faults.append(fault_at(self._file, cell, message, remedy, subject))

    def about(self, sheet: Sheet, grid: Grid) -> tuple[Item, dict[Keys, Cell]]:
        """Return the values of the file itself, and the cell of each that could stand there."""
        item: Item = {}
        cells: dict[Keys, Cell] = {}
        if not grid or tuple(cell.strip() for cell in grid[0][:2]) != HEADINGS:
            self.fault(Cell(sheet.name, 1), "the first row is not key, value", "write it so")
            return item, cells
        for number, row in enumerate(grid[1:], start=2):
            key, value, *others = (*(cell.strip() for cell in row), "", "")
            at = Cell(sheet.name, number, 2)
            place = _place(sheet, key)
            if any(others):
                self.fault(Cell(sheet.name, number, 3), "there is no third column", "clear it")
            if not key and not value:
                continue
            if place is None:
                known = tuple(column.name for column in sheet.columns)
                self.fault(
                    Cell(sheet.name, number, 1), f"{key!r} is not known", closest(key, known)
                )
            elif place.path in cells:
                self.fault(Cell(sheet.name, number, 1), f"{key} is here twice", "keep one of them")
            else:
                cells[place.path] = at
                self._put(item, place, value, at)
        return item, cells

    def rows(self, sheet: Sheet, grid: Grid) -> Rows:
        """Return the rows of a sheet that hold something."""
        read = Rows(sheet)
        headings = tuple(cell.strip() for cell in grid[0]) if grid else ()
        places = dict(self._headings(sheet, headings))
        read.columns = {place.path: number for number, place in places.items()}
        filled = [n for n, cells in enumerate(grid) if n and any(c.strip() for c in cells)]
        for heading in sheet.needed if filled else ():
            if heading not in headings:
                self.fault(Cell(sheet.name, 1), f"there is no column {heading}", "add it", heading)
        for number in filled:
            cells = [cell.strip() for cell in grid[number]]
            for column in range(len(cells)):
                if cells[column] and not "".join(headings[column : column + 1]):
                    at = Cell(sheet.name, number + 1, column + 1)
                    self.fault(at, "this column has no heading", "give it one, or clear the cell")
            read.rows.append(self._row(sheet, places, number + 1, cells))
        return read

    def _headings(self, sheet: Sheet, headings: Keys) -> Iterator[tuple[int, _Place]]:
        """Yield what stands under each heading, by the number of the column."""
        seen: set[str] = set()
        for number, heading in enumerate(headings, start=1):
            at = Cell(sheet.name, 1, number)
            place = _Place((heading,)) if heading in sheet.leading else _place(sheet, heading)
            if heading in seen:
                self.fault(at, f"the column {heading} is here twice", "keep one of them")
            elif place:
                yield number, place
            elif heading:
                known = (*sheet.leading, *(column.name for column in sheet.columns))
                self.fault(at, f"there is no column {heading!r}", closest(heading, known))
            seen.update({heading} - {""})

    def _row(
        self, sheet: Sheet, places: Mapping[int, _Place], number: int, cells: Sequence[str]
    ) -> Row:
        """Return one row."""
        item: Item = {}
        leading: dict[str, str] = {}
        for column, place in places.items():
            text = "".join(cells[column - 1 : column])
            if place.column is None:
                leading[place.path[0]] = text
            else:
                self._put(item, place, text, Cell(sheet.name, number, column))
        owner = leading.get(sheet.owner.column, "") if sheet.owner else ""
        return Row(number, owner, leading.get("id", "") or str(item.get("id", "")), item)

    def _put(self, item: Item, place: _Place, text: str, at: Cell) -> None:
        """Put the value of a cell where its column says."""
        if not text or place.column is None:
            return
        path = place.path
        hidden = REFUSED.search(text)
        if hidden:
            self.fault(at, *about_character(hidden.group()), subject=".".join(path))
        around = item
        for key in path[:-1]:
            inner = around.setdefault(key, {})
            around = inner if isinstance(inner, dict) else {}
        around[path[-1]] = self._value(place.column.form, text, at, ".".join(path))

    def _value(self, form: Form, text: str, at: Cell, heading: str) -> object:
        """Return what a cell holds."""
        if form is Form.ONE:
            return text
        if form is Form.YAML:
            found = read(text.encode("utf-8"), heading)
            for fault in found.faults:
                self.fault(at, str(fault.message), str(fault.remedy), heading)
            return found.data
        items = split(text)
        if form is Form.LINES:
            return items
        pairs: dict[str, str] = {}
        for line in items:
            key, colon, value = (part.strip() for part in line.partition(":"))
            if not (key and colon and value) or key in pairs:
                message = f"{key!r} is here twice" if key in pairs else f"{line!r} has no value"
                self.fault(at, message, "write one name: value a line", heading)
            pairs.setdefault(key, value)
        return pairs
