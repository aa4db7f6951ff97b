import pytest

from app.commands.terminal import unwrapped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("one\ntwo", "one two"),
        ("one\n\ntwo\nthree", "one\n\ntwo three"),
        ("- one\n  goes on\n- two\n1. three", "- one   goes on\n- two\n1. three"),
        ("text\n```py\na\nb\n```\nmore\ntext", "text\n```py\na\nb\n```\nmore text"),
        ("```\na\nb\n```", "```\na\nb\n```"),
        ("| a | b |\n| --- | --- |\ntext", "| a | b |\n| --- | --- |\ntext"),
        ("# Title\ntext", "# Title\ntext"),
        ("hard  \nbreak\\\nhere", "hard  \nbreak\\\nhere"),
    ],
)
def test_only_wrapped_paragraphs_are_joined(text: str, shown: str) -> None:
    assert unwrapped(text) == shown
    assert len(unwrapped(text)) == len(text)
