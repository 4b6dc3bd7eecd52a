"""A table as plain data whose findings are placed by sheet, row and column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from competency.files.faults import Fault, Finding, Path, written
from competency.files.reader import Document
from competency.files.tables.cells import Cell, CellFault, fault_at
from competency.files.tables.layout import Keys


@dataclass(frozen=True)
class Spot:
    """A row that something was read from; ``within`` are the first keys of its columns."""

    sheet: str
    row: int
    within: Keys = ()


@dataclass(frozen=True)
class TableDocument(Document):
    """A table as it was read; ``spots`` says where each part of the data stands."""

    spots: Mapping[Path, Spot] = field(default_factory=dict)
    columns: Mapping[str, Mapping[Keys, int]] = field(default_factory=dict)
    """By sheet: the number of the column, from 1, of each path."""
    cells: Mapping[Keys, Cell] = field(default_factory=dict)
    """Where the values of the file itself stand."""

    def placed(self, findings: tuple[Finding, ...]) -> tuple[Fault, ...]:
        """Return ``findings`` with their cells, in the order of the sheets."""
        return tuple(map(self._placed, findings))

    def in_order(self, faults: Iterable[Fault]) -> tuple[Fault, ...]:
        """Return faults as a person mends them: sheet by sheet, from the top."""
        return tuple(sorted(faults, key=self._order))

    def _placed(self, finding: Finding) -> Fault:
        """Return one finding at its cell, or at what is nearest around it."""
        for end in range(len(finding.path), -1, -1):
            around, rest = finding.path[:end], finding.path[end:]
            if around in self.spots:
                return self._in_row(finding, self.spots[around], rest)
        wanted = tuple(map(str, finding.path))
        near = max(self.cells, key=lambda path: _shared(path, wanted), default=())
        cell = self.cells[near] if _shared(near, wanted) else Cell()
        return self._fault(finding, cell, written(finding.path))

    def _in_row(self, finding: Finding, spot: Spot, rest: Path) -> Fault:
        """Return a finding at the column of its row that shares most of its path."""
        wanted = (*spot.within, *map(str, rest))
        columns = self.columns.get(spot.sheet, {}) if wanted else {}
        near = max(columns, key=lambda path: _shared(path, wanted), default=())
        if not _shared(near, wanted):
            return self._fault(finding, Cell(spot.sheet, spot.row), ".".join(wanted))
        cell = Cell(spot.sheet, spot.row, columns[near])
        return self._fault(finding, cell, ".".join(near))

    def _fault(self, finding: Finding, cell: Cell, subject: str) -> Fault:
        """Return a finding as the fault of a cell."""
        return fault_at(self.name, cell, finding.message, finding.remedy, subject, finding.severity)

    def _order(self, fault: Fault) -> tuple[int, int, int]:
        """Return what faults are sorted by: sheet, row, column."""
        sheets = ["", *self.columns]
        sheet = fault.sheet if isinstance(fault, CellFault) else ""
        place = sheets.index(sheet) if sheet in sheets else len(sheets)
        return (place, fault.line, fault.column)


def _shared(path: Keys, wanted: Keys) -> int:
    """Return how many keys two paths have in common from their beginning."""
    count = 0
    for ours, theirs in zip(path, wanted, strict=False):
        if ours != theirs:
            break
        count += 1
    return count
