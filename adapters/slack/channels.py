"""May the council answer in a channel? Looked at before anything is paid."""

from __future__ import annotations

import time

from adapters.slack.api import SlackApi
from adapters.slack.failures import Refused
from adapters.slack.http import Json
from bot.errors import ChatError

# A channel that was fine is looked at again after this; what is wrong is looked at each time.
_FRESH_S = 60.0
_WITHIN_S = 1.0
_MOST_KNOWN = 10_000

_INVITE = "Type `/invite @{bot}` here, then ask again."
_OUTSIDE = "I am not in this channel yet. {invite}"
_HIDDEN = (
    "I cannot see this conversation. In a private channel, {invite} In a direct message between "
    "people I cannot answer."
)
_ARCHIVED = "This channel is archived; unarchive it or ask in another one."
_SHARED = (
    "This channel is shared with another company, where I stay silent until my operator allows "
    "it (`slack.shared_channels` in council.toml). Ask in a channel of your own."
)
_SILENT = "Slack did not answer in time, so nothing was started. Please ask again in a moment."
_NO_ACCESS = "I lost access to this workspace; an admin must install me again."


class Channels:
    """Looks channels up and remembers for a minute those in which the council may answer."""

    def __init__(self, api: SlackApi, *, may_answer_shared: bool = False) -> None:
        self._api = api
        self._may_answer_shared = may_answer_shared
        self._fine: dict[tuple[str, str], float] = {}

    async def fault(self, channel: str, workspace: str, bot: str) -> str | None:
        """Return a sentence on why the council cannot answer here and what to do; None if it can.

        `bot` is what people call the bot.
        """
        key = (workspace, channel)
        if self._fine.get(key, 0.0) > time.monotonic():
            return None
        try:
            answer = await self._api.call(
                "conversations.info", workspace, {"channel": channel}, within_s=_WITHIN_S
            )
        except Refused as refused:
            return _unseen(refused.code, bot)
        except ChatError:
            return _SILENT
        fault = self._fault_of(answer["channel"], bot)
        if fault is None:
            if len(self._fine) >= _MOST_KNOWN:
                self._fine.clear()
            self._fine[key] = time.monotonic() + _FRESH_S
        return fault

    def _fault_of(self, channel: Json, bot: str) -> str | None:
        if channel.get("is_archived"):
            return _ARCHIVED
        is_shared = channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")
        if is_shared and not self._may_answer_shared:
            return _SHARED
        is_direct = channel.get("is_im") or channel.get("is_mpim")
        if not is_direct and not channel.get("is_member"):
            return _OUTSIDE.format(invite=_INVITE.format(bot=bot))
        return None


def _unseen(code: str, bot: str) -> str:
    if code in {"channel_not_found", "not_in_channel"}:
        invite = _INVITE.format(bot=bot)
        return _HIDDEN.format(invite=invite[:1].lower() + invite[1:])
    if code == "is_archived":
        return _ARCHIVED
    return _NO_ACCESS
