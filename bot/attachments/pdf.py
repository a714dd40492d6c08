"""The text of a PDF, read by a program of its own that is given little time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import cast

from bot.errors import BadQuestion

_PROGRAM = Path(__file__).with_name("pdf_program.py")
# Reading stops by itself before that; only a page that never ends is cut off.
_DEADLINE_S = 15.0
_MARK = b"%PDF-"
_MARK_WITHIN = 1024  # Adobe's readers look for it that far, and many writers put something before

_LOCKED = "{} is locked with a password; attach an unlocked copy of it."
_WITHOUT_TEXT = "{} holds no text that can be read, as scans do; attach its pages as images."
_BROKEN = "{} is a PDF that cannot be read; attach it as text, or its pages as images."
_TOO_SLOW = "{} is a PDF that takes too long to read; attach a smaller part of it."
_FAULTS = {"locked": _LOCKED, "empty": _WITHOUT_TEXT, "slow": _TOO_SLOW}


def is_pdf(data: bytes) -> bool:
    """Say whether a file is a PDF; reading one takes a while."""
    return data[:_MARK_WITHIN].lstrip().startswith(_MARK)


def text_of(data: bytes, shown: str, *, deadline_s: float = _DEADLINE_S) -> str:
    """Return the text of a PDF's first pages, and a mark where the rest was left out.

    `shown` is what an error calls it. Raises `BadQuestion` if there is no text to be had.
    """
    found = _read(data, deadline_s)
    if fault := found.get("fault"):
        raise BadQuestion(_FAULTS.get(fault, _BROKEN).format(shown))
    return found["text"]


def _read(data: bytes, deadline_s: float) -> dict[str, str]:
    # Isolated: it sees neither our environment, which holds keys, nor modules of this folder.
    command = [sys.executable, "-I", str(_PROGRAM)]
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, and no shell
            command, input=data, capture_output=True, timeout=deadline_s, env={}, check=True
        )
        return cast("dict[str, str]", json.loads(ended.stdout))
    except subprocess.TimeoutExpired:
        return {"fault": "slow"}
    except (subprocess.SubprocessError, OSError, ValueError):  # out of memory, most likely
        return {"fault": "broken"}
