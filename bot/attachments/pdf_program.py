"""Read the text of a PDF from standard input and write it as JSON, within bounds.

A program of its own, which imports nothing of ours: pypdf does what a file says, and a hostile file
can keep it busy for ever or fill the memory. Here that ends with this process.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf import PdfReader

MOST_PAGES = 200
MOST_CHARS = 64_000  # what prompts have room for
_MOST_BYTES = 512 * 1024 * 1024  # of memory: Python and pypdf take a fifth of it
_MOST_CPU_S = 12
# When no further page is begun; what was read by then counts.
_READING_S = 8.0


def main() -> None:
    """Answer with a text, or with the word for what is wrong: locked, empty, broken, slow."""
    with suppress(ValueError, OSError):  # not every system lets us
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S))
    # It complains about every fault that it mends, with words of the file.
    logging.disable(logging.CRITICAL)
    json.dump(read(sys.stdin.buffer.read()), sys.stdout)


def read(data: bytes) -> dict[str, str]:
    """Return `text`, or `fault` if there is none."""
    # It takes a sixth of a second to load, and few files are PDFs.
    from pypdf import PasswordType, PdfReader  # noqa: PLC0415

    try:
        reader = PdfReader(BytesIO(data))
        # A file that only forbids printing and the like opens without a password.
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            return {"fault": "locked"}
        return _read_pages(reader, len(reader.pages))
    except Exception:  # noqa: BLE001 - whatever a broken file makes pypdf raise
        return {"fault": "broken"}


def _read_pages(reader: PdfReader, count: int) -> dict[str, str]:
    began, number, left = time.monotonic(), 0, MOST_CHARS
    pages: list[str] = []
    while number < min(count, MOST_PAGES) and left > 0:
        if time.monotonic() - began > _READING_S:
            break
        text = _text(reader, number)[:left]
        left -= len(text)
        number += 1
        pages.append(text)
    text = "\n\n".join(page for page in pages if page)
    if not text:
        return {"fault": "empty" if number == count else "slow"}
    if number < count or left <= 0:
        text = f"{text}\n\n[… the rest was left out after page {number} of {count}]"
    return {"text": text}


def _text(reader: PdfReader, number: int) -> str:
    """Return a page's text; a page that cannot be read has none, as a picture has none."""
    try:
        return reader.pages[number].extract_text().strip()
    except Exception:  # noqa: BLE001 - as above
        return ""


if __name__ == "__main__":
    main()
