"""Pin the final answer: a courtesy, the answer stands without it."""

from __future__ import annotations

import asyncio

from bot.domain import Place, Post
from bot.errors import ChatBusy, ChatError, ChatRefused
from bot.ports import Chat
from bot.work.patience import in_time

_NOT_PINNED = "The final answer is not pinned: the chat platform did not confirm it."
_ATTEMPTS = 5
_PAUSE_S = 2.0


async def pin(chat: Chat, post: Post, place: Place, keep: int | None) -> str | None:
    """Pin a message, one of so many; return a sentence on why it is not pinned, None if it is."""
    for _ in range(_ATTEMPTS):
        try:
            await in_time(chat.pin(post, place, keep=keep))
        except ChatBusy as busy:
            await asyncio.sleep(busy.retry_after_s)
        except ChatRefused as refused:
            return str(refused)
        except ChatError:
            await asyncio.sleep(_PAUSE_S)
        else:
            return None
    return _NOT_PINNED
