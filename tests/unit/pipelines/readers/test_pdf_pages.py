"""PDF files: their pages are sections, broken files say what is wrong."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from pipelines.errors import PageError
from pipelines.readers.pdf import read_pdf
from tests.support.pdf_files import build_pdf
from tests.unit.pipelines.readers.pages import anchors_of


def test_pages_are_sections() -> None:
    data = build_pdf(
        [
            ["Information: robots sense.", "They also informa-", "tion gather."],
            [],
            ["# 3 is none", "Self-", "Made"],
        ],
        title="A  book",
    )
    body, title = read_pdf("a.pdf", data, max_chars=1_000)
    assert body.text == (
        "## Page 1\n\nInformation: robots sense.\nThey also information gather."
        "\n\n## Page 3\n\n\\# 3 is none\nSelf-Made"
    )
    assert anchors_of(body) == ["page=1", "page=3"]
    assert title == "A book"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a well-", "known co-", "operation; cooperation"], "a well-known cooperation; cooperation"),
        (["state-of-the-", "art"], "state-of-the-art"),
        (["the pre-", "heated oven, preheated"], "the preheated oven, preheated"),
        (["pages 10-", "20 and A-", "1"], "pages 10-\n20 and A-\n1"),
    ],
)
def test_divided_words_are_joined_as_the_rest_of_the_file_has_them(lines: list[str], expected: str) -> None:
    body, _ = read_pdf("a.pdf", build_pdf([lines]), max_chars=1_000)
    assert body.text == f"## Page 1\n\n{expected}"


def test_a_file_may_name_no_title() -> None:
    assert read_pdf("a.pdf", build_pdf([["x"]]), max_chars=10)[1] is None


def encrypted(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(build_pdf([["secret"]]))))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_an_empty_password_opens_the_file() -> None:
    assert read_pdf("a.pdf", encrypted(""), max_chars=100)[0].text == "## Page 1\n\nsecret"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no PDF"),
        (b"%PDF-1.4\nnothing", "no PDF"),
        (build_pdf([["x"]])[:200], "no PDF"),
        (build_pdf([[], []]), "no text"),
        (build_pdf([["x" * 30], ["x" * 30]]), "more than 50 characters"),
        (encrypted("key"), "encrypted"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_broken_files(data: bytes, reason: str) -> None:
    with pytest.raises(PageError, match=reason):
        read_pdf("a.pdf", data, max_chars=50)
