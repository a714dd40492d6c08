"""What Discord's refusals mean, in sentences for people; its own texts stay behind."""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.errors import ChatBusy, ChatRefused

_LEAST_WAIT_S, _LONGEST_WAIT_S = 0.1, 3600.0
_USUAL_WAIT_S = 5.0

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, GONE = 401, 403, 404, 410
TOO_LARGE, TOO_MANY, SERVER_ERROR = 413, 429, 500

OLD_EDITS = 30046
DEAD_INTERACTION = 50027

_LATE = "It took longer than Discord waits for an answer."
_NO_PLACE = "The channel or thread is no longer there."
_NO_RIGHT = "The bot lacks a right in this channel; somebody who manages the server can give it."
_NO_SERVER = "The bot is no longer in this server."
_WRONG_KIND = "Discord does not allow this in a channel of this kind."
_WRONG_FORM = "Discord did not accept the form of the message."
_TOO_LARGE = "Discord found the file too large."

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
_BY_CODE: Mapping[int, str] = {
    10003: _NO_PLACE,
    10004: _NO_SERVER,
    10007: "This person is not in the server any more.",
    10008: "The message is no longer there.",
    10013: "Discord knows no such person.",
    10015: _LATE,
    10062: _LATE,
    30003: "the channel has 250 pinned messages, which is Discord's limit",
    30032: "The app has as many commands as Discord allows.",
    30033: "The thread has as many members as Discord allows.",
    30034: "Discord takes no more new commands of this app today.",
    40005: _TOO_LARGE,
    40058: _WRONG_KIND,
    40060: "Discord has had an answer already.",
    50001: "The bot cannot see this channel; somebody who manages the server can let it in.",
    50003: _WRONG_KIND,
    50005: "Discord lets nobody edit a message of somebody else's.",
    50006: _WRONG_FORM,
    50007: "This person takes no direct messages from the bot.",
    50008: _WRONG_KIND,
    50013: _NO_RIGHT,
    50021: "Discord does not allow this with a message of its own.",
    50024: _WRONG_KIND,
    DEAD_INTERACTION: _LATE,
    50035: _WRONG_FORM,
    50083: "The thread is archived.",
    50109: _WRONG_FORM,
    160002: _NO_RIGHT,
    160004: "The message has a thread already.",
    160005: "The thread is locked.",
    160006: "The server has as many active threads as Discord allows.",
}
_BY_STATUS: Mapping[int, str] = {
    UNAUTHORIZED: (
        "Discord no longer accepts the bot's token; whoever runs the bot must set DISCORD_TOKEN "
        "anew."
    ),
    FORBIDDEN: "Discord does not allow the bot to do this here.",
    NOT_FOUND: "Discord does not find what this is about.",
    TOO_LARGE: _TOO_LARGE,
}

FILE_GONE = "The file is no longer there."
FILE_KEPT = "Discord does not hand this file out to the bot."


class Throttled(ChatBusy):
    """Discord says how long to wait: calls came too fast, of this kind here or of all kinds."""

    def __init__(self, retry_after_s: float, *, is_global: bool = False) -> None:
        super().__init__("Discord asks to slow down.", retry_after_s=retry_after_s)
        self.is_global = is_global


class Refused(ChatRefused):
    """Discord will never do this; `code` is its number for why, 0 if there is only a `status`."""

    def __init__(self, code: int, status: int, sentence: str | None = None) -> None:
        known = _BY_CODE.get(code) or _BY_STATUS.get(status)
        super().__init__(sentence or known or f"Discord refused it ({code or status}).")
        self.code = code
        self.status = status


def wait_of(given: object) -> float:
    """Return how many seconds Discord asks to wait, never for ever and never not at all."""
    try:
        wait_s = float(str(given))
    except ValueError:
        return _USUAL_WAIT_S
    if not math.isfinite(wait_s):
        return _USUAL_WAIT_S
    return min(max(wait_s, _LEAST_WAIT_S), _LONGEST_WAIT_S)
