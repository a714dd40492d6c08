"""`council doctor` in a Slack that is set up well, and in one that is not."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from adapters.console.checkup import examine
from adapters.slack.setup.manifest import SCOPES
from bot.composition.slack_checks import slack_checks
from bot.config import Settings
from bot.ports import Installation
from bot.storage.database import open_database
from bot.storage.sealing import Seal, new_key, parse_keys
from bot.storage.workspaces.installations import SqlInstallations
from tests.adapters.slack.office import Office

KEY = new_key()


async def findings(settings: Settings) -> list[str]:
    out = io.StringIO()
    await examine(slack_checks(settings), out)
    return out.getvalue().splitlines()


async def test_all_is_well_by_socket_mode(office: Office) -> None:
    assert await findings(office.settings()) == [
        "✓ slack token: Acme (https://acme.slack.com/)",
        f"✓ slack rights: all {len(SCOPES)} rights are there",
        "✓ slack socket: Slack opens one",
    ]


async def test_all_is_well_by_http(office: Office) -> None:
    office.secrets = office.by_http()

    found = await findings(office.settings())

    assert [line[0] for line in found] == ["✓"] * 3
    assert "slack signing secret: looks right" in found[-1]


async def test_without_slack_there_is_nothing_to_look_at(office: Office) -> None:
    assert slack_checks(replace(office.settings(), secrets={})) == []


async def test_a_setting_that_is_missing_is_named(office: Office) -> None:
    secrets = {"SLACK_BOT_TOKEN": "xoxb-1"}

    (found,) = await findings(replace(office.settings(), secrets=secrets))

    assert found.startswith("✗ slack: ")
    assert "SLACK_APP_TOKEN" in found


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "does not take this token (invalid_auth)"),
        ("SLACK_APP_TOKEN", "xapp-wrong", "connections:write"),
    ],
)
async def test_a_wrong_token_says_which_one_to_copy(
    office: Office, name: str, value: str, words: str
) -> None:
    office.slack.expected_errors.add("invalid_auth")
    office.secrets = {**office.by_socket(), name: value}

    found = await findings(office.settings())

    assert any(line.startswith("✗") and words in line for line in found)


async def test_a_missing_right_is_named_with_its_reason(office: Office) -> None:
    scopes = [scope for scope in SCOPES if scope != "pins:write"]
    office.slack.install(office.slack.workspace, scopes)
    office.secrets = office.by_socket()

    found = await findings(office.settings())

    assert "✗ slack rights: missing rights: pins:write to pin final answers" in found[1]


async def test_a_signing_secret_that_is_none_is_noticed(office: Office) -> None:
    office.secrets = {**office.by_http(), "SLACK_SIGNING_SECRET": "not the right one"}

    found = await findings(office.settings())

    assert found[-1].startswith("✗ slack signing secret: ")


async def test_installed_workspaces_are_tried(office: Office) -> None:
    office.slack.expected_errors.add("invalid_auth")
    office.secret_key = KEY
    office.secrets = {
        "SLACK_CLIENT_ID": office.slack.client_id,
        "SLACK_CLIENT_SECRET": office.slack.client_secret,
        "SLACK_SIGNING_SECRET": office.slack.signing_secret,
    }
    good = Installation("slack", "T1", "Acme", {"bot_token": office.slack.workspace.bot_token}, {})
    async with open_database(office.database_url) as database:
        installations = SqlInstallations(database, Seal(parse_keys(KEY)))
        await installations.save(good)
        well = await findings(office.settings())
        await installations.save(
            replace(good, workspace="T2", name="Globex", credentials={"bot_token": "xoxb-dead"})
        )
        ill = await findings(office.settings())

    assert well[0] == "✓ slack workspaces: 1 have installed the bot"
    assert ill[0].startswith("✗ slack workspaces: Slack takes no token of Globex")


async def test_a_slack_that_is_away_is_no_traceback(office: Office) -> None:
    settings = replace(office.settings(), slack_api_url="http://127.0.0.1:1/api/")

    found = await findings(settings)

    assert found[0] == "✗ slack token: Slack cannot be reached. Try again in a moment."
