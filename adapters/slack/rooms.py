"""Slack's channels, as far as schedules need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from adapters.slack.channels import Channels
from adapters.slack.discussion import is_remark, remarks
from adapters.slack.groups import Groups
from adapters.slack.people import People
from adapters.slack.rich.untrusted import escaped
from adapters.slack.whispers import directly
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json
from bot.domain import Person, Place, Remark
from bot.errors import ChatRefused

_HAS_LEFT = "This person has left the workspace."
_PAGE = 200  # what Slack recommends
_MOST_PAGES = 5


class SlackRooms:
    """Implements `bot.ports.Rooms`."""

    def __init__(self, api: SlackApi, people: People, groups: Groups, channels: Channels) -> None:
        self._api = api
        self._people = people
        self._groups = groups
        self._channels = channels

    async def fault(self, place: Place) -> str | None:
        """Return why the council cannot answer there, in a sentence of our own."""
        return await self._channels.lasting_fault(place.channel, place.workspace)

    async def person(self, place: Place, person_id: str) -> Person:
        """Return somebody; in no groups if Slack lets us see none."""
        profile = await self._people.profile(person_id, place.workspace)
        person = profile.person
        if profile.has_left:
            raise ChatRefused(_HAS_LEFT)
        try:
            groups = await self._groups.all(person_id, place.workspace)
        except Refused:
            return person
        return replace(
            person, groups=tuple(group.id for group in groups if person_id in group.people)
        )

    async def said(self, place: Place, since: datetime, *, most: int) -> tuple[Remark, ...]:
        """Return the latest of what people said in the channel, its threads left out."""
        written = await self._written(place, since, most)
        return await remarks(written, self._people, place.workspace)

    async def tell(self, place: Place, person_id: str, sentence: str) -> None:
        """Write to somebody directly."""
        where = f"<#{place.channel}>: {escaped(sentence)}"
        asked = directly(person_id, {"text": where})
        await self._api.call("chat.postMessage", place.workspace, asked)

    async def _written(self, place: Place, since: datetime, most: int) -> Sequence[Json]:
        # With both ends given, Slack begins with the latest.
        asked = {
            "channel": place.channel,
            "oldest": f"{since.timestamp():.6f}",
            "latest": f"{datetime.now(UTC).timestamp():.6f}",
            "limit": _PAGE,
        }
        newest_first: list[Json] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            answer = await self._api.call(
                "conversations.history", place.workspace, {**asked, "cursor": cursor}
            )
            newest_first += filter(is_remark, answer.get("messages") or ())
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None or len(newest_first) >= most:
                break
        return newest_first[:most][::-1]
