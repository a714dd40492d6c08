"""Whether the council may answer in a channel."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack.channels import Channels
from adapters.slack.lookups import Lookups
from tests.adapters.slack.lobby import Lobby
from tests.fakes.slack import faults


async def fault(lobby: Lobby) -> str | None:
    return await lobby.desk.channels.fault(lobby.channel.id, lobby.slack.workspace.team_id)


async def answer(
    lobby: Lobby, channel: dict[str, object], *, may_answer_shared: bool = False
) -> str | None:
    """Let Slack describe a channel so, and ask about it."""
    said = {"ok": True, "channel": channel, "error": ""}
    lobby.slack.faults.add("conversations.info", faults.Fault("said", status=200, answer=said))
    channels = Channels(lobby.desk.api, may_answer_shared=may_answer_shared)
    return await channels.fault(lobby.channel.id, lobby.slack.workspace.team_id)


@pytest.mark.parametrize(
    "channel",
    [
        {"is_channel": True, "is_member": True},
        {"is_group": True, "is_private": True, "is_member": True},
        {"is_im": True},
        {"is_mpim": True},
        {"is_member": True, "is_shared": True, "is_org_shared": True, "is_ext_shared": False},
    ],
    ids=str,
)
async def test_it_may_where_it_is_a_member_or_spoken_to(
    lobby: Lobby, channel: dict[str, object]
) -> None:
    assert await answer(lobby, channel) is None


@pytest.mark.parametrize("kind", ["is_ext_shared", "is_pending_ext_shared"])
async def test_a_connected_channel_needs_the_operators_word(lobby: Lobby, kind: str) -> None:
    shared: dict[str, object] = {"is_member": True, "is_shared": True, kind: True}

    refused = await answer(lobby, shared)
    allowed = await answer(lobby, shared, may_answer_shared=True)

    assert refused is not None
    assert "another company" in refused
    assert allowed is None


async def test_what_is_wrong_is_looked_at_each_time_and_what_is_fine_is_remembered(
    lobby: Lobby,
) -> None:
    lobby.channel.is_archived = True
    wrong = [await fault(lobby) for _ in range(3)]
    lobby.channel.is_archived = False
    fine = [await fault(lobby) for _ in range(3)]

    assert None not in wrong
    assert fine == [None] * 3
    assert lobby.slack.count("conversations.info") == 4


async def test_a_silence_is_shared_by_all_who_wait(lobby: Lobby) -> None:
    lobby.slack.faults.add("conversations.info", faults.silence(30), times=None)
    began = asyncio.get_running_loop().time()

    said = await asyncio.gather(*(fault(lobby) for _ in range(20)))

    assert all(sentence and "nothing was started" in sentence for sentence in said)
    assert asyncio.get_running_loop().time() - began < 2


async def test_a_lookup_that_is_given_up_leaves_the_next_one_free(lobby: Lobby) -> None:
    lobby.slack.faults.add("conversations.info", faults.silence(30))

    assert await fault(lobby) is not None
    assert await fault(lobby) is None


async def test_lookups_forget_what_is_old_and_what_is_too_much() -> None:
    looked: list[tuple[str, str]] = []

    async def look(workspace: str, name: str) -> str:
        looked.append((workspace, name))
        return name

    stale, fresh = Lookups(look, fresh_s=0.0), Lookups(look, fresh_s=60.0)
    assert [await stale.get("T1", "a") for _ in range(2)] == ["a", "a"]
    assert len(looked) == 2

    for number in range(10_001):
        await fresh.get("T1", str(number))
    looked.clear()
    await fresh.get("T1", "10000")
    await fresh.get("T2", "10000")
    await fresh.get("T1", "0")
    assert looked == [("T2", "10000"), ("T1", "0")]
