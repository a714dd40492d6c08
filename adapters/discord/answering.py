"""The answer to one interaction: in time, once, and to one person alone.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum

from adapters.discord.replies import message_of
from adapters.discord.thread.messages import Message
from adapters.discord.thread.posting import content_of
from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.failures import Refused
from adapters.discord.wire.http import Json
from bot.errors import ChatBusy, ChatError, ChatUnclear

# The token ends after 15 minutes; what was not said by then is not worth a failing call.
LIFETIME_S = 14 * 60.0

# Discord's numbers for kinds of responses and for what is shown to one person alone.
_SAY, _DEFER, _DEFER_UPDATE, _SUGGEST, _FORM = 4, 5, 6, 8, 9
_EPHEMERAL = 1 << 6
_ANSWERED_ALREADY = 40060
# Discord waits 3 s for the first answer, counted from before it came to us.
FIRST_WITHIN_S = 4.0
_SILENT = "Discord did not answer."

_CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
_ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
_FURTHER = "/webhooks/{webhook_id}/{webhook_token}"


class _State(Enum):
    FRESH = "fresh"
    DEFERRED = "deferred"
    DONE = "done"


class Answering:
    """Answers an interaction. Methods raise `ChatError`."""

    def __init__(self, api: DiscordApi, interaction: str, token: str, application: str) -> None:
        self._api = api
        self._first = {"interaction_id": interaction, "interaction_token": token}
        self._later = {"webhook_id": application, "webhook_token": token}
        self._state = _State.FRESH
        self._clock = asyncio.get_running_loop().time
        self._ends_at = self._clock() + LIFETIME_S

    async def defer(self) -> bool:
        """Say that an answer comes, and return whether the person sees that."""
        self._state = _State.DEFERRED
        return await self._taken({"type": _DEFER, "data": {"flags": _EPHEMERAL}})

    async def accept(self) -> bool:
        """Take note of a click, and return whether Discord knows; there may be nothing to say."""
        self._state = _State.DONE
        return await self._taken({"type": _DEFER_UPDATE})

    async def form(self, modal: Json) -> None:
        """Open a form; this can only be the first answer."""
        await self._respond({"type": _FORM, "data": modal})
        self._state = _State.DONE

    async def suggest(self, choices: Sequence[tuple[str, str]]) -> None:
        """Suggest values, each with what is shown for it."""
        listed = [{"name": name, "value": value} for name, value in choices]
        await self._respond({"type": _SUGGEST, "data": {"choices": listed}})
        self._state = _State.DONE

    async def say(self, sentence: str) -> None:
        """Say something in our own markup."""
        await self._show(message_of(sentence))

    async def show(self, messages: Sequence[Message]) -> None:
        """Show messages, one after the other."""
        for message in messages:
            content, files = content_of(message)
            await self._show(content, files)

    async def update(self, message: Message) -> None:
        """Put something in place of the message on which somebody clicked."""
        content, files = content_of(message)
        await self._add("PATCH", _ORIGINAL, content, files)

    async def dismiss(self) -> None:
        """Take back that an answer comes: what was asked for shows itself."""
        if self._state is _State.DEFERRED:
            self._state = _State.DONE
            with suppress(Refused):  # somebody has taken it back
                await self._add("DELETE", _ORIGINAL)

    async def _taken(self, response: Json) -> bool:
        """Respond, and return whether it got through before Discord gave us up."""
        try:
            await self._respond(response)
        except Refused:
            return False
        except ChatError:
            return await self._is_there()
        return True

    async def _is_there(self) -> bool:
        """Return whether a response got through of which we know nothing."""
        try:
            async with asyncio.timeout(FIRST_WITHIN_S):
                await self._api.call("GET", _ORIGINAL, self._later)
        except (ChatError, TimeoutError):
            return False
        return True

    async def _show(self, content: Json, files: Sequence[tuple[str, bytes]] = ()) -> None:
        whispered = {**content, "flags": int(content.get("flags", 0)) | _EPHEMERAL}
        state, self._state = self._state, _State.DONE
        if state is _State.FRESH:
            await self._respond({"type": _SAY, "data": whispered}, files)
        elif state is _State.DEFERRED:
            await self._add("PATCH", _ORIGINAL, content, files)
        else:
            await self._add("POST", _FURTHER, whispered, files)

    async def _respond(self, response: Json, files: Sequence[tuple[str, bytes]] = ()) -> None:
        try:
            async with asyncio.timeout(FIRST_WITHIN_S):
                await self._api.call("POST", _CALLBACK, self._first, json=response, files=files)
        except TimeoutError as error:
            raise ChatUnclear(_SILENT) from error
        except Refused as refused:
            # An earlier attempt got through, or the same delivery came before.
            if refused.code != _ANSWERED_ALREADY:
                raise

    async def _add(
        self,
        method: str,
        path: str,
        content: Json | None = None,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Add to the first answer as fast as Discord takes it, as long as it does."""
        while (left_s := self._ends_at - self._clock()) > 0:
            try:
                await self._api.call(method, path, self._later, json=content, files=files)
            except ChatBusy as busy:
                await asyncio.sleep(min(busy.retry_after_s, left_s))
            else:
                return
