"""Fetch the files of a question from its chat platform, before the council sees it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.attachments import attachment, is_pdf
from bot.domain import Attachment, Question
from bot.errors import BadQuestion, ChatBusy, ChatError, ChatRefused
from bot.phrases import left_out
from bot.ports import Files
from bot.work.patience import in_time

_FETCH_S = 30.0
_NOT_GIVEN = "the chat platform did not give it out."
_PAUSES_S = (1.0, 3.0)


async def fetched(question: Question, files: Files) -> tuple[Attachment, ...]:
    """Return all attachments, each with its content or with the reason why it has none."""
    waiting = (_fetched(file, question, files) for file in question.attachments)
    return tuple(await asyncio.gather(*waiting))


async def _fetched(file: Attachment, question: Question, files: Files) -> Attachment:
    if file.source is None:
        return file
    for pause_s in (*_PAUSES_S, 0.0):
        try:
            data = await in_time(files.fetch(file, question.place), _FETCH_S)
            return await _made(file.name, data)
        except (BadQuestion, ChatRefused) as refused:
            return _unusable(file, str(refused))
        except ChatBusy as busy:
            await asyncio.sleep(min(busy.retry_after_s, _FETCH_S))
        except ChatError:
            await asyncio.sleep(pause_s)
    return _unusable(file, left_out(file.name, _NOT_GIVEN))


async def _made(name: str, data: bytes) -> Attachment:
    # Nobody waits for a PDF but its own deliberation.
    return (
        await asyncio.to_thread(attachment, name, data) if is_pdf(data) else attachment(name, data)
    )


def _unusable(file: Attachment, fault: str) -> Attachment:
    return replace(file, data=b"", source=None, fault=fault)
