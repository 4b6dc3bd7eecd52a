"""The catalogues are complete: every message of code and templates, in every language."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from competency.resources import TRANSLATIONS
from competency.wording import LANGUAGES, Words

ROOT = Path(__file__).parents[2]
TRANSLATED = [language for language in LANGUAGES if language != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def catalogue(language: str) -> Catalog:
    """Return one language's catalogue as it is kept."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def collected(folder: Path) -> Catalog:
    """Return the messages of code and templates now, as the project's own script collects."""
    script = (ROOT / "tools" / "collect-messages").read_text(encoding="utf-8")
    keywords = re.findall(r"-k (\S+)", script)
    target = folder / "messages.pot"
    command = [str(Path(sys.executable).parent / "pybabel"), "-q", "extract", "-F", "babel.cfg"]
    for keyword in keywords:
        command += ["-k", keyword]
    subprocess.run([*command, "-o", str(target), "competency", "templates"], check=True, cwd=ROOT)  # noqa: S603 - our own words
    with target.open("rb") as stream:
        return read_po(stream)


def keys(found: Catalog) -> set[tuple[str | None, str]]:
    """Return each message with its context."""
    return {(m.context, m.id if isinstance(m.id, str) else m.id[0]) for m in found if m.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_of_the_catalogue_is_translated_with_its_placeholders(language: str) -> None:
    for message in catalogue(language):
        if not message.id:
            continue
        singular = message.id if isinstance(message.id, str) else message.id[-1]
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(strings), singular
        wanted = sorted(PLACEHOLDER.findall(singular))
        for place, string in enumerate(strings):
            found = sorted(PLACEHOLDER.findall(str(string)))
            of_one = place == 0 and len(strings) > 1
            assert found == wanted or (of_one and set(found) < set(wanted)), singular


def test_the_catalogues_hold_what_code_and_templates_say_now(tmp_path: Path) -> None:
    assert shutil.which("sh")
    now = keys(collected(tmp_path))
    for language in TRANSLATED:
        kept = keys(catalogue(language))
        assert now - kept == set(), f"{language}: run make translations"
        assert kept - now == set(), f"{language}: run make translations"


@pytest.mark.parametrize("language", TRANSLATED)
def test_words_without_a_request_come_from_the_same_catalogue(language: str) -> None:
    assert Words(language).gettext("Internal attestation") != "Internal attestation"
