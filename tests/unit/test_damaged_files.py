"""Any sound framework, spoilt in one place, is reported on the line of that place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from competency.files.checking import Checked, check_document
from competency.files.faults import Severity
from competency.files.reader import read
from competency.frameworks.schema import Framework
from tests.support.frameworks import whole_frameworks

Data = dict[str, Any]
Damage = tuple[Callable[[], object], str]
"""What spoils the data in one place, and what stands on the line of that place afterwards."""

SPOILT = "spoilt"


def written(data: Data) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, default_flow_style=False)


def checked(text: str) -> Checked:
    return check_document(read(text.encode("utf-8"), "a.yaml"))


def plain(framework: Framework) -> Data:
    data: Data = framework.model_dump(mode="json", exclude_none=True)
    return data


def units(data: Data) -> Iterator[Data]:
    for unit in data.get("units", []):
        yield unit
        yield from units(unit)


def criteria(data: Data) -> list[Data]:
    return [criterion for unit in units(data) for criterion in unit["criteria"]]


def put(part: Data, key: str, value: object) -> None:
    part[key] = value


def drop(part: Data, key: str) -> None:
    del part[key]


def rename(part: Data, key: str, name: str) -> None:
    """Give a key of a part another name, in its place."""
    kept = dict(part)
    part.clear()
    part.update({name if k == key else k: value for k, value in kept.items()})


def of_the_top(data: Data) -> Iterator[Damage]:
    for key in ("version", "title", "language", "scales", "units", "outcome"):
        yield partial(drop, data, key), "format: 1"
    for key in ("id", "version", "title", "language", "scales", "units", "outcome"):
        yield partial(rename, data, key, f"{key}x"), f"{key}x:"
    for key in ("id", "version", "language", "kind", "format"):
        yield partial(put, data, key, "Not Right"), f"{key}: Not Right"
    yield partial(put, data["outcome"]["framework"], "rule", "some"), "rule: some"
    yield partial(put, data, "status", "inferred"), "status: inferred"


def of_units(data: Data) -> Iterator[Damage]:
    for unit in units(data):
        yield partial(drop, unit, "title"), f"- id: {unit['id']}"
        yield partial(put, unit, "title", [SPOILT]), f"- {SPOILT}"
        yield partial(put, unit, "id", "U 1"), "- id: U 1"
        yield partial(rename, unit, "criteria", "criterias"), "criterias:"
        yield partial(put, unit, "assessment_methods", ["exam"]), "- exam"
        if "outcome" in unit:
            yield partial(put, unit["outcome"], "rule", "some"), "rule: some"
        if "outcome" in unit and unit["criteria"]:
            yield partial(put, unit["outcome"], "at_least", "X"), "at_least: X"


def of_criteria(data: Data) -> Iterator[Damage]:
    for one in criteria(data):
        yield partial(drop, one, "scale"), f"- id: {one['id']}"
        yield partial(put, one, "scale", SPOILT), f"scale: {SPOILT}"
        yield partial(put, one["levels"], "X", {"text": "x"}), "X:"
        yield partial(put, one, "polarity", "good"), "polarity: good"
        yield partial(put, one, "tags", ["A b"]), "- A b"
        yield partial(put, one, "title", ""), "title: ''"
        yield partial(put, one, "evidence", {"minimum": 0}), "minimum: 0"
        yield partial(put, one, "evidence", {"kinds": ["gossip"]}), "- gossip"


def of_the_rest(data: Data) -> Iterator[Damage]:
    for scale in data["scales"].values():
        lowest = scale["levels"][0]
        yield partial(drop, scale, "levels"), f"below_label: {scale['below_label']}"
        yield partial(drop, lowest, "label"), f"- code: {lowest['code']}"
    again = {"code": "G", "label": "Again"}
    yield partial(data["scales"]["steps"]["levels"].append, again), "- code: G"
    for scope in data["scopes"]:
        yield partial(scope["leaves_out"].append, SPOILT), f"- {SPOILT}"
    for script in data["scripts"]:
        yield partial(put, script, "text", "{name} and {other}"), "text: "
    if not data["scopes"]:
        first = data["units"][0]["id"]
        yield partial(put, criteria(data)[-1], "id", first), f"- id: {first}"


DAMAGES = (of_the_top, of_units, of_criteria, of_the_rest)


def last_line_with(text: str, words: str) -> int:
    pattern = re.compile(rf"\s*{re.escape(words)}(?!\w)")
    return max(n for n, line in enumerate(text.splitlines(), start=1) if pattern.match(line))


def is_reported_on_its_line(framework: Framework, choose: st.DataObject) -> None:
    data = plain(framework)
    assert not [f for f in checked(written(data)).faults if f.severity is Severity.FAULT]
    damages = [damage for sort in DAMAGES for damage in sort(data)]
    spoil, words = damages[choose.draw(st.integers(0, len(damages) - 1))]
    spoil()
    text = written(data)
    result = checked(text)
    faults = [fault for fault in result.faults if fault.severity is Severity.FAULT]
    assert result.value is None
    assert {fault.line for fault in faults} == {last_line_with(text, words)}, (
        words,
        [str(fault) for fault in faults],
    )


JUNK: list[object] = [None, "", "x", [], ["x"], {}, {"x": "y"}, [[]], [{}], [None], "1"]


def places(value: object) -> Iterator[tuple[Any, Any]]:
    """Yield each value inside another as its container and its key."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def stops_nothing(framework: Framework, choose: st.DataObject) -> None:
    data = plain(framework)
    found = list(places(data))
    around, key = found[choose.draw(st.integers(0, len(found) - 1))]
    around[key] = choose.draw(st.sampled_from(JUNK))
    text = written(data)
    result = checked(text)
    assert all(1 <= fault.line <= text.count("\n") for fault in result.faults)
    faults = [fault for fault in result.faults if fault.severity is Severity.FAULT]
    assert (result.value is None) == bool(faults)


SLOW_TO_MAKE = (HealthCheck.too_slow, HealthCheck.data_too_large)


@given(whole_frameworks(), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW_TO_MAKE)
def test_a_sound_file_spoilt_in_one_place_is_reported_there_and_nowhere_else(
    framework: Framework, choose: st.DataObject
) -> None:
    is_reported_on_its_line(framework, choose)


@given(whole_frameworks(), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW_TO_MAKE)
def test_any_value_of_any_shape_in_any_place_is_reported_and_stops_nothing(
    framework: Framework, choose: st.DataObject
) -> None:
    stops_nothing(framework, choose)


@pytest.mark.slow
@given(whole_frameworks(), st.data())
@settings(max_examples=1000, deadline=None, suppress_health_check=SLOW_TO_MAKE)
def test_many_files_spoilt_in_one_place_are_reported_there(
    framework: Framework, choose: st.DataObject
) -> None:
    is_reported_on_its_line(framework, choose)


@pytest.mark.slow
@given(whole_frameworks(), st.data())
@settings(max_examples=1000, deadline=None, suppress_health_check=SLOW_TO_MAKE)
def test_many_values_of_any_shape_stop_nothing(framework: Framework, choose: st.DataObject) -> None:
    stops_nothing(framework, choose)
