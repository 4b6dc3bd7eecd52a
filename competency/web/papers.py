"""Documents as answers to a request."""

from __future__ import annotations

import io

from flask import Response, send_file


def pdf_answer(content: bytes, name: str) -> Response:
    """Return a PDF to be kept under ``name``, which goes without its ending."""
    return send_file(
        io.BytesIO(content),
        mimetype="application/pdf",
        download_name=f"{name}.pdf",
        as_attachment=True,
    )
