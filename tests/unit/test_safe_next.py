"""Where a redirect after sign-in may lead: to this site and nowhere else."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest

from competency.web.security import safe_next

ORIGIN = "https://competency.example/sign-in"
EVIL = "evil.example"
HOSTILE = (
    "https://evil.example",
    "http://evil.example/path",
    "HTTPS://EVIL.EXAMPLE",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https:////evil.example",
    "//evil.example",
    "//evil.example/%2f..",
    "///evil.example",
    "////evil.example",
    "/////evil.example",
    "//evil.example@competency.example",
    "//competency.example@evil.example",
    "//competency.example.evil.example",
    "//[::1]",
    "//[evil",
    "/\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "\\evil.example",
    "/\\\\evil.example",
    "//\\evil.example",
    "/path\\..\\..\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    "\n//evil.example",
    " //evil.example",
    "/ /evil.example",
    "\x00//evil.example",
    "/\x00/evil.example",
    "\x01https://evil.example",
    "\x0b//evil.example",
    "\x0c//evil.example",
    "\x1f//evil.example",
    "/home\r\nLocation: https://evil.example",
    "/home\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript://evil.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://evil.example",
    "mailto:a@evil.example",
    "blob:https://evil.example/1",
    "view-source:https://evil.example",
    "evil.example",
    "evil.example/path",
    "www.evil.example",
    "@evil.example",
    "?next=//evil.example",
    "#//evil.example",
    ".//evil.example",
    "..//evil.example",
    "https://competency.example.evil.example",
    "https://competency.example@evil.example",
    "http://evil.example#competency.example",
    "",
)
ON_SITE = (
    "/",
    "/home",
    "/people/?search=Ana+Mar%C3%ADa&page=2",
    "/people/7k2m4x9q3d7k2m4x9q3d",
    "/verify?next=//evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
)


def browser_host(target: str) -> str | None:
    """Return the host that a browser goes to: it drops tabs, and reads a backslash as a slash."""
    read = target.strip("".join(map(chr, range(33))))
    for dropped in "\t\r\n":
        read = read.replace(dropped, "")
    return urlsplit(urljoin(ORIGIN, read.replace("\\", "/"))).hostname


def test_there_are_at_least_sixty_payloads() -> None:
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize("target", HOSTILE)
def test_a_hostile_target_is_refused(target: str) -> None:
    assert safe_next(target) is None


@pytest.mark.parametrize("target", ON_SITE)
def test_a_path_of_this_site_is_kept_as_it_is(target: str) -> None:
    assert safe_next(target) == target
    assert browser_host(target) == "competency.example"


def test_nothing_is_no_target() -> None:
    assert safe_next(None) is None
