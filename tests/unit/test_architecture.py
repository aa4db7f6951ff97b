"""The house keeps its shape: floors, cycles, sizes and names, read from the source itself."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = {"storage_config": 0, "pipelines": 1, "app": 2}
MODULE_LINES, FUNCTION_LINES, PARAMETERS = 400, 50, 5
# Constructors take their collaborators by name: more than five then reads as a list of parts, not as a riddle.
KEYWORD_PARAMETERS = 10
BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|services?|base|components?|handlers?)(_|$)")
ONLY_IN = {
    "fastapi": "app", "starlette": "app", "uvicorn": "app",
    "llama_index": "pipelines",
    "sqlmodel": "storage_config", "sqlalchemy": "storage_config", "alembic": "storage_config",
}  # fmt: skip
# Who may import our own code inside a function, with what that spares whoever does not need it.
MAY_DEFER_IMPORTS = {
    "app/cli/commands.py",  # pipelines.bootstrap 2.5 s, the server 1 s: only the commands that use them
    "app/cli/keys.py",
    "app/cli/running.py",
    "pipelines/bootstrap.py",  # a Qdrant server's client 0.8 s
    "pipelines/model_registry.py",  # openai 0.8 s, cohere 0.35 s, onnxruntime 0.25 s
    "pipelines/providers/minilm_files.py",  # onnx 0.3 s, needed once a data folder
    "storage_config/storage.py",  # a Qdrant server's client 0.8 s
}

SOURCES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def imports_of(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            yield child.module


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_ours(name: str) -> bool:
    return name.split(".")[0] in FLOORS


def test_the_house_is_read() -> None:
    assert len(TREES) > 20


@pytest.mark.parametrize("path", TREES)
def test_imports_only_go_down(path: str) -> None:
    floor = FLOORS[path.split("/")[0]]
    upwards = [name for name in imports_of(TREES[path]) if is_ours(name) and FLOORS[name.split(".")[0]] > floor]
    assert not upwards
    assert not [name for name in imports_of(TREES[path]) if name.split(".")[0] in ("tests", "notebooks")]


@pytest.mark.parametrize("path", TREES)
def test_vendors_stay_on_their_floor(path: str) -> None:
    floor = path.split("/")[0]
    strangers = [name for name in imports_of(TREES[path]) if ONLY_IN.get(name.split(".")[0], floor) != floor]
    assert not strangers


@pytest.mark.parametrize("path", sorted(TREES.keys() - MAY_DEFER_IMPORTS))
def test_no_import_of_our_code_inside_a_function(path: str) -> None:
    inside = list(chain.from_iterable(imports_of(function) for function in functions_of(TREES[path])))
    assert not [name for name in inside if is_ours(name)]


def test_no_cycles() -> None:
    modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in TREES}
    graph = {
        module: {name for name in _targets(TREES[path]) if name in modules and name != module}
        for module, path in modules.items()
    }
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " → ".join([*trail[trail.index(module) :], module])
        if module not in done:
            for target in sorted(graph[module]):
                visit(target, (*trail, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def _targets(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            # A package's own file is empty here: `from package import module` leads to the module.
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", TREES)
def test_sizes(path: str) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= MODULE_LINES
    # The columns of a table in a migration are a list, however long.
    counted = [] if "/versions/" in path else list(functions_of(TREES[path]))
    assert not [f"{f.name}: {body_lines(f)} lines" for f in counted if body_lines(f) > FUNCTION_LINES]


@pytest.mark.parametrize("path", sorted(path for path in TREES if "/migrations/" not in path))
def test_parameters(path: str) -> None:
    def positional(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        return len([a for a in function.args.posonlyargs + function.args.args if a.arg not in ("self", "cls")])

    # Commands and routes declare their options as parameters: that is the frameworks' way, and they are not called.
    declared = [f for f in functions_of(TREES[path]) if not f.decorator_list or not path.startswith("app/")]
    assert not [f.name for f in declared if positional(f) > PARAMETERS]
    assert not [f.name for f in declared if positional(f) + len(f.args.kwonlyargs) > KEYWORD_PARAMETERS]


@pytest.mark.parametrize("path", TREES)
def test_names_say_what_things_are(path: str) -> None:
    stems = [part.removesuffix(".py") for part in path.split("/")]
    assert not [stem for stem in stems if BANNED_NAMES.search(stem)]
    classes = [node.name for node in ast.walk(TREES[path]) if isinstance(node, ast.ClassDef)]
    snake = {name: re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() for name in classes}
    assert not [name for name in classes if BANNED_NAMES.search(snake[name])]
