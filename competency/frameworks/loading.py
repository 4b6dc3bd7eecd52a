"""Framework files, and what they say, through the reader that all kinds share."""

from __future__ import annotations

from pathlib import Path as FilePath

from competency.errors import InvalidFile
from competency.files import kinds
from competency.files.checking import Checked, check_file
from competency.files.faults import refuses
from competency.files.kinds import Kind
from competency.frameworks import rules, starting, translations, warning_rules
from competency.frameworks.schema import Framework

KIND = "framework"

kinds.register(
    Kind(
        KIND,
        Framework,
        rules.faults,
        warning_rules.warnings,
        rules.across,
        rules.offers,
        starting.beginning,
    )
)
kinds.register(translations.KIND)


def framework_in(checked: Checked) -> Framework | None:
    """Return the framework of a checked file; ``None`` for another kind or a faulty file."""
    return checked.value if isinstance(checked.value, Framework) else None


def load_framework(path: FilePath) -> Framework:
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
