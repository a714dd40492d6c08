"""The rights that the bot asks for, and the link that asks for them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest

import adapters.discord
from adapters.console.commandline import parse
from adapters.console.requests import DiscordInvite
from adapters.discord.setup.invite import invitation
from adapters.discord.setup.rights import RIGHTS, missing, missing_in_server, permissions
from bot.__main__ import run
from bot.config.discord import TOKEN
from tests.fakes.discord.permissions import Permission

PAGE = Path(adapters.discord.__file__).parents[2] / "docs" / "discord.md"

THEIRS = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.PIN_MESSAGES
)


def without(*names: str) -> discord.Permissions:
    given = permissions()
    given.update(**dict.fromkeys(names, False))
    return given


def test_the_rights_are_these_and_no_others() -> None:
    assert permissions().value == THEIRS


def test_with_all_rights_none_is_missing() -> None:
    for in_thread in (False, True):
        assert missing(permissions(), in_thread=in_thread) == []
    assert missing_in_server(permissions()) == []


def test_an_administrator_has_all_rights() -> None:
    assert missing(discord.Permissions(administrator=True), in_thread=False) == []
    assert missing_in_server(discord.Permissions(administrator=True)) == []


@pytest.mark.parametrize(
    ("name", "shown", "channel", "thread"),
    [
        ("view_channel", "View Channels", True, True),
        ("send_messages", "Send Messages", True, False),
        ("create_public_threads", "Create Public Threads", True, False),
        ("send_messages_in_threads", "Send Messages in Threads", True, True),
        ("attach_files", "Attach Files", True, True),
        ("read_message_history", "Read Message History", True, True),
        # The council answers without.
        ("pin_messages", "Pin Messages", False, False),
    ],
)
def test_a_missing_right_is_named_where_it_counts(
    name: str, shown: str, *, channel: bool, thread: bool
) -> None:
    given = without(name)

    assert missing(given, in_thread=False) == [shown] * channel
    assert missing(given, in_thread=True) == [shown] * thread
    assert missing_in_server(given) == [shown]


def test_every_right_is_told_in_the_documentation_with_the_same_reason() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert all(f"| {right.shown} | {right.reason} |" in page for right in RIGHTS)


def test_the_link_asks_for_exactly_the_rights() -> None:
    parts = urlsplit(invitation("123456789012345678"))
    asked = parse_qs(parts.query, strict_parsing=True)

    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://discord.com/oauth2/authorize"
    assert asked == {
        "client_id": ["123456789012345678"],
        "scope": ["bot applications.commands"],
        "permissions": [str(int(THEIRS))],
    }


@pytest.mark.parametrize(
    ("words", "application"),
    [((), None), (("--application", "123"), "123")],
)
def test_the_link_is_a_command(words: tuple[str, ...], application: str | None) -> None:
    assert parse(["discord", "invite", *words]) == DiscordInvite(application)


@pytest.mark.parametrize("given", ["abc", "", "12 3", "\uff11\uff12", "-1"])
def test_an_application_is_a_number(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert parse(["discord", "invite", f"--application={given}"]) == 2
    assert "--application must be a number" in capsys.readouterr().err


def test_the_command_takes_the_application_from_the_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv(TOKEN, "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz")

    assert run(["discord", "invite"]) == 0
    assert capsys.readouterr().out == f"{invitation('123456789012345678')}\n"
    monkeypatch.delenv(TOKEN)
    assert run(["discord", "invite"]) == 2
    assert "--application" in capsys.readouterr().err
