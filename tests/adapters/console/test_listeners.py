from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.console import listeners
from adapters.console.chat import ConsoleChat
from adapters.console.listeners import Desk, Terminal
from adapters.console.screen import PlainScreen
from bot.app import App
from bot.domain import Deliberation, State
from bot.domain.events import DeliberationFailed, SynthesisReady
from bot.ports import ModelInfo
from tests.adapters.console.samples import BEGUN, COUNCIL, DONE, PLACE, SYNTHESIS
from tests.fakes.records import FakeRecords
from tests.fakes.work import FakeWork

Run = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Bench:
    """A desk on fakes, and what was written where."""

    desk: Desk
    records: FakeRecords
    work: FakeWork
    out: io.StringIO
    err: io.StringIO


@asynccontextmanager
async def open_bench(folder: Path, run: Run | None = None) -> AsyncGenerator[Bench]:
    out, err = io.StringIO(), io.StringIO()
    records = FakeRecords()
    screen = PlainScreen(out)
    async with FakeWork(run) as work:
        app = App(records=records, work=work, platforms=["console"], make_id=lambda: BEGUN.id)
        chat = ConsoleChat(folder, screen, PLACE)
        yield Bench(Desk(app, chat, Terminal(screen, out, err)), records, work, out, err)


def finishing(records: list[FakeRecords], fact: SynthesisReady | DeliberationFailed) -> Run:
    async def run(deliberation_id: str) -> None:
        deliberation = await records[0].take_up(deliberation_id)
        await records[0].save(deliberation, [fact])

    return run


async def put(bench: Bench, deliberation: Deliberation) -> None:
    await bench.records.create(replace(deliberation, epoch=0))


async def ask(bench: Bench, *, is_json: bool = False) -> int:
    return await listeners.ask(bench.desk, BEGUN.question, COUNCIL, is_json=is_json)


async def test_a_done_deliberation_is_exit_0(tmp_path: Path) -> None:
    records: list[FakeRecords] = []
    async with open_bench(tmp_path, finishing(records, SynthesisReady(SYNTHESIS))) as bench:
        records.append(bench.records)

        assert await ask(bench) == 0
        assert bench.err.getvalue() == ""


async def test_a_failed_deliberation_is_exit_1_with_its_reason(tmp_path: Path) -> None:
    records: list[FakeRecords] = []
    run = finishing(records, DeliberationFailed("No member answered."))
    async with open_bench(tmp_path, run) as bench:
        records.append(bench.records)

        assert await ask(bench, is_json=True) == 1
        assert bench.err.getvalue() == "No member answered.\n"
        assert '"status": "failed"' in bench.out.getvalue()


async def test_ctrl_c_cancels_cleanly_and_says_how_to_go_on(tmp_path: Path) -> None:
    started = asyncio.Event()

    async def hang(_deliberation_id: str) -> None:
        started.set()
        await asyncio.Event().wait()

    async with open_bench(tmp_path, hang) as bench:
        asking = asyncio.create_task(ask(bench))
        await started.wait()

        os.kill(os.getpid(), signal.SIGINT)

        assert await asking == 130
        assert bench.err.getvalue() == "Cancelled. `council resume 01abc` goes on with it.\n"
        assert (await bench.records.load(BEGUN.id)).state is State.CANCELLED


async def test_a_run_that_stops_is_exit_1(tmp_path: Path) -> None:
    async def nothing(_deliberation_id: str) -> None:
        """Stop without a result, as a run does that another process has taken over."""

    async with open_bench(tmp_path, nothing) as bench:
        assert await ask(bench) == 1
        assert bench.err.getvalue() == "It stopped. `council resume 01abc` goes on with it.\n"


async def test_what_dead_processes_left_is_finished_too(tmp_path: Path) -> None:
    finished: list[str] = []
    records: list[FakeRecords] = []
    conclude = finishing(records, SynthesisReady(SYNTHESIS))

    async def run(deliberation_id: str) -> None:
        await conclude(deliberation_id)
        finished.append(deliberation_id)

    async with open_bench(tmp_path, run) as bench:
        records.append(bench.records)
        await bench.records.create(replace(BEGUN, id="01old"))
        bench.work.dead.add("01old")

        assert await ask(bench) == 0
        assert bench.err.getvalue() == "Also finishing what was interrupted earlier: 01old.\n"
        assert set(finished) == {"01old", BEGUN.id}


async def test_cancel_says_how_to_go_on(tmp_path: Path) -> None:
    async def shown(_deliberation_id: str) -> None:
        """Show the cancellation."""

    async with open_bench(tmp_path, shown) as bench:
        await put(bench, BEGUN)

        assert await listeners.cancel(bench.desk, BEGUN.id) == 0
        assert "Cancelled. `council resume 01abc`" in bench.err.getvalue()


async def test_resume_of_a_failed_one_goes_on(tmp_path: Path) -> None:
    records: list[FakeRecords] = []
    async with open_bench(tmp_path, finishing(records, SynthesisReady(SYNTHESIS))) as bench:
        records.append(bench.records)
        await put(bench, BEGUN)
        await bench.records.save(BEGUN, [DeliberationFailed("No member answered.")])

        assert await listeners.resume(bench.desk, BEGUN.id, is_json=False) == 0


async def test_resume_finishes_what_else_was_left(tmp_path: Path) -> None:
    records: list[FakeRecords] = []
    async with open_bench(tmp_path, finishing(records, SynthesisReady(SYNTHESIS))) as bench:
        records.append(bench.records)
        await put(bench, BEGUN)
        await put(bench, replace(BEGUN, id="01old"))
        bench.work.dead.update({BEGUN.id, "01old"})

        assert await listeners.resume(bench.desk, BEGUN.id, is_json=False) == 0
        assert bench.err.getvalue() == "Also finishing what was interrupted earlier: 01old.\n"
        assert (await bench.records.load("01old")).state is State.DONE


async def test_resume_takes_over_a_finished_one_that_died_before_it_was_settled(
    tmp_path: Path,
) -> None:
    settled: list[str] = []

    async def settle(deliberation_id: str) -> None:
        settled.append(deliberation_id)

    async with open_bench(tmp_path, settle) as bench:
        await put(bench, BEGUN)
        await bench.records.save(BEGUN, [SynthesisReady(SYNTHESIS)])
        bench.work.dead.add(BEGUN.id)

        assert await listeners.resume(bench.desk, BEGUN.id, is_json=False) == 0
        assert settled == [BEGUN.id]


async def test_resume_shows_the_final_answer_that_another_process_wrote(tmp_path: Path) -> None:
    records: list[FakeRecords] = []
    async with open_bench(tmp_path, finishing(records, SynthesisReady(SYNTHESIS))) as bench:
        records.append(bench.records)
        await put(bench, BEGUN)

        assert await listeners.resume(bench.desk, BEGUN.id, is_json=False) == 0
        assert bench.out.getvalue().count("== Final answer ==") == 1


async def test_an_unfinished_one_is_shown_as_far_as_it_got(tmp_path: Path) -> None:
    async with open_bench(tmp_path) as bench:
        await put(bench, BEGUN)

        code = await listeners.show(bench.records, bench.desk.terminal, BEGUN.id, is_json=False)

        assert code == 0
        assert bench.out.getvalue().startswith("== Question ==")
        assert "It is " in bench.err.getvalue()
        assert "`council resume 01abc`" in bench.err.getvalue()


async def test_a_finished_one_is_shown_whole(tmp_path: Path) -> None:
    class OneRecord(FakeRecords):
        async def load(self, deliberation_id: str) -> Deliberation:
            return replace(DONE, objection=DONE.answers[0])

    async with open_bench(tmp_path) as bench:
        await listeners.show(OneRecord(), bench.desk.terminal, DONE.id, is_json=False)

        assert bench.out.getvalue().count("== ") == 7
        assert "devil's advocate" in bench.out.getvalue()


async def test_an_empty_history_says_so(tmp_path: Path) -> None:
    async with open_bench(tmp_path) as bench:
        assert await listeners.history(bench.records, bench.desk.terminal, "", 5) == 0
        assert bench.err.getvalue() == "Nothing was asked yet.\n"


def test_models_are_printed_with_prices() -> None:
    out = io.StringIO()

    listeners.print_models(out, [ModelInfo("work/a", 1.0, 10.5), ModelInfo("work/long-name")])

    assert out.getvalue() == "work/a          $    1.00  $   10.50\nwork/long-name\n"
