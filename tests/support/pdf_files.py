"""PDF files of a few lines, written by hand: no writer of PDF text is among the dependencies."""

import zlib
from collections.abc import Sequence
from pathlib import Path

from pipelines.corpus import CorpusSpec, PdfSource


def build_pdf(pages: Sequence[Sequence[str]], *, title: str | None = None) -> bytes:
    """A PDF 1.4 file with these lines of Latin-1 text on each page."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids: list[str] = []
    for lines in pages:
        shown = " T* ".join(f"({line.replace('(', '').replace(')', '')}) Tj" for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET".encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        content = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % content
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    objects.append(f"<< /Title ({title or ''}) >>".encode())
    return _file(objects)


_WORDS = 100


def build_nested_pdf(depth: int, *, width: int = 4) -> bytes:
    """One page of forms in forms, each drawn `width` times in the one around it: `width ** depth` texts to read.

    Some 180 bytes a level. The parser stops at 5,000 forms, which with texts of so many words take it half a minute.
    """
    forms = [f"/XObject << /N {number} 0 R >>" for number in range(7, 6 + depth)] + ["/Font << /F1 3 0 R >>"]
    drawn = [" ".join(["/N Do"] * width)] * (depth - 1) + [f"BT /F1 12 Tf {'(word) Tj ' * _WORDS}ET"]
    return _single_page(
        "/XObject << /N 6 0 R >>",
        _stream(b"/N Do"),
        *(
            _stream(text.encode(), f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << {form} >>")
            for form, text in zip(forms, drawn, strict=True)
        ),
    )


def build_swelling_pdf(megabytes: int) -> bytes:
    """One page whose content is four hundred times as large as the file, and far larger once parsed."""
    content = zlib.compress(b"BT /F1 12 Tf (a) Tj ET\n" * (megabytes * 1_000_000 // 23), 9)
    return _single_page("/Font << /F1 3 0 R >>", _stream(content, "/Filter /FlateDecode"))


def _single_page(resources: str, *objects: bytes) -> bytes:
    """The file of a page with these resources, whose content is object 5; the others follow."""
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << %s >> >>"
            % resources.encode(),
            *objects,
            b"<< /Title () >>",
        ]
    )


def _stream(content: bytes, entries: str = "") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(content), content)


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        len(objects),
        table,
    )
    return bytes(out)


GOOD = build_pdf([["Valves are opened by hand."], ["A second page."]])
PAPERS = CorpusSpec(
    name="papers", folder=Path(), source=PdfSource(kind="pdf", path=Path("papers")), base_url="https://files.my.site/"
)
