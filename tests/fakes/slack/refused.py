"""How a method says no."""

from __future__ import annotations

from typing import Any, NoReturn


class Refused(Exception):  # noqa: N818  it says what happened, as our errors do
    """Slack answers `ok: false` with this error code and these further fields."""

    def __init__(self, error: str, **fields: Any) -> None:
        super().__init__(error)
        self.error = error
        self.fields = fields


class Unavailable(Exception):  # noqa: N818
    """Slack answers with a server error."""


def refuse(error: str, **fields: Any) -> NoReturn:
    """Raise Refused."""
    raise Refused(error, **fields)
