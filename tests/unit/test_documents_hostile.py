"""Hostile text is drawn as text: read as nothing else, reaching no file and no network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from competency.documents.attestation import attestation
from competency.documents.plan import development_plan
from competency.documents.schema import ActionRow, GapRow, Signatory
from tests.unit.documents_facts import (
    attestation_facts,
    holder,
    issuer,
    pages_of,
    plan_facts,
)

_SEEDS = [
    "<b>{}</b>",
    "<i><u>{}</u></i>",
    "<para>{}</para>",
    "<img src='file:///etc/passwd' width='9' height='9'/>{}",
    '<img src="http://127.0.0.1:9/{}.png"/>',
    "<img src=/etc/hostname/>{}",
    "<font color='[[[getattr(pow, Word(\"__globals__\"))]]]'>{}</font>",
    "<font color=\"__import__('os').system('id {}')\">x</font>",
    "<a href='http://127.0.0.1:9/{}'>x</a>",
    "<link href='file:///etc/shadow'>{}</link>",
    "<onDraw name='x' label='{}'/>",
    "<seq id='{}'/>",
    "<bullet>{}</bullet>",
    "<greek>{}</greek>",
    "<super>{}</super>",
    "<script>alert({})</script>",
    "<!-- {} -->",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>{}",
    "<![CDATA[{}]]>",
    "<?xml version='1.0'?>{}",
    "&lt;{}&gt;",
    "&e{};",
    "&#x41;{}",
    "file:///etc/passwd?{}",
    "http://127.0.0.1:9/{}",
    "ftp://127.0.0.1/{}",
    "\\\\127.0.0.1\\share\\{}",
    "../../../../etc/passwd {}",
    "%s%d%n {}",
    "%(name)s {}",
    "{{0.__class__.__mro__}} {}",
    "${{jndi:ldap://127.0.0.1/{}}}",
    "{{{{ config }}}} {}",
    "__import__('os').system('id') {}",
    "') Tj ET Q {} BT (",
    "(((({}",
    ")))){}",
    "\\({}\\)",
    "\\101\\n\\r{}",
    "endstream endobj {} 0 obj",
    "%%EOF {}",
    "<< /Type /Catalog /{} >>",
    "/JavaScript (app.alert({}))",
    "BT /F1 12 Tf ({}) Tj ET",
    "<41424344{}>",
    "'; DROP TABLE appraisal; -- {}",
    "=cmd|'/c calc'!A{}",
    "@SUM({})",
    "`id {}`",
    "|/bin/sh {}",
]
HOSTILE = [
    seed.format(f"{number}{suffix}") for suffix in "wxyz" for number, seed in enumerate(_SEEDS)
]

_watched: list[str] | None = None


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """Note what reaches out while a watch is on; a hook can't be taken away again."""
    if _watched is not None and (
        event in {"open", "os.system", "subprocess.Popen", "exec", "compile", "import"}
        or event.startswith(("socket.", "urllib.", "shutil.", "os.exec"))
    ):
        _watched.append(f"{event} {arguments!r}")


sys.addaudithook(_watch)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Collect what reaches for files, sockets, processes or code meanwhile."""
    global _watched  # noqa: PLW0603 - the hook outlives the test; this switches it
    seen: list[str] = []
    _watched = seen
    try:
        yield seen
    finally:
        _watched = None


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Let libraries load what they load once a process."""
    attestation(attestation_facts())
    development_plan(plan_facts())


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_there_are_two_hundred_different_hostile_strings() -> None:
    assert len(set(HOSTILE)) == 200


def test_the_watch_sees_files_and_sockets() -> None:
    with watched() as seen, open(__file__, encoding="utf-8"):  # noqa: PTH123 - the plainest open
        pass
    assert any(event.startswith("open") for event in seen)


@pytest.mark.parametrize("text", HOSTILE)
def test_an_attestation_draws_hostile_text_literally_and_reaches_for_nothing(text: str) -> None:
    facts = attestation_facts(
        holder=holder(name=text, position=text),
        issuer=issuer(employer=text),
        framework_title=text,
        overall_label=text,
        verification_url=text,
        notices=(text,),
        signatories=(Signatory(text, text, text),),
    )
    with watched() as seen:
        content = attestation(facts)
    assert seen == []
    assert squeezed("".join(pages_of(content))).count(squeezed(text)) >= 7


@pytest.mark.parametrize("text", HOSTILE)
def test_a_plan_draws_hostile_text_literally_and_reaches_for_nothing(text: str) -> None:
    facts = plan_facts(
        0,
        holder=holder(name=text),
        supervisor=text,
        gaps=(GapRow(text, text, text, text, text, text),),
        actions=(ActionRow((text,), text, text, text, None, text, text),),
        signatories=(Signatory(text, text, text),),
    )
    with watched() as seen:
        content = development_plan(facts)
    assert seen == []
    assert squeezed("".join(pages_of(content))).count(squeezed(text)) >= 10
