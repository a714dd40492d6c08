from __future__ import annotations

import pytest

from bot.attachments import attachment, check_number
from bot.errors import BadQuestion

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 10


def test_a_name_that_lies_is_not_believed() -> None:
    assert attachment("notes.txt", PNG).media_type == "image/png"
    assert attachment("photo.png", b"plain words").media_type == "text/plain"


def test_what_is_too_large_is_refused_by_its_name() -> None:
    with pytest.raises(BadQuestion, match=r"plan\.md is larger than 256 kB"):
        attachment("plan.md", b"x" * 256_001)
    with pytest.raises(BadQuestion, match=r"photo\.png is larger than 5000 kB"):
        attachment("photo.png", PNG + b"\0" * 5_000_000)


def test_more_than_ten_files_are_too_many() -> None:
    check_number(10)
    with pytest.raises(BadQuestion, match="at most 10 files, not 11"):
        check_number(11)
