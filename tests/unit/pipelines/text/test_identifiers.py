"""Names of code are found, and told apart from longer ones."""

import pytest

from pipelines.text.identifiers import are_same, heads, identifiers, label_of, names_exactly, split_name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("What does --strictPort do?", ("--strictPort",)),
        ("What is the default of build.shrink?", ("build.shrink",)),
        ("default of max_age in the CORS middleware?", ("max_age",)),
        ("createSlice and useSelector", ("createSlice", "useSelector")),
        ("call `open it` or close()", ("open it", "close")),
        ("How do I install the server?", ()),
        ("Which types does sensor_msgs hold, e.g. for lasers, i.e. in the U.S.?", ("sensor_msgs",)),
    ],
)
def test_identifiers(text: str, names: tuple[str, ...]) -> None:
    assert identifiers(text) == names


def test_a_name_is_neither_part_of_another_nor_a_flag() -> None:
    assert names_exactly("port", "Set port to 80.")
    assert not names_exactly("port", "Set server.port to 80.")
    assert not names_exactly("port", "Use --port or portal.")
    assert not names_exactly("stub.clear", "Call stub.clear.all().")
    assert names_exactly("--strictPort", "| `--strictPort` | exits |")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("`html` - Run in HTML mode.", "html"),
        ("**port** (int): the port", "port"),
        ("| `max_age` | 600 | seconds |", "max_age"),
        ("`max_age`: an integer", "max_age"),
        ("`create(path)` – makes it", "create"),
        ("key_order (Sequence[tuple[str, ...]] | None) – the keys", "key_order"),
        ("`--port`", "--port"),
        ("timeout: seconds to wait", "timeout"),
        ("$HOME = the folder", "$HOME"),
        ("This is a sentence - with a dash.", ""),
        ("Run `html` - or not.", ""),
        ("", ""),
    ],
)
def test_the_name_that_a_text_begins_with_and_speaks_of(text: str, label: str) -> None:
    assert label_of(text) == label


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("click.Context.forward()", "forward"),
        ("forward", "forward"),
        (".send(data)", "send"),
        ("Context forward", "Context forward"),
        ("reply.send(a, b=(1, 2))", "reply.send(a, b=(1, 2))"),
    ],
)
def test_the_last_of_several_names(name: str, last: str) -> None:
    assert split_name(name)[1] == last


def test_a_heading_is_a_name_s_by_whatever_way_it_is_reached() -> None:
    assert heads("ctx.forward", "click.Context.forward")
    assert heads("forward", "click.Context.forward")
    assert heads("max_age", "The `max_age` option")
    assert not heads("ctx.forward", "click.Context.invoke")


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("logger.bind", "structlog.BoundLogger.bind()", True),
        ("click.Context.forward", "Context.forward", True),
        ("server.port", "client.port", False),
        ("package.json", "tsconfig.json", False),
        ("1.0", "2.0", False),
    ],
)
def test_what_stands_before_the_last_name_is_short_for_the_other_s(name: str, other: str, *, same: bool) -> None:
    assert are_same(name, other) is are_same(other, name) is same
