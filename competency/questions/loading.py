"""Files of ``kind: questions``: what must agree within a bank, and with its framework."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from competency.files import kinds
from competency.files.faults import Finding, Path
from competency.files.kinds import Corpus, Kind
from competency.files.said import Said
from competency.files.starting import TO_FILL, Asked
from competency.files.validation import closest, elsewhere, short
from competency.frameworks import shared_rules, walk
from competency.frameworks.schema import Framework
from competency.questions.schema import BankStatus, QuestionKind, Questions

KIND = "questions"
FEWEST_OPTIONS = 2


def faults(data: object) -> Iterator[Finding]:
    """Yield what a bank contradicts in itself."""
    yield from shared_rules.faults(data)
    top = walk.mapping(data)
    if re.fullmatch(r"0(\.0+)?", walk.name(top, "pass_share")):
        message = Said("with a share of nothing, nothing has to be answered")
        yield Finding(("pass_share",), message, Said("write a share above 0, as in 0.6"))
    for path, question in walk.items(top, "questions", ()):
        if question.get("kind") == QuestionKind.CHOICE:
            yield from _choice(path, question)
        elif question.get("kind") == QuestionKind.OPEN:
            yield from _open(path, question)


def _choice(path: Path, question: walk.Data) -> Iterator[Finding]:
    """Yield what is wrong with a question that has options to tick."""
    for key in ("model_answer", "look_for"):
        if question.get(key):
            message = Said("a choice is right by its options, not by %(key)s", key=key)
            remedy = Said("remove it, or make the kind open")
            yield Finding((*path, key), message, remedy, at_key=True)
    options = tuple(walk.items(question, "options", path))
    if len(options) < FEWEST_OPTIONS:
        message = Said("a choice needs two options at least")
        yield Finding((*path, "options"), message, Said("add options, or make the kind open"))
        return
    right = [option.get("right") in ("true", True) for _, option in options]
    if not any(right):
        message = Said("no option is right")
        yield Finding((*path, "options"), message, Said("add right: true to each right one"))
    if all(right):
        message = Said("every option is right, so nothing can be told from the answer")
        yield Finding((*path, "options"), message, Said("add one that is wrong"))
    seen: set[str] = set()
    for place, option in options:
        words = " ".join(walk.name(option, "text").split()).casefold()
        if words and words in seen:
            message = Said("this option is here twice")
            yield Finding((*place, "text"), message, Said("keep one of them"))
        seen.add(words)


def _open(path: Path, question: walk.Data) -> Iterator[Finding]:
    """Yield what is wrong with a question that is answered in one's own words."""
    if question.get("options"):
        message = Said("an open question has no options")
        remedy = Said("remove them, or make the kind choice")
        yield Finding((*path, "options"), message, remedy, at_key=True)
    if not question.get("model_answer") and not question.get("look_for"):
        message = Said("nothing says what a good answer is")
        remedy = Said("add model_answer, or look_for with points to look for")
        yield Finding(path, message, remedy)


def warnings(data: object) -> Iterator[Finding]:
    """Yield what is missing in a bank; questions of one's own need no source."""
    top = walk.mapping(data)
    yield from shared_rules.inferred_readings(top)
    if top.get("status") != BankStatus.OWN:
        yield from shared_rules.unfinished_provenance(top)
    yield from shared_rules.unfilled_places(top)


def across(value: BaseModel, corpus: Corpus) -> Iterator[Finding]:
    """Yield what a bank asks of its framework that this doesn't have, and what it leaves out."""
    if not isinstance(value, Questions):
        return
    frameworks = {framework.id: framework for framework in corpus.of(Framework)}
    framework = frameworks.get(value.framework)
    if framework is None:
        yield Finding(
            ("framework",),
            Said("there is no framework %(framework)s", framework=short(value.framework)),
            elsewhere(value.framework, tuple(frameworks)),
        )
        return
    knowledge = tuple(item.id for item in framework.knowledge or ())
    criteria = tuple(criterion.id for criterion in framework.criteria())
    for number, question in enumerate(value.questions):
        path: Path = ("questions", number)
        for place, name in enumerate(question.knowledge):
            if name not in knowledge:
                message = Said(
                    "%(framework)s has no item of knowledge %(item)s",
                    framework=framework.id,
                    item=short(name),
                )
                yield Finding((*path, "knowledge", place), message, closest(name, knowledge))
        for place, name in enumerate(question.criteria):
            if name not in criteria:
                message = Said(
                    "%(framework)s has no criterion %(criterion)s",
                    framework=framework.id,
                    criterion=short(name),
                )
                yield Finding((*path, "criteria", place), message, closest(name, criteria))
    asked = {name for question in value.questions for name in question.knowledge}
    missing = [name for name in knowledge if name not in asked]
    if missing:
        yield shared_rules.warning(
            ("questions",),
            Said("no question is on %(items)s", items=", ".join(missing)),
            Said("add one, or mark that knowledge by hand"),
        )


def beginning(asked: Asked) -> Mapping[str, object] | None:
    """Return a bank with a question on each item of the asked framework's knowledge.

    ``None`` where there is no such file, or it lists no knowledge.
    """
    framework = asked.about
    if not isinstance(framework, Framework) or not framework.knowledge:
        return None
    return {
        "format": 1,
        "kind": KIND,
        "id": asked.id,
        "version": "1.0.0",
        "title": TO_FILL,
        "language": asked.language,
        "framework": framework.id,
        "status": BankStatus.OWN.value,
        "pass_share": "0.6",
        "questions": [_begun(item.id, number) for number, item in enumerate(framework.knowledge)],
    }


def _begun(item: str, number: int) -> Mapping[str, object]:
    """Return a question to be filled in; the first is a choice, to show how one is written."""
    question: dict[str, object] = {"id": f"{item}.q1", "knowledge": [item]}
    if number:
        return {**question, "kind": "open", "text": TO_FILL, "model_answer": TO_FILL}
    options = [{"text": "1", "right": "true"}, {"text": "2"}]
    return {**question, "kind": "choice", "text": TO_FILL, "options": options}


kinds.register(
    Kind(
        KIND,
        Questions,
        faults,
        warnings,
        across,
        beginning=beginning,
        needs="a framework that lists knowledge",
        kept_back=True,
    )
)
