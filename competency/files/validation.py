"""From plain data to a model, with faults in our words and at their place in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from difflib import get_close_matches
from itertools import islice
from typing import TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from competency.files.faults import Finding, Path
from competency.files.limits import LIMITS

Model = TypeVar("Model", bound=BaseModel)

OWN_WORDS = "own_words"
"""The pydantic error type of a fault that already carries its remedy."""


def wrong(message: str, remedy: str) -> PydanticCustomError:
    """Return the error for a validator to raise: what is wrong, and what would be right."""
    return PydanticCustomError(OWN_WORDS, "{message}", {"message": message, "remedy": remedy})


def validate(data: object, model: type[Model]) -> tuple[Model | None, tuple[Finding, ...]]:
    """Return the model, or ``None`` and the reasons why ``data`` is not one.

    All reasons, up to the limit of faults that a report holds: where the beginning of
    the data alone fills the report, the rest is not looked at.
    """
    beginning = _beginning(data, [LIMITS.beginning])
    if beginning != data:
        _, findings = _validated(beginning, model)
        if len(findings) == LIMITS.faults:
            return None, findings
    return _validated(data, model)


def _validated(data: object, model: type[Model]) -> tuple[Model | None, tuple[Finding, ...]]:
    """Return the model of all of ``data``, or the first reasons against it."""
    try:
        return model.model_validate(data), ()
    except ValidationError as error:
        details = error.errors(include_url=False)
    findings = (_finding(detail, model) for detail in details if not _follows(detail))
    return None, tuple(islice(findings, LIMITS.faults))


def _beginning(value: object, left: list[int]) -> object:
    """Return ``value`` with its lists cut, each to one item at least, once none are ``left``."""
    left[0] -= 1
    if isinstance(value, dict):
        return {key: _beginning(inner, left) for key, inner in value.items()}
    if isinstance(value, list):
        kept: list[object] = []
        for item in value:
            if kept and left[0] <= 0:
                break
            kept.append(_beginning(item, left))
        return kept
    return value


def _follows(detail: ErrorDetails) -> bool:
    """Return whether a list only counts as too short because its items are faulty."""
    value = detail["input"]
    wanted = detail.get("ctx", {}).get("min_length", 0)
    is_short = detail["type"] == "too_short" and isinstance(value, Sized)
    return is_short and len(value) >= wanted


def closest(word: str, known: tuple[str, ...]) -> str:
    """Return a remedy that offers the known word nearest to ``word``, or all of them."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return "use one of " + ", ".join(known) if known else "remove it"


def _finding(detail: ErrorDetails, model: type[BaseModel]) -> Finding:
    """Translate one of pydantic's errors."""
    path: Path = tuple(part for part in detail["loc"] if part != "[key]")
    at_key = detail["loc"][-1:] == ("[key]",)
    kind = detail["type"]
    if kind == "extra_forbidden":
        word = str(path[-1])
        known = tuple(_model_at(model, path[:-1]).model_fields)
        return Finding(path, f"{word!r} is not known here", closest(word, known), at_key=True)
    if kind == "missing":
        return Finding(
            path, f"{path[-1]} is missing", "add it" + _described(model, path), at_key=True
        )
    message, remedy = _worded(detail)
    return Finding(path, message, remedy, at_key=at_key)


def _worded(detail: ErrorDetails) -> tuple[str, str]:
    """Return what is wrong and what would be right, for a value."""
    context = detail.get("ctx", {})
    value = detail["input"]
    kind = detail["type"]
    if kind == OWN_WORDS:
        return str(context["message"]), str(context["remedy"])
    if value is None:
        return "it is empty", "give it a value, or leave the key out where it is optional"
    if kind in SHAPES:
        shape, remedy = SHAPES[kind]
        return f"{shape} is wanted here, not {_shape(value)}", remedy
    if kind not in WORDS:
        return f"{short(value)} is not right here", detail["msg"]
    message, remedy = WORDS[kind]
    return message.format(value=short(value), **context), remedy.format(**context)


WORDS = {
    "literal_error": ("{value} is not allowed here", "use {expected}"),
    "enum": ("{value} is not allowed here", "use {expected}"),
    "string_too_short": ("it is empty", "write something here"),
    "too_short": ("it is empty", "write something here"),
    "string_too_long": ("it is too long", "{max_length} characters are the most"),
    "too_long": ("there are too many", "{max_length} are the most"),
    "greater_than_equal": ("{value} is too small", "{ge} is the least"),
    "less_than_equal": ("{value} is too large", "{le} is the most"),
}
MAPPING = ("a mapping", "write key: value lines")
SHAPES = {
    "string_type": ("text", "write one text"),
    "tuple_type": ("a list", "write one item a line, each after a hyphen"),
    "dict_type": MAPPING,
    "mapping_type": MAPPING,
    "model_type": MAPPING,
    "model_attributes_type": MAPPING,
}


def _shape(value: object) -> str:
    """Name what a value is, in the words of the file."""
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else f"the text {short(value)}"


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


def _described(model: type[BaseModel], path: Path) -> str:
    """Return the description of a missing field, to be put after "add it"."""
    field = _model_at(model, path[:-1]).model_fields.get(str(path[-1]))
    return f" ({field.description})" if field and field.description else ""
