"""Print every figure as a table; assert nothing."""

from __future__ import annotations

import multiprocessing
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

from benchmarks import catalogue, cycles, imports, outcomes, pages, papers, starts, windows
from tests.support import postgresql


def show(title: str, heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """Print one table, its columns as wide as they need."""
    cells = [heads, *(tuple(str(cell) for cell in row) for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
    print(f"\n{title}")
    for row in cells:
        print("  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))


def main() -> None:
    """Measure pages on each database, papers and starts."""
    print(
        f"Python {platform.python_version()}, SQLAlchemy {version('sqlalchemy')}, "
        f"{multiprocessing.cpu_count()} processors"
    )
    with tempfile.TemporaryDirectory(prefix="competency-bench-") as name:
        folder = Path(name)
        addresses = {"sqlite": f"sqlite:///{folder / 'bench.sqlite3'}"}
        million = {"sqlite": f"sqlite:///{folder / 'imports.sqlite3'}"}
        large = f"sqlite:///{folder / 'cycles.sqlite3'}"
        cluster = postgresql.start(durable=True)
        if cluster is None:
            print("PostgreSQL is not installed; only SQLite is measured.")
        else:
            addresses["postgresql"] = cluster.url
            million["postgresql"] = cluster.create("imports")
        try:
            for database, address in addresses.items():
                for how, (heads, rows) in pages.measure(address, folder / database).items():
                    show(f"{database}, {pages.CRITERIA} criteria, {how}", heads, rows)
            for database, address in million.items():
                rows = imports.measure(address, folder / f"imports-{database}")
                show(f"{database}, {imports.ROWS} lines imported", imports.HEADS, rows)
            if cluster is not None:
                database = cluster.create("windows")
                rows = windows.measure(database, folder / "windows")
                show(f"Findings, {windows.PEOPLE} people, postgresql", windows.HEADS, rows)
        finally:
            if cluster is not None:
                cluster.stop()
        show("Cycles, sqlite", cycles.HEADS, cycles.measure(large, folder / "cycles"))
        show("Framework files, one process", catalogue.HEADS, catalogue.measure())
        show("Outcomes, one process", outcomes.HEADS, outcomes.measure())
        show("Documents, one process", papers.HEADS, papers.measure())
        show("Cold starts, seconds", starts.HEADS, starts.measure(folder / "start"))


if __name__ == "__main__":
    main()
