"""Framework files, and what they say, through the reader that all kinds share."""

from __future__ import annotations

from competency.files import kinds
from competency.files.checking import Checked
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
