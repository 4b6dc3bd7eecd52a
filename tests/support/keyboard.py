"""Using a page without a pointer: Tab, Enter, Space and arrows, and what must hold at each stop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypedDict, cast

from playwright.sync_api import Page

STOPS = 250
"""More stops than any page here has on the way to one thing."""
_STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const clean = text => (text || "").replace(/\\s+/g, " ").trim();
  const labels = one.labels ? [...one.labels].map(label => label.innerText).join(" ") : "";
  const near = one.closest("label"), box = (near || one).getBoundingClientRect();
  const style = getComputedStyle(one);
  const ring = each => each && (getComputedStyle(each).outlineStyle !== "none"
    || getComputedStyle(each).boxShadow !== "none");
  window.stops ??= new Map();
  if (!window.stops.has(one)) window.stops.set(one, window.stops.size);
  return {
    name: clean(one.getAttribute("aria-label") || labels || one.innerText || one.title),
    kind: one.tagName.toLowerCase() + (one.type ? `:${one.type}` : ""),
    place: window.stops.get(one),
    visible: style.visibility === "visible" && box.width > 0 && box.bottom > 0
      && box.top < innerHeight,
    ring: Boolean(ring(one) || ring(near)),
  };
}"""


class Stop(TypedDict):
    """Where the focus is: its name, kind, order of first visit, and whether it is seen."""

    name: str
    kind: str
    place: int
    visible: bool
    ring: bool


@dataclass
class Keys:
    """A keyboard on a page."""

    page: Page
    last: int = -1
    """The stop that had the focus last."""

    def to(self, name: str, kind: str = "") -> None:
        """Press Tab until something of that name (a pattern) and kind has the focus.

        Fails where the focus can't be seen, goes in a circle, or never gets there.
        """
        wanted, passed = re.compile(name), []
        seen: set[int] = set()
        for _ in range(STOPS):
            self.page.keyboard.press("Tab")
            stop = cast("Stop | None", self.page.evaluate(_STOP))
            if stop is None or stop["kind"] == "body":
                continue
            passed.append((stop["kind"], stop["name"][:40]))
            assert stop["visible"], stop
            # Parts of a date field keep the focus on one element, and show it on the part.
            again = stop["kind"].startswith("input:date") and stop["place"] == self.last
            self.last = stop["place"]
            assert stop["ring"] or again, stop
            if wanted.search(stop["name"]) and stop["kind"].startswith(kind):
                return
            assert stop["place"] not in seen or again, passed
            seen.add(stop["place"])
        raise AssertionError((name, passed))

    def press(self, name: str, key: str = "Enter", kind: str = "") -> None:
        """Go to something and press a key on it."""
        self.to(name, kind)
        self.page.keyboard.press(key)

    def follow(self, name: str, kind: str = "") -> None:
        """Go to a link or a button, press Enter, and wait for the next page."""
        self.to(name, kind)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, name: str, text: str) -> None:
        """Go to a field and write into it."""
        self.to(name)
        self.page.keyboard.type(text)
