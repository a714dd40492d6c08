"""Slack in trouble delays a thread; it loses nothing and doubles nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.domain import Deliberation, PostState, State
from tests.adapters.slack.office import Office, texts
from tests.adapters.stage import CHAIR, MEMBERS, settled
from tests.fakes.model_server import Script
from tests.fakes.slack import faults
from tests.fakes.slack.faults import Fault
from tests.fakes.slack.records import Message

WHOLE = 1 + 2 * len(MEMBERS) + 2  # root, answers, reviews, standings, synthesis


def living(office: Office) -> list[Message]:
    return [message for message in office.channel.messages if not message.is_deleted]


async def check_whole(office: Office) -> Deliberation:
    """Check that the thread is whole and each message there once; return the deliberation."""
    (deliberation,) = await settled(office)
    messages = living(office)
    assert deliberation.state is State.DONE
    assert len(messages) == WHOLE
    keys = [str(message.metadata) for message in messages]
    assert set(Counter(keys).values()) == {1}
    assert texts(messages)[0] == "Question"
    assert texts(messages)[-1] == "Final answer"
    assert not any(message.is_streaming or message.is_broken for message in messages)
    posts = await office.posts_of(deliberation)
    assert {state for state, _ in posts.values()} == {PostState.SENT}
    return deliberation


PASSING = [
    faults.rate_limited(3),
    faults.status(503),
    faults.lost_after_effect(),
    faults.lost_before_effect(),
    faults.error("internal_error"),
]
METHODS = ["chat.postMessage", "chat.update", "chat.startStream", "chat.stopStream", "pins.add"]


@pytest.mark.parametrize("fault", PASSING, ids=[fault.name for fault in PASSING])
async def test_a_passing_trouble_with_every_method_leaves_a_whole_thread(
    office: Office, fault: Fault
) -> None:
    office.slack.expected_errors |= {"message_not_in_streaming_state", "already_pinned"}
    office.slow_chairman()
    for number, method in enumerate(METHODS):
        office.slack.faults.add(method, fault, skip=number % 2)

    async with office.open():
        root = await office.ask()
        await check_whole(office)

    assert len(office.channel.pins) == 1
    assert "Read the final answer" in str(root.blocks)


@pytest.mark.parametrize("slot", ["answer", "review", "synthesis"])
async def test_a_silence_of_the_platform_is_waited_out(
    office: Office, slot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.impatient(monkeypatch)
    skip = {"answer": 1, "review": 4, "synthesis": 8}[slot]
    office.slack.faults.add("chat.postMessage", faults.silence(3.0, does_work=True), skip=skip)

    async with office.open():
        await office.ask()
        await check_whole(office)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("channel_not_found", "cannot see this channel"),
        ("is_archived", "archived"),
        ("not_in_channel", "not in this channel"),
        ("restricted_action", "does not let the bot post"),
        ("missing_scope", "lacks a right"),
        ("invalid_auth", "no longer accepts the bot's token"),
        ("token_revoked", "no longer accepts the bot's token"),
        ("account_inactive", "no longer accepts the bot's token"),
    ],
)
async def test_a_refusal_in_mid_run_ends_the_posts_and_keeps_the_deliberation(
    office: Office, code: str, words: str
) -> None:
    for method in ("chat.postMessage", "chat.startStream", "chat.update", "pins.add"):
        skip = 2 if method == "chat.postMessage" else 0
        office.slack.faults.add(method, faults.error(code), times=None, skip=skip)

    async with office.open():
        await office.slack.command("Hm, what?", channel=office.channel, person=office.kim)
        (deliberation,) = await settled(office)
        await office.idle()

    assert deliberation.state is State.DONE
    assert len(deliberation.answers) == len(MEMBERS)
    assert deliberation.synthesis is not None
    posts = await office.posts_of(deliberation)
    assert posts["root"][0] is PostState.SENT
    assert posts["synthesis"][0] is PostState.GIVEN_UP
    assert words in posts["synthesis"][1]
    assert len(office.channel.messages) == 2


@pytest.mark.parametrize("code", ["msg_too_long", "msg_blocks_too_long"])
async def test_what_is_too_long_for_slack_is_shared_as_a_file(office: Office, code: str) -> None:
    office.slack.faults.add("chat.postMessage", faults.error(code), skip=1)

    async with office.open():
        await office.ask()
        (deliberation,) = await settled(office)

    (file,) = office.slack.files.values()
    assert any(answer.member in file.content.decode() for answer in deliberation.answers)
    posts = await office.posts_of(deliberation)
    assert {state for state, _ in posts.values()} == {PostState.SENT}


async def test_invalid_blocks_come_again_in_a_plainer_form(office: Office) -> None:
    office.slack.faults.add("chat.postMessage", faults.error("invalid_blocks"), times=3, skip=1)

    async with office.open():
        await office.ask()

    assert len(living(office)) == WHOLE - 1
    (deliberation,) = await settled(office)
    posts = await office.posts_of(deliberation)
    given_up = [slot for slot, (state, _) in posts.items() if state is PostState.GIVEN_UP]
    assert len(given_up) == 1


async def test_a_channel_full_of_pins_keeps_the_answer_and_says_so(office: Office) -> None:
    office.slack.expected_errors.add("too_many_pins")
    for number in range(100):
        said = await office.slack.say(f"{number}", channel=office.channel, person=office.kim)
        assert said.message is not None
        office.channel.pins.append(said.message.ts)

    async with office.open():
        await office.slack.command("Hm, what?", channel=office.channel, person=office.kim)
        await office.slack.until(lambda: "not pinned" in str(living(office)[100:]), patience_s=30)

    assert "100 pinned messages" in str(office.root().blocks)
    assert "Read the final answer" in str(office.root().blocks)


async def test_a_stream_that_dies_leaves_the_whole_answer(office: Office) -> None:
    office.slack.expected_errors.add("message_not_in_streaming_state")
    office.slow_chairman()

    async with office.open():
        await office.slack.command("Hm, what?", channel=office.channel, person=office.kim)
        await office.slack.until(lambda: any(m.is_streaming for m in office.channel.messages))
        office.slack.kill_streams()
        await office.slack.until(lambda: bool(office.channel.pins))
        await check_whole(office)


async def test_a_thread_whose_root_was_deleted_ends_in_the_records(office: Office) -> None:
    office.slack.expected_errors |= {
        "thread_not_found",
        "message_not_found",
        "cannot_reply_to_message",
    }
    office.models.default = Script(latency_s=0.5)

    async with office.open():
        await office.slack.command("Hm, what?", channel=office.channel, person=office.kim)
        await office.slack.until(lambda: bool(office.channel.messages))
        office.slack.delete(office.channel.messages[0])
        (deliberation,) = await settled(office)
        await office.idle()

    assert deliberation.state is State.DONE
    posts = await office.posts_of(deliberation)
    assert {state for state, _ in posts.values()} <= {PostState.SENT, PostState.GIVEN_UP}
    assert "no longer there" in posts["synthesis"][1]


async def test_a_failed_council_says_so_in_the_thread(office: Office) -> None:
    office.models.default = Script(fault="500")

    async with office.open():
        await office.slack.command("Hm, what?", channel=office.channel, person=office.kim)
        (deliberation,) = await settled(office)
        await office.slack.until(lambda: "None of the 3" in str(office.root().blocks))

    assert deliberation.state is State.FAILED
    assert len(living(office)) == 2
    assert living(office)[-1].text.startswith("None of the 3 members answered")
    assert office.channel.pins == []


async def test_a_failed_chairman_restarts_the_message(office: Office) -> None:
    office.models.scripts[CHAIR] = Script(fault="cut", pieces=40, pause_s=0.05)
    office.models.default = Script(pieces=40, pause_s=0.02)

    async with office.open():
        await office.ask()
        deliberation = await check_whole(office)

    assert deliberation.synthesis is not None
    assert deliberation.synthesis.stand_in is not None
    assert deliberation.synthesis.stand_in.split()[0] in str(living(office)[-1].blocks)
