from __future__ import annotations

from pathlib import Path

import pytest

from adapters.console.attachments import read_attachments
from bot.errors import BadQuestion

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 10
IMAGES = [
    (PNG, "image/png"),
    (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
    (b"GIF89a", "image/gif"),
    (b"RIFF\0\0\0\0WEBPVP8", "image/webp"),
]


@pytest.mark.parametrize(("data", "media_type"), IMAGES)
def test_an_image_is_known_by_its_content(tmp_path: Path, data: bytes, media_type: str) -> None:
    (tmp_path / "file.bin").write_bytes(data)

    (attachment,) = read_attachments((tmp_path / "file.bin",))

    assert (attachment.media_type, attachment.data) == (media_type, data)


def test_text_comes_along(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("Zürich")

    (attachment,) = read_attachments((tmp_path / "notes.md",))

    assert (attachment.name, attachment.media_type) == ("notes.md", "text/plain")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"a\0b", b"RIFF\0\0\0\0WAVEfmt "])
def test_anything_else_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)

    with pytest.raises(BadQuestion, match="neither UTF-8 text nor"):
        read_attachments((tmp_path / "file",))


@pytest.mark.parametrize(
    ("data", "limit"), [(b"x" * 256_001, "256 kB"), (PNG + b"\0" * 5_000_000, "5000 kB")]
)
def test_large_files_are_refused(tmp_path: Path, data: bytes, limit: str) -> None:
    (tmp_path / "file").write_bytes(data)

    with pytest.raises(BadQuestion, match=limit):
        read_attachments((tmp_path / "file",))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadQuestion, match=r"nowhere\.txt cannot be read"):
        read_attachments((tmp_path / "nowhere.txt",))


def test_there_is_an_end_to_files(tmp_path: Path) -> None:
    with pytest.raises(BadQuestion, match="at most 10 files"):
        read_attachments((tmp_path,) * 11)
