"""Small changes of a pure module, each of which some test must notice.

``python -m tests.support.mutants MODULE TEST...`` runs the tests on the module as it is,
then on every mutant: in a child process, in which the mutated functions and constants are
put in the place of the real ones wherever they are used. It prints the mutants that no test
noticed, one a line, and how many there were. The tests must need no database.
"""

from __future__ import annotations

import ast
import copy
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

FLIPPED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
}
OPTIONS = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", "-k", "not whoever"]

Change = Callable[[], object]


@dataclass(frozen=True)
class Mutant:
    """One small change: where, what became what, and the whole tree."""

    where: str
    change: str
    tree: ast.Module

    def __str__(self) -> str:
        return f"{self.where}: {self.change}"


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's source, in its order."""
    tree = ast.parse(source)
    for position, node in enumerate(ast.walk(tree)):
        if isinstance(node, ast.AnnAssign) and node.value is None:
            continue
        for number in range(len(list(_changes(node)))):
            mutated = copy.deepcopy(tree)
            target = list(ast.walk(mutated))[position]
            before = _words(target)
            list(_changes(target))[number]()
            yield Mutant(_where(tree, node), f"{before} -> {_words(target)}", mutated)


def _changes(node: ast.AST) -> Iterator[Change]:  # noqa: C901 - a case for each kind of node
    """Yield what can be done to a node, each as a call that changes it in place."""
    match node:
        case ast.Compare(ops=operators):
            for index, operator in enumerate(operators):
                for other in FLIPPED.get(type(operator), ()):
                    yield partial(operators.__setitem__, index, other())
        case ast.BoolOp(values=values):
            yield from _without_each(values)
        case ast.UnaryOp(op=ast.Not()):
            yield partial(_drop_not, node)
        case ast.If(body=[*_, ast.Raise() | ast.Return()]):
            yield partial(setattr, node, "test", ast.Constant(value=False))
        case ast.Set(elts=elements) | ast.List(elts=elements) | ast.Tuple(elts=elements):
            if _holds_members(elements):
                yield from _without_each(elements)
        case ast.Call(func=ast.Name(id="_row"), args=[_, _, *by]):
            for index in range(len(by)):
                yield partial(node.args.pop, index + 2)


def _without_each(parts: list[ast.expr]) -> Iterator[Change]:
    """Yield how each part is left out."""
    for index in range(len(parts)):
        yield partial(parts.pop, index)


def _drop_not(node: ast.UnaryOp) -> None:
    """Leave of a negation the truth of what it negates."""
    node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)


def _holds_members(elements: list[ast.expr]) -> bool:
    """Return whether all elements are members of enumerations, or names of a state."""
    return bool(elements) and all(
        isinstance(e, ast.Attribute) and isinstance(e.value, ast.Name) and e.value.id[0].isupper()
        for e in elements
    )


def _words(node: ast.AST) -> str:
    """Return a node as one line of source."""
    shown = node.test if isinstance(node, ast.If) else node
    ast.fix_missing_locations(shown)
    return " ".join(ast.unparse(shown).split())


def _where(tree: ast.Module, node: ast.AST) -> str:
    """Return the function or constant that a node is in."""
    for outer in tree.body:
        if any(inner is node for inner in ast.walk(outer)):
            if isinstance(outer, ast.FunctionDef | ast.ClassDef):
                return outer.name
            if isinstance(outer, ast.Assign) and isinstance(outer.targets[0], ast.Name):
                return outer.targets[0].id
            if isinstance(outer, ast.AnnAssign) and isinstance(outer.target, ast.Name):
                return outer.target.id
    return "module"


def put_in_place(module: ModuleType, tree: ast.Module) -> None:
    """Let every user of a module meet the mutated functions and constants."""
    ast.fix_missing_locations(tree)
    made = ModuleType(module.__name__)
    made.__dict__["__file__"] = module.__file__
    exec(compile(tree, str(module.__file__), "exec"), made.__dict__)  # noqa: S102 - our own source
    for name, new in vars(made).items():
        old = vars(module).get(name)
        if name.startswith("__") or old is None or old is new:
            continue
        if isinstance(old, FunctionType) and old.__module__ == module.__name__:
            old.__code__, old.__defaults__ = new.__code__, new.__defaults__
        elif isinstance(old, dict):
            old.clear()
            old.update(new)
        elif isinstance(old, frozenset | tuple) and old != new:
            _replace(old, new)


def _replace(old: object, new: object) -> None:
    """Give every module that has a constant the other one."""
    for user in list(sys.modules.values()):
        for name, value in list(getattr(user, "__dict__", {}).items()):
            if value is old:
                vars(user)[name] = new


def notices(module: ModuleType, mutant: Mutant, arguments: list[str]) -> bool:
    """Return whether a test fails on a mutant; tried in a child process."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    code = 1
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            put_in_place(module, mutant.tree)
            code = int(pytest.main(arguments))
    finally:
        os._exit(code)


def main(name: str, *tests: str) -> int:
    """Try every mutant of a module; return 0 where the tests pass on the module itself."""
    os.environ.setdefault("TEST_POSTGRESQL", "none")  # the tests need no database
    arguments = [*OPTIONS, *tests]
    quiet = io.StringIO()
    with redirect_stdout(quiet):
        passed = pytest.main(arguments) == 0
    if not passed:
        sys.stdout.write(quiet.getvalue())
        return 2
    module = import_module(name)
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    if notices(module, Mutant("module", "nothing", ast.parse(source)), arguments):
        sys.stdout.write("the unchanged module fails in the place of itself\n")
        return 3
    tried = 0
    for mutant in mutants(source):
        tried += 1
        if not notices(module, mutant, arguments):
            sys.stdout.write(f"survived: {mutant}\n")
            sys.stdout.flush()
    sys.stdout.write(f"tried: {tried}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
