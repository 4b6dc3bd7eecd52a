"""From plain data to a model, with faults in our words and at their place in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError, PydanticOmit

from competency.errors import message_id
from competency.files.faults import Finding, Path
from competency.files.limits import LIMITS
from competency.files.said import English, Said

Model = TypeVar("Model", bound=BaseModel)
Result = TypeVar("Result")

OFFERED = 25
"""Known words that a remedy lists."""
LOOKED_THROUGH = 500
"""Known words that a wrong one is compared with."""
COMPARED = 80
"""Letters of it that are compared; no id is longer."""

OWN_WORDS = "own_words"
"""The pydantic error type of a fault that already carries its remedy."""


def wrong(message: Said, remedy: Said) -> PydanticCustomError:
    """Return the error for a validator to raise: what is wrong, and what would be right."""
    return PydanticCustomError(OWN_WORDS, "{message}", {"message": message, "remedy": remedy})


@dataclass
class Allowance:
    """How many more faults a validation may find before what follows is not looked at."""

    left: int


def sparingly(value: object, proceed: Callable[[object], Result], allowance: object) -> Result:
    """Validate one part of a file, unless a report is full already: then leave it out.

    The parts of a file call it around their own validation, so that a file with a fault
    in each of 200,000 items costs no more than one that ends where the report does.
    """
    if not isinstance(allowance, Allowance):
        return proceed(value)
    if allowance.left <= 0:
        raise PydanticOmit
    before = allowance.left
    try:
        return proceed(value)
    except ValidationError as error:
        if allowance.left == before:  # else the parts inside have counted
            allowance.left -= error.error_count()
        raise


def validate(data: object, model: type[Model]) -> tuple[Model | None, tuple[Finding, ...]]:
    """Return the model, or ``None`` and the reasons why ``data`` is not one.

    All reasons, up to the limit of faults that a report holds.
    """
    try:
        return model.model_validate(data, context=Allowance(LIMITS.faults)), ()
    except ValidationError as error:
        details = error.errors(include_url=False)
    found = islice((one for one in details if not _follows(one)), LIMITS.faults)
    return None, _findings(tuple(found), model)


def _findings(details: Sequence[ErrorDetails], model: type[BaseModel]) -> tuple[Finding, ...]:
    """Translate pydantic's errors; a key that stands there misspelt isn't missing besides."""
    found = [(detail["type"], _finding(detail, model)) for detail in details]
    meant = {
        (*finding.path[:-1], finding.remedy.params.get("near"))
        for kind, finding in found
        if kind == "extra_forbidden"
    }
    return tuple(
        finding for kind, finding in found if kind != "missing" or finding.path not in meant
    )


def _follows(detail: ErrorDetails) -> bool:
    """Return whether a list only counts as too short because its items are faulty."""
    value = detail["input"]
    wanted = detail.get("ctx", {}).get("min_length", 0)
    is_short = detail["type"] == "too_short" and isinstance(value, Sized)
    return is_short and len(value) >= wanted


def closest(word: str, known: Sequence[str]) -> Said:
    """Return a remedy that offers the known word nearest to ``word``, or what there is."""
    near = get_close_matches(word[:COMPARED], known[:LOOKED_THROUGH], n=1, cutoff=0.6)
    if near:
        return Said("did you mean %(near)s?", near=near[0])
    if not known:
        return Said("remove it")
    if len(known) == 1:
        return Said("use %(known)s", known=known[0])
    offered = ", ".join([*known[:OFFERED], *(["…"] if len(known) > OFFERED else [])])
    return Said("use one of %(known)s", known=offered)


def elsewhere(word: str, known: Sequence[str]) -> Said:
    """Return a remedy for a word that another file should have."""
    near = get_close_matches(word[:COMPARED], known[:LOOKED_THROUGH], n=1, cutoff=0.8)
    if near:
        return Said("did you mean %(near)s?", near=near[0])
    return Said("check it together with the file that has it, or publish that one first")


def _finding(detail: ErrorDetails, model: type[BaseModel]) -> Finding:
    """Translate one of pydantic's errors."""
    path: Path = tuple(part for part in detail["loc"] if part != "[key]")
    at_key = detail["loc"][-1:] == ("[key]",)
    kind = detail["type"]
    if kind == "extra_forbidden":
        word = str(path[-1])
        known = tuple(_model_at(model, path[:-1]).model_fields)
        message = Said("%(word)s is not known here", word=short(word))
        return Finding(path, message, closest(word, known), at_key=True)
    if kind == "missing":
        message = Said("%(key)s is missing", key=path[-1])
        return Finding(path, message, _to_be_added(model, path), at_key=True)
    message, remedy = _worded(detail)
    return Finding(path, message, remedy, at_key=at_key)


def _worded(detail: ErrorDetails) -> tuple[Said, Said]:
    """Return what is wrong and what would be right, for a value."""
    context = detail.get("ctx", {})
    value = detail["input"]
    kind = detail["type"]
    if kind == OWN_WORDS:
        return context["message"], context["remedy"]
    if value is None:
        return EMPTY, Said("give it a value, or leave the key out where it is optional")
    if kind in CHOICES:
        known = CHOICE.findall(str(context["expected"]))
        return Said("%(value)s is not allowed here", value=short(value)), closest(str(value), known)
    if kind not in WORDS:
        remedy = Said("mend it (%(reason)s)", reason=English(detail["msg"]))
        return Said("%(value)s is not right here", value=short(value)), remedy
    message, remedy_id = WORDS[kind]
    return (
        Said(message, value=short(value), found=_shape(value)),
        Said(remedy_id, **context),
    )


CHOICES = frozenset({"literal_error", "enum"})
CHOICE = re.compile(r"[^', ]+(?=')|^[0-9]+$")
"""A value that is allowed, in pydantic's "'all', 'minimum' or 'none'" and "1"."""
EMPTY = Said("it is empty")
MAPPING = (
    message_id("a mapping is wanted here, not %(found)s"),
    message_id("write key: value lines"),
)
WRITE_SOMETHING = (message_id("it is empty"), message_id("write something here"))
WORDS = {
    "string_too_short": WRITE_SOMETHING,
    "too_short": WRITE_SOMETHING,
    "string_too_long": (
        message_id("it is too long"),
        message_id("%(max_length)s characters are the most"),
    ),
    "too_long": (message_id("there are too many"), message_id("%(max_length)s are the most")),
    "greater_than_equal": (
        message_id("%(value)s is too small"),
        message_id("%(ge)s is the least"),
    ),
    "less_than_equal": (message_id("%(value)s is too large"), message_id("%(le)s is the most")),
    "string_type": (
        message_id("text is wanted here, not %(found)s"),
        message_id("write one text"),
    ),
    "tuple_type": (
        message_id("a list is wanted here, not %(found)s"),
        message_id("write one item a line, each after a hyphen"),
    ),
    "dict_type": MAPPING,
    "mapping_type": MAPPING,
    "model_type": MAPPING,
    "model_attributes_type": MAPPING,
}
"""What is wrong, and what would be right, by pydantic's sort of error."""


def _shape(value: object) -> Said:
    """Name what a value is, in the words of the file."""
    if isinstance(value, Mapping):
        return Said("a mapping")
    if isinstance(value, list | tuple):
        return Said("a list")
    return Said("the text %(value)s", value=short(value))


def short(value: object) -> str:
    """Return a value in quotes, no longer than a line of a report can bear."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """Return the model of the mapping at ``path``, as deep as it can be followed."""
    is_named_freely = False
    for part in path:
        if is_named_freely or isinstance(part, int) or part not in model.model_fields:
            is_named_freely = False
            continue
        annotation = model.model_fields[part].annotation
        is_named_freely = get_origin(annotation) is Mapping
        model = _model_in(annotation) or model
    return model


def _model_in(annotation: object) -> type[BaseModel] | None:
    """Return the model inside an annotation such as ``tuple[Model, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(inner) for inner in reversed(get_args(annotation)))
    return next((model for model in found if model), None)


def _to_be_added(model: type[BaseModel], path: Path) -> Said:
    """Return the remedy for a missing field, with its description where it has one."""
    field = _model_at(model, path[:-1]).model_fields.get(str(path[-1]))
    if field is None or not field.description:
        return Said("add it")
    return Said("add it (%(description)s)", description=English(field.description))
