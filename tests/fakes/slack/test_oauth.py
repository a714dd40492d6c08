"""Installing through the real Bolt, and rotating tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.slack.hosting import hosted
from tests.fakes.slack.server import SlackServer

# slack_sdk sends the client's secret with what aiohttp 4 will not have.
pytestmark = pytest.mark.filterwarnings("ignore:.*BasicAuth:DeprecationWarning")

SCOPES = ("commands", "chat:write")


@pytest.fixture
def store(tmp_path: Path) -> FileInstallationStore:
    return FileInstallationStore(base_dir=str(tmp_path / "installations"))


@pytest.fixture
async def install_url(
    slack: SlackServer, store: FileInstallationStore, tmp_path: Path
) -> AsyncIterator[str]:
    client = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
    settings = AsyncOAuthSettings(
        client_id=slack.client_id,
        client_secret=slack.client_secret,
        scopes=SCOPES,
        installation_store=store,
        state_store=FileOAuthStateStore(expiration_seconds=600, base_dir=str(tmp_path)),
        authorization_url=slack.authorize_url,
    )
    flow = AsyncOAuthFlow(client=client, settings=settings)
    app: Any = AsyncApp(client=client, signing_secret=slack.signing_secret, oauth_flow=flow)
    handler = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    async def command(ack: Any, context: Any) -> None:
        await ack(f"token {context.bot_token}")

    app.command("/council")(command)
    routes = [Route("/slack/{what}", endpoint, methods=["GET", "POST"])]
    async with hosted(Starlette(routes=routes)) as url:
        slack.request_url = f"{url}/slack/events"
        slack.redirect_url = f"{url}/slack/oauth_redirect"
        yield f"{url}/slack/install"


@pytest.fixture
def bare(slack: SlackServer) -> Any:
    return AsyncWebClient(base_url=slack.api_url, retry_handlers=[])


async def test_a_workspace_installs_the_app(
    slack: SlackServer, install_url: str, store: FileInstallationStore
) -> None:
    workspace = slack.add_workspace("Fresh", is_installed=False)
    person = slack.add_person("Ada", workspace=workspace)
    assert workspace.bot_token == ""

    page = await slack.approve(install_url, workspace=workspace, person=person)

    assert page.status == 200
    assert workspace.is_installed
    assert workspace.scopes == SCOPES
    found = store.find_bot(enterprise_id=None, team_id=workspace.team_id)
    assert found is not None
    assert found.bot_token == workspace.bot_token
    channel = slack.add_channel("c", workspace=workspace)
    reply = await slack.command("x", channel=channel, person=person)
    assert reply.body == f"token {workspace.bot_token}"


async def test_a_person_says_no(slack: SlackServer, install_url: str) -> None:
    workspace = slack.add_workspace("Fresh", is_installed=False)

    page = await slack.approve(install_url, workspace=workspace, is_denied=True)

    assert "access_denied" in page.text
    assert not workspace.is_installed


async def test_a_whole_organisation_installs(
    slack: SlackServer, install_url: str, store: FileInstallationStore
) -> None:
    first = slack.add_workspace("First", enterprise_id="E1", is_installed=False)
    second = slack.add_workspace("Second", enterprise_id="E1", is_installed=False, is_org_wide=True)

    await slack.approve(install_url, workspace=first, is_org_wide=True)

    found = store.find_bot(enterprise_id="E1", team_id=None, is_enterprise_install=True)
    assert found is not None
    assert found.team_id is None
    assert found.is_enterprise_install
    assert second.bot_token == first.bot_token == found.bot_token
    assert second.bot_user_id == first.bot_user_id == found.bot_user_id


async def test_slack_refuses_another_client(slack: SlackServer, install_url: str) -> None:
    slack.client_id = "someone else"

    page = await slack.approve(install_url)

    assert page.status == 400
    assert "client_id" in page.text


async def test_a_code_is_good_once(slack: SlackServer, install_url: str, bare: Any) -> None:
    page = await slack.approve(install_url)
    code = next(c for c in slack.calls if c.method == "oauth.v2.access").body["code"]

    with pytest.raises(SlackApiError, match="invalid_code"):
        await bare.oauth_v2_access(
            client_id=slack.client_id, client_secret=slack.client_secret, code=code
        )

    assert page.status == 200


async def test_the_client_must_know_its_secret(slack: SlackServer, bare: Any) -> None:
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        await bare.oauth_v2_access(client_id=slack.client_id, client_secret="x", code="x")
    with pytest.raises(SlackApiError, match="invalid_client_id"):
        await bare.oauth_v2_access(client_id="x", client_secret="x", code="x")


async def test_tokens_rotate_once(
    slack: SlackServer, install_url: str, store: FileInstallationStore, bare: Any
) -> None:
    slack.rotates_tokens = True
    await slack.approve(install_url)
    found = store.find_bot(enterprise_id=None, team_id=slack.workspace.team_id)
    assert found is not None
    rotator = AsyncTokenRotator(
        client_id=slack.client_id, client_secret=slack.client_secret, client=bare
    )

    fresh = await rotator.perform_bot_token_rotation(bot=found, minutes_before_expiration=10**6)

    assert fresh is not None
    assert fresh.bot_token != found.bot_token
    await bare.auth_test(token=fresh.bot_token)
    await bare.auth_test(token=found.bot_token)
    with pytest.raises(Exception, match="invalid_refresh_token"):
        await rotator.perform_bot_token_rotation(bot=found, minutes_before_expiration=10**6)


async def test_rotated_tokens_expire(slack: SlackServer, install_url: str, bare: Any) -> None:
    slack.rotates_tokens = True
    slack.token_lifetime_s = 0

    await slack.approve(install_url)

    with pytest.raises(SlackApiError, match="token_expired"):
        await bare.auth_test(token=slack.workspace.bot_token)


async def test_an_installer_is_made_if_none_is_given(slack: SlackServer, install_url: str) -> None:
    await slack.approve(install_url)

    assert [person.name for person in slack.people.values()] == ["Installer"]
