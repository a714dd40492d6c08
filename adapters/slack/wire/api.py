"""Slack's Web API at Slack's pace, for all processes together."""

from __future__ import annotations

from adapters.slack.wire.access import Access, Tokens
from adapters.slack.wire.failures import DEAD_TOKENS, Refused, Throttled
from adapters.slack.wire.http import Json, SlackHttp
from adapters.slack.wire.rates import rate_of
from bot.errors import StorageError
from bot.pacing import Pacer, no_database
from bot.ports import Pace

# A post waits so long for its turn; with the call's own time-out that is less than a minute.
_PATIENCE_S = 25.0


class SlackApi:
    """Calls methods with the right token, each when its turn comes. Methods raise `ChatError`."""

    def __init__(
        self, http: SlackHttp, tokens: Tokens, pace: Pace, *, is_distributed: bool = False
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._pacer = Pacer(pace, "Slack")
        self._is_distributed = is_distributed

    async def call(
        self, method: str, workspace: str, arguments: Json, *, within_s: float = _PATIENCE_S
    ) -> Json:
        """Call a method and return its answer; an argument that is None is left out.

        Raises `ChatBusy` if its turn is further away than `within_s`, and what `SlackHttp` raises.
        """
        access = await self.access(workspace)
        key = await self._turn(method, workspace, str(arguments.get("channel", "")), within_s)
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            return await self._http.call(method, access.token, given)
        except Throttled as throttled:
            await self._pacer.hold(key, throttled.retry_after_s)
            raise
        except Refused as refused:
            if refused.code in DEAD_TOKENS:
                self._tokens.forget(workspace)
            raise

    async def download(self, url: str, workspace: str, limit: int) -> bytes:
        """Return a file's content, cut one byte past the limit."""
        access = await self.access(workspace)
        return await self._http.download(url, access.token, limit)

    async def upload(self, url: str, content: bytes) -> None:
        """Send a file's content to where Slack wants it."""
        await self._http.upload(url, content)

    async def access(self, workspace: str) -> Access:
        """Return the access to a workspace."""
        try:
            return await self._tokens.of(workspace)
        except StorageError as error:
            raise no_database() from error

    async def _turn(self, method: str, workspace: str, channel: str, within_s: float) -> str:
        rate = rate_of(method, is_distributed=self._is_distributed)
        key = f"slack:{workspace}:{method}"
        if rate.is_per_channel:
            key = f"{key}:{channel}"
        await self._pacer.take(key, every_s=rate.every_s, burst=rate.burst, within_s=within_s)
        return key
