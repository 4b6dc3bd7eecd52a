"""Write ``docs/fields.md`` and the JSON Schemas from the models and the example files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from inspect import get_annotations
from itertools import takewhile
from pathlib import Path

import yaml
from pydantic import BaseModel

from competency import formats
from competency.files import kinds
from competency.files.fields import (
    Inside,
    Key,
    Named,
    Several,
    Shape,
    called,
    in_words,
    keys,
    parts,
)
from competency.files.published_schema import json_schema
from competency.resources import FRAMEWORKS

READ = formats.MODULES
"""Read here so that every kind is registered."""

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "fields.md"
EXAMPLES = DOCS / "examples"
ORDER = ("framework", "positions", "kpis", "paths", "questions", "translation")
SHARED_BY = 3
"""So many kinds share a part before it stands in the section of shared parts."""
LINES = 7
"""Lines of an example that are shown at most."""
HEAD = """\
# Every key of every file

Made from the program itself by `make reference`: don't edit it. How to write a file,
step by step, is in [framework-files.md](framework-files.md). The examples come from the
files in [examples](examples), which are complete, and sound when they are checked
together. A key that is not listed is a fault. What is not called required can be left out.
"""

Model = type[BaseModel]
Snippets = Mapping[tuple[Model, str], str]


def page() -> str:
    """Return the reference as Markdown."""
    models = {name: _model(name) for name in ORDER}
    users = _users(models)
    shown: set[Model] = set()
    sections = [HEAD, _contents()]
    snippets = all_snippets()
    for name, model in models.items():
        own = [p for p in parts(model) if users[p] < SHARED_BY and p not in shown]
        shown.update(own)
        sections.append(f"## Files of kind {name}\n")
        links = ", ".join(
            f"[examples/{path.name}](examples/{path.name})" for path in example_files(name)
        )
        sections.append(f"Complete ones: {links}.\n")
        sections.extend(_part(part, snippets) for part in own)
    sections.append("## Parts of several kinds\n")
    sections.extend(_part(p, snippets) for p in users if p not in shown)
    return "\n".join(sections)


def all_snippets() -> Snippets:
    """Return, for each key of each part, its first place in the example files."""
    found: dict[tuple[Model, str], str] = {}
    for name in ORDER:
        for path in example_files(name):
            text = path.read_text(encoding="utf-8")
            node = yaml.compose(text, Loader=yaml.BaseLoader)
            for place, snippet in _snippets(Inside(_model(name)), node, text):
                found.setdefault(place, snippet)
    return found


def example_files(name: str) -> tuple[Path, ...]:
    """Return the example files of a kind, the complete one first."""
    return (EXAMPLES / f"{name}.yaml", *sorted(EXAMPLES.glob(f"{name}-*.yaml")))


def write() -> None:
    """Write the page, and a schema for each kind beside the shipped files."""
    PAGE.write_text(page(), encoding="utf-8")
    for name in ORDER:
        kind = kinds.kind_named(name)
        if kind is not None:
            path = FRAMEWORKS / f"{name}.schema.json"
            path.write_text(json_schema(kind), encoding="utf-8")


def _model(name: str) -> Model:
    """Return the model of a kind."""
    kind = kinds.kind_named(name)
    if kind is None:
        raise LookupError(f"there is no kind {name}")
    return kind.model


def _users(models: Mapping[str, Model]) -> Mapping[Model, int]:
    """Return, for each part, how many kinds have it."""
    users: dict[Model, int] = {}
    for model in models.values():
        for part in parts(model):
            users[part] = users.get(part, 0) + 1
    return users


def _contents() -> str:
    """Return links to the sections."""
    lines = [f"- [Files of kind {name}](#files-of-kind-{name})" for name in ORDER]
    return "\n".join([*lines, "- [Parts of several kinds](#parts-of-several-kinds)", ""])


def _anchor(model: Model) -> str:
    """Return the name by which other pages link to a part."""
    return called(model).casefold().replace(" ", "-")


def _link(model: Model) -> str:
    """Return a link to a part."""
    return f"[{called(model)}](#{_anchor(model)})"


def _part(model: Model, snippets: Snippets) -> str:
    """Return the section of one part."""
    name = called(model)
    head = f"### {name[0].upper()}{name[1:]}\n\n{' '.join((model.__doc__ or '').split())}\n"
    return "\n".join([head, *(_key(model, key, snippets) for key in keys(model))])


def _key(model: Model, key: Key, snippets: Snippets) -> str:
    """Return what the page says of one key."""
    holds = in_words(key.shape, _link)
    need = "required" if key.is_required else "optional"
    default = _default(key.default)
    lines = [
        f'<a id="{_anchor(model)}.{key.name}"></a>',
        f"**`{key.name}`** ({need}): {key.description}",
        f"Holds {holds}.{f' Without it: `{default}`.' if default else ''}",
        "",
        f"```yaml\n{snippets[_declarer(model, key.name), key.name]}\n```",
    ]
    return "\n".join([*lines, ""])


def _default(value: object) -> str:
    """Return a default as it would be written; nothing for what is absent or empty."""
    if isinstance(value, bool):
        return str(value).casefold()
    return str(value) if isinstance(value, int | str | Decimal) else ""


def _snippets(
    shape: Shape, node: yaml.Node | None, text: str
) -> Iterator[tuple[tuple[Model, str], str]]:
    """Yield the keys in a node of an example with their own lines."""
    if isinstance(shape, Several) and isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _snippets(shape.item, item, text)
    elif isinstance(shape, Named) and isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _snippets(shape.item, value, text)
    elif isinstance(shape, Inside) and isinstance(node, yaml.MappingNode):
        shapes = {key.name: key.shape for key in keys(shape.model)}
        for key, value in node.value:
            yield (_declarer(shape.model, key.value), key.value), _lines(key, value, text)
            yield from _snippets(shapes[key.value], value, text)


def _declarer(model: Model, key: str) -> Model:
    """Return the part that declares a key: the model itself, or one that it builds on."""
    return next(base for base in model.__mro__ if key in get_annotations(base))


def _lines(key: yaml.Node, value: yaml.Node, text: str) -> str:
    """Return the lines of a key with its value, out of their indentation and not too many."""
    indent = key.start_mark.column
    first, *rest = text[key.start_mark.index : value.end_mark.index].rstrip().splitlines()
    lines = [first, *(line[indent:] for line in rest)]
    if len(lines) <= LINES:
        return "\n".join(lines)
    following = lines[LINES - 1]
    spaces = "".join(takewhile(str.isspace, following))
    return "\n".join([*lines[: LINES - 1], f"{spaces}# …"])


if __name__ == "__main__":
    write()
