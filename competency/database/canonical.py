"""The one text of a JSON value: what is hashed, and what is stored; pure."""

from __future__ import annotations

import json


def canonical_json(value: object) -> str:
    """Return the one text of a JSON value: sorted keys, no spaces, no NaN."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
