"""The house keeps its shape: floors, cycles, sizes and names, read from the source itself. One test a rule."""

import ast
import builtins
import re
from collections import Counter
from functools import cache

from tests.support.source_tree import (
    ROOT,
    asserts_something,
    body_lines,
    classes_of,
    find_cycles,
    functions_of,
    imports_of,
    literals_of,
    module_graph,
    parse_folders,
    positional,
    sibling_graphs,
)

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
    "app/cli/backend.py",  # the client to a server 0.2 s, or the database's libraries 0.4 s: whichever does the work
    # pipelines.bootstrap 2.5 s: only what asks, ingests, or groups questions; numpy 0.15 s of 1.0: only insights
    "app/cli/local_backend.py",
    "app/cli/ask.py",
    "app/cli/chat.py",
    "app/cli/console.py",  # the commands themselves 0.5 s, in which Ctrl+C would be a stack
    "app/cli/db.py",
    "app/cli/ingest.py",
    "app/cli/insights.py",  # the bodies of insights and their CSV, 0.15 s of --help
    "app/cli/mcp.py",
    "app/cli/openapi.py",
    "app/cli/serve.py",
    "app/cli/show.py",
    "app/cli/status.py",
    "app/cli/evaluate.py",
    "app/cli/local_evaluation.py",  # scipy 0.2 s, where it is installed at all
    "app/cli/probe.py",
    "app/cli/local_pipelines.py",  # the readers 0.3 s, for a cluster
    "pipelines/bootstrap.py",  # the readers 0.3 s: asking reads no pages
    "pipelines/index_parts.py",  # a Qdrant server's client 0.8 s
    "pipelines/model_registry.py",  # openai 0.8 s, cohere 0.35 s, onnxruntime 0.25 s
    "pipelines/providers/e5.py",  # onnx 0.3 s, needed once a data folder
    "pipelines/providers/minilm_files.py",  # onnx 0.3 s, needed once a data folder
    "storage_config/storage.py",  # a Qdrant server's client 0.8 s
}

BUILTIN_ERRORS = {
    name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, BaseException)
}


@cache
def parsed_source() -> dict[str, ast.Module]:
    return parse_folders(*FLOORS)


@cache
def parsed_tests() -> dict[str, ast.Module]:
    return parse_folders("tests")


def is_ours(name: str) -> bool:
    return name.split(".")[0] in FLOORS


def test_the_house_is_read() -> None:
    assert len(parsed_source()) > 200
    assert len(parsed_tests()) > 200


def test_imports_only_go_down() -> None:
    """import-linter holds it too, but says nothing of `tests` and `notebooks`."""
    highest = {**FLOORS, "tests": 9, "notebooks": 9}
    upwards = [
        f"{path} imports {name}"
        for path, tree in parsed_source().items()
        for name in imports_of(tree)
        if highest.get(name.split(".")[0], 0) > FLOORS[path.split("/")[0]]
    ]
    assert not upwards


def test_vendors_stay_on_their_floor() -> None:
    strangers = [
        f"{path} imports {name}"
        for path, tree in parsed_source().items()
        for name in imports_of(tree)
        if ONLY_IN.get(name.split(".")[0], path.split("/")[0]) != path.split("/")[0]
    ]
    assert not strangers


def test_only_listed_files_import_our_code_inside_a_function() -> None:
    deferring = {
        path
        for path, tree in parsed_source().items()
        for function in functions_of(tree)
        if any(is_ours(name) for name in imports_of(function))
    }
    assert deferring == MAY_DEFER_IMPORTS


def test_no_cycles_between_modules() -> None:
    assert find_cycles(module_graph(parsed_source())) == []


def test_no_cycles_between_the_members_of_a_folder() -> None:
    """The files and folders that lie beside each other, in every folder, form no cycle either."""
    cycles = {cycle for siblings in sibling_graphs(module_graph(parsed_source())) for cycle in find_cycles(siblings)}
    assert not cycles


def test_cycles_are_found() -> None:
    graph = {"a.x.one": {"a.y.two"}, "a.y.two": set(), "a.y.three": {"a.x.one"}}
    assert find_cycles(graph) == []
    assert [find_cycles(siblings) for siblings in sibling_graphs(graph)] == [["a.x → a.y → a.x"], [], []]
    assert find_cycles({**graph, "a.y.two": {"a.y.three"}}) == ["a.x.one → a.y.two → a.y.three → a.x.one"]


def test_modules_are_short() -> None:
    tests = [path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts]
    modules = [*(ROOT / path for path in parsed_source()), *tests]
    lines = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert not {path: count for path, count in lines.items() if count > MODULE_LINES}


def test_functions_are_short() -> None:
    # The columns of a table in a migration are a list, however long.
    counted = {
        f"{path}:{function.name}": body_lines(function)
        for path, tree in parsed_source().items()
        for function in functions_of(tree)
        if "/versions/" not in path
    }
    assert not {name: count for name, count in counted.items() if count > FUNCTION_LINES}


def test_functions_take_few_parameters() -> None:
    # Commands and routes declare their options as parameters: that is the frameworks' way, and they are not called.
    def is_declaration(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        annotations = {ast.unparse(arg.annotation) for arg in function.args.args if arg.annotation}
        return bool(function.decorator_list) or "typer.Context" in annotations

    called = [
        (f"{path}:{function.name}", positional(function), len(function.args.kwonlyargs))
        for path, tree in parsed_source().items()
        for function in functions_of(tree)
        if "/migrations/" not in path and not (path.startswith("app/") and is_declaration(function))
    ]
    assert not [name for name, places, _ in called if places > PARAMETERS]
    assert not [name for name, places, names in called if places + names > KEYWORD_PARAMETERS]


def test_names_say_what_things_are() -> None:
    stems = [part.removesuffix(".py") for path in parsed_source() for part in path.split("/")]
    assert not [stem for stem in stems if BANNED_NAMES.search(stem)]
    classes = [node.name for tree in parsed_source().values() for node in classes_of(tree)]
    snake = {name: re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() for name in classes}
    assert not [name for name in classes if BANNED_NAMES.search(snake[name])]


def test_no_class_name_stands_twice() -> None:
    counts = Counter(node.name for tree in parsed_source().values() for node in classes_of(tree))
    assert not {name for name, count in counts.items() if count > 1}


def test_every_error_of_ours_has_one_root() -> None:
    """An error that descends from a built-in one alone is missed by whoever catches FootnotedError."""
    rootless = {
        node.name
        for tree in parsed_source().values()
        for node in classes_of(tree)
        if node.bases and all(ast.unparse(one) in BUILTIN_ERRORS for one in node.bases)
    }
    assert rootless == {"FootnotedError"}


def test_closed_sets_stand_once() -> None:
    """A `Literal` of words that stands twice is two sets as soon as one of them grows: storage_config/vocabulary.py."""
    places: dict[frozenset[str], list[str]] = {}
    for path, tree in parsed_source().items():
        for words, line in literals_of(tree):
            places.setdefault(words, []).append(f"{path}:{line}")
    assert not {", ".join(sorted(words)): found for words, found in places.items() if len(found) > 1}


def test_every_test_asserts_something_itself() -> None:
    silent = [
        f"{path}:{test.lineno} {test.name}"
        for path, tree in parsed_tests().items()
        for test in functions_of(tree)
        if path.split("/")[-1].startswith("test_") and test.name.startswith("test_") and not asserts_something(test)
    ]
    assert not silent


def test_a_silent_test_is_found() -> None:
    loud, raising, silent = functions_of(
        ast.parse(
            "def a():\n  assert f()\ndef b():\n  with pytest.raises(E), g():\n    f()\ndef c():\n  with g():\n    f()\n"
        )
    )
    assert [asserts_something(test) for test in (loud, raising, silent)] == [True, True, False]
