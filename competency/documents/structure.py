"""The structure tree of a document, for assistive technology (ISO 32000-1, 14.7 and 14.8).

Each mark on a page opens with the role of its node and a number; each node becomes an
element that lists its marks and its inner nodes. The elements are written here as they
stand in the file: reportlab gives them their object numbers and no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFObject, PDFString

from competency.documents.pages import PAGE_HEIGHT, Link, Node

_PRINTED = 4


class _Written(PDFObject):
    """An object whose content is written out already."""

    __RefOnly__ = 1

    def __init__(self) -> None:
        self.content = ""

    def format(self, _document: object) -> bytes:
        """Return the content, as reportlab asks for it."""
        return self.content.encode("ascii")


class Structure:
    """The marks of a document being drawn on ``canvas``, and the tree of its ``nodes``.

    A key of the parent tree belongs to a page (whose marks it lists) or to a link.
    """

    CLOSING = "EMC"

    def __init__(self, canvas: Any, nodes: Sequence[Node]) -> None:  # noqa: ANN401 - no types
        """Begin with no mark."""
        self._canvas, self._nodes = canvas, nodes
        self._document = canvas._doc  # noqa: SLF001 - where reportlab keeps its objects
        self._keys = count()
        self._pages: list[int] = []
        self._marks: dict[int, list[int]] = {}
        self._links: dict[int, tuple[int, int, str]] = {}
        self._linked: set[int] = set()

    def begin_page(self) -> None:
        """Count the marks of the next page from 0."""
        self._pages.append(next(self._keys))
        self._marks[self._pages[-1]] = []

    def end_page(self) -> None:
        """Tie the page that was shown last to the tree."""
        page = self._document.Pages.pages[-1]
        page.Trans = None  # reportlab writes an empty one, which PDF/A refuses
        page.StructParents, page.Tabs = self._pages[-1], "/S"
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]

    def opening(self, node: int | None) -> str:
        """Return the operator that opens a mark of ``node``; ``None`` means nothing."""
        if node is None:
            return "/Artifact BMC"
        marks = self._marks[self._pages[-1]]
        marks.append(node)
        return f"/{self._role(node)} <</MCID {len(marks) - 1}>> BDC"

    def link(self, link: Link) -> None:
        """Lay a link over the page, before its text is marked."""
        key = next(self._keys)
        bottom = PAGE_HEIGHT - link.top - link.height
        self._canvas.linkURL(
            link.address,
            (link.left, bottom, link.left + link.width, bottom + link.height),
            StructParent=key,
            Contents=PDFString(link.address),
            F=_PRINTED,
        )
        reference = self._canvas._annotationrefs[-1]  # noqa: SLF001 - the one just made
        self._links[key] = (link.node, len(self._pages) - 1, reference.name)
        self._linked.add(link.node)

    def write(self) -> None:
        """Write the tree, when all pages are drawn."""
        root, tree, whole, *elements = (self._object() for _ in range(len(self._nodes) + 3))
        numbers = [number for number, _ in elements]
        inner: dict[int | None, list[int]] = defaultdict(list)
        for number, node in enumerate(self._nodes):
            inner[node.parent].append(number)
        content = self._content()
        for number, node in enumerate(self._nodes):
            parent = whole[0] if node.parent is None else numbers[node.parent]
            kids = [*content[number], *(f"{numbers[one]} 0 R" for one in inner[number])]
            elements[number][1].content = (
                f"<</Type/StructElem/S/{self._role(number)}/P {parent} 0 R"
                f"{_attributes(node)}/K[{' '.join(kids)}]>>"
            )
        kids = [f"{numbers[one]} 0 R" for one in inner[None]]
        whole[1].content = f"<</Type/StructElem/S/Document/P {root[0]} 0 R/K[{' '.join(kids)}]>>"
        tree[1].content = f"<</Nums[{' '.join(self._parents(numbers))}]>>"
        root[1].content = (
            f"<</Type/StructTreeRoot/K[{whole[0]} 0 R]/ParentTree {tree[0]} 0 R"
            f"/ParentTreeNextKey {next(self._keys)}>>"
        )
        self._document.Catalog.StructTreeRoot = root[1]
        self._document.Catalog.MarkInfo = "<</Marked true>>"

    def _content(self) -> dict[int, list[str]]:
        """Return what of the pages belongs to each node: its marks and links."""
        content: dict[int, list[str]] = defaultdict(list)
        for index, key in enumerate(self._pages, start=1):
            page = self._number(f"Page{index}")
            for mark, node in enumerate(self._marks[key]):
                content[node].append(f"<</Type/MCR/Pg {page} 0 R/MCID {mark}>>")
        for node, index, name in self._links.values():
            page, link = self._number(f"Page{index + 1}"), self._number(name)
            content[node].append(f"<</Type/OBJR/Pg {page} 0 R/Obj {link} 0 R>>")
        return content

    def _parents(self, numbers: Sequence[int]) -> list[str]:
        """Return the parent tree: the elements of each page's marks, and of each link."""
        found = {
            key: f"[{' '.join(f'{numbers[node]} 0 R' for node in marks)}]"
            for key, marks in self._marks.items()
        }
        found |= {key: f"{numbers[node]} 0 R" for key, (node, *_) in self._links.items()}
        return [f"{key} {found[key]}" for key in sorted(found)]

    def _object(self) -> tuple[int, _Written]:
        """Return a new object of the file, with its number."""
        written = _Written()
        return self._number(self._document.Reference(written).name), written

    def _number(self, name: str) -> int:
        """Return the number of an object that reportlab knows by ``name``."""
        number: int = self._document.idToObjectNumberAndVersion[name][0]
        return number

    def _role(self, node: int) -> str:
        """Return the role of a node; a link that leads nowhere is text as any other."""
        role = self._nodes[node].role
        return "Span" if role == "Link" and node not in self._linked else role


def _attributes(node: Node) -> str:
    """Return what else an element says: language, words for a figure, header, span."""
    said = f"/Lang{_text(node.language)}" if node.language else ""
    if node.role == "Figure":
        left, top, width, height = node.box or (0, 0, 0, 0)
        edges = (left, PAGE_HEIGHT - top - height, left + width, PAGE_HEIGHT - top)
        box = " ".join(f"{edge:.2f}" for edge in edges)
        said += f"/Alt{_text(node.text)}/A<</O/Layout/Placement/Block/BBox[{box}]>>"
    if node.role == "L":
        said += "/A<</O/List/ListNumbering/Disc>>"
    if node.role in {"TH", "TD"}:
        scope = "/Scope/Column" if node.role == "TH" else ""
        span = f"/ColSpan {node.span}" if node.span > 1 else ""
        said += f"/A<</O/Table{scope}{span}>>" if scope or span else ""
    return said


def _text(words: str) -> str:
    """Return words as a string of the file, in any script."""
    return f"<FEFF{words.encode('utf-16-be').hex()}>"
