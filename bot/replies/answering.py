"""Every command that is neither a question nor the opening of a form, to its reply."""

from __future__ import annotations

from typing import assert_never

from bot.commands import (
    Ask,
    Budget,
    Cancel,
    Command,
    Config,
    Forget,
    Help,
    History,
    Keys,
    Schedule,
    Show,
    Stats,
    Status,
)
from bot.desk import Desk
from bot.domain import Person, Place
from bot.replies.budget import budget
from bot.replies.config import configure
from bot.replies.forgetting import forget
from bot.replies.keys import manage_keys
from bot.replies.lists import cancel, history, status
from bot.replies.looking_back import show, statistics
from bot.replies.reply import Reply
from bot.replies.schedules import manage_schedules


async def answer(  # noqa: C901, PLR0911, PLR0912  one line a command
    desk: Desk, person: Person, place: Place, command: Command, *, delivery: str | None = None
) -> Reply:
    """Carry out a command of a person in a place. Raises `WrongUse`, `StorageError`, `ChatError`.

    What may come twice has a `delivery` id: then nothing is asked or added twice for it.
    A question and a call for help are the platform's to take; they get an empty reply.
    """
    match command:
        case Status():
            return await status(desk, place)
        case Cancel(deliberation_id):
            return await cancel(desk, person, place, deliberation_id)
        case History(words):
            return await history(desk, place, words)
        case Show(deliberation_id):
            return await show(desk, place, deliberation_id)
        case Stats():
            return await statistics(desk, place)
        case Budget():
            return await budget(desk, person, place)
        case Forget(what):
            return await forget(desk, person, place, what)
        case Config():
            return await configure(desk, person, place, command)
        case Schedule():
            return await manage_schedules(desk, person, place, command, delivery)
        case Keys():
            return await manage_keys(desk, person, place, command)
        case Ask() | Help():
            return Reply()
        case _:
            assert_never(command)
