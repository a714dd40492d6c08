"""How a route says no: docs.discord.com/developers/topics/opcodes-and-status-codes.

The documentation gives codes without their HTTP statuses. These are as seen in public reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from tests.fakes.shapes import Json

ERRORS: Mapping[int, tuple[int, str]] = {
    0: (404, "404: Not Found"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10087: (400, "Unknown Tag"),
    20028: (429, "The write action you are performing on the channel has hit the write rate limit"),
    30003: (400, "Maximum number of pins reached for the channel (250)"),
    30015: (400, "Maximum number of attachments in a message reached (10)"),
    30032: (400, "Maximum number of application commands reached"),
    30033: (400, "Maximum number of thread participants has been reached (1000)"),
    30034: (429, "Max number of daily application command creates has been reached (200)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40001: (401, "Unauthorized"),
    40005: (413, "Request entity too large"),
    40058: (400, "Cannot send a message in a forum channel"),
    40060: (400, "Interaction has already been acknowledged."),
    40062: (429, "Service resource is being rate limited."),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50019: (403, "A message can only be pinned to the channel it was sent in"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (403, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    130000: (503, "API resource is currently overloaded. Try again a little later"),
    160002: (400, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
}
UNAUTHORIZED: Json = {"message": "401: Unauthorized", "code": 0}


class Refused(Exception):  # noqa: N818  it says what happened, as our errors do
    """Discord answers with this code, the status that belongs to it, and further fields."""

    def __init__(self, code: int, *, status: int | None = None, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        known, message = ERRORS[code]
        self.status = status or known
        self.document: Json = {"message": message, "code": code, **fields}


class Unauthorized(Exception):  # noqa: N818
    """The bot's token is wrong, or is none any more."""


def refuse(code: int, *, status: int | None = None, **fields: object) -> NoReturn:
    """Raise Refused."""
    raise Refused(code, status=status, **fields)


def invalid(pointer: str, reason: str, kind: str = "BASE_TYPE_BAD") -> NoReturn:
    """Raise Refused for an invalid form body, whose errors point at a field: `/embeds/0/title`."""
    refuse(50035, errors=errors_at(pointer, reason, kind))


def errors_at(pointer: str, reason: str, kind: str = "BASE_TYPE_BAD") -> Json:
    """Nest an error as Discord does, one object for each part of the way to the field."""
    errors: Json = {"_errors": [{"code": kind, "message": reason}]}
    for part in reversed([part for part in pointer.split("/") if part]):
        errors = {part: errors}
    return errors
