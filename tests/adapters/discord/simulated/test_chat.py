"""Discord as a chat platform, on simcord."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Answer, Deliberation, Place, Post, State
from bot.ports import Sent
from bot.reports import SYNTHESIS, report, root_report
from tests.adapters.discord.simulated.stage import Stage, words
from tests.adapters.samples import DONE, SLOTS
from tests.contracts.chat import sent_post

LONG = "Another paragraph with some words in it.\n\n" * 2_000


def of(stage: Stage, course: Deliberation = DONE, place: Place | None = None) -> Deliberation:
    """Return a deliberation as if it had been asked here, just now."""
    where, asker_id = place or stage.place(stage.channel), str(stage.ada.id)
    question = replace(course.question, place=where, asker_id=asker_id)
    return replace(course, question=question, created_at=stage.env.now())


async def rooted(stage: Stage, course: Deliberation) -> Post:
    post = Post(course.id, "root")
    return sent_post(post, await stage.chat.post(post, root_report(course)))


async def test_a_whole_deliberation_stands_in_its_thread(stage: Stage) -> None:
    course = of(stage)

    root = await rooted(stage, replace(course, state=State.ANSWERING))
    for slot in SLOTS[1:]:
        await stage.chat.post(Post(course.id, slot, thread=root.thread), report(course, slot))
    await stage.chat.edit(root, root_report(course))

    thread = stage.handle(root.thread)
    assert root.thread == root.message_id
    assert thread.name == f"{course.question.text[:99]}…"
    shown = words(stage.stored(stage.channel.id, root.message_id))
    assert "Postgres" in shown
    assert "**Moderate: there is a best answer" in shown
    said = [words(stage.stored(thread.id, one.id)) for one in thread.history()]
    assert len(said) == len(SLOTS) - 1
    assert "gemini-3.8-flash" in said[0]
    assert "Take **ClickHouse**" in said[-1]
    pings = [stage.stored(one.channel.id, one.id).ping_user_ids for one in thread.history()]
    assert pings == [[]] * (len(said) - 1) + [[stage.ada.id]]
    assert stage.stored(stage.channel.id, root.message_id).ping_user_ids == []


async def test_the_final_answer_is_written_pinned_and_linked(stage: Stage) -> None:
    course = of(stage)
    root = await rooted(stage, course)
    post = Post(course.id, SYNTHESIS, thread=root.thread)

    draft = await stage.chat.draft(post, report(course, SYNTHESIS))
    await draft.append("Take **Click")
    await draft.restart()
    begun = words(stage.stored(root.thread, draft.sent.message_id))
    await draft.finish(report(course, SYNTHESIS))
    await stage.chat.pin(sent_post(post, draft.sent), course.question.place)
    await stage.chat.edit(root, replace(root_report(course), conclusion=draft.sent.message_id))

    thread = stage.handle(root.thread)
    (pin,) = thread.pinned_messages()
    final = stage.stored(thread.id, pin.id)
    assert "ClickHouse" not in begun
    assert str(pin.id) == draft.sent.message_id
    assert "Take **ClickHouse**" in words(final)
    link = f"/{course.question.place.workspace}/{root.thread}/{pin.id}"
    assert link in str(stage.stored(stage.channel.id, root.message_id).components)


async def test_a_long_answer_ends_in_a_file_with_all_of_it(stage: Stage) -> None:
    course = of(stage, replace(DONE, answers=(Answer("Ada", LONG, "work/a", 1.0),)))
    root = await rooted(stage, course)
    content = report(course, "answer:Ada")
    parts = range(1, stage.chat.parts(content) + 1)

    for part in parts:
        await stage.chat.post(Post(course.id, "answer:Ada", part=part, thread=root.thread), content)

    *others, last = stage.handle(root.thread).history()
    (file,) = last.attachments
    assert (stage.env.backend.cdn.get(file.url) or b"").decode() == LONG
    assert not any(one.attachments for one in others)


async def test_messages_are_found_by_their_keys_after_a_restart(stage: Stage) -> None:
    course = of(stage)
    root = await rooted(stage, course)
    slots = ("answer:gpt-6.1-terra", "standings", SYNTHESIS)
    posts = [Post(course.id, slot, thread=root.thread) for slot in slots]
    sent = await stage.chat.post(posts[1], report(course, "standings"))
    await stage.ada.send(stage.handle(root.thread), "Hm.")
    await stage.restart()

    place, since = course.question.place, course.created_at
    known = await stage.chat.find([root, *posts], place, since)

    assert known == {root.key: Sent(root.message_id or "", root.thread), posts[1].key: sent}


@pytest.mark.parametrize("kind", ["thread", "post", "direct"])
async def test_a_question_in_a_thread_or_directly_is_answered_there(
    stage: Stage, kind: str
) -> None:
    place = stage.place(stage.ada.user.dm_channel)
    if kind != "direct":
        parent = stage.guild.create_forum_channel("forum") if kind == "post" else stage.channel
        place = stage.place(parent, stage.thread("Aside", parent))
    course = of(stage, place=place)

    root = await rooted(stage, course)
    answer = Post(course.id, SYNTHESIS, thread=root.thread)
    sent = await stage.chat.post(answer, report(course, SYNTHESIS))
    await stage.chat.pin(sent_post(answer, sent), place)
    found = await stage.chat.find([root, answer], place, course.created_at)

    assert root.thread == place.thread
    assert stage.stored(place.thread, sent.message_id).pinned
    assert found == {root.key: Sent(root.message_id or "", root.thread), answer.key: sent}
    assert stage.calls("POST", f"/channels/{place.channel}/messages/") == 0
