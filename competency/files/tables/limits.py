"""How large a table may be. A framework of 5,000 criteria stays under each of these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TableLimits:
    """The most that is read before a table is refused."""

    bytes: int = 6_000_000
    """Of a workbook as it is stored, or of the CSV files of a folder together."""
    unpacked: int = 20_000_000
    """Bytes of a workbook's parts together; nothing is unpacked before they are summed."""
    parts: int = 500
    sheets: int = 40
    rows: int = 30_000
    columns: int = 1_000
    cells: int = 300_000
    """Filled cells of all sheets together."""
    area: int = 1_500_000
    """Rows times columns of all sheets together, filled or not."""


TABLE_LIMITS = TableLimits()

CELL = 32_767
"""The most characters that a spreadsheet program keeps in one cell."""
