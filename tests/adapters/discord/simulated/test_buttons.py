"""The buttons on the bot's own messages, on simcord."""

from __future__ import annotations

import pytest
from simcord import InteractionResult, MemberActor

from adapters.discord.thread import conclusion, root
from bot.domain import Remark
from bot.domain.events import Passing
from tests.adapters.discord.simulated.stage import Stage, told
from tests.fakes.council import SYNTHESIS, WHOLE
from tests.fakes.discord.library import Message
from tests.fakes.discord.permissions import Permission

FACTS = [event for event in WHOLE if not isinstance(event, Passing)]
GONE = "There is no deliberation of that id."
AT_ONCE = [root.STOP, conclusion.REVIEWS, conclusion.GOOD, conclusion.BAD]


async def click(stage: Stage, message: Message, name: str, value: str) -> InteractionResult:
    return await stage.ada.click(message, custom_id=f"{name}:{value}")


async def asked_further(
    stage: Stage, message: Message, value: str, person: MemberActor | None = None
) -> str | None:
    """Ask a follow-up, and return what is told."""
    who = person or stage.ada
    opened = await who.click(message, custom_id=f"{conclusion.FOLLOW_UP}:{value}")
    return told(await who.submit_modal(opened, {"question": "And then?"}))


async def test_stop_shows_itself_and_says_nothing(stage: Stage) -> None:
    known = await stage.have("First, why?")

    result = await click(stage, stage.with_buttons(known.id), root.STOP, known.id)

    assert (result.deferred, told(result)) == (True, None)
    assert stage.work.cancelled == [known.id]


async def test_stop_is_for_whoever_asked_and_for_admins(stage: Stage) -> None:
    other, boss = stage.person("Other"), stage.person("Boss", rights=Permission.MANAGE_GUILD)
    known = await stage.have("First, why?")
    message, name = stage.with_buttons(known.id), f"{root.STOP}:{known.id}"

    refused = await other.click(message, custom_id=name)
    before = list(stage.work.cancelled)
    stopped = await boss.click(message, custom_id=name)

    assert told(refused) == "Only Ada, who asked, or an admin can stop this."
    assert before == []
    assert told(stopped) is None
    assert stage.work.cancelled == [known.id]


async def test_all_reviews_are_shown_to_one_person(stage: Stage) -> None:
    known = await stage.have("First, why?", *FACTS)

    result = await click(stage, stage.with_buttons(known.id), conclusion.REVIEWS, known.id)

    assert "Bob is off by one." in (told(result) or "")
    assert len(stage.channel.history()) == 1


async def test_thumbs_are_kept_by_person(stage: Stage) -> None:
    known, other = await stage.have("First, why?", *FACTS), stage.person("Other")
    message = stage.with_buttons(known.id)

    said = [
        told(await click(stage, message, conclusion.BAD, known.id)),
        told(await click(stage, message, conclusion.GOOD, known.id)),
        told(await other.click(message, custom_id=f"{conclusion.BAD}:{known.id}")),
    ]

    assert said == ["Noted, thank you."] * 3
    assert stage.feedback.thumbs[known.id] == {str(stage.ada.id): True, str(other.id): False}


async def test_a_follow_up_brings_what_was_said_before(stage: Stage) -> None:
    thread, bob = stage.thread("First, why?"), stage.person("Bob")
    first = await stage.have("First, why?", *FACTS, thread=thread)

    said = await asked_further(stage, stage.with_buttons(first.id, thread), first.id, bob)

    assert said is None
    _, second = await stage.asked()
    assert (second.question.asker, second.question.text) == ("Bob", "And then?")
    assert second.question.place == stage.place(stage.channel, thread)
    assert second.question.context == (
        Remark("Ada", "First, why?"),
        Remark("Council", SYNTHESIS.text),
    )


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_button_reaches_its_own_channel_only(stage: Stage, *, is_known: bool) -> None:
    elsewhere = stage.place(stage.guild.create_text_channel("elsewhere"))
    known = await stage.have("A secret?", *FACTS[:-1], place=elsewhere)
    value = known.id if is_known else "1m84graz8bzj7zka"
    message = stage.with_buttons(value)

    said = [told(await click(stage, message, name, value)) for name in AT_ONCE]
    said.append(await asked_further(stage, message, value))

    assert said == [GONE] * 5
    assert stage.work.cancelled == []
    assert not stage.feedback.thumbs[known.id]
    assert len(await stage.asked()) == 1


async def test_where_a_follow_up_cannot_be_answered_no_form_opens(stage: Stage) -> None:
    known = await stage.have("First, why?", *FACTS)
    stage.deny(Permission.CREATE_PUBLIC_THREADS)

    result = await click(stage, stage.with_buttons(known.id), conclusion.FOLLOW_UP, known.id)

    assert result.modal is None
    assert (told(result) or "").startswith("I lack rights in this channel: Create Public Threads.")


async def test_a_right_that_is_lost_while_a_form_is_open_gives_back_what_was_typed(
    stage: Stage,
) -> None:
    known, typed = await stage.have("First, why?", *FACTS), "And then, why? " * 10
    message, name = stage.with_buttons(known.id), f"{conclusion.FOLLOW_UP}:{known.id}"
    opened = await stage.ada.click(message, custom_id=name)
    stage.deny(Permission.ATTACH_FILES)

    said = told(await stage.ada.submit_modal(opened, {"question": typed}))

    assert said is not None
    assert said.startswith("I lack rights in this channel: Attach Files.")
    assert typed.strip() in said
    assert len(await stage.asked()) == 1
