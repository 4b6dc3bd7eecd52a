"""Addresses in templates: the same as Flask's, whatever is in them and wherever we are mounted."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, url_for

from competency.web.filters import address, asset

PLACES: list[tuple[str, dict[str, Any]]] = [
    ("web.home", {}),
    ("assessments.appraisal", {"public_id": "abc_DEF-1"}),
    ("assessments.appraisal", {"public_id": "a b/ñ"}),
    ("assessments.appraisal", {"public_id": "abc", "_anchor": "c-1"}),
    ("assessments.appraisal", {"public_id": "abc", "view": "result"}),
    ("assessments.appraisal", {"public_id": "abc", "view": None}),
    ("assessments.cycles", {"page": 2}),
]


@pytest.mark.parametrize("mounted", ["", "/inner"])
def test_an_address_is_the_one_that_flask_builds(app: Flask, mounted: str) -> None:
    with app.test_request_context("/home", environ_overrides={"SCRIPT_NAME": mounted}):
        for _ in range(2):
            for endpoint, values in PLACES:
                assert address(endpoint, **values) == url_for(endpoint, **values)
        assert asset("app.css").startswith(f"{mounted}/static/app.css?v=")
