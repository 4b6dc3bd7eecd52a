"""Sentences for people: English in themselves, and ready for any other language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self


class Said(str):
    """An English sentence that still knows its message id and what was filled in.

    The command line prints it as it is. A page translates ``template`` and fills in
    ``params`` again, each of which may be a sentence of this sort itself.
    """

    __slots__ = ("params", "template")

    template: str
    params: Mapping[str, object]

    def __new__(cls, template: str, /, **params: object) -> Self:
        """Fill ``params`` into ``template``; without any it is taken as it stands."""
        said = super().__new__(cls, template % params if params else template)
        said.template = template
        said.params = params
        return said


class English(str):
    """Words that exist in English alone, such as what a library answers."""

    __slots__ = ()
