"""Slack's channels, as far as schedules need them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import Place
from bot.errors import ChatError, ChatRefused
from bot.ports import Rooms
from tests.adapters.slack.lobby import Lobby
from tests.contracts.rooms import RoomsContract
from tests.fakes.slack import faults
from tests.fakes.slack.records import Person

LONG_AGO = datetime.now(UTC) - timedelta(days=1)


@dataclass
class SlackHouse:
    """Implements `tests.contracts.rooms.House`."""

    lobby: Lobby
    person: Person

    @property
    def rooms(self) -> Rooms:
        assert self.lobby.desk.rooms is not None
        return self.lobby.desk.rooms

    @property
    def place(self) -> Place:
        return self.lobby.place(self.lobby.channel)

    @property
    def ada(self) -> str:
        return self.person.id

    async def say(self, text: str) -> None:
        await self.lobby.slack.say(text, channel=self.lobby.channel, person=self.person)

    async def take_away(self) -> None:
        self.lobby.slack.channels.pop(self.lobby.channel.id)

    async def told(self) -> list[str]:
        return [message.text for message in self.lobby.slack.direct(self.person).messages]

    async def posted(self) -> list[str]:
        return [message.text for message in self.lobby.channel.messages if message.bot_id]


@pytest.fixture
def house(lobby: Lobby) -> SlackHouse:
    return SlackHouse(lobby, lobby.slack.add_person("Ada"))


class TestSlackRooms(RoomsContract):
    @pytest.fixture
    def house(self, lobby: Lobby) -> SlackHouse:
        return SlackHouse(lobby, lobby.slack.add_person("Ada"))


@pytest.mark.parametrize("trouble", ["archived", "outside", "token"])
async def test_what_somebody_must_mend_is_a_fault(house: SlackHouse, trouble: str) -> None:
    if trouble == "archived":
        house.lobby.channel.is_archived = True
    elif trouble == "outside":
        house.lobby.channel.has_bot = False
    else:
        house.lobby.slack.faults.add("conversations.info", faults.error("token_revoked"))

    assert await house.rooms.fault(house.place) is not None


@pytest.mark.parametrize("trouble", [faults.status(503), faults.rate_limited(60)])
async def test_what_may_pass_is_no_fault_of_the_channel(
    house: SlackHouse, trouble: faults.Fault
) -> None:
    house.lobby.slack.faults.add("conversations.info", trouble)

    with pytest.raises(ChatError):
        await house.rooms.fault(house.place)


async def test_somebody_comes_with_their_groups(house: SlackHouse) -> None:
    writers = house.lobby.slack.add_group("Writers", people=[house.person])
    house.lobby.slack.add_group("Others")

    assert (await house.rooms.person(house.place, house.ada)).groups == (writers.id,)


async def test_without_the_right_to_see_groups_somebody_is_in_none(house: SlackHouse) -> None:
    house.lobby.slack.add_group("Writers", people=[house.person])
    house.lobby.slack.faults.add("usergroups.list", faults.error("missing_scope"))

    assert (await house.rooms.person(house.place, house.ada)).groups == ()


async def test_groups_that_are_not_told_at_the_moment_are_a_trouble(house: SlackHouse) -> None:
    house.lobby.slack.faults.add("usergroups.list", faults.status(503))

    with pytest.raises(ChatError):
        await house.rooms.person(house.place, house.ada)


async def test_whoever_has_left_is_refused(house: SlackHouse) -> None:
    house.person.is_deactivated = True

    with pytest.raises(ChatRefused, match="has left the workspace"):
        await house.rooms.person(house.place, house.ada)


async def test_what_bots_wrote_is_not_what_people_said(house: SlackHouse) -> None:
    house.lobby.bot_says([])
    await house.say("one")

    said = await house.rooms.said(house.place, LONG_AGO, most=10)

    assert [remark.text for remark in said] == ["one"]


async def test_the_latest_are_found_behind_many_of_ours(house: SlackHouse) -> None:
    await house.say("one")
    for _ in range(250):
        house.lobby.bot_says([])

    said = await house.rooms.said(house.place, LONG_AGO, most=10)

    assert [remark.text for remark in said] == ["one"]
