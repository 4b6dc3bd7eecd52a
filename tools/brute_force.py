"""Work out every outcome of an exported cycle again, by the definitions alone.

``python -m tools.brute_force EXPORT.json FRAMEWORK.yaml`` reads what
``competency cycles export`` prints and a framework's own file, with nothing of the
program: no class, no rule, no reader of it. It prints what differs; exit code 1 then.
"""

from __future__ import annotations

import json
import math
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

Data = dict[str, Any]


def main(export: str, framework: str) -> int:
    """Compare one export with its framework's file; return how many results differ."""
    cycle = json.loads(Path(export).read_text(encoding="utf-8"))
    file = yaml.load(Path(framework).read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - texts only
    wrong = differences(cycle, file)
    for line in wrong:
        print(line)  # noqa: T201 - a command
    decided = [one for one in cycle["appraisals"] if "results" in one]
    print(f"{len(decided)} of {len(cycle['appraisals'])} decided, {len(wrong)} differ")  # noqa: T201
    return int(bool(wrong))


def differences(cycle: Data, file: Data) -> list[str]:
    """Return a line for each result and gap list that isn't what the definitions give."""
    require_plain(file)
    found = []
    for one in cycle["appraisals"]:
        if "results" not in one:
            continue
        book = Book(file, one)
        for name, wanted in book.results().items():
            if one["results"].get(name) != wanted:
                found.append(f"{one['number']} {name}: {one['results'].get(name)}, not {wanted}")
        told = [(gap["criterion"], gap["judged"], gap["required"]) for gap in one["gaps"]]
        if told != book.gaps():
            found.append(f"{one['number']} gaps: {told}, not {book.gaps()}")
    return found


PLAIN = {"all", "n_of", "minimum", "none"}
FURTHER = {"of", "tagged", "over", "rules", "gates"}


def require_plain(file: Data) -> None:
    """Exit where a framework has rules that are not written down here."""
    units, rules = list(file["units"]), list(file["outcome"].values())
    while units:
        unit = units.pop()
        units += unit.get("units") or []
        rules += [unit["outcome"]] if unit.get("outcome") else []
    for rule in rules:
        if rule["rule"] not in PLAIN or any(rule.get(key) for key in FURTHER):
            sys.exit(f"{file['id']}: the rule {rule['rule']} with its keys is not known here")


class Book:
    """One person's levels on paper, beside the standard."""

    def __init__(self, file: Data, one: Data) -> None:
        self.file = file
        self.kept = None if one["scope"] is None else set(one["scope"])
        self.level = {j["criterion"]: j["level"] for j in one["judgements"] if not j["excused"]}
        self.excused = {j["criterion"] for j in one["judgements"] if j["excused"]}

    def counts(self, criterion: Data) -> bool:
        """Return whether a criterion takes part: in scope and not excused."""
        in_scope = self.kept is None or criterion["id"] in self.kept
        return in_scope and criterion["id"] not in self.excused

    def order(self, criterion: Data) -> list[str]:
        """Return the levels of a criterion's scale from below upwards."""
        scale = self.file["scales"][criterion["scale"]]
        return ["below", *(level["code"] for level in scale["levels"])]

    def defined(self, criterion: Data) -> list[str]:
        """Return the levels that the standard says something about for a criterion.

        All of them where it describes none; a level that the scale describes always is.
        """
        texts = {code for code, d in criterion.get("levels", {}).items() if d.get("text")}
        if not texts:
            return self.order(criterion)[1:]
        scale = self.file["scales"][criterion["scale"]]
        told = {level["code"] for level in scale["levels"] if level.get("description")}
        return [code for code in self.order(criterion)[1:] if code in texts | told]

    def results(self) -> dict[str, str | None]:
        """Return the result of the whole and of every unit, by id."""
        found: dict[str, str | None] = {}
        units = self.file["units"]
        for unit in units:
            self.result(unit, found)
        rule = self.file["outcome"]["framework"]
        if rule["rule"] == "none":
            whole = None
        elif rule["rule"] == "minimum":
            whole = self.lowest([c for unit in units for c in self.inside(unit)])
        else:
            whole = self.verdict(rule, [self.verdict_of(unit, found) for unit in units], units)
        return {self.file["id"]: whole, **found}

    def inside(self, unit: Data) -> list[Data]:
        """Return all criteria of a unit and of the units inside it."""
        inner = [c for one in unit.get("units", []) for c in self.inside(one)]
        return [*unit.get("criteria", []), *inner]

    def result(self, unit: Data, found: dict[str, str | None]) -> str | None:
        """Return a unit's result, and write down those of the units inside it."""
        for inner in unit.get("units", []):
            self.result(inner, found)
        rule = unit.get("outcome") or self.file["outcome"]["unit"]
        if rule["rule"] == "minimum":
            found[unit["id"]] = self.lowest(self.inside(unit))
        else:
            found[unit["id"]] = self.verdict(rule, self.said(unit, found), [unit])
        return found[unit["id"]]

    def required(self, criterion: Data, rule: Data) -> str | None:
        """Return the level that a rule asks of a criterion, if the standard defines it."""
        asked = rule.get("at_least")
        if asked not in self.order(criterion):
            return self.defined(criterion)[0]
        return asked if asked in self.defined(criterion) else None

    def met(self, criterion: Data, rule: Data) -> bool | str | None:
        """Return whether a criterion is met; ``None`` unknown, ``dropped`` no part of it."""
        wanted = self.required(criterion, rule)
        if not self.counts(criterion) or wanted is None:
            return "dropped"
        level = self.level.get(criterion["id"])
        if level is None:
            return None
        order = self.order(criterion)
        return order.index(level) >= order.index(wanted)

    def verdict_of(self, unit: Data, found: dict[str, str | None]) -> bool | str | None:
        """Return a unit's result as a part of what is around it.

        It is no part where nothing in it counts, or nothing is asked of what counts.
        """
        rule = unit.get("outcome") or self.file["outcome"]["unit"]
        counts = any(self.counts(c) for c in self.inside(unit))
        if not counts or (rule["rule"] != "minimum" and set(self.said(unit, found)) == {"dropped"}):
            return "dropped"
        result = found[unit["id"]]
        return None if result is None else result == "competent"

    def said(self, unit: Data, found: dict[str, str | None]) -> list[bool | str | None]:
        """Return what the criteria and the inner units of a unit come to."""
        rule = unit.get("outcome") or self.file["outcome"]["unit"]
        own = [self.met(c, rule) for c in unit.get("criteria", [])]
        return own + [self.verdict_of(inner, found) for inner in unit.get("units", [])]

    def verdict(self, rule: Data, said: list[bool | str | None], around: list[Data]) -> str | None:
        """Return competent, not yet, or nothing, by ``all`` or ``n_of``."""
        parts = [one for one in said if one != "dropped"]
        if not parts:
            return None
        floor = rule.get("none_below")
        enough = parts.count(True) >= self.needed(rule, len(parts))
        if None in parts and (not enough or floor):
            return None
        under = floor and any(self.is_under(c, floor) for unit in around for c in self.inside(unit))
        return "competent" if enough and not under else "not_yet_competent"

    def has_enough(self, unit: Data, rule: Data) -> bool:
        """Return whether so many parts of a unit as ``n_of`` asks for reach what is asked."""
        found: dict[str, str | None] = {}
        for inner in unit.get("units", []):
            self.result(inner, found)
        parts = [one for one in self.said(unit, found) if one != "dropped"]
        return bool(parts) and parts.count(True) >= self.needed(rule, len(parts))

    def needed(self, rule: Data, parts: int) -> int:
        """Return how many of the parts that take part must reach what is asked."""
        if "count" in rule:
            return min(int(rule["count"]), parts)
        if "share" in rule:
            return max(1, math.ceil(Fraction(rule["share"]) * parts))
        return parts

    def is_under(self, criterion: Data, floor: str) -> bool:
        """Return whether a criterion that takes part was judged under a level of its scale."""
        order, level = self.order(criterion), self.level.get(criterion["id"])
        if floor not in order or level is None or not self.counts(criterion):
            return False
        return order.index(level) < order.index(floor)

    def lowest(self, criteria: list[Data]) -> str | None:
        """Return the highest level that nothing is under; undefined levels ask nothing."""
        part = [c for c in criteria if self.counts(c)]
        if not part or any(c["id"] not in self.level for c in part):
            return None
        reached = "below"
        for level in self.order(part[0])[1:]:
            asked = [c for c in part if level in self.defined(c)]
            order = self.order(part[0])
            if any(order.index(self.level[c["id"]]) < order.index(level) for c in asked):
                break
            reached = level if asked else reached
        return reached

    def gaps(self) -> list[tuple[str, str | None, str]]:
        """Return each criterion under what would take its unit on: judged and required."""
        results: dict[str, str | None] = {}
        for unit in self.file["units"]:
            self.result(unit, results)
        return [gap for unit in self.file["units"] for gap in self.gaps_in(unit, results)]

    def gaps_in(
        self, unit: Data, results: dict[str, str | None]
    ) -> list[tuple[str, str | None, str]]:
        """Return the gaps in one unit, then those in the units inside it."""
        rule = unit.get("outcome") or self.file["outcome"]["unit"]
        found = []
        for criterion in unit.get("criteria", []):
            if not self.counts(criterion):
                continue
            wanted = self.wanted(criterion, unit, rule, results[unit["id"]])
            level, order = self.level.get(criterion["id"]), self.order(criterion)
            if wanted and (level is None or order.index(level) < order.index(wanted)):
                found.append((criterion["id"], level, wanted))
        for inner in unit.get("units", []):
            found += self.gaps_in(inner, results)
        return found

    def wanted(self, criterion: Data, unit: Data, rule: Data, result: str | None) -> str | None:
        """Return the level of a criterion that would take its unit on."""
        if rule["rule"] == "all":
            return self.required(criterion, rule)
        if rule["rule"] == "n_of":
            floor = rule.get("none_below")
            if not self.has_enough(unit, rule):
                return self.required(criterion, rule)
            return floor if floor in self.order(criterion) else None
        order = self.order(criterion)
        above = order[1:] if result is None else order[order.index(result) + 1 :]
        taking = [c for c in self.inside(unit) if self.counts(c)]
        following = next((lv for lv in above if any(lv in self.defined(c) for c in taking)), None)
        return following if following in self.defined(criterion) else None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
