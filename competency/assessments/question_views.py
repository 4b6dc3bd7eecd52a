"""What the scoring page asks at each criterion: its words, and what it can be judged at.

A published framework never changes, so neither does what is asked about it: the markup is
made once a process for each answer that can be chosen, and kept by the content's hash.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from flask import get_template_attribute
from markupsafe import Markup

from competency.assessments.presenters import choices, ranges_of
from competency.frameworks.numbering import numbers
from competency.frameworks.schema import Framework
from competency.web.filters import page_language

KEPT = 4096
"""Questions that a process holds ready: of some twenty frameworks, each with one answer chosen."""


@dataclass(frozen=True)
class Asked:
    """One framework and who reads the page: what the questions depend on."""

    content_hash: str
    language: str
    is_peer: bool
    framework: Framework = field(compare=False, repr=False)

    def question(self, criterion_id: str, chosen: str) -> Markup:
        """Return one criterion's words and radios, that of ``chosen`` checked."""
        return _question(self, criterion_id, chosen)


def asked(framework: Framework, content_hash: str, *, is_peer: bool = False) -> Asked:
    """Return the questions of a framework as the page asks them, a peer or another."""
    return Asked(content_hash, page_language(), is_peer, framework)


@lru_cache(maxsize=KEPT)
def _question(asked_of: Asked, criterion_id: str, chosen: str) -> Markup:
    """Render one criterion's question."""
    framework = asked_of.framework
    criterion = framework.criterion(criterion_id)
    markup: Markup = get_template_attribute("assessments/_question.html", "question")(
        criterion,
        numbers(framework)[criterion_id],
        framework.language,
        (*criterion.governing_references, *ranges_of(criterion)),
        choices(framework, criterion),
        chosen,
        asked_of.is_peer,
    )
    return markup
