"""Whatever Slack delivers, how often and to whom: one deliberation."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.errors import StorageError
from tests.adapters.slack.lobby import Lobby, open_lobby
from tests.adapters.slack.office import Office
from tests.adapters.slack.serving import serving
from tests.adapters.stage import MEMBERS, settled
from tests.fakes.model_server import Script
from tests.fakes.slack.deliveries import Delivery
from tests.fakes.slack.records import Message, Reply
from tests.fakes.slack.server import SlackServer
from tests.launcher import Launcher

TIMES = 50
CALM_S = 1.0


def mentioned(office: Office, thread_ts: str | None = None) -> Message:
    bot = office.slack.workspace.bot_user_id
    ts, text = office.slack.stamps.ts(), f"<@{bot}> which one?"
    user = office.kim.id
    return office.slack.post(Message(ts, office.channel, text, user=user, thread_ts=thread_ts))


def each_way(office: Office) -> list[Delivery]:
    """Return a command, the two events of a mention, and a direct message."""
    prepare, message = office.slack.prepare, mentioned(office)
    direct = office.slack.direct(office.kim)
    alone = Message(office.slack.stamps.ts(), direct, "Which one?", user=office.kim.id)
    return [
        prepare.command("/council", "Which one?", office.channel, office.kim, None),
        prepare.mention(message),
        prepare.message(message),
        prepare.message(office.slack.post(alone)),
    ]


async def deliver(office: Office) -> list[Reply]:
    """Deliver each way fifty times at once, the two events of a mention together."""
    command, event, message, direct = each_way(office)
    replies: list[Reply] = []
    for deliveries in ([command], [event, message], [direct]):
        replies += await asyncio.gather(*map(office.slack.deliver, deliveries * TIMES))
    return replies


@pytest.mark.parametrize("way", ["by_socket", "by_http"])
async def test_fifty_deliveries_at_once_are_one_deliberation(office: Office, way: str) -> None:
    office.secrets = getattr(office, way)()

    async with office.open():
        replies = await deliver(office)
        known = await settled(office, 3)

    assert all(reply.is_acknowledged and reply.elapsed_s < 3 for reply in replies)
    assert not any(reply.body for reply in replies)
    assert len({one.question.place for one in known}) == 2
    assert office.models.calls() == 3 * (2 * len(MEMBERS) + 1)
    assert office.slack.ephemerals == []


@pytest.mark.parametrize("is_by_http", [False, True], ids=["socket", "http"])
async def test_a_retry_is_the_same_deliberation(slack: SlackServer, *, is_by_http: bool) -> None:
    async with open_lobby(slack, is_by_http=is_by_http) as lobby:
        reply = await slack.mention("Which one?", channel=lobby.channel, person=lobby.kim)
        assert reply.message is not None
        delivery = slack.prepare.mention(reply.message)
        for attempt in (1, 2, 3):
            again = await slack.deliver(delivery, attempt=attempt, reason="http_timeout")
            assert again.is_acknowledged

        await lobby.only()


@pytest.mark.parametrize("is_by_http", [False, True], ids=["socket", "http"])
async def test_what_could_not_be_stored_is_not_acknowledged_and_comes_again(
    slack: SlackServer, *, is_by_http: bool
) -> None:
    slack.patience_s = 0.3
    async with open_lobby(slack, is_by_http=is_by_http) as lobby:
        lobby.records.fault = StorageError("secret words of the database")

        reply = await slack.mention("Which one?", channel=lobby.channel, person=lobby.kim)
        lobby.records.fault = None
        await slack.until(lambda: len(slack.retries) > 0)

        assert not reply.is_acknowledged
        assert not reply.body
        assert slack.retries[-1].reply.is_acknowledged
        await lobby.only()
        assert slack.ephemerals == []


async def test_what_is_stored_too_late_is_the_same_when_it_comes_again(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_free, create = asyncio.Event(), lobby.records.create

    async def slow(*given: object, **named: object) -> object:
        await is_free.wait()
        return await create(*given, **named)  # pyright: ignore[reportArgumentType]  passed on

    monkeypatch.setattr(lobby.records, "create", slow)
    lobby.slack.patience_s = 0.3
    reply = await lobby.slack.mention("Which one?", channel=lobby.channel, person=lobby.kim)
    is_free.set()
    await lobby.slack.until(lambda: len(lobby.slack.retries) > 0)

    assert not reply.is_acknowledged
    assert lobby.slack.retries[-1].reply.is_acknowledged
    await lobby.only()


async def test_the_same_words_twice_are_two_questions(lobby: Lobby) -> None:
    await lobby.command("Which one?")
    await lobby.command("Which one?")
    await lobby.slack.mention("Which one?", channel=lobby.channel, person=lobby.kim)

    assert len(await lobby.asked()) == 3


@pytest.mark.parametrize(
    "database", ["sqlite_url", pytest.param("postgres_url", marks=pytest.mark.postgres)]
)
async def test_two_processes_share_one_deliberation(
    office: Office, database: str, launcher: Launcher, request: pytest.FixtureRequest
) -> None:
    url = str(request.getfixturevalue(database))
    office.database_url = url
    office.models.default = Script(latency_s=60)
    secrets = {**office.by_socket(), "COUNCIL_DATABASE_URL": url}
    folders = [office.folder / name for name in ("one", "two")]

    async with AsyncExitStack() as stack:
        for folder in folders:
            folder.mkdir()
        both = [
            serving(launcher.start, folder, office.slack, office.models, secrets)
            for folder in folders
        ]
        await asyncio.gather(*map(stack.enter_async_context, both))
        assert office.slack.connections == 2
        replies = await deliver(office)
        await office.slack.until(lambda: office.models.calls() >= 3 * len(MEMBERS))
        known = await office.deliberations()
        # A second run would begin now. Later, whoever ends first leaves its work to the other.
        await asyncio.sleep(CALM_S)
        calls = office.models.calls()

    assert all(reply.is_acknowledged for reply in replies)
    assert len(known) == 3
    assert calls == 3 * len(MEMBERS)
