from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.console.chat import ConsoleChat
from adapters.console.record import Record
from adapters.console.screen import PlainScreen
from bot.domain import Place, Post
from bot.domain.reports import Report
from bot.errors import ChatRefused
from bot.ports import Chat
from bot.reports import report, root_report
from tests.adapters.console.samples import DONE, PLACE
from tests.contracts.chat import ChatContract, found

ROOT = Post(DONE.id, "root")
SYNTHESIS = Post(DONE.id, "synthesis")
OTHER = Place("console", "ada", "terminal", "another")


def console_chat(folder: Path, out: io.StringIO) -> ConsoleChat:
    return ConsoleChat(folder, PlainScreen(out), PLACE)


def synthesis() -> Report:
    return report(DONE, "synthesis")


class TestConsoleChat(ChatContract):
    @pytest.fixture
    def chat(self, tmp_path: Path) -> Chat:
        return console_chat(tmp_path, io.StringIO())


async def test_a_new_process_finds_what_was_posted(tmp_path: Path) -> None:
    sent = await console_chat(tmp_path, io.StringIO()).post(ROOT, root_report(DONE))

    assert await found(console_chat(tmp_path, io.StringIO()), ROOT) == sent


async def test_each_message_stands_once_in_the_record(tmp_path: Path) -> None:
    chat = console_chat(tmp_path, io.StringIO())
    await chat.post(ROOT, root_report(DONE))
    await chat.edit(ROOT, root_report(DONE))
    draft = await chat.draft(SYNTHESIS, synthesis())
    await draft.append("Par")
    await draft.finish(synthesis())

    assert [entry.slot for entry in Record(tmp_path).entries(DONE.id)] == ["root", "synthesis"]


async def test_a_draft_counts_once_it_is_finished(tmp_path: Path) -> None:
    chat = console_chat(tmp_path, io.StringIO())
    await chat.draft(SYNTHESIS, synthesis())

    assert await found(chat, SYNTHESIS) is None


async def test_an_edit_finishes_what_a_dead_process_began(tmp_path: Path) -> None:
    out = io.StringIO()
    chat = console_chat(tmp_path, out)

    await chat.edit(SYNTHESIS, synthesis())
    await chat.edit(SYNTHESIS, synthesis())

    assert out.getvalue().count("Final answer") == 1
    assert await found(chat, SYNTHESIS) is not None


async def test_messages_of_another_place_are_only_written_down(tmp_path: Path) -> None:
    out = io.StringIO()
    elsewhere = replace(DONE, question=replace(DONE.question, place=OTHER))
    chat = console_chat(tmp_path, out)

    await chat.post(ROOT, root_report(elsewhere))

    assert out.getvalue() == ""
    assert await found(chat, ROOT) is not None


async def test_a_watched_place_is_shown(tmp_path: Path) -> None:
    out = io.StringIO()
    chat = ConsoleChat(tmp_path, PlainScreen(out), OTHER)
    chat.watch(PLACE)

    await chat.post(ROOT, root_report(DONE))

    assert "capital of France" in out.getvalue()


async def test_earlier_messages_are_recalled_in_short(tmp_path: Path) -> None:
    await console_chat(tmp_path, io.StringIO()).post(ROOT, root_report(DONE))
    out = io.StringIO()

    console_chat(tmp_path, out).recall(DONE.id)

    assert out.getvalue().startswith("Question: What is the capital of France? Council: alder")
    assert out.getvalue().count("\n") == 1


async def test_a_record_that_cannot_be_written_refuses_the_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ChatRefused, match="record"):
        await console_chat(tmp_path / "file", io.StringIO()).post(ROOT, root_report(DONE))
