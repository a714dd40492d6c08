from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.app import App
from bot.domain import (
    Limits,
    Mode,
    Person,
    Place,
    PlaceSettings,
    Question,
    Seat,
    Tie,
)
from bot.errors import BadConfig, NotAllowed, OverLimit
from bot.team.asking import Asking, Team
from tests.fakes.council import COUNCIL
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team, set_in
from tests.fakes.team.archive import FakeStatistics
from tests.fakes.work import FakeWork

WORKSPACE = Place("slack", "T1", "")
CHANNEL = Place("slack", "T1", "C1")
THREAD = Place("slack", "T1", "C1", "17.1")
KIM = Person("U1", "Kim")
OTHERS = (Seat("Cy", "test/c"), Seat("Di", "test/d"))


class House:
    def __init__(self, work: FakeWork) -> None:
        self.records = FakeRecords()
        self.team: Team = fake_team(COUNCIL, self.records)
        self.asking = Asking(App(records=self.records, work=work, platforms=["slack"]), self.team)

    async def set(self, place: Place, settings: PlaceSettings) -> None:
        await set_in(self.team, place, settings)


def question(place: Place = CHANNEL) -> Question:
    return Question("Which one?", place, "Kim", asker_id="U1")


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with FakeWork() as work:
        yield House(work)


async def test_the_operators_council_sits_where_nothing_is_set(house: House) -> None:
    asked = await house.asking.ask(KIM, question(), delivery="d1")

    assert asked.council == COUNCIL


async def test_a_channel_inherits_from_its_workspace_and_a_thread_from_its_channel(
    house: House,
) -> None:
    await house.set(WORKSPACE, PlaceSettings(mode=Mode.FAST, language="German"))
    await house.set(CHANNEL, PlaceSettings(members=OTHERS, language=""))

    here = await house.asking.ask(KIM, question(THREAD), delivery="d1")
    elsewhere = await house.asking.ask(KIM, question(replace(CHANNEL, channel="C2")), delivery="d2")

    assert here.council == replace(COUNCIL, members=OTHERS, mode=Mode.FAST, language=None)
    assert elsewhere.council == replace(COUNCIL, mode=Mode.FAST, language="German")


async def test_what_is_set_for_its_home_holds_where_a_question_is_asked(house: House) -> None:
    secret = replace(CHANNEL, channel="private thread")
    await set_in(house.team, CHANNEL, PlaceSettings(members=OTHERS, limits=Limits(councils_day=1)))

    asked = await house.asking.ask(KIM, question(secret), delivery="d1", home=CHANNEL)

    assert (asked.question.place, asked.council.members) == (secret, OTHERS)
    for place, home in ((secret, CHANNEL), (CHANNEL, None)):
        with pytest.raises(OverLimit, match="This channel may hold 1 council a day"):
            await house.asking.ask(KIM, question(place), delivery="d2", home=home)


async def test_a_stored_question_keeps_its_council_when_the_settings_change(house: House) -> None:
    asked = await house.asking.ask(KIM, question(), delivery="d1")
    await house.set(CHANNEL, PlaceSettings(members=OTHERS))

    again = await house.asking.ask(KIM, question(), delivery="d1")

    assert again == asked == await house.records.load(asked.id)


@pytest.mark.parametrize(
    "kept",
    [
        PlaceSettings(chairman=Seat("Chair", "test/c")),
        PlaceSettings(chairman=Seat("Chair", "test/c", fallbacks=("rehearsal/alder",))),
    ],
)
async def test_stand_ins_never_answer_beside_real_models_whatever_a_channel_inherits(
    house: House, kept: PlaceSettings
) -> None:
    stand_ins = (Seat("Alder", "rehearsal/alder"), Seat("Beech", "rehearsal/beech"))
    await house.set(CHANNEL, kept)
    await house.set(WORKSPACE, PlaceSettings(members=stand_ins))

    with pytest.raises(BadConfig, match="must choose the members and the chairman anew"):
        await house.asking.ask(KIM, question(), delivery="d1")

    assert await house.records.search() == ()


async def test_a_mode_can_be_wished_for(house: House) -> None:
    asked = await house.asking.ask(KIM, question(), delivery="d1", mode=Mode.THOROUGH)

    assert asked.council.mode is Mode.THOROUGH


async def test_ballots_count_what_their_models_have_earned(house: House) -> None:
    assert isinstance(house.team.statistics, FakeStatistics)
    house.team.statistics.earned = {"test/b": 0.4}

    asked = await house.asking.ask(KIM, question(), delivery="d1")

    assert [seat.weight for seat in asked.council.members] == [1.0, 0.4]


async def test_who_may_not_ask_costs_nothing(house: House) -> None:
    guest = replace(KIM, tie=Tie.GUEST)

    with pytest.raises(NotAllowed):
        await house.asking.ask(guest, question(), delivery="d1")

    assert await house.records.search() == ()


async def test_nobody_may_ask_while_councils_are_halted(house: House) -> None:
    await house.team.switch.halt("the bill is being looked at.")

    with pytest.raises(NotAllowed, match="halted by my operator: the bill is being looked at"):
        await house.asking.ask(KIM, question(), delivery="d1")
    await house.team.switch.go_on()

    assert await house.asking.ask(KIM, question(), delivery="d1")
