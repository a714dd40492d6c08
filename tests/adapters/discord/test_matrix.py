"""Every command by everybody, as the table for all platforms says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.domain import PlaceSettings
from tests.adapters.discord.lobby import Lobby
from tests.adapters.discord.settings.form import MODELS, with_models
from tests.adapters.matrix import COMMANDS, REFUSAL, Need, Who, allowed
from tests.contracts.schedules import a_schedule
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Person
from tests.fakes.discord.traffic import Reply
from tests.fakes.team import set_in

# In Discord people are members of a server or not in it, and no app can give a command.
PEOPLE = [who for who in Who if who not in {Who.GUEST, Who.STRANGER, Who.APP}]
_GROUPS = {"config": "preset", "schedule": "id", "keys": "name"}
_OPTIONS = {"show": "id", "cancel": "id", "forget": "what", "copy": "channel", "import": "text"}
_PLAN = re.compile(r'(?:(?P<id>\w+) )?"(?P<when>.*)" ?(?P<question>.*)')


def everybody(lobby: Lobby) -> tuple[Mapping[Who, Person], PlaceSettings]:
    """Let there be everybody of the table, and what names some of them."""
    discord = lobby.discord
    askers, configurers = discord.add_role("Askers"), discord.add_role("Configurers")
    people = {
        Who.ADMIN: discord.add_person("Root", is_admin=True),
        Who.CONFIGURER: discord.add_person("Cleo"),
        Who.CONFIGURING_GROUP: discord.add_person("Carl", roles=[configurers]),
        Who.ASKER: discord.add_person("Anna"),
        Who.ASKING_GROUP: discord.add_person("Abel", roles=[askers]),
        Who.MEMBER: discord.add_person("Mona"),
        Who.APP: discord.add_person("Robot", is_bot=True),
    }
    named = PlaceSettings(
        askers=(str(people[Who.ASKER].id), str(askers.id)),
        configurers=(str(people[Who.CONFIGURER].id), str(configurers.id)),
    )
    return people, named


async def furnish(lobby: Lobby, named: PlaceSettings) -> Mapping[str, str]:
    """Let there be something to do something to, and return what names it."""
    with_models(lobby, *MODELS)
    other, elsewhere = lobby.discord.add_person("Other"), lobby.discord.add_channel("elsewhere")
    place = lobby.place(lobby.channel)
    await set_in(lobby.desk.team, replace(place, channel=""), named)
    await set_in(lobby.desk.team, place, PlaceSettings(pins=7))
    await set_in(lobby.desk.team, lobby.place(elsewhere), PlaceSettings(pins=9))
    await lobby.desk.team.settings.keep_preset(place.tenant, "ours", PlaceSettings(pins=1))
    schedule = replace(a_schedule("abc12", place), owner_id=str(other.id), owner="Other")
    await lobby.desk.team.schedules.add(schedule)
    asked = await lobby.have("First, why?", asker=other)
    lobby.work.started.clear()
    return {
        "id": asked.id,
        "schedule": "abc12",
        "other": other.mention,
        "channel": str(elsewhere.id),
    }


async def give(lobby: Lobby, words: str, person: Person) -> Reply:
    """Give a command by its options."""
    path, options = options_of(lobby, words)
    return await lobby.give(*path, options, person=person)


def options_of(lobby: Lobby, words: str) -> tuple[list[str], Mapping[str, object]]:
    """Return where typed words lead, and what stands in which option there."""
    first, _, rest = words.partition(" ")
    path, options = [first], dict[str, object]()
    if first in _GROUPS:
        if rest.startswith("workspace"):
            options["workspace"], rest = True, rest.removeprefix("workspace").strip()
        second, _, rest = rest.partition(" ")
        path.append(second or ("add" if first == "keys" else "edit"))
    plan = _PLAN.fullmatch(rest)
    if path[-1] == "edit" and plan is not None:
        options["id"] = plan["id"]
    elif plan is not None:
        options |= {"when": plan["when"], "question": plan["question"]}
    elif path[-1] == "copy":
        options["channel"] = lobby.discord.channels[int(rest)]
    elif rest:
        options[_OPTIONS.get(path[-1]) or _GROUPS.get(first) or "question"] = rest
    return path, options


async def told(lobby: Lobby, words: str, person: Person) -> str:
    """Give a command, to the end of the form that it may open; return what its person is told."""
    reply = await give(lobby, words, person)
    if reply.modal is None:
        return await lobby.outcome(reply) or ""
    entered = {
        "name": "ours",
        "key": "a-key-of-ours",
        "base_url": "https://models.example.com/v1",
        "when": "daily 10:00",
        "discussion": "no",
    }
    known = {part["component"]["custom_id"] for part in reply.modal.components}
    values = {name: value for name, value in entered.items() if name in known}
    return await lobby.outcome(await lobby.discord.submit(reply.modal, values, person=person)) or ""


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("words", COMMANDS)
async def test_who_may_give_a_command(lobby: Lobby, words: str, *, is_closed: bool) -> None:
    people, named = everybody(lobby)
    rights = named if is_closed else replace(named, askers=None)
    typed = await furnish(lobby, rights)
    may = allowed(COMMANDS[words], is_closed=is_closed)
    server = replace(lobby.place(lobby.channel), channel="")

    # Who may changes what there is, and so comes last.
    for who in sorted(PEOPLE, key=may.__contains__):
        said = await told(lobby, words.format(**typed), people[who])
        await set_in(lobby.desk.team, server, rights)  # somebody may have reset it

        assert (REFUSAL.search(said) is None) is (who in may), (who, said)
        assert "inside the bot" not in said


async def test_who_manages_the_server_may_all_that_an_admin_may(lobby: Lobby) -> None:
    managers = lobby.discord.add_role("Managers", permissions=Permission.MANAGE_GUILD)
    manager = lobby.discord.add_person("Manager", roles=[managers])
    _, named = everybody(lobby)
    typed = await furnish(lobby, named)

    for words in COMMANDS:
        said = await told(lobby, words.format(**typed), manager)

        assert REFUSAL.search(said) is None, (words, said)


async def test_an_app_is_not_even_heard(lobby: Lobby) -> None:
    people, _ = everybody(lobby)
    typed = await furnish(lobby, PlaceSettings())

    said = [
        await lobby.mention(words.format(**typed), person=people[Who.APP]) for words in COMMANDS
    ]

    assert set(said) == {None}
    assert lobby.work.started == []


async def test_a_mention_gives_nobody_more(lobby: Lobby) -> None:
    people, named = everybody(lobby)
    typed = await furnish(lobby, named)

    for words, need in COMMANDS.items():
        if need is not Need.NOTHING:
            said = await lobby.mention(words.format(**typed), person=people[Who.MEMBER])

            is_told_elsewhere = re.search("use the commands? `/council (config|keys)", said or "")
            assert REFUSAL.search(said or "") or is_told_elsewhere, (words, said)
