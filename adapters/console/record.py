"""The durable record of what the terminal was shown, one append-only file a deliberation."""

from __future__ import annotations

import errno
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import cast

_SAFE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One message that was posted: its post's key and slot, and its plain text."""

    key: str
    slot: str
    text: str


class Record:
    """Messages as JSON lines below `folder`; a message counts as posted once its line is there.

    A line is one `write` to a file opened for appending, so that no other process writes into it.
    kill -9 may still cut a write short: half a line is no message. Methods raise OSError.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, deliberation_id: str, entry: Entry) -> None:
        """Write a message down."""
        path = self._path(deliberation_id)
        self._folder.mkdir(parents=True, exist_ok=True)
        fields = {"key": entry.key, "slot": entry.slot, "text": entry.text}
        _append(path, json.dumps(fields).encode() + b"\n")

    def find(self, deliberation_id: str, key: str) -> Entry | None:
        """Look a message up by its post's key."""
        return next((entry for entry in self.entries(deliberation_id) if entry.key == key), None)

    def entries(self, deliberation_id: str) -> tuple[Entry, ...]:
        """Return all messages of a deliberation in the order they were posted."""
        path = self._path(deliberation_id)
        if not path.exists():
            return ()
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        return tuple(entry for line in lines if (entry := _entry(line)) is not None)

    def remove(self, deliberation_id: str) -> None:
        """Forget all messages of a deliberation; none is fine."""
        if _SAFE_NAME.fullmatch(deliberation_id):
            self._path(deliberation_id).unlink(missing_ok=True)

    def _path(self, deliberation_id: str) -> Path:
        if not _SAFE_NAME.fullmatch(deliberation_id):
            message = "a deliberation's id is letters and digits"
            raise ValueError(message)
        return self._folder / f"{deliberation_id}.jsonl"


def _append(path: Path, line: bytes) -> None:
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        before = os.fstat(handle).st_size
        if before and os.pread(handle, 1, before - 1) != b"\n":
            line = b"\n" + line  # or the half line of a killed process would swallow it
        if os.write(handle, line) < len(line):
            os.ftruncate(handle, before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(handle)


def _entry(line: str) -> Entry | None:
    try:
        found: object = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    fields = cast("dict[str, object]", found)
    return Entry(*(str(fields.get(name, "")) for name in ("key", "slot", "text")))
