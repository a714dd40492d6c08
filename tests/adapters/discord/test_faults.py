"""Discord in trouble delays a thread; it loses nothing and doubles nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.domain import Deliberation, PostState, State
from tests.adapters.discord.office import Office, posts, shown
from tests.adapters.stage import CHAIR, MEMBERS, settled
from tests.fakes.discord import faults
from tests.fakes.discord.faults import Fault
from tests.fakes.discord.kinds import Kind
from tests.fakes.discord.records import Channel
from tests.fakes.model_server import Script

CREATE, THREAD = "POST /channels/{id}/messages", "POST /channels/{id}/messages/{id}/threads"
EDIT, PIN = "PATCH /channels/{id}/messages/{id}", "PUT /channels/{id}/messages/pins/{id}"
WHOLE = 2 * len(MEMBERS) + 2  # answers, reviews, standings, synthesis


async def check_whole(office: Office, thread: Channel) -> Deliberation:
    """Check that the thread is whole and each message there once; return the deliberation."""
    (deliberation,) = await settled(office)
    messages = posts(thread)
    assert deliberation.state is State.DONE
    assert len(office.channel.shown) == 1
    assert len(messages) == WHOLE
    keys = Counter(str(message.components[0]["id"]) for message in messages)
    assert set(keys.values()) == {1}
    assert not any("writes the final answer" in shown(message) for message in messages)
    owed = await office.posts_of(deliberation)
    assert {state for state, _ in owed.values()} == {PostState.SENT}
    return deliberation


PASSING = {
    "429": faults.rate_limited(0.7),
    "global 429": faults.rate_limited(0.4, is_global=True),
    "500": faults.status(500),
    "502": faults.status(502),
    "503": faults.status(503),
    "lost after the effect": faults.lost_after_effect(),
    "lost before the effect": faults.lost_before_effect(),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_a_passing_trouble_with_every_route_leaves_a_whole_thread(
    office: Office, fault: Fault
) -> None:
    office.discord.expected_errors.add(160004)
    office.slow_chairman()
    for route in (CREATE, THREAD, EDIT, PIN):
        office.discord.faults.add(route, fault, skip=2 if route == EDIT else 0)
    office.discord.faults.add(CREATE, fault, skip=3)

    async with office.open():
        thread = await office.ask()
        await check_whole(office, thread)

    assert len(thread.pins) == 1


@pytest.mark.parametrize("number", [2, 5, 8], ids=["answer", "review", "synthesis"])
async def test_a_silence_of_the_platform_is_waited_out(
    office: Office, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.impatient(monkeypatch)
    office.discord.faults.add(CREATE, faults.silence(3.0, does_work=True), skip=number)

    async with office.open():
        await check_whole(office, await office.ask())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (10003, "channel or thread is no longer there"),
        (50001, "cannot see this channel"),
        (50013, "lacks a right"),
        (50083, "archived"),
        (160005, "locked"),
    ],
)
async def test_a_refusal_in_mid_run_ends_the_posts_and_keeps_the_deliberation(
    office: Office, code: int, words: str
) -> None:
    for route in (CREATE, EDIT, PIN):
        skip = 2 if route == CREATE else 0
        office.discord.faults.add(route, faults.error(code), times=None, skip=skip)
    office.discord.most_invalid = 1000

    async with office.open():
        deliberation = await office.asked_to_the_end()

    assert deliberation.state is State.DONE
    assert len(deliberation.answers) == len(MEMBERS)
    assert deliberation.synthesis is not None
    owed = await office.posts_of(deliberation)
    assert owed["root"][0] is PostState.SENT
    assert owed["synthesis"][0] is PostState.GIVEN_UP
    assert words in owed["synthesis"][1]


async def test_a_token_that_ends_in_mid_run_keeps_the_deliberation_and_calls_no_more(
    office: Office,
) -> None:
    office.models.default = Script(latency_s=0.3)

    async with office.open():
        await office.start()
        await office.discord.until(lambda: bool(office.channel.shown))
        office.discord.token = "another"
        (deliberation,) = await settled(office)
        await office.idle()

    assert deliberation.state is State.DONE
    owed = await office.posts_of(deliberation)
    assert "no longer accepts the bot's token" in owed["synthesis"][1]
    assert sum(call.status == 401 for call in office.discord.calls) <= 2


async def test_a_root_message_that_is_deleted_leaves_the_thread_whole(office: Office) -> None:
    office.discord.expected_errors.add(10008)
    office.models.default = Script(latency_s=0.5)

    async with office.open():
        await office.start()
        await office.discord.until(lambda: bool(threads(office)))
        (thread,) = threads(office)
        office.discord.delete(office.channel.shown[0])
        (deliberation,) = await settled(office)
        await office.idle()

    assert deliberation.state is State.DONE
    assert len(posts(thread)) == WHOLE


async def test_a_thread_that_is_deleted_ends_in_the_records(office: Office) -> None:
    office.discord.expected_errors.add(10003)
    office.discord.most_invalid = 1000
    office.models.default = Script(latency_s=0.5)

    async with office.open():
        await office.start()
        await office.discord.until(lambda: bool(threads(office)))
        office.discord.remove_channel(threads(office)[0])
        (deliberation,) = await settled(office)
        await office.idle()

    owed = await office.posts_of(deliberation)
    assert "channel or thread is no longer there" in owed["synthesis"][1]


async def test_a_server_that_throws_the_bot_out_ends_in_the_records(office: Office) -> None:
    office.discord.expected_errors |= {10003, 10004, 50001}
    office.discord.most_invalid = 1000
    office.models.default = Script(latency_s=0.5)
    assert office.channel.guild is not None

    async with office.open():
        await office.start()
        await office.discord.until(lambda: bool(threads(office)))
        office.discord.kick_bot(office.channel.guild)
        (deliberation,) = await settled(office)
        await office.idle()

    assert deliberation.synthesis is not None
    owed = await office.posts_of(deliberation)
    assert owed["synthesis"][0] is PostState.GIVEN_UP


async def test_a_gateway_that_is_lost_delays_nothing_of_what_runs(office: Office) -> None:
    office.models.default = Script(latency_s=0.3)

    async with office.open():
        await office.start()
        await office.discord.until(lambda: bool(threads(office)))
        await office.discord.drop_gateway(1.0)
        await office.discord.until(lambda: bool(threads(office)[0].pins), patience_s=30)
        await check_whole(office, threads(office)[0])


async def test_a_failed_council_says_so_in_the_thread(office: Office) -> None:
    office.models.default = Script(fault="500")

    async with office.open():
        deliberation = await office.asked_to_the_end()

    assert deliberation.state is State.FAILED
    (only,) = posts(threads(office)[0])
    assert "None of the 3 members answered" in shown(only)
    assert "None of the 3 members answered" in shown(office.root())
    assert threads(office)[0].pins == []


async def test_a_failed_chairman_restarts_the_message(office: Office) -> None:
    office.models.scripts[CHAIR] = Script(fault="cut", pieces=40, pause_s=0.05)
    office.models.default = Script(pieces=40, pause_s=0.02)

    async with office.open():
        thread = await office.ask()
        deliberation = await check_whole(office, thread)

    assert deliberation.synthesis is not None
    assert deliberation.synthesis.stand_in is not None
    assert deliberation.synthesis.stand_in.split()[0] in shown(posts(thread)[-1])


def threads(office: Office) -> list[Channel]:
    assert office.channel.guild is not None
    return [one for one in office.channel.guild.threads if one.kind is Kind.PUBLIC_THREAD]
