"""Discord's channels, as far as schedules need them.

Any process may ask what is due, also one whose shards do not hear of the server: so all of it is
looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from adapters.discord.caller import DIRECT
from adapters.discord.incoming import WRITTEN, Names, display_name, remark_of
from adapters.discord.permissions import in_channel, in_server
from adapters.discord.rich.untrusted import escaped
from adapters.discord.room import lasting_fault
from adapters.discord.thread.posting import MESSAGES, plain, write_to
from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.failures import UNAUTHORIZED, Refused
from adapters.discord.wire.http import Json
from bot.domain import Person, Place, Remark, Tie
from bot.errors import ChatRefused

_GUILD = "/guilds/{guild_id}"
_MEMBER = "/guilds/{guild_id}/members/{user_id}"
_CHANNEL = "/channels/{channel_id}"
_USER = "/users/{user_id}"
_PAGE = 100
_MOST_PAGES = 5
_EPOCH_MS = 1_420_070_400_000  # Discord's ids count milliseconds from the beginning of 2015

_NO_SERVER = "I am not in this server any more; somebody who manages it can let me in again."
_BLIND = "I see only messages that mention me, so what was said here cannot come along."

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class DiscordRooms:
    """Implements `bot.ports.Rooms`."""

    def __init__(self, api: DiscordApi) -> None:
        self._api = api

    async def fault(self, place: Place) -> str | None:
        """Return why the council cannot answer there until somebody mends it."""
        if place.workspace == DIRECT:
            return None
        try:
            guild = await self._guild(place.workspace)
            me = await self._member(place.workspace, self._api.identity.user)
            found = await self._channel(place.channel)
            is_thread = "thread_metadata" in found
            around = await self._channel(str(found["parent_id"])) if is_thread else found
        except Refused as refused:
            if refused.status == UNAUTHORIZED:
                raise  # it is nothing about the channel
            return str(refused)
        return lasting_fault(found, in_channel(guild, me, around))

    async def person(self, place: Place, person_id: str) -> Person:
        """Return somebody with their rights at the moment."""
        if place.workspace == DIRECT:
            user = await self._api.call("GET", _USER, {"user_id": person_id})
            return Person(str(user["id"]), display_name(user), tie=_tie(user))
        guild = await self._guild(place.workspace)
        member = await self._member(place.workspace, person_id)
        rights, user = in_server(guild, member), member["user"]
        return Person(
            id=str(user["id"]),
            name=display_name({**user, "member": member}),
            is_admin=rights.administrator or rights.manage_guild,
            groups=tuple(map(str, member["roles"])),
            tie=_tie(user),
        )

    async def said(self, place: Place, since: datetime, *, most: int) -> tuple[Remark, ...]:
        """Return the latest of what was said in the channel, without what we said ourselves."""
        if not self._api.identity.can_read and place.workspace != DIRECT:
            raise ChatRefused(_BLIND)
        newest_first = await self._written(place.channel, since, most)
        names = await self._names(place.workspace)
        remarks = (remark_of(one, names) for one in reversed(newest_first))
        return tuple(remark for remark in remarks if remark is not None)

    async def tell(self, place: Place, person_id: str, sentence: str) -> None:
        """Write to somebody directly; who takes no direct messages finds it in the list."""
        where = "" if place.workspace == DIRECT else f"<#{place.channel}>: "
        try:
            await write_to(self._api, person_id, plain(f"{where}{escaped(sentence)}"))
        except Refused as refused:
            log.info("person not told", code=refused.code)

    async def _written(self, channel: str, since: datetime, most: int) -> Sequence[Json]:
        """Return the latest messages of people and other apps since a moment, newest first."""
        oldest = max(int(since.timestamp() * 1000) - _EPOCH_MS, 0) << 22
        found: list[Json] = []
        params = {"limit": str(_PAGE)}
        for _ in range(_MOST_PAGES):
            page: list[Json] = await self._api.call(
                "GET", MESSAGES, {"channel_id": channel}, params=params
            )
            recent = [one for one in page if int(one["id"]) > oldest]
            found += filter(self._is_remark, recent)
            if len(recent) < _PAGE or len(found) >= most:
                break
            params = {"limit": str(_PAGE), "before": str(page[-1]["id"])}
        return found[:most]

    def _is_remark(self, message: Json) -> bool:
        is_ours = message["author"]["id"] == self._api.identity.user
        return message["type"] in WRITTEN and not is_ours

    async def _names(self, workspace: str) -> Names:
        if workspace == DIRECT:
            return Names()
        roles = {
            str(one["id"]): str(one["name"]) for one in (await self._guild(workspace))["roles"]
        }
        return Names(role=roles.get)

    async def _guild(self, guild: str) -> Json:
        try:
            return await self._api.call("GET", _GUILD, {"guild_id": guild})
        except Refused as refused:
            if refused.status == UNAUTHORIZED:
                raise
            raise Refused(refused.code, refused.status, _NO_SERVER) from refused

    async def _member(self, guild: str, user: str) -> Json:
        return await self._api.call("GET", _MEMBER, {"guild_id": guild, "user_id": user})

    async def _channel(self, channel: str) -> Json:
        return await self._api.call("GET", _CHANNEL, {"channel_id": channel})


def _tie(user: Json) -> Tie:
    return Tie.APP if user.get("bot") else Tie.MEMBER
