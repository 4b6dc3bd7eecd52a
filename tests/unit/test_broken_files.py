"""Every file under ``data/broken``: what is wrong with it, and where, stands at its top.

The comments at the beginning of a file are how the lines of the report begin. Each file
is one of ``data/sound`` with a single thing spoilt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

from competency import formats
from competency.files import kinds
from competency.files.checking import check_file, check_together
from competency.files.said import Said
from competency.frameworks.cli import frameworks_group
from competency.resources import TRANSLATIONS

READ = formats.MODULES
DATA = Path(__file__).parents[1] / "data"
SOUND = DATA / "sound"
BROKEN = sorted((DATA / "broken").rglob("*.yaml"))
EXPECTED = re.compile(r"^# ([0-9]+:[0-9]+: .+)$", re.MULTILINE)


def name_of(path: Path) -> str:
    return path.relative_to(DATA / "broken").with_suffix("").as_posix()


def expected(path: Path) -> list[str]:
    content = path.read_bytes()
    encoding = "utf-16-le" if b"\0" in content[:2] else "utf-8"
    encoding = "utf-16" if content.startswith(b"\xff\xfe") else encoding
    return EXPECTED.findall(content.decode(encoding, errors="replace"))


def report(path: Path) -> tuple[int, list[str], list[str]]:
    """Return the exit code of the check, the faults without the file's name, and the warnings."""
    result = CliRunner().invoke(frameworks_group, ["check", str(path), "--json"])
    said = json.loads(result.output)
    faults, warnings = (
        [one["text"].removeprefix(f"{path}:") for one in said[severity]]
        for severity in ("faults", "warnings")
    )
    return result.exit_code, faults, warnings


@pytest.fixture(autouse=True)
def _around(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sound files be those that others may refer to."""
    monkeypatch.setattr("competency.frameworks.shipped.FRAMEWORKS", SOUND)


@pytest.mark.parametrize("path", sorted(SOUND.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_sound_files_are_sound(path: Path) -> None:
    assert report(path) == (0, [], [])


@pytest.mark.parametrize("path", BROKEN, ids=name_of)
def test_what_is_wrong_is_said_where_it_is_and_nothing_else(path: Path) -> None:
    exit_code, faults, _ = report(path)
    assert exit_code == 1
    wanted = expected(path)
    assert wanted
    assert [said[: len(begin)] for said, begin in zip(faults, wanted, strict=True)] == wanted


def test_every_kind_of_file_is_broken_in_several_ways() -> None:
    for kind in ("syntax", *kinds.known_kinds()):
        assert sum(name_of(path).startswith(f"{kind}/") for path in BROKEN) >= 6, kind


def sentences(said: Said) -> Iterator[Said]:
    """Yield a sentence and those that are filled into it."""
    yield said
    for value in said.params.values():
        if isinstance(value, Said):
            yield from sentences(value)


@pytest.mark.parametrize("language", ["es", "it", "ru"])
def test_every_fault_and_remedy_is_in_the_catalogue(language: str) -> None:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as stream:
        translated = {message.id for message in read_po(stream) if message.string}
    checked = check_together([check_file(path) for path in [*BROKEN, *SOUND.glob("*.yaml")]])
    faults = [fault for file in checked for fault in file.faults]
    said = {
        sentence.template
        for fault in faults
        for words in (fault.message, fault.remedy)
        for sentence in sentences(words)
    }
    assert len(said) > 100
    assert said <= translated
