"""How long the command and the application take to start, each in a fresh process."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from competency.resources import FRAMEWORKS

HEADS = ("what", "median of 5", "times bare Python")
TIMES = 5

COMMANDS = {
    "bare Python": ["-c", "pass"],
    "import flask, sqlalchemy": ["-c", "import flask, sqlalchemy"],
    "competency --help": ["-c", "from competency.cli import main; main(['--help'])"],
    "competency frameworks check FILE": [
        "-c",
        "import sys; from competency.cli import main; main(['frameworks', 'check', sys.argv[1]])",
        str(FRAMEWORKS / "supervisor-oficina-comercial" / "1.0.0.yaml"),
    ],
    "competency cycles --help": [
        "-c",
        "from competency.cli import main; main(['cycles', '--help'])",
    ],
    "the application": ["-c", "from competency.app import create_app; create_app()"],
}


def measure(folder: Path) -> list[tuple[object, ...]]:
    """Return the rows of the table."""
    environment = {**os.environ, "COMPETENCY_DATA_FOLDER": str(folder)}
    rows: list[tuple[object, ...]] = []
    bare = 0.0
    for what, arguments in COMMANDS.items():
        took = []
        for _ in range(TIMES):
            begun = time.perf_counter()
            subprocess.run(  # noqa: S603 - our own words
                [sys.executable, *arguments], check=True, capture_output=True, env=environment
            )
            took.append(time.perf_counter() - begun)
        median = statistics.median(took)
        bare = bare or median
        rows.append((what, f"{median:.2f}", f"{median / bare:.0f}"))
    return rows
