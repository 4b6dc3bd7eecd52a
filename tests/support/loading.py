"""A framework from its file, for tests that need the framework and not the report."""

from __future__ import annotations

from pathlib import Path

from competency.errors import InvalidFile
from competency.files.checking import check_file
from competency.files.faults import refuses
from competency.frameworks.loading import framework_in
from competency.frameworks.schema import Framework


def load_framework(path: Path) -> Framework:
    """Return the framework of a file; raise ``InvalidFile`` with every fault in it."""
    checked = check_file(path)
    framework = framework_in(checked)
    if framework is None:
        raise InvalidFile(
            "%(file)s is not a framework that can be used.",
            tuple(str(fault) for fault in checked.faults if refuses([fault])),
            file=checked.name,
        )
    return framework
