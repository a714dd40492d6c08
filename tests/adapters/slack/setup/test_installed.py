"""Tokens of many workspaces: renewed in time, once, and kept whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from adapters.slack.setup import installed
from adapters.slack.setup.installed import BOT_TOKEN, REFRESH_TOKEN, InstalledTokens, granted
from adapters.slack.wire.failures import DEAD_REFRESH, NOT_INSTALLED, Refused
from adapters.slack.wire.http import Json, SlackHttp, open_http
from bot.errors import ChatBusy, ChatUnclear, StorageError
from bot.ports import Installation
from bot.storage.database import open_database
from bot.storage.sealing import Seal
from bot.storage.workspaces.installations import SqlInstallations
from tests.fakes.slack import faults
from tests.fakes.slack.records import Workspace
from tests.fakes.slack.server import SlackServer
from tests.fakes.workspaces import FakeInstallations

KEY = b"k" * 32
SOON, EXPIRED, LATER = timedelta(minutes=90), timedelta(seconds=-1), timedelta(hours=11)


class Store(FakeInstallations):
    """Fails now and then, as a database does."""

    def __init__(self) -> None:
        super().__init__()
        self.saves_that_fail = 0

    async def save(self, installation: Installation) -> None:
        if self.saves_that_fail:
            self.saves_that_fail -= 1
            raise StorageError("away")  # noqa: EM101 a test
        await super().save(installation)


@pytest.fixture(autouse=True)
def rotation(slack: SlackServer) -> None:
    slack.rotates_tokens = True


@pytest.fixture
async def http(slack: SlackServer) -> AsyncGenerator[SlackHttp]:
    async with open_http(slack.api_url) as http:
        yield http


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def tokens(slack: SlackServer, http: SlackHttp, store: Store) -> InstalledTokens:
    return over(store, slack, http)


def over(
    store: FakeInstallations | SqlInstallations, slack: SlackServer, http: SlackHttp
) -> InstalledTokens:
    return InstalledTokens(
        store, http, client_id=slack.client_id, client_secret=slack.client_secret
    )


async def install(
    slack: SlackServer,
    store: FakeInstallations | SqlInstallations,
    ends_in: timedelta | None,
    workspace: Workspace | None = None,
) -> Installation:
    """Install the bot; its token ends at a time of the test's choice."""
    home = workspace or slack.workspace
    async with open_http(slack.api_url) as http:
        credentials, _ = granted(await http.exchange(await _allowed(slack, home)))
    installation = Installation(
        platform="slack",
        workspace=home.team_id,
        name=home.name,
        credentials=credentials,
        facts={"url": home.url, "bot_user": home.bot_user_id, "bot_id": home.bot_id},
        expires_at=None if ends_in is None else datetime.now(UTC) + ends_in,
    )
    await store.save(installation)
    return installation


async def _allowed(slack: SlackServer, workspace: Workspace) -> Json:
    """Let an admin allow it; return what a token is given for."""
    client = {"client_id": slack.client_id, "redirect_uri": f"{slack.origin}/nowhere"}
    asked = urlencode({**client, "scope": "chat:write"})
    page = await slack.approve(f"{slack.authorize_url}?{asked}", workspace=workspace)
    code = parse_qs(urlsplit(page.url).query)["code"][0]
    return {**client, "client_secret": slack.client_secret, "code": code}


def renewals(slack: SlackServer) -> int:
    """Count how often Slack was asked to renew a token."""
    asked = [call.body.get("grant_type") for call in slack.calls]
    return asked.count("refresh_token")


async def test_a_token_that_lasts_is_used_as_it_is(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    before = await install(slack, store, LATER)

    async with tokens.kept_fresh():
        await asyncio.sleep(0)
        access = await tokens.of(slack.workspace.team_id)

    assert access.token == before.credentials[BOT_TOKEN]
    assert access.url == slack.workspace.url
    assert (access.bot_user, access.bot_id) == (
        slack.workspace.bot_user_id,
        slack.workspace.bot_id,
    )
    assert renewals(slack) == 0


async def test_a_token_without_an_end_is_never_renewed(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    slack.rotates_tokens = False
    await install(slack, store, None)

    async with tokens.kept_fresh():
        access = await tokens.of(slack.workspace.team_id)

    assert access.token == slack.workspace.bot_token
    assert renewals(slack) == 0


@pytest.mark.parametrize("ends_in", [SOON, EXPIRED])
async def test_a_token_that_ends_is_renewed_before_it_is_used(
    slack: SlackServer, store: Store, tokens: InstalledTokens, ends_in: timedelta
) -> None:
    before = await install(slack, store, ends_in)

    access = await tokens.of(slack.workspace.team_id)

    after = await store.find("slack", slack.workspace.team_id)
    assert after is not None
    assert after.expires_at is not None
    assert access.token == after.credentials[BOT_TOKEN] == slack.workspace.bot_token
    assert access.token != before.credentials[BOT_TOKEN]
    assert after.credentials[REFRESH_TOKEN] != before.credentials[REFRESH_TOKEN]
    assert after.expires_at > datetime.now(UTC) + LATER
    assert after.facts == before.facts


async def test_a_token_that_ends_is_renewed_when_nobody_calls(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    await install(slack, store, SOON)
    other = slack.add_workspace("Other", is_installed=False)
    await install(slack, store, SOON, other)

    async with tokens.kept_fresh():
        await slack.until(lambda: renewals(slack) == 2)

    assert renewals(slack) == 2
    for found in await store.all("slack"):
        assert found.expires_at is not None
        assert found.expires_at > datetime.now(UTC) + LATER


async def test_one_workspace_that_cannot_be_renewed_keeps_no_other_from_it(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    first = await install(slack, store, EXPIRED)
    other = slack.add_workspace("Other", is_installed=False)
    await install(slack, store, SOON, other)
    spent = {**first.credentials, REFRESH_TOKEN: "xoxe-1-spent"}
    await store.save(replace(first, credentials=spent))

    async with tokens.kept_fresh():
        await slack.until(lambda: renewals(slack) == 2)

    after = await store.find("slack", other.team_id)
    assert after is not None
    assert after.credentials[BOT_TOKEN] == other.bot_token


async def test_many_processes_renew_a_token_once(
    slack: SlackServer, http: SlackHttp, database_url: str
) -> None:
    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(open_database(database_url)) for _ in "ab"]
        stores = [SqlInstallations(database, Seal([KEY])) for database in databases]
        await install(slack, stores[0], EXPIRED)
        processes = [over(store, slack, http) for store in stores]

        for process in processes:
            await stack.enter_async_context(process.kept_fresh())
        calls = (process.of(slack.workspace.team_id) for process in processes * 4)
        given = await asyncio.gather(*calls)

    assert {access.token for access in given} == {slack.workspace.bot_token}
    assert renewals(slack) == 1


async def test_who_need_not_wait_uses_the_token_that_is_still_good(
    slack: SlackServer, store: Store, http: SlackHttp
) -> None:
    before = await install(slack, store, SOON)
    assert await store.reserve(before, datetime.now(UTC) + SOON)

    access = await over(store, slack, http).of(slack.workspace.team_id)

    assert access.token == before.credentials[BOT_TOKEN]
    assert renewals(slack) == 0


async def test_who_must_wait_gets_the_token_that_another_process_brings(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    before = await install(slack, store, EXPIRED)
    assert await store.reserve(before, datetime.now(UTC) + SOON)
    waiting = asyncio.create_task(tokens.of(slack.workspace.team_id))
    await asyncio.sleep(0)

    await install(slack, store, LATER)

    assert (await waiting).token == slack.workspace.bot_token
    assert renewals(slack) == 0


async def test_who_waits_in_vain_is_told_to_come_again(
    slack: SlackServer, store: Store, tokens: InstalledTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "_PATIENCE_S", 0.1)
    before = await install(slack, store, EXPIRED)
    assert await store.reserve(before, datetime.now(UTC) + SOON)

    with pytest.raises(ChatBusy):
        await tokens.of(slack.workspace.team_id)


async def test_who_waits_for_a_workspace_that_leaves_is_told_so(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    before = await install(slack, store, EXPIRED)
    assert await store.reserve(before, datetime.now(UTC) + SOON)
    waiting = asyncio.create_task(tokens.of(slack.workspace.team_id))
    await asyncio.sleep(0)

    await store.remove("slack", slack.workspace.team_id)

    with pytest.raises(Refused) as refused:
        await waiting
    assert refused.value.code == NOT_INSTALLED


IN_TROUBLE = [
    faults.status(503),
    faults.rate_limited(),
    faults.error("internal_error"),
    faults.error("bad_client_secret"),
    faults.lost_before_effect(),
    faults.Fault("no token", status=200, answer={"ok": True, "error": ""}),
]


@pytest.mark.parametrize("fault", IN_TROUBLE, ids=lambda fault: fault.name)
async def test_slack_in_trouble_leaves_the_token_that_is_still_good(
    slack: SlackServer, store: Store, tokens: InstalledTokens, fault: faults.Fault
) -> None:
    before = await install(slack, store, SOON)
    slack.faults.add("oauth.v2.access", fault)

    access = await tokens.of(slack.workspace.team_id)

    assert access.token == before.credentials[BOT_TOKEN]
    assert await store.find("slack", slack.workspace.team_id) == before
    assert renewals(slack) == 1


@pytest.mark.parametrize("fault", IN_TROUBLE, ids=lambda fault: fault.name)
async def test_slack_in_trouble_with_a_token_that_has_ended_is_a_matter_of_waiting(
    slack: SlackServer, store: Store, tokens: InstalledTokens, fault: faults.Fault
) -> None:
    await install(slack, store, EXPIRED)
    slack.faults.add("oauth.v2.access", fault)

    with pytest.raises(ChatBusy) as busy:
        await tokens.of(slack.workspace.team_id)

    assert 0 < busy.value.retry_after_s <= 60


async def test_a_refused_refresh_token_leaves_the_token_until_it_ends(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    before = await install(slack, store, SOON)
    slack.faults.add("oauth.v2.access", faults.error(DEAD_REFRESH))

    for _ in range(2):
        access = await tokens.of(slack.workspace.team_id)
        assert access.token == before.credentials[BOT_TOKEN]
        tokens.forget(slack.workspace.team_id)

    assert renewals(slack) == 1


async def test_a_refused_refresh_token_is_said_once_the_token_has_ended(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    await install(slack, store, EXPIRED)
    slack.faults.add("oauth.v2.access", faults.error(DEAD_REFRESH))

    async with asyncio.timeout(2):
        for _ in range(3):
            with pytest.raises(Refused, match="must install the bot again"):
                await tokens.of(slack.workspace.team_id)

    assert renewals(slack) == 1


async def test_who_installs_anew_after_that_has_access_again(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    await install(slack, store, EXPIRED)
    slack.faults.add("oauth.v2.access", faults.error(DEAD_REFRESH))
    with pytest.raises(Refused):
        await tokens.of(slack.workspace.team_id)

    await install(slack, store, LATER)

    assert (await tokens.of(slack.workspace.team_id)).token == slack.workspace.bot_token


async def test_a_caller_who_gives_up_does_not_stop_a_renewal(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    before = await install(slack, store, EXPIRED)
    slack.faults.add("oauth.v2.access", faults.silence(0.2, does_work=True))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await tokens.of(slack.workspace.team_id)
    async with tokens.kept_fresh():
        pass  # the end of the program waits for it

    after = await store.find("slack", slack.workspace.team_id)
    assert after is not None
    assert after.credentials[BOT_TOKEN] == slack.workspace.bot_token
    assert after.credentials != before.credentials
    assert renewals(slack) == 1


async def test_a_database_that_is_away_for_a_moment_costs_no_token(
    slack: SlackServer, store: Store, tokens: InstalledTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "_KEEP_EVERY_S", 0.01)
    await install(slack, store, EXPIRED)
    store.saves_that_fail = 5

    access = await tokens.of(slack.workspace.team_id)

    after = await store.find("slack", slack.workspace.team_id)
    assert after is not None
    assert access.token == after.credentials[BOT_TOKEN] == slack.workspace.bot_token


async def test_a_database_that_stays_away_costs_the_new_token_and_nothing_else(
    slack: SlackServer, store: Store, tokens: InstalledTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "_KEEP_EVERY_S", 0.001)
    before = await install(slack, store, SOON)
    store.saves_that_fail = 1000

    access = await tokens.of(slack.workspace.team_id)

    assert access.token == before.credentials[BOT_TOKEN]
    assert await store.find("slack", slack.workspace.team_id) == before


async def test_a_renewal_does_not_undo_what_happened_meanwhile(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    await install(slack, store, EXPIRED)
    slack.faults.add("oauth.v2.access", faults.silence(0.2, does_work=True))
    renewing = asyncio.create_task(tokens.of(slack.workspace.team_id))
    await slack.until(lambda: renewals(slack) == 1)

    anew = await install(slack, store, LATER)
    access = await renewing

    assert access.token == anew.credentials[BOT_TOKEN]
    assert await store.all("slack") == (anew,)


async def test_a_renewal_does_not_bring_back_who_left_meanwhile(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    await install(slack, store, SOON)
    slack.faults.add("oauth.v2.access", faults.silence(0.2, does_work=True))
    renewing = asyncio.create_task(tokens.of(slack.workspace.team_id))
    await slack.until(lambda: renewals(slack) == 1)

    await store.remove("slack", slack.workspace.team_id)
    await renewing

    assert await store.all("slack") == ()


async def test_what_a_workspace_took_away_is_forgotten(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    await install(slack, store, LATER)
    other = slack.add_workspace("Other", is_installed=False)
    await install(slack, store, LATER, other)
    await tokens.of(slack.workspace.team_id)
    slack.revoke(slack.workspace)

    for _ in range(2):
        await tokens.remove(slack.workspace.team_id)

    with pytest.raises(Refused) as refused:
        await tokens.of(slack.workspace.team_id)
    assert refused.value.code == NOT_INSTALLED
    assert (await tokens.of(other.team_id)).token == other.bot_token


async def test_late_news_of_a_removal_takes_nothing_from_who_installed_anew(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    await install(slack, store, LATER)
    slack.revoke(slack.workspace)
    await install(slack, store, LATER)

    await tokens.remove(slack.workspace.team_id)

    assert (await tokens.of(slack.workspace.team_id)).token == slack.workspace.bot_token


async def test_news_of_a_removal_are_believed_when_slack_is_in_trouble(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    await install(slack, store, LATER)
    slack.faults.add("auth.test", faults.status(503))

    await tokens.remove(slack.workspace.team_id)

    assert await store.all("slack") == ()


async def test_a_token_is_looked_up_again_once_it_is_forgotten(
    slack: SlackServer, store: Store, tokens: InstalledTokens
) -> None:
    before = await install(slack, store, LATER)
    await tokens.of(slack.workspace.team_id)
    changed = {**before.credentials, BOT_TOKEN: "xoxb-other"}
    await store.save(replace(before, credentials=changed))

    first = await tokens.of(slack.workspace.team_id)
    tokens.forget(slack.workspace.team_id)
    second = await tokens.of(slack.workspace.team_id)

    assert first.token == before.credentials[BOT_TOKEN]
    assert second.token == "xoxb-other"


async def test_the_sweep_outlives_a_database_that_is_away(
    slack: SlackServer, http: SlackHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(Store):
        looks = 0

        async def all(self, platform: str) -> tuple[Installation, ...]:
            self.looks += 1
            if self.looks == 1:
                raise StorageError("away")  # noqa: EM101 a test
            return await super().all(platform)

    monkeypatch.setattr(installed, "_SWEEP_EVERY_S", 0.01)
    store = Away()
    await install(slack, store, SOON)

    async with over(store, slack, http).kept_fresh():
        await slack.until(lambda: renewals(slack) == 1)

    assert store.looks > 1


@pytest.mark.parametrize(
    "answer", [{}, {"access_token": None}, {"access_token": 7}, {"refresh_token": "x"}]
)
def test_an_answer_without_a_token_grants_nothing(answer: dict[str, object]) -> None:
    with pytest.raises(ChatUnclear):
        granted(answer)
