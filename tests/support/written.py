"""Frameworks with every part that a file can have, in words that are hard to write down."""

from __future__ import annotations

from hypothesis import strategies as st

from competency.files.text import REFUSED
from competency.frameworks.schema import Framework

Data = dict[str, object]

HARD = (
    "NO",
    "null",
    "~",
    "12:30",
    "1.0",
    "25.224",
    "2021-12-02",
    "true",
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+34 600",
    "-5",
    "@name",
    "'=quoted",
    "''",
    "'",
    '"',
    "\\",
    "\\| bar",
    "| bar",
    "- not a list",
    "-",
    "? not a key",
    ": not a value",
    "key: value",
    "ends with a colon:",
    "a #comment",
    "a # comment",
    "#",
    "{braces}",
    "[brackets]",
    "*star &anchor !tag %directive",
    "---",
    "...",
    "<<",
    "two\nlines",
    "one\n\n  indented\n\ttab",
    "trailing blanks  \nhere",
    "a  double  space",
    "a\rcarriage\r\nreturn",
    "semi;colon, comma\tand tab",
    "Обслуживание клиентов",
    "l'addetto e «la commessa»",
    "no\xa0break",
    "👩\u200d💻 emoji 🎧",
    "_x000D_ &amp; <b>",
    "x" * 3000,
    "word " * 500 + "end",
)

LETTERS = st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t\r '\"=:#-|\\;,")


def _is_written(text: str) -> bool:
    """Return whether a file may hold ``text``."""
    return bool(text.strip()) and not REFUSED.search(text)


def texts(most: int = 4000) -> st.SearchStrategy[str]:
    """Give texts that a file may hold, of at most so many characters."""
    drawn = st.sampled_from(HARD) | st.text(LETTERS, min_size=1, max_size=200)
    return drawn.map(lambda text: text[:most].strip()).filter(_is_written)


WORDS = texts(300)
TEXTS = texts()
LISTS = st.lists(WORDS, max_size=3)
COUNTS = st.integers(1, 1_000_000)
CODES = st.lists(
    st.sampled_from(("G", "F", "E", "met", "1", "NO", "null", "C-1", "a_b+")),
    min_size=1,
    max_size=4,
    unique=True,
)
IDS = ("a", "null", "no", "1.0", "12", "ac1.cd2", "x-y", "2021-12-02")


class _Draft:
    """One framework being drawn: ids that are used once, scales that exist."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._count = 0
        names = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True))
        self.scales = {name: draw(CODES) for name in names}
        self.criteria: list[str] = []

    def new_id(self) -> str:
        """Return an id that nothing has yet."""
        self._count += 1
        return f"{self._draw(st.sampled_from(IDS))}-{self._count}"

    def some(self, data: dict[str, st.SearchStrategy[object]]) -> Data:
        """Return a few of these values."""
        return {key: self._draw(value) for key, value in data.items() if self._draw(st.booleans())}

    def note(self) -> Data:
        """Return where something stands in the source."""
        return self.some(
            {
                "line": COUNTS,
                "also": st.lists(COUNTS, max_size=3),
                "raw_text": TEXTS,
            }
        )

    def scale(self, codes: list[str]) -> Data:
        """Return a scale with these levels."""
        levels = [
            {"code": code, "label": self._draw(WORDS), **self.some({"description": TEXTS})}
            for code in codes
        ]
        return {"levels": levels, "below_label": self._draw(WORDS)}

    def criterion(self) -> Data:
        """Return a criterion, some of its levels undefined."""
        scale = self._draw(st.sampled_from(sorted(self.scales)))
        described = self._draw(st.lists(st.sampled_from(self.scales[scale]), unique=True))
        own_id = self.new_id()
        self.criteria.append(own_id)
        return {
            "id": own_id,
            "title": self._draw(TEXTS),
            "scale": scale,
            "levels": {
                code: self.some({"text": TEXTS, "source_label": WORDS}) for code in described
            },
            "ranges": [
                {"subject": self._draw(WORDS), "items": self._draw(LISTS) or ["one"]}
                for _ in range(self._draw(st.integers(0, 2)))
            ],
            "kpis": [
                {
                    "kpi": "calls",
                    "role": "evidence",
                    "levels": dict.fromkeys(described, ">= 0.85"),
                    **self.some({"confidence": st.just("0.950"), "window_days": COUNTS}),
                }
                for _ in range(self._draw(st.integers(0, 1)))
            ],
            "source": self.note(),
            **self.some(
                {
                    "tags": st.just(["kpi", "no"]),
                    "governing_references": LISTS,
                    "context": LISTS,
                    "polarity": st.just("prohibited"),
                    "evidence": st.sampled_from([{}, {"minimum": 2, "kinds": ["kpi", "indirect"]}]),
                }
            ),
        }

    def statements(self, least: int = 0) -> list[Data]:
        """Return sentences with ids."""
        return [
            {"id": self.new_id(), "text": self._draw(TEXTS), "source": self.note()}
            for _ in range(self._draw(st.integers(least, 2)))
        ]

    def unit(self, depth: int) -> Data:
        """Return a unit with units in it, ``depth`` levels at most."""
        inner = self._draw(st.integers(0, 2)) if depth else 0
        criteria = self._draw(st.integers(0 if inner else 1, 2))
        return {
            "id": self.new_id(),
            "title": self._draw(TEXTS),
            "criteria": [self.criterion() for _ in range(criteria)],
            "units": [self.unit(depth - 1) for _ in range(inner)],
            "indicators": self.statements(),
            "source": self.note(),
            **self.some(
                {
                    "code": WORDS,
                    "description": TEXTS,
                    "expected_result": TEXTS,
                    "assessment_methods": st.just(["portfolio", "interview"]),
                    "context": LISTS,
                    "outcome": st.just({"rule": "all"}),
                }
            ),
        }

    def script(self) -> Data:
        """Return words to be said, with a slot in them."""
        return {
            "id": self.new_id(),
            "title": self._draw(WORDS),
            "text": "Hello {name}",
            "slots": [{"id": "name", "meaning": self._draw(WORDS)}],
        }

    def source(self) -> Data:
        """Return where the whole comes from."""
        return {
            "document": self._draw(WORDS),
            "corrections": [
                {"raw": self._draw(TEXTS), "mended": self._draw(TEXTS), "reason": "misprint"}
            ],
            "left_out": [{"lines": self._draw(st.lists(COUNTS, min_size=1)), "reason": "none"}],
            **self.some(
                {
                    "note": TEXTS,
                    "verified_on": st.just("2021-12-02"),
                    "partial": st.sampled_from(["true", "false"]),
                }
            ),
        }


@st.composite
def written_frameworks(draw: st.DrawFn) -> Framework:
    """Give sound frameworks with parts of every sort."""
    draft = _Draft(draw)
    units = [draft.unit(2) for _ in range(draw(st.integers(1, 2)))]
    data = {
        "id": draw(st.sampled_from(IDS)),
        "version": "1.0.0",
        "title": draw(WORDS),
        "language": "no",
        "terms": draft.some({"unit": WORDS, "criterion": WORDS}),
        "scales": {name: draft.scale(codes) for name, codes in draft.scales.items()},
        "units": units,
        "outcome": {"unit": {"rule": "all"}, "framework": {"rule": "all"}},
        "source": draft.source(),
        "references": [{"scheme": draw(WORDS), "code": draw(WORDS)}],
        "inferred": [{"path": "title", "reading": draw(TEXTS), "note": draw(TEXTS)}],
        "scripts": [draft.script()],
        **draft.some(
            {
                "code": WORDS,
                "description": TEXTS,
                "context": LISTS,
                "status": st.just("inferred"),
                "certification": st.sampled_from(
                    [{}, {"by_unit": "true", "commission": {"members": ["-", "=1"]}}]
                ),
            }
        ),
    }
    knowledge = draft.statements()
    if knowledge:
        data["knowledge"] = knowledge
    if len(draft.criteria) > 1:
        data["scopes"] = [
            {
                "id": draft.new_id(),
                "title": draw(WORDS),
                "leaves_out": draft.criteria[:1],
                "reason": draw(TEXTS),
            }
        ]
    return Framework.model_validate(data)
