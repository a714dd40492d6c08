"""Every command by everybody, as the table for all platforms says."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.app import new_id
from bot.domain import PlaceSettings, Schedule
from bot.ports import ModelInfo
from tests.adapters.matrix import COMMANDS, REFUSAL, Need, Who, allowed
from tests.adapters.slack.lobby import Lobby, open_lobby
from tests.fakes.shapes import objects_in
from tests.fakes.slack.records import Message, Person
from tests.fakes.slack.server import SlackServer
from tests.fakes.team.catalog import FakeCatalog

# What somebody is told who asks for a form by a mention, as all must who have no slash command.
NO_FORM = "Slack opens a form only for the command itself"
MODELS = ("test/a", "test/b", "test/c")


@pytest.fixture
async def shared(slack: SlackServer) -> AsyncGenerator[Lobby]:
    """Give a channel in which people of another workspace are, too."""
    slack.is_throttling = False
    async with open_lobby(slack, may_answer_shared=True) as lobby:
        lobby.channel.is_shared = True
        catalog = lobby.desk.team.catalog
        assert isinstance(catalog, FakeCatalog)
        catalog.models |= {name: ModelInfo(name) for name in MODELS}
        yield lobby


def everybody(lobby: Lobby) -> tuple[Mapping[Who, Person], PlaceSettings]:
    """Let there be everybody of the table, and what names some of them."""
    slack = lobby.slack
    # Who comes from elsewhere is an admin there.
    abroad = slack.add_workspace("Abroad", is_installed=False)
    people = {
        Who.ADMIN: slack.add_person("Root", is_admin=True),
        Who.CONFIGURER: slack.add_person("Cleo"),
        Who.CONFIGURING_GROUP: slack.add_person("Carl"),
        Who.ASKER: slack.add_person("Anna"),
        Who.ASKING_GROUP: slack.add_person("Abel"),
        Who.MEMBER: slack.add_person("Mona"),
        Who.GUEST: slack.add_person("Gwen", is_guest=True),
        Who.STRANGER: slack.add_person("Stan", workspace=abroad, is_admin=True),
        Who.APP: slack.add_person("Robot", is_bot=True, is_admin=True),
    }
    lobby.channel.members += [person.id for person in people.values()]
    askers = slack.add_group("Askers", people=[people[Who.ASKING_GROUP]])
    configurers = slack.add_group("Configurers", people=[people[Who.CONFIGURING_GROUP]])
    return people, PlaceSettings(
        askers=(people[Who.ASKER].id, askers.id),
        configurers=(people[Who.CONFIGURER].id, configurers.id),
    )


async def furnished(lobby: Lobby, rights: PlaceSettings) -> Mapping[str, str]:
    """Let there be something to do something to, and return its names."""
    other, elsewhere = lobby.slack.add_person("other"), lobby.slack.add_channel("elsewhere")
    asked = await lobby.have("First, why?", asker=other)
    place, now = lobby.place(lobby.channel), datetime.now(UTC)
    await lobby.set(rights)
    for channel in (lobby.channel, elsewhere):
        await lobby.set(PlaceSettings(pins=7), channel=channel)
    await lobby.desk.team.settings.keep_preset(place.tenant, "ours", PlaceSettings(pins=1))
    for known in await lobby.desk.team.schedules.all(place):
        await lobby.desk.team.schedules.remove(place.tenant, known.id)
    schedule = Schedule(
        new_id(),
        place,
        other.id,
        "other",
        "What is new?",
        "0 9 * * *",
        "daily 09:00",
        "UTC",
        now,
        next_due_at=now,
    )
    await lobby.desk.team.schedules.add(schedule)
    return {
        "id": asked.id,
        "schedule": schedule.id,
        "other": f"<@{other.id}|other>",
        "channel": f"<#{elsewhere.id}|elsewhere>",
    }


async def told(lobby: Lobby, person: Person, words: str) -> str:
    """Let a person give a command as Slack lets them; return what they are told, wherever."""
    lobby.slack.ephemerals.clear()
    lobby.slack.views.close_all(person)
    lobby.work.started.clear()
    if person.is_bot or person.workspace is not lobby.slack.workspace:
        await _mention(lobby, person, words)
        return "\n".join(_whispered(lobby, person))
    said = await lobby.command(words, person=person)
    return "\n".join([said or "", *await _window(lobby, person), *_whispered(lobby, person)])


async def _mention(lobby: Lobby, person: Person, words: str) -> None:
    slack = lobby.slack
    text = f"<@{slack.workspace.bot_user_id}> {words}"
    message = Message(slack.stamps.ts(), lobby.channel, text, user=person.id)
    message.bot_id = "B0OTHER" if person.is_bot else None
    await slack.send(slack.prepare.mention(slack.post(message)))
    if not person.is_bot:
        await slack.until(lambda: bool(_whispered(lobby, person) or lobby.work.started))


async def _window(lobby: Lobby, person: Person) -> list[str]:
    stack = lobby.slack.views.stack(person)
    if not stack:
        return []
    await lobby.slack.until(lambda: "One moment" not in str(stack[-1].blocks))
    texts = (block.get("text") for block in objects_in(stack[-1].blocks))
    return [text for text in texts if isinstance(text, str)]


def _whispered(lobby: Lobby, person: Person) -> list[str]:
    return [str(payload["text"]) for _, to, payload in lobby.slack.ephemerals if to is person]


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize(("words", "need"), COMMANDS.items(), ids=list(COMMANDS))
async def test_who_may_give_a_command(
    shared: Lobby, words: str, need: Need, *, is_closed: bool
) -> None:
    people, rights = everybody(shared)
    rights = rights if is_closed else replace(rights, askers=None)
    may = allowed(need, is_closed=is_closed)

    for who, person in people.items():
        names = await furnished(shared, rights)
        said = await told(shared, person, words.format(**names))

        assert "inside the bot" not in said, (who, said)
        if who is Who.APP:
            assert (said, shared.work.started) == ("", [])
        else:
            is_refused = REFUSAL.search(said) is not None or NO_FORM in said
            assert is_refused is (who not in may), (who, said)
