"""What Slack's refusals mean, in sentences for people; its own texts stay behind."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.errors import ChatBusy, ChatError, ChatRefused, ChatUnclear

_SERVER_ERROR = 500
_TOO_MANY = 429
_LEAST_WAIT_S, _LONGEST_WAIT_S = 1.0, 600.0
_USUAL_WAIT_S = 5.0
_CODE = re.compile(r"[a-z][a-z0-9_]{1,60}")

DEAD_REFRESH = "invalid_refresh_token"
FILE_GONE = "file_not_found"
FILE_KEPT = "file_not_given"  # no word of Slack's: it sent the file elsewhere, or had none
NO_SCOPE = "missing_scope"
NOT_INSTALLED = "not_installed"

_NO_ACCESS = "Slack no longer accepts the bot's token; an admin must install the bot again."
_GONE = "The message is no longer there."
_NO_THREAD = "The thread is no longer there."
_TOO_LONG = "Slack found the message too long."
_NO_PINS = "this channel does not let the bot pin messages"

# https://docs.slack.dev/reference/methods/chat.postMessage and its sisters
_SENTENCES: Mapping[str, str] = {
    "account_inactive": _NO_ACCESS,
    "cannot_reply_to_message": _NO_THREAD,
    "channel_not_found": "The bot cannot see this channel; invite it with /invite.",
    FILE_GONE: "The file is no longer there.",
    FILE_KEPT: "Slack does not hand this file out to the bot.",
    "invalid_auth": _NO_ACCESS,
    "invalid_blocks": "Slack did not accept the form of the message.",
    "invalid_blocks_format": "Slack did not accept the form of the message.",
    DEAD_REFRESH: _NO_ACCESS,
    "is_archived": "The channel is archived.",
    "message_not_found": _GONE,
    NO_SCOPE: "The bot lacks a right in Slack; an admin must install it again.",
    "msg_blocks_too_long": _TOO_LONG,
    "msg_too_long": _TOO_LONG,
    "no_permission": "Slack does not allow the bot to do this here.",
    "not_in_channel": "The bot is not in this channel; invite it with /invite.",
    NOT_INSTALLED: "The bot is not installed in this workspace any more.",
    "not_pinnable": "Slack does not let this message be pinned.",
    "org_login_required": _NO_ACCESS,
    "permission_denied": _NO_PINS,
    "restricted_action": "This workspace does not let the bot post in this channel.",
    "thread_not_found": _NO_THREAD,
    "token_expired": _NO_ACCESS,
    "token_revoked": _NO_ACCESS,
    "user_not_found": "This person is not in the workspace any more.",
    "too_many_pins": "the channel has 100 pinned messages, which is Slack's limit",
}

# The token is of no use any more; whoever holds it must ask for it anew.
DEAD_TOKENS = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
)

# Errors of Slack's own that may have come after the effect.
_UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})


class Throttled(ChatBusy):
    """Slack says how long to wait: calls came too fast."""


class Refused(ChatRefused):
    """Slack will never do this; `code` is its word for why."""

    def __init__(self, code: str) -> None:
        known = code if _CODE.fullmatch(code) else "unknown_error"
        super().__init__(_SENTENCES.get(known, f"Slack refused it ({known})."))
        self.code = known


def translated(error: SlackApiError) -> ChatError:
    """Return what an error answer of Slack means."""
    response: Any = error.response
    status = int(getattr(response, "status_code", None) or getattr(response, "status", 0) or 0)
    code = _code(response)
    if status == _TOO_MANY or code in {"ratelimited", "rate_limited"}:
        wait_s = retry_after(getattr(response, "headers", {}))
        return Throttled("Slack asks to slow down.", retry_after_s=wait_s)
    if status >= _SERVER_ERROR or code is None or code in _UNCLEAR:
        return ChatUnclear("Slack is in trouble.")
    return Refused(code)


def retry_after(headers: Mapping[str, str]) -> float:
    """Return how many seconds Slack asks to wait; no header means for ever, or not at all."""
    text = headers.get("Retry-After") or headers.get("retry-after") or ""
    try:
        wait_s = float(text)
    except ValueError:
        return _USUAL_WAIT_S
    if not math.isfinite(wait_s):
        return _USUAL_WAIT_S
    return min(max(wait_s, _LEAST_WAIT_S), _LONGEST_WAIT_S)


def _code(response: object) -> str | None:
    """Return Slack's word for the error, None if the answer is not Slack's."""
    data: Any = getattr(response, "data", response)
    if not isinstance(data, Mapping):
        return None
    error: object = data.get("error")
    return error if isinstance(error, str) else None
