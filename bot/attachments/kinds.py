"""Which files may come with a question: text, PDFs for theirs, and images that models can see."""

from __future__ import annotations

from collections.abc import AsyncIterable

from bot.attachments.pdf import is_pdf, text_of
from bot.domain import Attachment
from bot.errors import BadQuestion

MOST_FILES = 10
MOST_BYTES = 5_000_000  # of an image: what the strictest provider takes; of a PDF, too
_MOST_TEXT_BYTES = 256_000  # about 70,000 tokens; more does not fit beside the answers

_SIGNATURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n", b""),
    "image/jpeg": (b"\xff\xd8\xff", b""),
    "image/gif": (b"GIF8", b""),
    "image/webp": (b"RIFF", b"WEBP"),
}
_WEBP_MARK_AT = 8
_TEXT = "text/plain"


def attachment(name: str, data: bytes, shown: str | None = None) -> Attachment:
    """Make an attachment of a file's content, which says what it is; its name is not believed.

    Of a PDF the text is kept; reading it takes up to some seconds. `shown` is what an error calls
    it. Raises `BadQuestion` for what cannot be shown to a model.
    """
    shown = shown or name
    if is_pdf(data):
        _check_size(shown, data, MOST_BYTES)
        return Attachment(name, _TEXT, text_of(data, shown).encode("utf-8", "replace"))
    if (media_type := _image_type(data)) is not None:
        _check_size(shown, data, MOST_BYTES)
        return Attachment(name, media_type, data)
    _check_text(shown, data)
    _check_size(shown, data, _MOST_TEXT_BYTES)
    return Attachment(name, _TEXT, data)


async def read_up_to(pieces: AsyncIterable[bytes], limit: int) -> bytes:
    """Return a file's content, cut one byte past the limit; the rest is not waited for."""
    content = bytearray()
    async for piece in pieces:
        content += piece
        if len(content) > limit:
            break
    return bytes(content[: limit + 1])


def check_number(files: int) -> None:
    """Raise `BadQuestion` if there are too many."""
    if files > MOST_FILES:
        message = f"A question takes at most {MOST_FILES} files, not {files}."
        raise BadQuestion(message)


def _image_type(data: bytes) -> str | None:
    for media_type, (start, mark) in _SIGNATURES.items():
        if data.startswith(start) and data[_WEBP_MARK_AT:].startswith(mark):
            return media_type
    return None


def _check_size(shown: str, data: bytes, limit: int) -> None:
    if len(data) > limit:
        message = f"{shown} is larger than {limit // 1000} kB; attach a smaller part of it."
        raise BadQuestion(message)


def _check_text(shown: str, data: bytes) -> None:
    # A character that the limit cuts in two is no sign of a wrong encoding.
    try:
        text = data.decode("utf-8", "strict" if len(data) <= MOST_BYTES else "ignore")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        message = f"{shown} is neither UTF-8 text nor a PDF, nor a PNG, JPEG, GIF or WebP image."
        raise BadQuestion(message)
