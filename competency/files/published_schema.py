"""The JSON Schema of each kind of file, for editors: generated, never written by hand."""

from __future__ import annotations

import json

from competency.files.kinds import Kind


def json_schema(kind: Kind) -> str:
    """Return the schema of a kind as indented JSON text, ending with a line end."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **kind.model.model_json_schema(mode="validation"),
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
