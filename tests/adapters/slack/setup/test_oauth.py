"""Workspaces install the bot, work apart from each other, and leave."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from sqlalchemy import Connection, select
from starlette.applications import Starlette
from yarl import URL

from adapters.slack.routes import oauth_routes
from adapters.slack.setup.installed import BOT_TOKEN, REFRESH_TOKEN
from adapters.slack.setup.manifest import SCOPES
from adapters.slack.setup.oauth import Flow, flow
from adapters.slack.wire.http import SlackHttp, open_http
from bot import ports
from bot.errors import StorageError
from bot.ports import Installation
from bot.storage.database import Database, open_database
from bot.storage.sealing import Seal, new_key, parse_keys
from bot.storage.tables import metadata
from bot.storage.workspaces.installations import SqlInstallations
from bot.storage.workspaces.tickets import SqlTickets
from tests.adapters.slack.office import Office, texts
from tests.adapters.slack.serving import serving
from tests.fakes.model_server import ModelServer
from tests.fakes.slack import faults
from tests.fakes.slack.browser import Page
from tests.fakes.slack.hosting import hosted
from tests.fakes.slack.records import Channel, Person, Workspace
from tests.fakes.slack.server import SlackServer
from tests.fakes.workspaces import FakeInstallations, FakeTickets
from tests.launcher import start_python

KEY = new_key()


class Tickets(FakeTickets):
    """May be out of order, as a database is now and then."""

    is_away = is_late = False

    async def issue(self, purpose: str, content: str, lifetime: timedelta) -> str:
        self._look()
        return await super().issue(purpose, content, -lifetime if self.is_late else lifetime)

    async def redeem(self, purpose: str, ticket: str) -> str | None:
        self._look()
        return await super().redeem(purpose, ticket)

    def _look(self) -> None:
        if self.is_away:
            raise StorageError("secret internals")  # noqa: EM101 a test


class Installations(FakeInstallations):
    """May be out of order, as a database is now and then; knows who came, perhaps again."""

    is_away = False

    def __init__(self) -> None:
        super().__init__()
        self.welcomed: list[str] = []

    async def save(self, installation: Installation) -> None:
        if self.is_away:
            raise StorageError("secret internals")  # noqa: EM101 a test
        await super().save(installation)


@dataclass
class Counter:
    """The pages by which the bot is installed, and a browser that stands in front of them."""

    slack: SlackServer
    tickets: Tickets
    installations: Installations
    url: str
    browser: aiohttp.ClientSession

    async def begin(self) -> str:
        """Ask to install; return the state that Slack is to send back."""
        async with self.browser.get(f"{self.url}/slack/install", allow_redirects=False) as found:
            assert found.status == 302
            return parse_qs(urlsplit(found.headers["Location"]).query)["state"][0]

    async def come_back(self, **query: str) -> Page:
        """Come back from Slack."""
        async with self.browser.get(f"{self.url}/slack/oauth_redirect", params=query) as found:
            return Page(str(found.url), found.status, await found.text())

    async def install(
        self,
        workspace: Workspace | None = None,
        *,
        is_denied: bool = False,
        is_org_wide: bool = False,
    ) -> Page:
        """Go the whole way, in a browser of an admin's own."""
        return await self.slack.approve(
            f"{self.url}/slack/install",
            workspace=workspace,
            is_denied=is_denied,
            is_org_wide=is_org_wide,
        )

    async def code(self) -> str:
        """Let an admin allow an installation; return the code that Slack sends with them."""
        slack, asked = self.slack, {"client_id": self.slack.client_id, "scope": "chat:write"}
        before, slack.redirect_url = slack.redirect_url, f"{slack.origin}/nowhere"
        page = await slack.approve(f"{slack.authorize_url}?{urlencode(asked)}")
        slack.redirect_url = before
        return parse_qs(urlsplit(page.url).query)["code"][0]

    def refused(self, page: Page, status: int) -> None:
        """Say whether a page says that nothing was installed, and that is so."""
        assert page.status == status
        assert "Council is not installed" in page.text
        assert "secret internals" not in page.text
        assert self.slack.client_secret not in page.text


def installing(
    slack: SlackServer,
    http: SlackHttp,
    installations: ports.Installations,
    tickets: ports.Tickets,
) -> Flow:
    client = {"client_id": slack.client_id, "client_secret": slack.client_secret}

    async def welcome(workspace: str) -> None:
        if isinstance(installations, Installations):
            installations.welcomed.append(workspace)

    return flow(http, installations, tickets, on_return=welcome, **client)


@asynccontextmanager
async def pages(
    slack: SlackServer, installations: ports.Installations, tickets: ports.Tickets
) -> AsyncGenerator[str]:
    """Serve the two pages and yield their address."""
    async with open_http(slack.api_url) as http:
        routes = oauth_routes(installing(slack, http, installations, tickets))
        async with hosted(Starlette(routes=routes)) as url:
            slack.redirect_url = f"{url}/slack/oauth_redirect"
            yield url


@pytest.fixture
async def counter(slack: SlackServer) -> AsyncGenerator[Counter]:
    tickets, installations = Tickets(), Installations()
    async with pages(slack, installations, tickets) as url:
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=url)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            yield Counter(slack, tickets, installations, url, browser)


async def test_the_way_leads_to_slack_with_exactly_our_rights(
    slack: SlackServer, counter: Counter
) -> None:
    async with counter.browser.get(
        f"{counter.url}/slack/install", allow_redirects=False
    ) as response:
        where = urlsplit(response.headers["Location"])
        cookie = response.cookies["council-install"]

    asked = {name: values[0] for name, values in parse_qs(where.query).items()}
    assert f"{where.scheme}://{where.netloc}{where.path}" == slack.authorize_url
    assert asked.keys() == {"client_id", "scope", "state"}
    assert set(asked["scope"].split(",")) == set(SCOPES)
    assert (cookie.value, len(cookie.value)) == (asked["state"], 32)
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "lax")
    assert cookie["path"] == "/slack"


async def test_a_workspace_that_allows_it_has_the_bot(slack: SlackServer, counter: Counter) -> None:
    fresh = slack.add_workspace("Fresh", is_installed=False)

    page = await counter.install(fresh)

    assert page.status == 200
    assert "Council is installed" in page.text
    assert set(fresh.scopes) == set(SCOPES)
    assert counter.installations.welcomed == [fresh.team_id]
    (found,) = await counter.installations.all("slack")
    assert (found.workspace, found.name, found.expires_at) == (fresh.team_id, "Fresh", None)
    assert found.credentials == {BOT_TOKEN: fresh.bot_token}
    assert found.facts == {
        "url": fresh.url,
        "bot_user": fresh.bot_user_id,
        "bot_id": fresh.bot_id,
    }


async def test_tokens_that_end_come_with_what_renews_them(
    slack: SlackServer, counter: Counter
) -> None:
    slack.rotates_tokens = True

    await counter.install()

    (found,) = await counter.installations.all("slack")
    assert found.expires_at is not None
    assert timedelta(hours=11) < found.expires_at - datetime.now(UTC) <= timedelta(hours=12)
    assert found.credentials.keys() == {BOT_TOKEN, REFRESH_TOKEN}


async def test_an_organisation_is_installed_once_for_all_its_workspaces(
    slack: SlackServer, counter: Counter
) -> None:
    first = slack.add_workspace("First", enterprise_id="E1", is_installed=False)

    await counter.install(first, is_org_wide=True)

    (found,) = await counter.installations.all("slack")
    assert (found.workspace, found.name) == ("E1", "Enterprise")


async def test_a_workspace_of_an_organisation_may_install_for_itself(
    slack: SlackServer, counter: Counter
) -> None:
    part = slack.add_workspace("Part", enterprise_id="E1", is_installed=False)

    await counter.install(part)

    (found,) = await counter.installations.all("slack")
    assert (found.workspace, found.name) == (part.team_id, "Part")


async def test_a_refusal_of_the_person_installs_nothing(
    slack: SlackServer, counter: Counter
) -> None:
    fresh = slack.add_workspace("Fresh", is_installed=False)

    page = await counter.install(fresh, is_denied=True)

    counter.refused(page, 200)
    assert slack.count("oauth.v2.access") == 0


async def test_what_the_address_says_is_not_shown(counter: Counter) -> None:
    page = await counter.come_back(error="<script>alert(1)</script>")

    assert "script" not in page.text


async def test_a_state_that_is_not_ours_installs_nothing(
    slack: SlackServer, counter: Counter
) -> None:
    code = await counter.code()

    for state in (None, "", "foreign", "0" * 32, "é\0"):
        await counter.begin()
        page = await counter.come_back(code=code, **({} if state is None else {"state": state}))
        counter.refused(page, 400)

    assert slack.count("oauth.v2.access") == 0
    assert await counter.installations.all("slack") == ()


async def test_a_state_is_good_in_its_own_browser_only(
    slack: SlackServer, counter: Counter
) -> None:
    state, code = await counter.begin(), await counter.code()
    counter.browser.cookie_jar.clear()

    page = await counter.come_back(code=code, state=state)

    counter.refused(page, 400)
    assert slack.count("oauth.v2.access") == 0


async def test_a_state_of_somebody_else_is_no_use_in_another_browser(
    slack: SlackServer, counter: Counter
) -> None:
    theirs = await counter.begin()
    await counter.begin()

    page = await counter.come_back(code=await counter.code(), state=theirs)

    counter.refused(page, 400)
    assert slack.count("oauth.v2.access") == 0


async def test_a_state_ends_after_a_while(slack: SlackServer, counter: Counter) -> None:
    counter.tickets.is_late = True
    state = await counter.begin()

    page = await counter.come_back(code=await counter.code(), state=state)

    counter.refused(page, 400)
    assert slack.count("oauth.v2.access") == 0


async def test_a_state_is_good_once(slack: SlackServer, counter: Counter) -> None:
    state = await counter.begin()
    query = {"code": await counter.code(), "state": state}

    first = await counter.come_back(**query)
    again = await counter.come_back(**query)
    counter.browser.cookie_jar.update_cookies({"council-install": state}, URL(counter.url))
    with_its_cookie = await counter.come_back(**query)

    assert first.status == 200
    for page in (again, with_its_cookie):
        counter.refused(page, 400)
    assert slack.count("oauth.v2.access") == 1


async def test_a_code_that_slack_does_not_take_installs_nothing(counter: Counter) -> None:
    page = await counter.come_back(code="made up", state=await counter.begin())

    counter.refused(page, 400)
    assert await counter.installations.all("slack") == ()


async def test_a_state_without_a_code_installs_nothing(counter: Counter) -> None:
    page = await counter.come_back(state=await counter.begin())

    counter.refused(page, 400)


@pytest.mark.parametrize("method", ["oauth.v2.access", "auth.test"])
async def test_slack_in_trouble_is_said(slack: SlackServer, counter: Counter, method: str) -> None:
    for fault in (faults.status(503), faults.rate_limited(), faults.silence(0)):
        slack.faults.add(method, fault)
        page = await counter.install()
        counter.refused(page, 503)

    assert await counter.installations.all("slack") == ()


async def test_a_database_that_is_away_is_said_without_internals(counter: Counter) -> None:
    counter.installations.is_away = True
    stored = await counter.install()
    state = await counter.begin()
    counter.tickets.is_away = True
    redeemed = await counter.come_back(code="x", state=state)
    begun = await counter.browser.get(f"{counter.url}/slack/install", allow_redirects=False)

    for page in (stored, redeemed, Page("", begun.status, await begun.text())):
        counter.refused(page, 503)


async def test_pages_are_kept_nowhere_and_tell_nobody_their_address(counter: Counter) -> None:
    for path in ("/slack/install", "/slack/oauth_redirect?error=x", "/slack/oauth_redirect"):
        async with counter.browser.get(counter.url + path, allow_redirects=False) as response:
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["Referrer-Policy"] == "no-referrer"


async def test_who_installs_again_has_one_installation_and_no_token_in_plain(
    slack: SlackServer, database: Database
) -> None:
    slack.rotates_tokens = True
    store = SqlInstallations(database, Seal(parse_keys(KEY)))
    async with pages(slack, store, SqlTickets(database)) as url:
        for _ in range(2):
            page = await slack.approve(f"{url}/slack/install")
            assert page.status == 200

    (found,) = await store.all("slack")
    assert found.credentials[BOT_TOKEN] == slack.workspace.bot_token
    kept = await database.read(_everything)
    assert found.workspace in kept
    for secret in (*found.credentials.values(), slack.client_secret):
        assert secret not in kept


async def test_a_state_is_good_on_every_replica(slack: SlackServer, database_url: str) -> None:
    async with AsyncExitStack() as stack:
        replicas: list[Flow] = []
        for _ in range(2):
            database = await stack.enter_async_context(open_database(database_url))
            http = await stack.enter_async_context(open_http(slack.api_url))
            store = SqlInstallations(database, Seal(parse_keys(KEY)))
            replicas.append(installing(slack, http, store, SqlTickets(database)))
        (first, _), (_, second) = map(oauth_routes, replicas)
        url = await stack.enter_async_context(hosted(Starlette(routes=[first, second])))
        slack.redirect_url = f"{url}/slack/oauth_redirect"

        page = await slack.approve(f"{url}/slack/install")

    assert page.status == 200


def _everything(connection: Connection) -> str:
    return "".join(
        str([tuple(row) for row in connection.execute(select(table))])
        for table in metadata.sorted_tables
    )


@dataclass
class Tenant:
    """A workspace with a channel and a person of its own."""

    workspace: Workspace
    channel: Channel
    person: Person


def tenant(slack: SlackServer, name: str) -> Tenant:
    workspace = slack.add_workspace(name, is_installed=False)
    channel = slack.add_channel(f"in-{name.lower()}", workspace=workspace)
    return Tenant(workspace, channel, slack.add_person(f"kim-{name}", workspace=workspace))


@pytest.fixture
def many(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Give an office for many workspaces, with all settings in the environment as in life."""
    office.secret_key = KEY
    office.secrets = {
        "SLACK_CLIENT_ID": office.slack.client_id,
        "SLACK_CLIENT_SECRET": office.slack.client_secret,
        "SLACK_SIGNING_SECRET": office.slack.signing_secret,
    }
    for name, secret in office.secrets.items():
        monkeypatch.setenv(name, secret)
    return office


@asynccontextmanager
async def serving_many(office: Office) -> AsyncGenerator[str]:
    """Run the bot and yield where it is installed."""
    async with office.open():
        (url,) = [line.removeprefix("HTTP: ") for line in office.said if "HTTP: " in line]
        office.slack.redirect_url = f"{url}/slack/oauth_redirect"
        yield f"{url}/slack/install"


async def ask(slack: SlackServer, one: Tenant, question: str) -> None:
    reply = await slack.command(question, channel=one.channel, person=one.person)
    assert (reply.status, reply.body) == (200, None)
    await slack.until(lambda: bool(one.channel.pins))


async def say(slack: SlackServer, one: Tenant, text: str) -> str:
    reply = await slack.command(text, channel=one.channel, person=one.person)
    body = reply.body
    return str(body["text"] if isinstance(body, dict) else body)


async def test_workspaces_that_install_the_bot_ask_apart_from_each_other(many: Office) -> None:
    slack = many.slack
    acme, brook = tenant(slack, "Acme"), tenant(slack, "Brook")

    async with serving_many(many) as install_url:
        await say(slack, acme, "Too early?")
        assert "Council is not installed" in _whispered(slack)
        for one in (acme, brook):
            page = await slack.approve(install_url, workspace=one.workspace)
            assert page.status == 200
        await ask(slack, acme, "Which database suits an event log?")
        await ask(slack, brook, "Which language suits a parser?")
        histories = [await say(slack, one, "history") for one in (acme, brook)]
        await slack.until(lambda: all("Read the final" in _root(t) for t in (acme, brook)))

    for one, other, history in zip((acme, brook), ("parser", "event log"), histories, strict=True):
        assert texts(one.channel.messages)[-1] == "Final answer"
        assert other not in str([message.text for message in one.channel.messages])
        assert other not in history
    assert "event log" in histories[0]
    assert slack.throttled == []


def _whispered(slack: SlackServer) -> str:
    """Return what was said last to one person alone, beside an acknowledgement."""
    return str(slack.responses[-1].payload["text"])


def _root(one: Tenant) -> str:
    return str(one.channel.messages[0].blocks)


async def test_the_rights_that_are_asked_for_are_enough(many: Office) -> None:
    slack, acme = many.slack, tenant(many.slack, "Acme")
    private = slack.add_channel("secret", workspace=acme.workspace, is_private=True)
    direct = slack.direct(acme.person)

    async with serving_many(many) as install_url:
        await slack.approve(install_url, workspace=acme.workspace)
        notes = slack.add_file("notes.txt", b"We have two.", person=acme.person)
        await slack.mention("Which?", channel=acme.channel, person=acme.person, files=[notes])
        await slack.command("Which?", channel=private, person=acme.person)
        await slack.say("Which?", channel=direct, person=acme.person)
        await slack.open_home(acme.person)
        places = (acme.channel, private, direct)
        await slack.until(lambda: all(place.pins for place in places))
        await slack.until(lambda: slack.views.home(acme.person))

    assert slack.count("files.download") == 1
    assert [call.method for call in slack.calls if call.error == "missing_scope"] == []


async def test_a_workspace_that_leaves_is_forgotten_and_others_stay(many: Office) -> None:
    slack = many.slack
    acme, brook = tenant(slack, "Acme"), tenant(slack, "Brook")

    async with serving_many(many) as install_url:
        for one in (acme, brook):
            await slack.approve(install_url, workspace=one.workspace)
        replies = await slack.uninstall(acme.workspace)
        await say(slack, acme, "Still here?")
        said = _whispered(slack)
        await ask(slack, brook, "Which database?")

    assert [reply.status for reply in replies] == [200, 200]
    assert "Council is not installed" in said
    assert await _installed(many) == [brook.workspace.team_id]


REMOVED = {"type": "app_uninstalled", "event_ts": "1.0"}


def _revoked(*bots: str) -> dict[str, Any]:
    return {"type": "tokens_revoked", "tokens": {"bot": list(bots)}, "event_ts": "1.0"}


@pytest.mark.parametrize("order", ["uninstalled first", "revoked first", "uninstalled only"])
async def test_news_of_a_removal_come_in_any_order_and_more_than_once(
    many: Office, order: str
) -> None:
    slack, acme = many.slack, tenant(many.slack, "Acme")
    revoked = _revoked(acme.workspace.bot_user_id)
    news = {
        "uninstalled first": [REMOVED, revoked, REMOVED],
        "revoked first": [revoked, revoked, REMOVED, REMOVED],
        "uninstalled only": [REMOVED],
    }[order]

    async with serving_many(many) as install_url:
        await slack.approve(install_url, workspace=acme.workspace)
        slack.revoke(acme.workspace)
        replies = [await slack.event(one, workspace=acme.workspace) for one in news]

    assert {reply.status for reply in replies} == {200}
    assert await _installed(many) == []


async def test_a_token_of_a_person_that_is_revoked_changes_nothing(many: Office) -> None:
    slack, acme = many.slack, tenant(many.slack, "Acme")
    news = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}, "event_ts": "1.0"}

    async with serving_many(many) as install_url:
        await slack.approve(install_url, workspace=acme.workspace)
        reply = await slack.event(news, workspace=acme.workspace)

    assert reply.status == 200
    assert await _installed(many) == [acme.workspace.team_id]


async def test_an_organisation_asks_in_all_its_workspaces(many: Office) -> None:
    slack = many.slack
    first = slack.add_workspace("First", enterprise_id="E1", is_installed=False)
    second = slack.add_workspace("Second", enterprise_id="E1", is_installed=False, is_org_wide=True)
    places = [
        Tenant(
            home,
            slack.add_channel(f"in-{n}", workspace=home),
            slack.add_person(f"kim{n}", workspace=home),
        )
        for n, home in enumerate((first, second))
    ]

    async with serving_many(many) as install_url:
        await slack.approve(install_url, workspace=first, is_org_wide=True)
        for one in places:
            await ask(slack, one, "Which database?")

    assert await _installed(many) == ["E1"]


async def test_the_bot_is_installed_by_http_and_listens_by_socket(many: Office) -> None:
    many.secrets["SLACK_APP_TOKEN"] = many.slack.app_token
    slack, acme = many.slack, tenant(many.slack, "Acme")

    async with serving_many(many) as install_url:
        slack.request_url = None
        await slack.approve(install_url, workspace=acme.workspace)
        await ask(slack, acme, "Which database?")


async def test_no_token_is_logged_or_kept_in_plain(
    slack: SlackServer, models: ModelServer, tmp_path: Path
) -> None:
    """The program at log level debug, where libraries speak too."""
    slack.rotates_tokens = True
    acme = tenant(slack, "Acme")
    secrets = {
        "SLACK_CLIENT_ID": slack.client_id,
        "SLACK_CLIENT_SECRET": slack.client_secret,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "COUNCIL_SECRET_KEY": KEY,
    }

    async with serving(start_python, tmp_path, slack, models, secrets) as served:
        slack.request_url = f"{served.url}/slack/events"
        slack.redirect_url = f"{served.url}/slack/oauth_redirect"
        page = await slack.approve(f"{served.url}/slack/install", workspace=acme.workspace)
        await ask(slack, acme, "Which database?")

    query = parse_qs(urlsplit(page.url).query)
    hidden = [acme.workspace.bot_token, KEY, slack.client_secret, slack.signing_secret]
    hidden += [query["code"][0], query["state"][0]]
    kept = _files(tmp_path)
    assert acme.workspace.team_id.encode() in kept
    assert "slack workspace installed" in served.text
    for secret in hidden:
        assert secret not in served.text
        assert secret.encode() not in kept


def _files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def _installed(office: Office) -> list[str]:
    async with open_database(office.database_url) as database:
        store = SqlInstallations(database, Seal(parse_keys(KEY)))
        return [found.workspace for found in await store.all("slack")]
