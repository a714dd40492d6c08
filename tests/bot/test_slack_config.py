"""What an operator sets for Slack: what is missing, contradictory or in the wrong place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.config import SlackAccess, load
from bot.config.slack import SLACK_SECRETS, slack_access
from bot.errors import BadConfig

BOT, APP = "xoxb-1-2-abc", "xapp-1-A0-2-abc"
SIGNING, CLIENT_SECRET = "0123456789abcdef" * 2, "fedcba9876543210" * 2
CLIENT = "1111111111.2222222222"

ONE_BY_SOCKET = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}
ONE_BY_HTTP = {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SIGNING}
MANY_BY_HTTP = {
    "SLACK_CLIENT_ID": CLIENT,
    "SLACK_CLIENT_SECRET": CLIENT_SECRET,
    "SLACK_SIGNING_SECRET": SIGNING,
}
MANY_BY_SOCKET = {
    "SLACK_CLIENT_ID": CLIENT,
    "SLACK_CLIENT_SECRET": CLIENT_SECRET,
    "SLACK_APP_TOKEN": APP,
}


def access(
    secrets: Mapping[str, str], api_url: str | None = None, *, has_secret_key: bool = True
) -> SlackAccess:
    found = slack_access(secrets, api_url, has_secret_key=has_secret_key)
    assert found is not None
    return found


def refusal(
    secrets: Mapping[str, str], api_url: str | None = None, *, has_secret_key: bool = True
) -> str:
    with pytest.raises(BadConfig) as refused:
        slack_access(secrets, api_url, has_secret_key=has_secret_key)
    return str(refused.value)


def test_nothing_set_is_no_slack() -> None:
    assert slack_access({}, "https://slack-gov.com/api/", has_secret_key=False) is None


@pytest.mark.parametrize(
    ("secrets", "has_socket", "has_many"),
    [
        (ONE_BY_SOCKET, True, False),
        (ONE_BY_HTTP, False, False),
        ({**ONE_BY_SOCKET, **ONE_BY_HTTP}, True, False),
        (MANY_BY_HTTP, False, True),
        (MANY_BY_SOCKET, True, True),
    ],
)
def test_each_way_in_is_enough(
    secrets: Mapping[str, str], *, has_socket: bool, has_many: bool
) -> None:
    found = access(secrets)

    assert found.has_socket is has_socket
    assert found.has_many_workspaces is has_many
    assert found.api_url == "https://slack.com/api/"


def test_one_workspace_needs_no_secret_key() -> None:
    assert access(ONE_BY_SOCKET, has_secret_key=False).bot_token == BOT


@pytest.mark.parametrize(
    ("secrets", "wanted"),
    [
        ({"SLACK_APP_TOKEN": APP}, ["SLACK_BOT_TOKEN is missing", "SLACK_CLIENT_ID"]),
        ({"SLACK_SIGNING_SECRET": SIGNING}, ["SLACK_BOT_TOKEN is missing", "SLACK_CLIENT_ID"]),
        ({"SLACK_BOT_TOKEN": BOT}, ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"]),
        (
            {"SLACK_CLIENT_ID": CLIENT, "SLACK_CLIENT_SECRET": CLIENT_SECRET},
            ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"],
        ),
        (
            {"SLACK_CLIENT_ID": CLIENT, "SLACK_SIGNING_SECRET": SIGNING},
            ["SLACK_CLIENT_SECRET is missing", "Basic Information"],
        ),
        (
            {"SLACK_CLIENT_SECRET": CLIENT_SECRET, "SLACK_SIGNING_SECRET": SIGNING},
            ["SLACK_CLIENT_ID is missing", "Basic Information"],
        ),
        ({**ONE_BY_SOCKET, **MANY_BY_HTTP}, ["SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "not both"]),
        ({**ONE_BY_SOCKET, "SLACK_CLIENT_ID": CLIENT}, ["SLACK_BOT_TOKEN", "not both"]),
    ],
)
def test_a_gap_is_said_in_one_sentence(secrets: Mapping[str, str], wanted: list[str]) -> None:
    sentence = refusal(secrets)

    assert all(part in sentence for part in wanted), sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_tokens_of_many_workspaces_need_a_key_to_keep_them_under() -> None:
    assert "council key" in refusal(MANY_BY_HTTP, has_secret_key=False)


@pytest.mark.parametrize(
    ("name", "secret", "wanted"),
    [
        ("SLACK_BOT_TOKEN", APP, "an app-level token, which belongs in SLACK_APP_TOKEN"),
        ("SLACK_APP_TOKEN", BOT, "a bot token, which belongs in SLACK_BOT_TOKEN"),
        ("SLACK_SIGNING_SECRET", BOT, "a bot token, which belongs in SLACK_BOT_TOKEN"),
        ("SLACK_CLIENT_SECRET", APP, "an app-level token, which belongs in SLACK_APP_TOKEN"),
        ("SLACK_CLIENT_ID", BOT, "a bot token, which belongs in SLACK_BOT_TOKEN"),
        ("SLACK_CLIENT_ID", CLIENT_SECRET, "holds a secret"),
        ("SLACK_BOT_TOKEN", "xoxp-1-2-abc", "a token of a person"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-abc", "token rotation is on"),
        ("SLACK_BOT_TOKEN", "xoxe-1-abc", "a refresh or configuration token"),
        ("SLACK_APP_TOKEN", "xoxe.xoxp-1-abc", "a refresh or configuration token"),
        ("SLACK_BOT_TOKEN", SIGNING, "(xoxb-…)"),
        ("SLACK_APP_TOKEN", "A0COUNCIL", "(xapp-…)"),
    ],
)
def test_a_value_in_the_wrong_place_is_noticed(name: str, secret: str, wanted: str) -> None:
    sentence = refusal({**ONE_BY_SOCKET, name: secret})

    assert sentence.startswith(name)
    assert wanted in sentence
    assert secret not in sentence
    assert sentence.endswith(".")


def test_one_secret_copied_twice_is_noticed() -> None:
    sentence = refusal({**MANY_BY_HTTP, "SLACK_CLIENT_SECRET": SIGNING})

    assert "SLACK_CLIENT_SECRET and SLACK_SIGNING_SECRET are the same" in sentence


@pytest.mark.parametrize(
    "url", ["slack-gov.com/api/", "wss://slack.com/api/", "https://", "http://[x"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    assert "COUNCIL_SLACK_API_URL" in refusal(ONE_BY_SOCKET, url)


@pytest.mark.parametrize("url", ["https://slack-gov.com/api/", "http://127.0.0.1:4003/api"])
def test_another_address_is_taken(url: str) -> None:
    assert access(ONE_BY_SOCKET, url).api_url == url


def test_secrets_are_not_shown() -> None:
    shown = repr(access({**MANY_BY_HTTP, "SLACK_APP_TOKEN": APP})) + repr(access(ONE_BY_SOCKET))

    for secret in (BOT, APP, SIGNING, CLIENT_SECRET):
        assert secret not in shown


def test_every_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = {**MANY_BY_HTTP, "SLACK_APP_TOKEN": APP}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in SLACK_SECRETS:
        monkeypatch.delenv(name, raising=False)
    for name, secret in values.items():
        path = tmp_path / name
        path.write_text(f"{secret}\n")
        monkeypatch.setenv(f"{name}_FILE", str(path))
    monkeypatch.setenv("COUNCIL_SECRET_KEY", "a-key")

    found = load().slack()

    assert found is not None
    assert (found.app_token, found.signing_secret) == (APP, SIGNING)
    assert (found.client_id, found.client_secret) == (CLIENT, CLIENT_SECRET)


def test_secrets_of_another_platform_are_none_of_slacks() -> None:
    assert slack_access({"DISCORD_TOKEN": "x"}, None, has_secret_key=False) is None
    assert access({**ONE_BY_SOCKET, "DISCORD_TOKEN": "x"}).bot_token == BOT
