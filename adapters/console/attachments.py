"""Files of this machine that come with a question."""

from __future__ import annotations

from pathlib import Path

from bot.attachments import MOST_BYTES, attachment, check_number
from bot.domain import Attachment
from bot.errors import BadQuestion


def read_attachments(paths: tuple[Path, ...]) -> tuple[Attachment, ...]:
    """Read text files and images. Raises `BadQuestion` for what cannot be shown to a model."""
    check_number(len(paths))
    return tuple(attachment(path.name, _content(path), shown=str(path)) for path in paths)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        message = f"{path} cannot be read; check the path."
        raise BadQuestion(message) from error
