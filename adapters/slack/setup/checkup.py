"""What `council doctor` looks at in Slack; each finding says what to mend."""

from __future__ import annotations

import re

from adapters.slack.setup.manifest import SCOPES
from adapters.slack.wire.access import Access, examined
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import SlackHttp
from bot.errors import BadConfig, ChatError

_SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")


async def check_token(http: SlackHttp, token: str) -> str:
    """Say what a bot token gives access to. Raises `BadConfig` if Slack does not take it."""
    access = await _examined(http, token)
    return f"{access.name} ({access.url})"


async def check_scopes(http: SlackHttp, token: str) -> str:
    """Say that all rights are there. Raises `BadConfig` naming those that are missing."""
    try:
        given = await http.scopes(token)
    except ChatError as error:
        raise BadConfig(str(error)) from error
    missing = [scope for scope in sorted(SCOPES) if scope not in given]
    if missing:
        needed = "; ".join(f"{scope} {SCOPES[scope]}" for scope in missing)
        message = (
            f"missing rights: {needed}. Paste what `council slack manifest` prints into the app's "
            "manifest, then install the app again."
        )
        raise BadConfig(message)
    return f"all {len(SCOPES)} rights are there"


def check_signing_secret(secret: str) -> str:
    """Say that a signing secret looks like one; only a delivery can show that it is the right one.

    Raises `BadConfig`.
    """
    if not _SIGNING_SECRET.fullmatch(secret):
        message = (
            "SLACK_SIGNING_SECRET is not what Slack calls so, 32 of 0-9 and a-f: copy it from "
            "Basic Information, not the client secret or the verification token."
        )
        raise BadConfig(message)
    return "looks right; Slack's own check of the request URL shows whether it is"


async def _examined(http: SlackHttp, token: str) -> Access:
    try:
        return await examined(http, token)
    except Refused as refused:
        message = f"Slack does not take this token ({refused.code}): install the app again."
        raise BadConfig(message) from refused
    except ChatError as error:
        message = f"{error} Try again in a moment."
        raise BadConfig(message) from error
