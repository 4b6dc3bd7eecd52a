"""The JSON Schema of framework files, for editors: generated, never written by hand."""

from __future__ import annotations

import json

from competency.frameworks.schema import Framework


def json_schema() -> str:
    """Return the schema as indented JSON text, ending with a line end."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Framework.model_json_schema(mode="validation"),
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
