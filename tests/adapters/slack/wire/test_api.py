"""Calls with the right token, at a pace that all processes share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

import pytest

from adapters.slack.wire.access import Access, OneWorkspace, examined, workspace_of
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.failures import NOT_INSTALLED, Refused, Throttled
from adapters.slack.wire.http import SlackHttp, open_http
from adapters.slack.wire.rates import rate_of
from bot.errors import ChatBusy, ChatUnclear, StorageError
from bot.storage.database import Database, open_database
from bot.storage.workspaces.pace import SqlPace
from tests.fakes.slack import faults
from tests.fakes.slack.records import Channel, Workspace
from tests.fakes.slack.server import SlackServer
from tests.fakes.workspaces import FakePace


class Tokens:
    """Gives each workspace of a fake Slack its token; implements `Tokens`."""

    def __init__(self, http: SlackHttp, *workspaces: Workspace) -> None:
        self.forgotten: list[str] = []
        self._http = http
        self._workspaces = {workspace.team_id: workspace for workspace in workspaces}

    async def of(self, workspace: str) -> Access:
        return await examined(self._http, self._workspaces[workspace].bot_token)

    def forget(self, workspace: str) -> None:
        self.forgotten.append(workspace)


class NoTokens:
    """Cannot look a token up; implements `Tokens`."""

    async def of(self, workspace: str) -> Access:
        raise StorageError("away")  # noqa: EM101 a test

    def forget(self, workspace: str) -> None:
        raise AssertionError


class Paces(FakePace):
    """Notes what is asked of it; may be out of order, as a database is now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[str] = []
        self.held: dict[str, float] = {}
        self.is_away = self.cannot_hold = False

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        if self.is_away:
            raise StorageError("away")  # noqa: EM101 a test
        self.taken.append(key)
        return await super().take(key, every_s=every_s, burst=burst, within_s=within_s)

    async def hold(self, key: str, for_s: float) -> None:
        if self.cannot_hold:
            raise StorageError("away")  # noqa: EM101 a test
        self.held[key] = for_s
        await super().hold(key, for_s)


@pytest.fixture
async def http(slack: SlackServer) -> AsyncGenerator[SlackHttp]:
    async with open_http(slack.api_url) as http:
        yield http


@pytest.fixture
def tokens(slack: SlackServer, http: SlackHttp) -> Tokens:
    return Tokens(http, slack.workspace)


@pytest.fixture
def pace() -> Paces:
    return Paces()


@pytest.fixture
def api(http: SlackHttp, tokens: Tokens, pace: Paces) -> SlackApi:
    return SlackApi(http, tokens, pace)


@pytest.fixture
def channel(slack: SlackServer) -> Channel:
    return slack.add_channel("general")


def said(channel: Channel, text: str = "x") -> dict[str, object]:
    return {"channel": channel.id, "text": text, "unfurl_links": False, "unfurl_media": False}


async def post(api: SlackApi, channel: Channel, **more: float) -> None:
    await api.call("chat.postMessage", channel.workspace.team_id, said(channel), **more)


async def test_a_call_has_the_token_of_its_workspace(slack: SlackServer, http: SlackHttp) -> None:
    other = slack.add_workspace("Other")
    api = SlackApi(http, Tokens(http, slack.workspace, other), Paces())

    for workspace in (slack.workspace, other):
        await post(api, slack.add_channel("general", workspace=workspace))

    posts = [call for call in slack.calls if call.method == "chat.postMessage"]
    assert [call.token for call in posts] == [slack.workspace.bot_token, other.bot_token]


async def test_what_is_none_is_left_out(api: SlackApi, slack: SlackServer) -> None:
    channel = slack.add_channel("general")

    await api.call(
        "chat.postMessage", slack.workspace.team_id, {**said(channel), "thread_ts": None}
    )

    assert "thread_ts" not in slack.calls[-1].body


async def test_the_pace_is_kept_for_a_method_in_a_workspace_and_for_posts_in_a_channel(
    slack: SlackServer, http: SlackHttp, pace: Paces
) -> None:
    other = slack.add_workspace("Other")
    api = SlackApi(http, Tokens(http, slack.workspace, other), pace)
    first, second = slack.add_channel("first"), slack.add_channel("second")
    foreign = slack.add_channel("general", workspace=other)

    for channel in (first, second, foreign):
        await post(api, channel)
        await api.call("conversations.info", channel.workspace.team_id, {"channel": channel.id})

    here, there = slack.workspace.team_id, other.team_id
    assert pace.taken == [
        f"slack:{here}:chat.postMessage:{first.id}",
        f"slack:{here}:conversations.info",
        f"slack:{here}:chat.postMessage:{second.id}",
        f"slack:{here}:conversations.info",
        f"slack:{there}:chat.postMessage:{foreign.id}",
        f"slack:{there}:conversations.info",
    ]


async def test_a_turn_too_far_away_is_not_waited_for(
    slack: SlackServer, api: SlackApi, channel: Channel
) -> None:
    burst = rate_of("chat.postMessage", is_distributed=False).burst
    for _ in range(burst):
        await post(api, channel)

    with pytest.raises(ChatBusy) as busy:
        await post(api, channel, within_s=0.1)

    assert 0.1 < busy.value.retry_after_s < 2
    assert slack.count("chat.postMessage") == burst


async def test_a_turn_that_comes_soon_is_waited_for(
    slack: SlackServer, api: SlackApi, pace: Paces, channel: Channel
) -> None:
    key = f"slack:{slack.workspace.team_id}:chat.postMessage:{channel.id}"
    await pace.hold(key, 0.2)

    began = time.monotonic()
    await post(api, channel)

    assert time.monotonic() - began >= 0.2


async def test_a_throttled_method_is_held_for_as_long_as_slack_says(
    slack: SlackServer, api: SlackApi, pace: Paces, channel: Channel
) -> None:
    slack.faults.add("chat.postMessage", faults.rate_limited(30))

    with pytest.raises(Throttled):
        await post(api, channel)
    with pytest.raises(ChatBusy) as busy:
        await post(api, channel)

    key = f"slack:{slack.workspace.team_id}:chat.postMessage:{channel.id}"
    assert pace.held == {key: 30}
    assert 29 < busy.value.retry_after_s <= 30
    assert slack.count("chat.postMessage") == 1
    await post(api, slack.add_channel("another"))


async def test_a_throttled_method_is_held_for_all_processes(
    slack: SlackServer, http: SlackHttp, tokens: Tokens, channel: Channel, database_url: str
) -> None:
    async with open_database(database_url) as ours, open_database(database_url) as theirs:
        first, second = (SlackApi(http, tokens, SqlPace(one)) for one in (ours, theirs))
        slack.faults.add("chat.postMessage", faults.rate_limited(30))

        with pytest.raises(Throttled):
            await post(first, channel)
        with pytest.raises(ChatBusy):
            await post(second, channel)

    assert slack.count("chat.postMessage") == 1


async def test_two_processes_share_one_burst(
    slack: SlackServer, http: SlackHttp, tokens: Tokens, channel: Channel, database: Database
) -> None:
    processes = [SlackApi(http, tokens, SqlPace(database)) for _ in range(2)]
    burst = rate_of("chat.postMessage", is_distributed=False).burst

    calls = (post(api, channel, within_s=0.1) for api in processes for _ in range(burst))
    ends = await asyncio.gather(*calls, return_exceptions=True)

    assert [type(end) for end in ends if end is not None] == [ChatBusy] * burst
    assert slack.count("chat.postMessage") == burst


@pytest.mark.parametrize("is_distributed", [True, False])
async def test_a_distributed_app_reads_once_a_minute(
    slack: SlackServer, http: SlackHttp, tokens: Tokens, channel: Channel, *, is_distributed: bool
) -> None:
    api = SlackApi(http, tokens, Paces(), is_distributed=is_distributed)
    read = {"channel": channel.id}

    await api.call("conversations.history", slack.workspace.team_id, read)

    if is_distributed:
        with pytest.raises(ChatBusy) as busy:
            await api.call("conversations.history", slack.workspace.team_id, read)
        assert 60 < busy.value.retry_after_s <= 61
    else:
        await api.call("conversations.history", slack.workspace.team_id, read)


@pytest.mark.parametrize("code", ["token_expired", "token_revoked", "account_inactive"])
async def test_a_dead_token_is_forgotten(
    slack: SlackServer, api: SlackApi, tokens: Tokens, channel: Channel, code: str
) -> None:
    slack.faults.add("chat.postMessage", faults.error(code))

    with pytest.raises(Refused, match="install the bot again"):
        await post(api, channel)

    assert tokens.forgotten == [slack.workspace.team_id]


@pytest.mark.parametrize("fault", [faults.error("not_in_channel"), faults.status(500)])
async def test_a_good_token_is_kept(
    slack: SlackServer, api: SlackApi, tokens: Tokens, channel: Channel, fault: faults.Fault
) -> None:
    slack.faults.add("chat.postMessage", fault)

    with pytest.raises((Refused, ChatUnclear)):
        await post(api, channel)

    assert tokens.forgotten == []


async def test_without_the_database_nothing_is_called(
    slack: SlackServer, api: SlackApi, http: SlackHttp, pace: Paces, channel: Channel
) -> None:
    pace.is_away = True

    for one in (api, SlackApi(http, NoTokens(), pace)):
        with pytest.raises(ChatBusy, match="database"):
            await post(one, channel)

    assert slack.count("chat.postMessage") == 0


async def test_a_hold_that_cannot_be_kept_is_busy_all_the_same(
    slack: SlackServer, api: SlackApi, pace: Paces, channel: Channel
) -> None:
    slack.faults.add("chat.postMessage", faults.rate_limited(30))
    pace.cannot_hold = True

    with pytest.raises(ChatBusy, match="database"):
        await post(api, channel)


async def test_one_workspace_knows_no_other(slack: SlackServer, http: SlackHttp) -> None:
    tokens = OneWorkspace(await examined(http, slack.workspace.bot_token))

    access = await tokens.of(slack.workspace.team_id)
    tokens.forget(slack.workspace.team_id)

    assert access.token == slack.workspace.bot_token
    assert access.url == slack.workspace.url
    assert (access.bot_user, access.bot_id) == (
        slack.workspace.bot_user_id,
        slack.workspace.bot_id,
    )
    assert await tokens.of(slack.workspace.team_id) == access
    with pytest.raises(Refused) as refused:
        await tokens.of("T0OTHER")
    assert refused.value.code == NOT_INSTALLED


async def test_a_token_of_an_organisation_stands_for_all_its_workspaces(
    slack: SlackServer, http: SlackHttp
) -> None:
    workspace = slack.add_workspace("Part", enterprise_id="E1", is_org_wide=True)

    access = await examined(http, workspace.bot_token)

    assert access.workspace == "E1"


async def test_access_does_not_show_its_token(slack: SlackServer, http: SlackHttp) -> None:
    access = await examined(http, slack.workspace.bot_token)

    assert slack.workspace.bot_token not in repr(access)


@pytest.mark.parametrize(
    ("enterprise", "team", "is_org_wide", "workspace"),
    [
        (None, "T1", False, "T1"),
        ("E1", "T1", False, "T1"),
        ("E1", "T1", True, "E1"),
        ("E1", None, True, "E1"),
        ("E1", None, False, "E1"),
        (None, "T1", True, "T1"),
        (None, None, False, ""),
    ],
)
def test_an_organisation_is_one_workspace(
    enterprise: str | None, team: str | None, workspace: str, *, is_org_wide: bool
) -> None:
    assert workspace_of(enterprise, team, is_org_wide=is_org_wide) == workspace
