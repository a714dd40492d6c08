"""What a team sets, repeats, brings along, reads again and forgets, by commands and messages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.discord.thread.links import message_link
from bot.domain import Limits, PlaceSettings, Seat
from bot.domain.events import SynthesisReady
from bot.ports import ModelInfo
from tests.adapters.discord.lobby import Lobby
from tests.adapters.discord.settings.form import MODELS, with_models
from tests.fakes.council import COUNCIL, SYNTHESIS
from tests.fakes.discord.components import parts_in
from tests.fakes.discord.records import Person
from tests.fakes.discord.traffic import Reply

ADA, BOB = COUNCIL.members
FORM = "That is a form, which a message cannot open: use the command `/council config edit`."
KEYS = "Keys are for you alone: use the commands `/council keys add`, `list` and `remove`."
NO_ADMIN = "Only an admin, or somebody whom an admin named, may do this."
ADMINS_ONLY = "Only an admin may do this."


@pytest.fixture
def root(lobby: Lobby) -> Person:
    with_models(lobby, *MODELS)
    return lobby.discord.add_person("Root", is_admin=True)


async def settings(lobby: Lobby) -> PlaceSettings:
    return (await lobby.desk.team.settings.at(lobby.place(lobby.channel)))[1].settings


async def test_a_seat_is_filled_by_a_command(lobby: Lobby, root: Person) -> None:
    said = await lobby.command("config", "seat", {"model": "maker/opus-6"}, person=root)
    await lobby.command(
        "config",
        "seat",
        {"model": "maker/sonnet-5", "name": "Sceptic", "persona": "Doubts.", "replaces": "bob"},
        person=root,
    )
    await lobby.command(
        "config", "seat", {"model": "maker/sonnet-6", "replaces": "chairman"}, person=root
    )

    assert said is not None
    assert said.startswith("Saved.")
    stored = await settings(lobby)
    assert stored.members == (
        ADA,
        Seat("Sceptic", "maker/sonnet-5", "Doubts."),
        Seat("opus-6", "maker/opus-6"),
    )
    assert stored.chairman == Seat("sonnet-6", "maker/sonnet-6")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"model": "gone/model"}, "There is no model"),
        ({"model": "maker/opus-6", "replaces": "Nobody"}, "Nobody of that name sits here"),
    ],
)
async def test_a_seat_that_cannot_be_filled_is_told(
    lobby: Lobby, root: Person, options: dict[str, str], sentence: str
) -> None:
    said = await lobby.command("config", "seat", options, person=root)

    assert sentence in (said or "")
    assert await settings(lobby) == PlaceSettings()


async def test_settings_come_as_a_file_and_go_into_another_channel(
    lobby: Lobby, root: Person
) -> None:
    await lobby.command("config", "seat", {"model": "maker/opus-6"}, person=root)
    reply = await lobby.give("config", "export", {}, person=root)
    await lobby.outcome(reply)
    other = lobby.discord.add_channel("other")

    assert reply.message is not None
    (file,) = reply.message.attachments
    said = await lobby.command("config", "import", {"file": file}, channel=other, person=root)

    assert file.name == "council.toml"
    assert "Saved" in (said or "")
    place = lobby.place(other)
    assert (await lobby.desk.team.settings.at(place))[1].settings == await settings(lobby)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"colour = 'red'", "colour"),
        (b"\xff\xfe", "not UTF-8 text"),
        (b"x" * 300_000, "too large to be settings"),
        (b"", "Put the settings as TOML after import"),
    ],
)
async def test_a_file_that_holds_no_settings_is_told(
    lobby: Lobby, root: Person, content: bytes, sentence: str
) -> None:
    file = lobby.discord.add_file("council.toml", content, content_type="text/plain")

    said = await lobby.command("config", "import", {"file": file}, person=root)

    assert sentence in (said or "")
    assert await settings(lobby) == PlaceSettings()


async def test_settings_are_imported_as_text(lobby: Lobby, root: Person) -> None:
    await lobby.command("config", "import", {"text": "pins = 3"}, person=root)

    assert (await settings(lobby)).pins == 3


async def test_settings_are_copied_from_a_channel(lobby: Lobby, root: Person) -> None:
    other = lobby.discord.add_channel("other")
    await lobby.command("config", "import", {"text": "pins = 3"}, channel=other, person=root)

    await lobby.command("config", "copy", {"channel": other}, person=root)

    assert (await settings(lobby)).pins == 3


async def test_people_and_roles_in_settings_are_shown_as_such(lobby: Lobby, root: Person) -> None:
    cooks = lobby.discord.add_role("Cooks")
    text = f"askers = ['{cooks.id}', '{lobby.ada.id}']"
    await lobby.command("config", "import", {"text": text}, person=root)

    said = await lobby.command("config", "show", {})

    assert f"Who may ask: <@&{cooks.id}>, <@{lobby.ada.id}>" in (said or "")


async def test_settings_are_changed_by_messages_too(lobby: Lobby, root: Person) -> None:
    other = lobby.discord.add_channel("other")
    await lobby.command("config", "import", {"text": "pins = 3"}, channel=other, person=root)
    file = lobby.discord.add_file("council.toml", b"pins = 5", content_type="text/plain")

    copied = await lobby.mention(f"config copy {other.mention}", person=root)
    pins = (await settings(lobby)).pins
    imported = await lobby.mention("config import", person=root, files=(file,))
    refused = await lobby.mention("config reset")

    assert "Saved" in (copied or "")
    assert "Saved" in (imported or "")
    assert (pins, (await settings(lobby)).pins) == (3, 5)
    assert refused == NO_ADMIN


async def test_a_message_says_which_command_opens_a_form(lobby: Lobby) -> None:
    assert await lobby.mention("config") == FORM
    assert await lobby.mention("keys") == KEYS
    assert await lobby.mention("keys list") == KEYS
    assert await lobby.mention("Config edit") == FORM
    assert await lobby.mention("keys add") == KEYS
    assert await lobby.mention("Keys add openrouter sk-0123456789abcdef") == KEYS
    assert await lobby.cost_nothing()


async def test_an_export_that_was_asked_for_by_a_message_comes_as_a_file(
    lobby: Lobby, root: Person
) -> None:
    await lobby.command("config", "import", {"text": "pins = 3"}, person=root)

    await lobby.mention("config export", person=root)

    (file,) = lobby.channel.shown[-1].attachments
    assert b"pins = 3" in file.content


async def keys_form(lobby: Lobby, root: Person, **entered: str) -> tuple[Reply, str | None]:
    reply = await lobby.give("keys", "add", person=root)
    assert reply.modal is not None
    sent = await lobby.discord.submit(reply.modal, entered, person=root)
    return reply, await lobby.outcome(sent)


async def test_a_provider_is_brought_in_a_form_and_its_key_is_never_shown(
    lobby: Lobby, root: Person, capfd: pytest.CaptureFixture[str]
) -> None:
    key = "sk-canary-0123456789abcdef"

    _, said = await keys_form(lobby, root, name="openrouter", key=key)
    listed = await lobby.command("keys", "list", person=root)
    removed = await lobby.command("keys", "remove", {"name": "openrouter"}, person=root)

    assert (said or "").startswith("openrouter is there")
    assert "openrouter" in (listed or "")
    assert (removed or "").startswith("openrouter is gone")
    ours = [call.body for call in lobby.discord.calls]
    assert key not in str([ours, said, listed, lobby.told, capfd.readouterr()])


async def test_keys_are_for_admins_alone(lobby: Lobby, root: Person) -> None:
    reply = await lobby.give("keys", "add", person=root)
    assert reply.modal is not None
    lobby.discord.change_member(root, roles=[])
    entered = {"name": "openrouter", "key": "sk-0123456789abcdef"}

    demoted = await lobby.outcome(await lobby.discord.submit(reply.modal, entered, person=root))

    assert demoted == ADMINS_ONLY
    assert await lobby.command("keys", "add") == ADMINS_ONLY
    assert await lobby.command("keys", "list") == ADMINS_ONLY
    assert await lobby.command("keys", "remove", {"name": "openrouter"}) == ADMINS_ONLY
    assert await lobby.desk.team.keys.all(lobby.place(lobby.channel).tenant) == ()


async def test_a_deliberation_is_shown_again_to_one_person(lobby: Lobby) -> None:
    done = await lobby.have("First, **why**?", SynthesisReady(SYNTHESIS))

    reply = await lobby.give("show", {"id": done.id.upper()})
    said = await lobby.outcome(reply)

    assert (said or "").count("First, \\*\\*why\\*\\*?") == 1
    assert "> First" in (said or "")
    assert reply.message is not None
    (post,) = await lobby.desk.outbox.owed(done.id)
    ways = [part["url"] for part in parts_in(reply.message.components) if "url" in part]
    place = done.question.place
    assert ways == [message_link(place.workspace, place.channel, post.message_id or "")]
    assert "# Final answer" in (said or "")
    assert SYNTHESIS.text in (said or "")
    assert done.id in (said or "")


async def test_a_long_answer_is_shown_again_whole(lobby: Lobby) -> None:
    text = "\n\n".join(f"Paragraph {number}. {'word ' * 150}" for number in range(60))
    done = await lobby.have("Why?", SynthesisReady(replace(SYNTHESIS, text=text)))

    reply = await lobby.give("show", {"id": done.id})
    said = await lobby.outcome(reply)

    assert "Paragraph 0." in (said or "")
    messages = [one for one in (reply.message, *reply.followups) if one is not None]
    (file,) = [file for message in messages for file in message.attachments]
    assert b"Paragraph 59." in file.content


async def test_what_still_runs_and_what_is_elsewhere_is_told(lobby: Lobby) -> None:
    runs = await lobby.have("First, why?")
    elsewhere = await lobby.have("Why?", channel=lobby.discord.add_channel("elsewhere"))

    here = await lobby.command("show", {"id": runs.id})
    there = await lobby.command("show", {"id": elsewhere.id})

    assert "Waiting for its turn." in (here or "")
    assert "There is no such question in this channel" in (there or "")


async def test_budget_and_statistics_are_told(lobby: Lobby, root: Person) -> None:
    text = "[limits]\nusd_day = 2.5"
    await lobby.command("config", "import", {"text": text}, person=root)

    assert (await settings(lobby)).limits == Limits(usd_day=2.5)
    assert "2.50" in (await lobby.command("budget") or "")
    assert "No council has ended" in (await lobby.command("stats") or "")


async def test_people_forget_what_they_asked_and_admins_what_others_did(
    lobby: Lobby, root: Person
) -> None:
    bob = lobby.discord.add_person("Bob")
    await lobby.have("First, why?", SynthesisReady(SYNTHESIS))
    await lobby.have("Second, why?", SynthesisReady(SYNTHESIS), asker=bob)

    theirs = await lobby.command("forget", {"what": bob.mention})
    own = await lobby.command("forget", {"what": "me"})
    typed = await lobby.mention(f"forget {bob.mention}", person=root)

    assert theirs == ADMINS_ONLY
    assert "deleted" in (own or "").lower()
    assert "deleted" in (typed or "").lower()
    assert await lobby.asked() == []


async def test_more_models_than_a_list_shows_are_searched_for_in_time(
    lobby: Lobby, root: Person
) -> None:
    with_models(lobby, *(ModelInfo(f"maker/{number}") for number in range(500)))

    reply = await lobby.discord.autocomplete(
        "council",
        "config",
        "seat",
        {"model": "maker"},
        focused="model",
        channel=lobby.channel,
        person=root,
    )

    assert len(reply.interaction.choices) == 25
    assert reply.elapsed_s < 2.0
