"""Files made to exhaust whoever reads them are refused within 100 MB and ten seconds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOUND = ROOT / "tests" / "data" / "sound" / "framework.yaml"

LAUGHS = "references:\n- &a0 [ha, ha]\n" + "".join(
    f"- &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
"""Ten anchors of which the last stands for two milliards of words."""

ADDED = {
    "a-million-values-in-a-line": (f"context: [{'[],' * 1_000_000}]\n", 1, "250000 values"),
    "a-million-values-in-lines": ("context:\n" + "- {}\n" * 1_000_000, 1, "250000 values"),
    "a-million-texts-in-a-line": (f"context: [{'a,' * 1_000_000}]\n", 1, "1000 texts"),
    "brackets-10000-deep": (f"context: {'[' * 10_000}{']' * 10_000}\n", 1, "deeper than 40"),
    "brackets-never-closed": (f"context: {'[' * 1_000_000}\n", 1, "deeper than 40"),
    "braces-10000-deep": (f"context: {'{a: ' * 10_000}\n", 1, "deeper than 40"),
    "hyphens-10000-deep": (f"context:\n  {'- ' * 10_000}a\n", 1, "deeper than 40"),
    "question-marks-10000-deep": (f"context:\n  {'? ' * 10_000}a\n", 1, "must be one text"),
    "lines-3000-deep": (
        "context:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 3000)),
        1,
        "deeper than 40",
    ),
    "one-line-of-words": (f"description: {'word ' * 1_100_000}\n", 1, "20000 characters"),
    "one-line-in-quotes": (f'description: "{"x" * 5_900_000}"\n', 1, "20000 characters"),
    "a-key-as-long-as-a-file": (f'? "{"k" * 5_900_000}"\n: a\n', 1, "a key is longer"),
    "milliards-of-laughs": (LAUGHS, 1, "multiplies"),
    "a-key-100000-times": ("language: en\n" * 100_000, 1, "more than once"),
    "100000-keys": ("".join(f"k{n}: a\n" for n in range(100_000)), 1, "1000 keys"),
    "faults-late-in-a-file": (
        "references:\n" + "- {scheme: S, code: c}\n" * 6_000 + "- {}\n" * 200_000,
        200,
        "is missing",
    ),
    "nothing-but-line-ends": ("\n" * 5_900_000 + "titel: x\n", 1, "'titel' is not known"),
}
"""What is added to a sound file, how many faults that makes, and what each of them says."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return the faults of every hostile file that was checked within the limits."""
    folder = tmp_path_factory.mktemp("hostile")
    sound = SOUND.read_text(encoding="utf-8")
    for name, (added, _, _) in ADDED.items():
        (folder / f"{name}.yaml").write_text(sound + added, encoding="utf-8")
    with (folder / "100-megabytes.yaml").open("wb") as stream:
        stream.truncate(100_000_000)
    files = [str(file) for file in sorted(folder.iterdir())]
    command = [sys.executable, "-m", "tests.support.limited", str(SOUND), *files]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    assert run.returncode == 0, (run.returncode, run.stdout[-300:], run.stderr[-2000:])
    reports = [json.loads(line) for line in run.stdout.splitlines()]
    return {name: faults for report in reports for name, faults in report.items()}


@pytest.mark.parametrize("name", ADDED)
def test_a_file_made_to_exhaust_its_reader_is_refused_in_words(
    found: dict[str, list[str]], name: str
) -> None:
    _, number, words = ADDED[name]
    assert len(found[name]) == number, found[name][:5]
    assert all(words in fault for fault in found[name])


def test_a_file_of_100_megabytes_is_refused_by_its_size(found: dict[str, list[str]]) -> None:
    assert found["100-megabytes"] == ["the file is larger than 6 MB"]
