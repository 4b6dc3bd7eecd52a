"""The framework files in a folder, without a database: ``<id>/<version>.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as FilePath

from competency.errors import NotFound
from competency.files.checking import Checked, check_file, check_together
from competency.frameworks.loading import framework_in
from competency.frameworks.schema import Framework
from competency.frameworks.values import VERSION_PATTERN
from competency.resources import FRAMEWORKS


def yaml_files(paths: Iterable[FilePath]) -> tuple[FilePath, ...]:
    """Return the files named, and every YAML file under the folders named, in order."""
    found: dict[FilePath, None] = {}
    for path in paths:
        inside = (p for p in path.rglob("*") if p.suffix in {".yaml", ".yml"} and p.is_file())
        found.update(dict.fromkeys(sorted(inside) if path.is_dir() else [path]))
    return tuple(found)


def checked_with_shipped(files: Sequence[FilePath]) -> tuple[Checked, ...]:
    """Check files of any kind, each other's references included.

    What they refer to may also be among the shipped files.
    """
    named = {file.resolve() for file in files}
    shipped = (file for file in yaml_files([FRAMEWORKS]) if file.resolve() not in named)
    around = [value for file in shipped if (value := check_file(file).value) is not None]
    return check_together([check_file(file) for file in files], around)


def checked_frameworks(folder: FilePath) -> Iterator[Checked]:
    """Yield every framework file of ``folder``, sound or not, by id and version."""
    files = [
        path
        for path in folder.glob("*/*.yaml")
        if path.is_file() and re.fullmatch(VERSION_PATTERN, path.stem)
    ]
    for path in sorted(files, key=lambda path: (path.parent.name, version_key(path.stem))):
        yield check_file(path)


def find_framework(folder: FilePath, framework_id: str, version: str | None = None) -> Framework:
    """Return one framework of ``folder``, in its newest version unless one is named.

    Raises ``NotFound`` when no sound file of the folder holds it.
    """
    found = [
        framework
        for checked in checked_frameworks(folder)
        if (framework := framework_in(checked)) is not None
        and framework.id == framework_id
        and version in {None, framework.version}
    ]
    if not found:
        wanted = framework_id if version is None else f"{framework_id} {version}"
        raise NotFound("There is no framework %(wanted)s here.", wanted=wanted)
    return max(found, key=lambda framework: version_key(framework.version))


def version_key(version: str) -> tuple[int, ...]:
    """Return what a version x.y.z is compared by: its numbers, so 1.10.0 follows 1.9.0."""
    return tuple(int(number) for number in version.split("."))
