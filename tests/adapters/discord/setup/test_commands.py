"""The commands keep Discord's rules, and are written only when they are new to Discord."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from adapters.discord.setup.commands import commands, sync
from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.http import Json, open_http
from bot.commands import CONFIG_ACTIONS, KEYS_ACTIONS, SCHEDULE_ACTIONS
from bot.domain import Mode
from tests.fakes.discord.command_rules import WHOLE_COMMAND, characters_of, is_name
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.validator import fault_of
from tests.fakes.workspaces import FakePace

PUT = "PUT /applications/{id}/commands"
LANGUAGES = {"de", "fr", "es-ES", "es-419", "pt-BR", "ja"}


def named(listed: Sequence[Json], name: str) -> Json:
    return next(one for one in listed if one["name"] == name)


def option(*names: str) -> Json:
    found = named(commands(), "council")
    for name in names:
        found = named(found["options"], name)
    return found


def names(*path: str) -> list[str]:
    return [one["name"] for one in option(*path)["options"]]


def parts(thing: Json) -> Iterator[Json]:
    yield thing
    for inner in (*thing.get("options", ()), *thing.get("choices", ())):
        yield from parts(inner)


ALL = [part for command in commands() for part in parts(command)]


def test_the_commands_keep_discords_rules() -> None:
    assert fault_of(PUT, {"items": commands()}, has_files=False) is None
    assert max(characters_of(dict(command)) for command in commands()) < WHOLE_COMMAND / 2


def test_what_people_can_do_is_offered() -> None:
    assert [one["name"] for one in option()["options"]] == [
        "ask",
        "status",
        "cancel",
        "history",
        "show",
        "stats",
        "budget",
        "forget",
        "help",
        "config",
        "schedule",
        "keys",
    ]
    assert [(one["name"], one.get("required", False)) for one in option("ask")["options"]] == [
        ("question", True),
        ("attachment", False),
        ("mode", False),
    ]
    assert option("cancel", "id")["autocomplete"] is True
    assert set(names("config")) == CONFIG_ACTIONS | {"edit", "seat"}
    assert set(names("schedule")) == SCHEDULE_ACTIONS
    assert set(names("keys")) == KEYS_ACTIONS | {"add"}
    assert [choice["value"] for choice in option("ask", "mode")["choices"]] == list(Mode)
    assert (commands()[1]["name"], commands()[1]["type"]) == ("Ask the council", 3)


def test_commands_are_for_servers_and_direct_messages_of_an_app_that_a_server_has() -> None:
    for command in commands():
        assert command["contexts"] == [0, 1]
        assert command["integration_types"] == [0]


@pytest.mark.parametrize(("limit", "longest"), [(3000, 3000), (500, 500), (20_000, 6000)])
def test_a_question_is_as_long_as_it_may_be(limit: int, longest: int) -> None:
    ask = named(named(commands(limit), "council")["options"], "ask")

    assert named(ask["options"], "question")["max_length"] == longest


def test_every_word_has_all_languages_or_none() -> None:
    for part in ALL:
        for name in ("name_localizations", "description_localizations"):
            assert set(part.get(name, LANGUAGES)) == LANGUAGES, part["name"]
    untranslated = {part["name"] for part in ALL if "name_localizations" not in part}
    assert untranslated == {"council", "id"}
    assert all("description_localizations" in part for part in ALL if part.get("description"))


def test_names_keep_the_rule_in_every_language() -> None:
    for part in ALL:
        if part.get("description") is None:
            continue
        names = [part["name"], *part.get("name_localizations", {}).values()]
        assert all(is_name(name) for name in names), names


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_two_options_of_a_command_are_called_the_same(language: str) -> None:
    for part in ALL:
        options = part.get("options", ())
        names = [one.get("name_localizations", {}).get(language, one["name"]) for one in options]
        assert len(set(names)) == len(names)


def test_translations_are_not_the_english_words() -> None:
    for part in ALL:
        for language, text in part.get("description_localizations", {}).items():
            assert text != part["description"]
            assert (language == "ja") == bool(re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", text))


def test_who_may_use_a_command_is_not_narrowed_for_servers() -> None:
    assert all("default_member_permissions" not in command for command in commands())


async def test_a_second_start_writes_nothing(discord: DiscordServer, api: DiscordApi) -> None:
    application = str(discord.application.id)

    assert await sync(api, application)
    assert not await sync(api, application)

    assert discord.count(PUT) == 1
    assert len(discord.command_creates) == 2
    assert [one["name"] for one in discord.commands] == ["council", "Ask the council"]


async def test_what_differs_is_written(discord: DiscordServer, api: DiscordApi) -> None:
    application, discord.is_throttling = str(discord.application.id), False
    await sync(api, application)

    assert await sync(api, application, question_chars=200)
    discord.commands[0]["description_localizations"]["de"] = "anders"
    assert await sync(api, application, question_chars=200)
    discord.commands.pop()
    assert await sync(api, application, question_chars=200)
    discord.commands.append({**discord.commands[0], "name": "old"})
    assert await sync(api, application, question_chars=200)
    assert not await sync(api, application, question_chars=200)

    assert len(discord.commands) == 2


class Forgetful(DiscordApi):
    """Leaves the translations out unless it is asked for them, as Discord does."""

    async def call(self, method: str, path: str, ids: Mapping[str, str], **more: Any) -> Any:
        answer = await super().call(method, path, ids, **more)
        if more.get("params") != {"with_localizations": "true"}:
            return [{**one, "description_localizations": None} for one in answer]
        return answer


async def test_translations_are_asked_for(discord: DiscordServer) -> None:
    async with open_http(discord.token, discord.api_url) as http:
        api = Forgetful(http, FakePace())
        await sync(api, str(discord.application.id))

        assert not await sync(api, str(discord.application.id))


def filled(thing: Json) -> dict[str, Any]:
    """Fill in, everywhere, what Discord might."""
    defaults: dict[str, Any] = {
        "id": "1",
        "version": "2",
        "application_id": "3",
        "required": False,
        "autocomplete": False,
        "choices": [],
        "options": [],
        "name_localizations": None,
        "description_localizations": None,
        "name_localized": "x",
        "dm_permission": True,
        "default_member_permissions": None,
        "nsfw": False,
        "handler": None,
    }
    inner = {
        name: [filled(one) for one in thing[name]]
        for name in ("choices", "options")
        if name in thing
    }
    return defaults | {**thing, **inner}


async def test_defaults_anywhere_are_no_difference(discord: DiscordServer, api: DiscordApi) -> None:
    discord.commands = [filled(command) for command in reversed(commands())]

    assert not await sync(api, str(discord.application.id))
