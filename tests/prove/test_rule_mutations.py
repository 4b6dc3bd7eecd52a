"""Every small change of the workflow's rules and permissions is noticed by a test.

Each guard removed, each comparison turned, each side of an ``and`` or ``or`` dropped, each
member of a set of states or relations left out. A mutant that means the same is explained.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

ROOT = Path(__file__).parents[2]
TESTS = (
    "tests/unit/test_workflow.py",
    "tests/unit/test_permissions.py",
    "tests/unit/test_standing_permissions.py",
    "tests/unit/test_further_permissions.py",
    "tests/unit/test_appraisal_rules.py",
    "tests/unit/test_evidence_rules.py",
)
FEWEST = 50
"""Mutants that a module has at least, or something is wrong with the tool."""
SAME: dict[str, str] = {}
"""Mutants that no test can notice, each with the reason."""


@pytest.mark.parametrize("module", ["rules", "permissions"])
def test_no_small_change_goes_unnoticed(module: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "tests.support.mutants", f"competency.assessments.{module}", *TESTS],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    *found, last = done.stdout.splitlines()
    survived = [line.removeprefix("survived: ") for line in found if line.startswith("survived")]
    assert [one for one in survived if one not in SAME] == []
    assert int(last.removeprefix("tried: ")) >= FEWEST
