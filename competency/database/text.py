"""Keys that people search and sort by, the same on both databases.

SQLite's ``lower`` and ``LIKE`` know no ``Ñ`` and no ``Ж``; PostgreSQL's order depends
on its locale. So the keys are computed here and compared as plain text.
"""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return ``text`` casefolded, without accents, with single spaces.

    ``Ñandú`` gives ``nandu``, ``Ёлкина`` gives ``елкина``, ``Straße`` gives ``strasse``.
    """
    compatible = unicodedata.normalize("NFKD", text.casefold())
    decomposed = unicodedata.normalize("NFKD", compatible.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.split())


def search_pattern(text: str) -> str:
    r"""Return a LIKE pattern that finds ``text`` anywhere in a folded key.

    ``%``, ``_`` and the escape ``\\`` are matched literally; pass ``escape="\\\\"``.
    """
    folded = fold(text)
    for special in ("\\", "%", "_"):
        folded = folded.replace(special, "\\" + special)
    return f"%{folded}%"
