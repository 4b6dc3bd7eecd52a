"""What a file says, whichever way it is written: the form that is compared and hashed."""

from __future__ import annotations

import json

from pydantic import BaseModel


def filled(value: BaseModel) -> dict[str, object]:
    """Return plain data in the order of the model, without the keys that hold nothing."""
    kept = _without_empty(value.model_dump(mode="json"))
    return kept if isinstance(kept, dict) else {}


def compiled(value: BaseModel) -> bytes:
    """Return canonical JSON: sorted keys, no spaces, UTF-8, without what is empty."""
    return json.dumps(
        filled(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode("utf-8")


def _without_empty(value: object) -> object:
    """Return plain data without the keys that hold nothing, nothing, or only such keys."""
    if isinstance(value, dict):
        kept = {key: _without_empty(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, [], {})}
    if isinstance(value, list):
        return [_without_empty(inner) for inner in value]
    return value
