"""May the council answer in a channel? Looked at before anything is paid."""

from __future__ import annotations

import asyncio

from adapters.slack.lookups import Lookups
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json
from bot.errors import ChatError

# Slack wants its acknowledgement within 3 s, and who asks is looked up after this, in 1 s.
_WITHIN_S = 1.5
# Many questions at once are one call; who takes the bot away meanwhile pays for them in vain.
_FRESH_S = 10.0

_OUTSIDE = "I am not in this channel yet. Type `/invite @Council` here, then ask again."
_HIDDEN = (
    "I cannot see this conversation. In a private channel, type `/invite @Council`, then ask "
    "again. In a direct message between people I cannot answer."
)
_ARCHIVED = "This channel is archived; unarchive it or ask in another one."
_SHARED = (
    "This channel is shared with another company, where I stay silent until my operator allows "
    "it (`slack.shared_channels` in council.toml). Ask in a channel of your own."
)
_SILENT = (
    "Slack did not tell me in time whether I may answer here, so nothing was started. Please ask "
    "again in a moment."
)
_NO_ACCESS = "I lost access to this workspace; an admin must install me again."


class Channels:
    """Looks channels up; those in which the council may answer are remembered for a moment."""

    def __init__(self, api: SlackApi, *, may_answer_shared: bool = False) -> None:
        self._api = api
        self._may_answer_shared = may_answer_shared
        self._known = Lookups(self._look, fresh_s=_FRESH_S)

    async def fault(self, channel: str, workspace: str) -> str | None:
        """Return a sentence on why the council cannot answer here and what to do; None if it can.

        It is our own markup, and reads as well where Slack knows none.
        """
        try:
            async with asyncio.timeout(_WITHIN_S):
                return await self.lasting_fault(channel, workspace)
        except (ChatError, TimeoutError):
            return _SILENT

    async def lasting_fault(self, channel: str, workspace: str) -> str | None:
        """Return the same, but only what somebody must mend. Raises `ChatError`."""
        try:
            found = await self._known.get(workspace, channel)
        except Refused as refused:
            return _unseen(refused.code)
        fault = self._fault_of(found)
        if fault is not None:
            self._known.forget(workspace, channel)
        return fault

    async def _look(self, workspace: str, channel: str) -> Json:
        asked = {"channel": channel}
        answer = await self._api.call("conversations.info", workspace, asked, within_s=_WITHIN_S)
        return answer["channel"]

    def _fault_of(self, channel: Json) -> str | None:
        if channel.get("is_archived"):
            return _ARCHIVED
        is_shared = channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")
        if is_shared and not self._may_answer_shared:
            return _SHARED
        is_direct = channel.get("is_im") or channel.get("is_mpim")
        return None if is_direct or channel.get("is_member") else _OUTSIDE


def _unseen(code: str) -> str:
    if code in {"channel_not_found", "not_in_channel"}:
        return _HIDDEN
    return _ARCHIVED if code == "is_archived" else _NO_ACCESS
