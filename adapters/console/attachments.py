"""Files that come with a question."""

from __future__ import annotations

from pathlib import Path

from bot.domain import Attachment
from bot.errors import BadQuestion

_MOST_TEXT_BYTES = 256_000  # about 70,000 tokens; more does not fit beside the answers
_MOST_IMAGE_BYTES = 5_000_000  # what the strictest provider takes
_MOST_FILES = 10

_SIGNATURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n", b""),
    "image/jpeg": (b"\xff\xd8\xff", b""),
    "image/gif": (b"GIF8", b""),
    "image/webp": (b"RIFF", b"WEBP"),
}
_WEBP_MARK_AT = 8


def read_attachments(paths: tuple[Path, ...]) -> tuple[Attachment, ...]:
    """Read text files and images. Raises `BadQuestion` for what cannot be shown to a model."""
    if len(paths) > _MOST_FILES:
        message = f"A question takes at most {_MOST_FILES} files, not {len(paths)}."
        raise BadQuestion(message)
    return tuple(_attachment(path) for path in paths)


def _attachment(path: Path) -> Attachment:
    data = _content(path)
    media_type = _image_type(data)
    if media_type is None:
        media_type = "text/plain"
        _check_text(path, data)
    limit = _MOST_IMAGE_BYTES if media_type.startswith("image/") else _MOST_TEXT_BYTES
    if len(data) > limit:
        message = f"{path} is larger than {limit // 1000} kB; attach a smaller part of it."
        raise BadQuestion(message)
    return Attachment(path.name, media_type, data)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_IMAGE_BYTES + 1)
    except OSError as error:
        message = f"{path} cannot be read; check the path."
        raise BadQuestion(message) from error


def _image_type(data: bytes) -> str | None:
    for media_type, (start, mark) in _SIGNATURES.items():
        if data.startswith(start) and data[_WEBP_MARK_AT:].startswith(mark):
            return media_type
    return None


def _check_text(path: Path, data: bytes) -> None:
    # A character that the limit cuts in two is no sign of a wrong encoding.
    try:
        text = data.decode("utf-8", "strict" if len(data) <= _MOST_IMAGE_BYTES else "ignore")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        message = f"{path} is neither UTF-8 text nor a PNG, JPEG, GIF or WebP image."
        raise BadQuestion(message)
