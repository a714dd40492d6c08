"""The program `council`, which kills itself where it crosses a port.

`python -m tests.e2e.crash_program "after save AnswerArrived 2" ask …` dies right after the second
answer was saved; `any 37` is the 37th crossing of all. All else is as in `bot.composition`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from adapters.console.chat import ConsoleChat, ConsoleDraft
from adapters.console.screen import Screen
from bot.__main__ import main
from bot.composition import council, desk
from bot.domain import ROOMY, Cap, Deliberation, Place, Post, Room, Timings, Turn
from bot.domain.events import Fact
from bot.domain.reports import Report
from bot.ports import Sent
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.storage.turns import SqlTurns
from bot.work import workflows
from bot.work.engine import DbosEngine, Runner


class Fate:
    """Counts crossings and ends the process at the one that was named."""

    def __init__(self, at: str) -> None:
        self._name, _, number = at.rpartition(" ")
        self._left = int(number)

    @contextmanager
    def crossing(self, call: str, what: str = "") -> Generator[None]:
        """Die before or after what is done within, if that is the fate."""
        self._reach(f"before {call} {what}".rstrip())
        yield
        self._reach(f"after {call} {what}".rstrip())

    def _reach(self, name: str) -> None:
        self._left -= self._name in (name, "any")
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalRecords(SqlRecords):
    """Records that may be the last thing a process touches."""

    def __init__(self, fate: Fate, database: Database, process: str | None = None) -> None:
        super().__init__(database, process)
        self._fate = fate

    async def create(
        self,
        deliberation: Deliberation,
        *,
        delivery: str | None = None,
        caps: Sequence[Cap] = (),
        room: Room = ROOMY,
    ) -> Deliberation:
        with self._fate.crossing("create"):
            return await super().create(deliberation, delivery=delivery, caps=caps, room=room)

    async def take_up(self, deliberation_id: str, *, is_fresh: bool = False) -> Deliberation:
        with self._fate.crossing("take_up"):
            return await super().take_up(deliberation_id, is_fresh=is_fresh)

    async def save(
        self,
        deliberation: Deliberation,
        facts: Sequence[Fact],
        *,
        posts: Sequence[Post] = (),
        timings: Timings | None = None,
    ) -> None:
        with self._fate.crossing("save", " ".join(type(fact).__name__ for fact in facts)):
            await super().save(deliberation, facts, posts=posts, timings=timings)


class MortalOutbox(SqlOutbox):
    """An outbox that may be the last thing a process touches."""

    def __init__(self, fate: Fate, database: Database) -> None:
        super().__init__(database)
        self._fate = fate

    async def settle(self, post: Post, *, epoch: int) -> None:
        with self._fate.crossing("settle", _kind(post)):
            await super().settle(post, epoch=epoch)


class MortalTurns(SqlTurns):
    """Turns that may be the last thing a process touches."""

    def __init__(self, fate: Fate, database: Database) -> None:
        super().__init__(database)
        self._fate = fate

    async def keep(self, deliberation_ids: Sequence[str], by: str) -> None:
        with self._fate.crossing("keep"):
            await super().keep(deliberation_ids, by)

    async def release(self, deliberation_id: str) -> None:
        with self._fate.crossing("release"):
            await super().release(deliberation_id)


class MortalChat(ConsoleChat):
    """A terminal that may be the last thing a process touches."""

    def __init__(self, fate: Fate, folder: Path, screen: Screen, place: Place) -> None:
        super().__init__(folder, screen, place)
        self._fate = fate

    async def post(self, post: Post, report: Report) -> Sent:
        with self._fate.crossing("post", _kind(post)):
            return await super().post(post, report)

    async def draft(self, post: Post, report: Report) -> ConsoleDraft:
        with self._fate.crossing("draft"):
            return await super().draft(post, report)


class MortalEngine(DbosEngine):
    """An engine that may be the last thing a process touches."""

    def __init__(
        self,
        fate: Fate,
        url: str,
        run: Runner,
        *,
        give_up: Runner,
        platforms: Sequence[str],
        on_end: Callable[[], None],
    ) -> None:
        super().__init__(url, run, give_up=give_up, platforms=platforms, on_end=on_end)
        self._fate = fate

    async def start(self, turn: Turn) -> None:
        with self._fate.crossing("start"):
            await super().start(turn)


def _kind(post: Post) -> str:
    return post.slot.partition(":")[0]


def _mortal(
    forget: Callable[[list[str]], Awaitable[None]], fate: Fate
) -> Callable[[list[str]], Awaitable[None]]:
    """Cross where a takeover has begun the new run and still holds the old one."""

    async def crossing(workflow_ids: list[str]) -> None:
        with fate.crossing("forget" if workflow_ids else "idle"):
            await forget(workflow_ids)

    return crossing


def compose(fate: Fate) -> None:
    """Put mortal parts where the program composes its own."""
    parts = {
        (council, "SqlRecords"): MortalRecords,
        (council, "SqlOutbox"): MortalOutbox,
        (council, "SqlTurns"): MortalTurns,
        (council, "DbosEngine"): MortalEngine,
        (desk, "ConsoleChat"): MortalChat,
    }
    for (module, name), part in parts.items():
        setattr(module, name, partial(part, fate))
    setattr(workflows, "forget", _mortal(workflows.forget, fate))  # noqa: B010 it is another function


if __name__ == "__main__":
    compose(Fate(sys.argv.pop(1)))
    main()
