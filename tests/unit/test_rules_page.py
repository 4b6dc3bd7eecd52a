"""Every rule of the page on rules is one that a file may have, and the page has them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from competency.frameworks import rules
from competency.frameworks.outcome_schema import GateKind, RuleName
from competency.frameworks.schema import Framework

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def around(rule: dict[str, Any]) -> dict[str, Any]:
    """Return a framework whose one unit has ``rule``."""
    criteria: list[dict[str, Any]] = [
        {"id": f"c{n}", "title": "C", "scale": "met", "tags": ["core" if n else "more", "all"]}
        for n in (1, 2)
    ]
    criteria[0]["kpis"] = [{"kpi": "k", "role": "gate", "levels": {"met": ">= 0.8"}}]
    criteria.append({"id": "c3", "title": "C", "scale": "met", "tags": ["more"]})
    criteria.append({"id": "c4", "title": "C", "scale": "met", "tags": ["more"]})
    grades = [{"code": code, "label": code} for code in ("agent", "senior", "lead")]
    return {
        "id": "page",
        "version": "1.0.0",
        "title": "Page",
        "language": "en",
        "scales": {
            "met": {"levels": [{"code": "met", "label": "Met"}], "below_label": "Not yet"},
            "grade": {"levels": grades, "below_label": "None"},
        },
        "units": [{"id": "u", "title": "U", "criteria": criteria, "outcome": rule}],
        "outcome": {"unit": {"rule": "none"}, "framework": {"rule": "none"}},
    }


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_rule_that_a_file_may_have(example: str) -> None:
    rule = yaml.load(example, yaml.BaseLoader)  # noqa: S506 - texts only
    found = Framework.model_validate(around(rule))
    assert rules.faults(found.model_dump(mode="json")) == ()


def test_the_page_has_a_heading_for_every_rule_and_gate() -> None:
    headings = set(re.findall(r"^##+ (\w+)$", PAGE, re.MULTILINE))
    assert {*get_args(RuleName), *GateKind} <= headings
