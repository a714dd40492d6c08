"""The final answer while it is written: one message that is edited as it grows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.discord.draft import DiscordDraft
from bot.domain import Deliberation, Post
from bot.errors import ChatRefused, ChatUnclear
from bot.reports import ROOT, SYNTHESIS, report
from tests.adapters.discord.desk import Desk
from tests.adapters.discord.office import shown
from tests.adapters.samples import DONE
from tests.contracts.chat import found
from tests.fakes.discord import faults
from tests.fakes.discord.mentions import links_in, mentions_in
from tests.fakes.discord.records import Message

EDIT = "PATCH /channels/{id}/messages/{id}"


class Writing:
    """A draft in a thread."""

    def __init__(self, desk: Desk, course: Deliberation, post: Post, draft: DiscordDraft) -> None:
        self.desk = desk
        self.course = course
        self.post = post
        self.draft = draft

    @property
    def message(self) -> Message:
        return self.desk.shown(self.draft.sent)


async def writing(desk: Desk, *, every_s: float = 0.0) -> Writing:
    desk.chat.stream_every_s = every_s
    course = desk.of(DONE)
    root = await desk.rooted(course)
    post = Post(course.id, SYNTHESIS, thread=root.thread)
    draft = await desk.chat.draft(post, report(course, SYNTHESIS))
    return Writing(desk, course, post, draft)


async def test_what_is_written_shows_as_it_comes_and_gives_way_to_the_report(desk: Desk) -> None:
    stream = await writing(desk)

    await stream.draft.append("Take **Click")
    await stream.draft.append("House**")
    assert "Take **ClickHouse**" in shown(stream.message)
    assert "writes the final answer" in shown(stream.message)
    await stream.draft.finish(report(stream.course, SYNTHESIS))

    assert "One member disagrees" in shown(stream.message)
    assert "writes the final answer" not in shown(stream.message)


async def test_edits_keep_a_gentle_pace(desk: Desk) -> None:
    stream = await writing(desk, every_s=60.0)

    for _ in range(50):
        await stream.draft.append("and so on ")

    assert desk.discord.count(EDIT) == 0


async def test_nothing_that_is_shown_in_between_is_live(desk: Desk) -> None:
    stream = await writing(desk)

    for piece in ["<", "@&1> @every", "one [a]", "(https://evil.example) ", "<#", "1>"]:
        await stream.draft.append(piece)

    for version in stream.message.versions:
        whole = {"components": version.components}
        assert mentions_in(whole) == [desk.ada.mention]
        masked = [link for link in links_in(whole) if link.label]
        assert str(version.components).count("(evil.example)") == len(masked)


async def test_what_does_not_fit_a_message_is_shown_as_far_as_it_fits(desk: Desk) -> None:
    stream = await writing(desk)

    await stream.draft.append("Words and more words.\n\n" * 1000)

    assert "'content': '…'" in shown(stream.message)


async def test_a_restart_voids_what_was_written(desk: Desk) -> None:
    stream = await writing(desk)

    await stream.draft.append("Wrong.")
    await stream.draft.restart()

    assert "Wrong." not in shown(stream.message)
    assert "Another member" in shown(stream.message)


async def test_a_draft_that_was_never_finished_is_found_by_its_key(desk: Desk) -> None:
    stream = await writing(desk)
    desk.discord.pass_time(minutes=10)

    assert await found(desk.chat, stream.post, stream.course) == stream.draft.sent


async def test_an_edit_whose_answer_is_lost_is_unclear(desk: Desk) -> None:
    stream = await writing(desk)
    desk.discord.faults.add(EDIT, faults.lost_after_effect())

    with pytest.raises(ChatUnclear):
        await stream.draft.append("Take ClickHouse")


async def test_only_the_final_answer_is_written_piece_by_piece(desk: Desk) -> None:
    course = desk.of(DONE)

    with pytest.raises(ChatRefused):
        await desk.chat.draft(Post(course.id, ROOT), report(replace(course), ROOT))
