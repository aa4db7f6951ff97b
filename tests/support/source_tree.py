"""The project's own source as syntax trees, and what the rules of the house ask of them."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def parse_folders(*folders: str) -> dict[str, ast.Module]:
    """Every Python file below these folders of the project, by its path from the root."""
    files = sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts
    )
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in files}


@cache
def _nodes(node: ast.AST) -> tuple[ast.AST, ...]:
    """All below the node, which every rule looks through."""
    return tuple(ast.walk(node))


def imports_of(node: ast.AST) -> Iterator[str]:
    """The modules that are imported anywhere below the node."""
    for child in _nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            yield child.module


def functions_of(node: ast.AST) -> list[Function]:
    """Functions and methods, nested ones too."""
    return [child for child in _nodes(node) if isinstance(child, Function)]


def classes_of(tree: ast.Module) -> list[ast.ClassDef]:
    """The classes, nested ones too."""
    return [child for child in _nodes(tree) if isinstance(child, ast.ClassDef)]


def literals_of(tree: ast.Module) -> Iterator[tuple[frozenset[str], int]]:
    """The words of each `Literal` of at least two, and its line."""
    for node in _nodes(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal":
            words = {one.value for one in ast.walk(node.slice) if isinstance(one, ast.Constant)}
            if len(words) > 1:
                yield frozenset(str(word) for word in words), node.lineno


def body_lines(function: Function) -> int:
    """Lines of the body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def positional(function: Function) -> int:
    """Parameters that a caller may give by position."""
    return len([a for a in function.args.posonlyargs + function.args.args if a.arg not in ("self", "cls")])


def asserts_something(test: Function) -> bool:
    """Whether the test's own body can fail by what it says: `assert`, `pytest.raises`, `pytest.warns`."""
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.withitem) and ast.unparse(node.context_expr).startswith(
            ("pytest.raises", "pytest.warns")
        ):
            return True
    return False


def module_graph(trees: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    """Which module imports which, both among `trees`."""
    modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in trees}
    return {
        module: {name for name in _targets(trees[path]) if name in modules and name != module}
        for module, path in modules.items()
    }


def _targets(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            # A package's own file is empty here: `from package import module` leads to the module.
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def sibling_graphs(graph: Mapping[str, set[str]]) -> Iterator[dict[str, set[str]]]:
    """For each package, which of its direct members (files and folders) import which."""
    packages = {module.rsplit(".", depth)[0] for module in graph for depth in range(1, module.count(".") + 1)}
    for package in sorted(packages):
        inside: dict[str, set[str]] = {}
        for module, targets in graph.items():
            if member := _member(package, module):
                found = {other for target in targets if (other := _member(package, target)) and other != member}
                inside.setdefault(member, set()).update(found)
        yield inside


def _member(package: str, module: str) -> str | None:
    """The direct member of the package that the module is or lies in."""
    if not module.startswith(f"{package}."):
        return None
    return f"{package}.{module.removeprefix(package + '.').split('.')[0]}"


def find_cycles(graph: Mapping[str, set[str]]) -> list[str]:
    """The first cycle that is met from each member, drawn as arrows."""
    done: set[str] = set()
    cycles: list[str] = []

    def visit(member: str, trail: tuple[str, ...]) -> None:
        if member in trail:
            cycles.append(" → ".join([*trail[trail.index(member) :], member]))
        elif member not in done:
            for target in sorted(graph.get(member, ())):
                visit(target, (*trail, member))
            done.add(member)

    for member in sorted(graph):
        visit(member, ())
    return cycles
