"""Council programs that are killed, and what is left of their deliberations."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from sqlalchemy import text

from bot.domain import Deliberation, Mode, Post, PostState, State
from bot.errors import StorageError
from bot.storage.database import open_database
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.work.database import SCHEMA, connect, engine_url
from tests.e2e.crash_server import CHAIRMAN, MEMBERS, CrashServer, Moment
from tests.launcher import Process, Start, start_python

# Far above what a run takes on a busy machine; it only keeps a hanging one from hanging the tests.
_PATIENCE_S = 100.0
_LOOK_EVERY_S = 0.002
_ALL = 1000


@dataclass(frozen=True, slots=True)
class Served:
    """The model server kills the program at a moment."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class Crossed:
    """The program kills itself at a port; see `crash_program`."""

    at: str


@dataclass(frozen=True, slots=True)
class Printed:
    """Whoever reads the program's output kills it."""

    text: str


@dataclass(frozen=True, slots=True)
class Posted:
    """Whoever watches the terminal's record kills the program when it holds so many messages."""

    messages: int


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The program is killed so many seconds after its first request, or after its start."""

    seconds: float
    is_from_start: bool = False


Death = Served | Crossed | Printed | Posted | Elapsed


class Promise(StrEnum):
    """What must hold whoever dies."""

    KEPT = "nothing is lost"
    POSTED_ONCE = "nothing is posted twice"
    PAID_ONCE = "no recorded answer is paid again"
    PINNED_ONCE = "one message is pinned"
    ENDED = "nothing is left over, and programs end well"


@dataclass(frozen=True, slots=True)
class Fault:
    """A promise that was broken, and how."""

    promise: Promise
    what: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was kept of a deliberation at some time, and what the models had been asked for it.

    `shown` are the keys of the messages in the terminal's record.
    """

    deliberation: Deliberation | None
    posts: tuple[Post, ...]
    shown: tuple[str, ...]
    asked: Counter[tuple[str, str]]

    @property
    def deliberation_id(self) -> str:
        """Empty if it was never recorded."""
        return "" if self.deliberation is None else self.deliberation.id

    @property
    def recorded(self) -> Counter[tuple[str, str]]:
        """The calls on record that brought something, by model and purpose."""
        return self._calls(has_failed=False)

    @property
    def failed(self) -> Counter[tuple[str, str]]:
        """The calls on record that brought nothing: a busy machine lets some time out."""
        return self._calls(has_failed=True)

    def _calls(self, *, has_failed: bool) -> Counter[tuple[str, str]]:
        calls = () if self.deliberation is None else self.deliberation.calls
        return Counter(
            (call.model.partition("/")[2], call.purpose)
            for call in calls
            if (call.failure is not None) == has_failed
        )


class Machine:
    """A folder, a database and a model server for any number of programs."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        server: CrashServer,
        *,
        start_module: Start = start_python,
        revision: str = "off",
    ) -> None:
        self.server = server
        self._start_module = start_module
        self._folder = folder
        self._database_url = database_url
        folder.mkdir(parents=True, exist_ok=True)
        members = ", ".join(f'"work/{name}"' for name in MEMBERS)
        (folder / "council.toml").write_text(
            f'[providers.work]\nkind = "openai"\nbase_url = "{server.base_url}"\n'
            # What is held for one must not be in the way of others.
            f'concurrency = 500\n[council]\nmembers = [{members}]\nchairman = "work/{CHAIRMAN}"\n'
            f'revision = "{revision}"\n'
            "[deadlines]\nsoft_min = 100\ncall = 100\ndeliberation = 300\n"
        )

    @property
    def database(self) -> str:
        """What kind of database it has."""
        return "sqlite" if self._database_url.startswith("sqlite") else "postgres"

    async def start(self, *words: str, crash_at: str | None = None) -> Process:
        """Start the program, or the one that kills itself."""
        module = ("bot",) if crash_at is None else ("tests.e2e.crash_program", crash_at)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "COUNCIL_DATA_DIR": str(self._folder / "data"),
            "COUNCIL_DATABASE_URL": self._database_url,
        }
        return await self._start_module(self._folder, environment, *module, *words)

    async def run(self, *words: str) -> Outcome:
        """Run the program to its end."""
        return await ended(await self.start(*words))

    async def kill(self, death: Death, question: str, *words: str) -> Outcome:
        """Run a program that works on a question until its death; it may end before."""
        crash_at = death.at if isinstance(death, Crossed) else None
        process = await self.start(*words, crash_at=crash_at)
        async with asyncio.TaskGroup() as group:
            striking = group.create_task(self._strike(death, process, question))
            if isinstance(death, Printed):
                await striking  # it reads what would else be gathered here
            outcome = await ended(process)
            striking.cancel()
        return outcome

    async def sighting(self, question: str) -> Sighting:
        """Look at what is kept of a question's deliberation."""
        found = (await sightings(self._database_url, self.server, [question]))[question]
        is_known = found.deliberation is not None
        return replace(found, shown=self._shown(question)) if is_known else found

    def unfinished(self) -> list[str]:
        """Return the runs that the engine still holds for somebody to finish."""
        return unfinished(self._database_url)

    async def _strike(self, death: Death, process: Process, question: str) -> None:
        match death:
            case Crossed():
                return
            case Served(moment):
                self.server.arm(question, moment, lambda _: _kill(process))
                return
            case Printed(words):
                assert process.stdout is not None
                with suppress(asyncio.IncompleteReadError):
                    await process.stdout.readuntil(words.encode())
            case Posted(messages):
                while len(self._shown(question)) < messages:  # noqa: ASYNC110 a file tells nobody
                    await asyncio.sleep(_LOOK_EVERY_S)
            case Elapsed(seconds, is_from_start):
                if not is_from_start:
                    await self.server.until_asked([question])
                await asyncio.sleep(seconds)
            case _:
                assert_never(death)
        _kill(process)

    def _shown(self, question: str) -> tuple[str, ...]:
        """Return the keys of the messages in the record of a question's deliberation."""
        for path in (self._folder / "data" / "console").glob("*.jsonl"):
            # What follows the last newline is still being written.
            written = path.read_text().rpartition("\n")[0]
            lines = [json.loads(line) for line in written.splitlines()]
            if lines and question in lines[0]["text"]:
                return tuple(str(line["key"]) for line in lines)
        return ()


def unfinished(database_url: str) -> list[str]:
    """Return the runs that the engine of a database still holds for somebody to finish."""
    engine = connect(engine_url(database_url))
    schema = f"{SCHEMA}." if engine.dialect.name == "postgresql" else ""
    pending = text(f"SELECT workflow_uuid FROM {schema}workflow_status WHERE status='PENDING'")  # noqa: S608 a constant
    with engine.connect() as connection:
        found = [str(name) for name in connection.scalars(pending)]
    engine.dispose()
    return found


async def ended(process: Process) -> Outcome:
    """Wait for the end of a program; one that hangs is a fault."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            out, err = await process.communicate()
    finally:
        _kill(process)
    assert b"Traceback" not in err, err.decode()
    return Outcome(process.returncode or 0, out.decode(), err.decode())


async def sightings(
    database_url: str, server: CrashServer, questions: Iterable[str]
) -> dict[str, Sighting]:
    """Look at what is kept of deliberations, by their questions; `shown` is left out."""
    kept: dict[str, tuple[Deliberation, tuple[Post, ...]]] = {}
    # Whoever died first may have left no tables.
    with suppress(StorageError):
        async with open_database(database_url) as database:
            records, outbox = SqlRecords(database), SqlOutbox(database)
            heads = {head.question.text: head for head in await records.search(limit=_ALL)}
            for question in questions:
                if head := heads.get(question):
                    posts = await outbox.owed(head.id)
                    kept[question] = (await records.load(head.id), posts)
    # What is asked meanwhile counts as asked before, so that nothing seems to be asked again.
    return {
        question: Sighting(*kept.get(question, (None, ())), (), server.asked(question))
        for question in questions
    }


def faults(deaths: Sequence[Sighting], end: Sighting) -> list[Fault]:
    """Say which promises were broken; `deaths` is what was seen after each kill, `end` at last."""
    if end.deliberation is None:
        is_lost = any(death.deliberation for death in deaths)
        return [Fault(Promise.KEPT, "it was on record")] if is_lost else []
    return [*incomplete(end.deliberation), *overpaid(deaths, end), *_misposted(end)]


def incomplete(found: Deliberation) -> list[Fault]:
    """Say what is missing in a deliberation that should have ended well."""
    is_done = found.state is State.DONE and found.synthesis is not None
    wrong = [] if is_done else [f"it is {found.state}: {found.reason}"]
    wrong += [f"{failed.member} counts as failed" for failed in found.failures]
    wrong += [f"no answer of {name}" for name in MEMBERS if not _answered(found, name)]
    return [Fault(Promise.KEPT, what) for what in wrong]


def overpaid(deaths: Sequence[Sighting], end: Sighting) -> list[Fault]:
    """Say what was asked though it was on record, or oftener than once more for each death."""
    excess: list[str] = []
    for key, asked in end.asked.items():
        needed, count = _needed(end, key[1]), asked - end.failed[key]
        for left, death in zip(range(len(deaths), 0, -1), deaths, strict=True):
            # What was in flight is asked again, and again when the next death cuts it off.
            missing = max(0, needed - death.recorded[key])
            if count - death.asked[key] > missing * (1 + left):
                excess.append(f"asked again though on record: {' '.join(key)}")
        if count > needed * (1 + len(deaths)):
            excess.append(f"asked {count} times: {' '.join(key)}")
    return [Fault(Promise.PAID_ONCE, what) for what in excess]


def _needed(sighting: Sighting, purpose: str) -> int:
    """Return how often a model is asked for a purpose when nobody dies."""
    found = sighting.deliberation
    is_thorough = found is not None and found.council.mode is Mode.THOROUGH
    return 2 if is_thorough and purpose == "review" else 1


def _misposted(end: Sighting) -> list[Fault]:
    unsent = [
        f"{post.slot} is {post.state}" for post in end.posts if post.state is not PostState.SENT
    ]
    times = Counter(end.shown)
    missing = {"root", "synthesis", *(f"answer:{name}" for name in MEMBERS)}
    missing -= {post.slot for post in end.posts}
    unsent += [f"{slot} is not owed" for slot in sorted(missing)]
    unsent += [f"{post.slot} is not shown" for post in end.posts if not times[post.key]]
    owed = {post.key for post in end.posts}
    twice = [f"{key} is shown {count} times" for key, count in times.items() if count > 1]
    twice += [f"a message that nobody owed: {key}" for key in times if key not in owed]
    return [
        *(Fault(Promise.KEPT, what) for what in unsent),
        *(Fault(Promise.POSTED_ONCE, what) for what in twice),
    ]


def _answered(deliberation: Deliberation, name: str) -> bool:
    return any(answer.member == name for answer in deliberation.answers)


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
