"""How large a table may be. A framework of 5,000 criteria stays under each of these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TableLimits:
    """The most that is read before a table is refused."""

    bytes: int = 10_000_000
    """Of a workbook as it is stored, or of the CSV files of a folder together."""
    unpacked: int = 60_000_000
    """Bytes of a workbook's parts together; nothing is unpacked before they are summed."""
    parts: int = 500
    rows: int = 30_000
    columns: int = 200
    cells: int = 500_000
    """Filled cells of one sheet."""
    area: int = 2_000_000
    """Rows times columns of one sheet, filled or not."""


TABLE_LIMITS = TableLimits()

CELL = 32_767
"""The most characters that a spreadsheet program keeps in one cell."""
