"""PDF files, made as ISO 32000 says and no better than needed."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfReader, PdfWriter

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def pdf(*pages: str) -> bytes:
    """Return a PDF that shows these texts, a page each; an empty one shows nothing."""
    return _file([(b"", _shown(text)) for text in pages])


def pdf_of_stream(content: bytes) -> bytes:
    """Return a PDF of one page with this content, compressed."""
    return _file([(b"/Filter /FlateDecode", zlib.compress(content, 9))])


def locked(data: bytes, *, password: str, owner: str) -> bytes:
    """Return a PDF under a password; an empty one still forbids things."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    writer.encrypt(password, owner, algorithm="AES-256")
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def _shown(text: str) -> bytes:
    lines = [
        line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        for line in text.splitlines()
    ]
    drawn = b"".join(b"(" + line + b") Tj 0 -14 Td " for line in lines)
    return b"BT /F1 12 Tf 72 720 Td " + drawn + b"ET" if text else b""


def _file(contents: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Put pages together: catalog, list of pages, font, then each page with its content."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        _FONT,
    ]
    for number, (filters, content) in enumerate(contents):
        box = b"/MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
        objects += [
            b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (box, 5 + 2 * number),
            b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), filters, content),
        ]
    written = bytearray(b"%PDF-1.7\n")
    places: list[int] = []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    trailer = b"trailer << /Size %d /Root 1 0 R >>" % (len(objects) + 1)
    return bytes(written + end + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % len(written))
