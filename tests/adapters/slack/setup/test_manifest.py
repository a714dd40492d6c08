"""What an admin pastes into Slack is what Slack takes and what the bot uses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import bolt
from adapters.slack.setup.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH, SCOPES, manifest
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.world import DEFAULT_SCOPES

ADAPTER = Path(bolt.__file__).parent
PAGE = ADAPTER.parents[1] / "docs" / "slack.md"
URL = "https://council.example.com"

# What each right is for: a method that is called, an event, a part of Slack, or a file.
NEEDED_BY = {
    "app_mentions:read": ["app_mention"],
    "channels:history": ["conversations.history", "conversations.replies"],
    "channels:read": ["conversations.info", "users.conversations"],
    "chat:write": ["chat.postMessage", "chat.update", "chat.startStream"],
    "commands": ["slash_commands", "shortcuts"],
    "files:read": ["url_private"],
    "files:write": ["files.getUploadURLExternal", "files.completeUploadExternal"],
    "groups:history": ["conversations.history", "conversations.replies"],
    "groups:read": ["conversations.info", "users.conversations"],
    "im:history": ["message.im", "conversations.replies"],
    "im:read": ["conversations.info"],
    "mpim:history": ["conversations.history", "conversations.replies"],
    "mpim:read": ["conversations.info"],
    "pins:write": ["pins.add", "pins.remove"],
    "usergroups:read": ["usergroups.list"],
    "users:read": ["users.info"],
}


def whole(url: str | None) -> Any:
    """Return it as the document that it is."""
    return manifest(url)


both = pytest.mark.parametrize("url", [None, URL])


@both
def test_the_texts_are_as_long_as_slack_wants_them(url: str | None) -> None:
    """https://docs.slack.dev/reference/app-manifest, and what its API says besides."""
    document = whole(url)
    shown, features = document["display_information"], document["features"]

    assert document["_metadata"]["major_version"] == 2
    assert 1 <= len(shown["name"]) <= 35
    assert 1 <= len(shown["description"]) <= 139
    assert 174 <= len(shown["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9a-f]{6}", shown["background_color"])
    assert 1 <= len(features["bot_user"]["display_name"]) <= 80
    (command,) = features["slash_commands"]
    assert command["command"].startswith("/")
    assert len(command["command"]) <= 32
    assert 1 <= len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000
    (shortcut,) = features["shortcuts"]
    assert shortcut["type"] == "message"
    assert 1 <= len(shortcut["name"]) <= 24
    assert 1 <= len(shortcut["description"]) <= 150
    assert 1 <= len(shortcut["callback_id"]) <= 255


@both
def test_whom_and_where_people_name_comes_with_an_id(url: str | None) -> None:
    (command,) = whole(url)["features"]["slash_commands"]

    assert command["should_escape"] is True


@both
def test_people_may_write_to_the_bot_and_see_its_home(url: str | None) -> None:
    assert whole(url)["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


@both
def test_the_shortcut_is_the_one_that_the_bot_listens_to(url: str | None) -> None:
    (shortcut,) = whole(url)["features"]["shortcuts"]

    assert shortcut["callback_id"] == bolt.SHORTCUT


@both
def test_the_events_are_those_that_the_bot_listens_to(url: str | None) -> None:
    source = (ADAPTER / "bolt.py").read_text(encoding="utf-8")
    heard = set(re.findall(r'app\.event\("([a-z_]+)"\)', source))
    subscribed = whole(url)["settings"]["event_subscriptions"]["bot_events"]

    assert {event.partition(".")[0] for event in subscribed} == heard
    assert len(set(subscribed)) == len(subscribed)


def test_by_socket_there_is_no_address() -> None:
    document = whole(None)

    assert document["settings"]["socket_mode_enabled"] is True
    assert "https://" not in str(document)
    assert "redirect_urls" not in document["oauth_config"]


@pytest.mark.parametrize("url", [URL, f"{URL}/"])
def test_by_http_every_address_is_one_that_the_bot_serves(url: str) -> None:
    document = whole(url)
    settings = document["settings"]

    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == URL + EVENTS_PATH
    assert settings["interactivity"] == {"is_enabled": True, "request_url": URL + EVENTS_PATH}
    assert document["features"]["slash_commands"][0]["url"] == URL + EVENTS_PATH
    assert document["oauth_config"]["redirect_urls"] == [URL + REDIRECT_PATH]


def test_both_differ_in_their_addresses_only() -> None:
    by_socket, by_http = whole(None), whole(URL)
    by_http["features"]["slash_commands"][0].pop("url")
    by_http["oauth_config"].pop("redirect_urls")
    for name in ("event_subscriptions", "interactivity"):
        by_http["settings"][name].pop("request_url")
    by_http["settings"]["socket_mode_enabled"] = True

    assert by_http == by_socket


@both
def test_the_rights_are_asked_for_in_order(url: str | None) -> None:
    assert whole(url)["oauth_config"]["scopes"] == {"bot": sorted(SCOPES)}


def test_every_right_is_needed_by_something_that_is_there() -> None:
    there = "".join(path.read_text(encoding="utf-8") for path in ADAPTER.rglob("*.py"))

    assert NEEDED_BY.keys() == SCOPES.keys()
    for scope, needs in NEEDED_BY.items():
        for need in needs:
            assert need in there, f"{need}, for {scope}"


def test_every_right_that_a_method_wants_is_asked_for() -> None:
    """The fake Slack knows what each method wants; it refuses calls without."""
    methods = SlackServer().methods
    called = {need for needs in NEEDED_BY.values() for need in needs} & methods.keys()

    for method in called:
        wanted = methods[method].scopes
        assert not wanted or set(wanted) & SCOPES.keys(), method
    assert SCOPES.keys() <= set(DEFAULT_SCOPES)


def test_the_page_tells_each_right_and_why() -> None:
    page = PAGE.read_text(encoding="utf-8")

    rows = dict(re.findall(r"^\| `([a-z_.]+(?::[a-z]+)?)` \| (.+?) \|$", page, re.MULTILINE))
    assert {scope: rows.get(scope) for scope in SCOPES} == dict(SCOPES)
    assert not {name for name in rows if ":" in name} - SCOPES.keys()


def test_the_page_tells_every_address() -> None:
    page = PAGE.read_text(encoding="utf-8")

    for path in (EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH):
        assert path in page
