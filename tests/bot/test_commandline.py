"""The program as people use it: real databases, real model servers, real signals."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import pty
import signal
import sys
import termios
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.console.commandline import parse
from bot.__main__ import carry_out, run
from bot.errors import NotFound
from tests.fakes.model_server import ModelServer, Script
from tests.launcher import ROOT, Launcher, start_python
from tests.program import MEMBERS, Call, Outcome, Program, ended, make_bare

HEAVY = ("rich.console", "dbos", "sqlalchemy", "httpx", "aiohttp", "structlog")


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no file, an empty home."""
    make_bare(tmp_path, monkeypatch)


@pytest.fixture
async def program(tmp_path: Path, launcher: Launcher) -> AsyncGenerator[Program]:
    async with ModelServer() as server:
        yield Program(tmp_path, server, launcher.start)


@pytest.fixture
def council(program: Program, capsys: pytest.CaptureFixture[str]) -> Call:
    """Carry out a command within the test's own process, which is quicker."""
    assert program.server.port

    async def call(*words: str) -> Outcome:
        request = parse(words)
        assert not isinstance(request, int)
        code = await carry_out(request)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call


def files_with(words: bytes, folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if words in path.read_bytes()]


def titles(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("== ")]


async def test_a_question_is_answered_in_plain_text(council: Call) -> None:
    outcome = await council("ask", "Which way is up?")

    assert (outcome.code, outcome.err) == (0, "")
    assert "\x1b" not in outcome.out
    found = titles(outcome.out)
    assert (found[0], found[-1]) == ("== Question ==", "== Final answer ==")
    assert sum(" · review · " in title for title in found) == len(MEMBERS)


async def test_json_is_one_object_with_all_of_it(council: Call) -> None:
    found = json.loads((await council("ask", "--json", "Which way is up?")).out)

    assert (found["status"], found["question"]) == ("done", "Which way is up?")
    assert [member["status"] for member in found["members"]] == ["answered"] * 3
    assert len(found["answers"]) == len(found["reviews"]) == len(found["standings"]) == 3
    assert found["synthesis"]["chairman"] == "chair"
    assert found["timings"]["total_s"] >= found["timings"]["first_answer_s"] > 0
    assert found["usage"]["prompt_tokens"] > 0


async def test_quiet_prints_the_final_answer_alone(council: Call, program: Program) -> None:
    program.server.scripts["chair"] = Script(text="Up is **up**.")

    outcome = await council("ask", "--quiet", "Which way is up?")

    assert (outcome.code, outcome.out, outcome.err) == (0, "Up is **up**.\n", "")


async def test_what_was_asked_is_listed_and_shown(council: Call) -> None:
    found = json.loads((await council("ask", "--json", "Which way is up?")).out)

    history = await council("history", "WAY")
    shown = await council("show", found["id"])
    again = await council("show", found["id"], "--json")
    resumed = await council("resume", found["id"], "--quiet")
    nothing = await council("history", "elsewhere")

    assert history.out.split()[0] == found["id"]
    assert titles(shown.out)[-1] == "== Final answer =="
    assert json.loads(again.out) == found
    assert resumed.out.strip() == found["synthesis"]["text"].strip()
    assert (nothing.out, nothing.err) == ("", "No deliberation holds these words.\n")


async def test_when_all_members_fail_the_reason_is_on_stderr(
    council: Call, program: Program
) -> None:
    program.server.default = Script(fault="401")

    outcome = await council("ask", "--json", "Which way is up?")

    assert outcome.code == 1
    assert json.loads(outcome.out)["status"] == "failed"
    assert "model-a did not answer" in outcome.err


async def test_what_failed_is_resumed(council: Call, program: Program) -> None:
    program.server.default = Script(fault="402")
    failed = json.loads((await council("ask", "--json", "Which way is up?")).out)
    program.server.default = Script()

    outcome = await council("resume", failed["id"], "--json")

    assert outcome.code == 0
    assert json.loads(outcome.out)["status"] == "done"


async def test_a_file_comes_along(council: Call, program: Program, tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_text("The plan is to go up.")

    await council("ask", "--attach", "plan.md", "--mode", "fast", "What is wrong with this?")

    assert "The plan is to go up." in json.dumps(program.server.requests[0].body)


async def test_the_doctor_finds_what_is_wrong(council: Call, program: Program) -> None:
    program.server.listing = [{"id": name} for name in (*MEMBERS, "chair")]
    well = await council("doctor")
    program.server.listing = [{"id": "model-a"}]
    ill = await council("doctor")

    assert (well.code, ill.code) == (0, 1)
    assert [line[0] for line in well.out.splitlines()] == ["✓"] * 4
    assert "✗ provider work: `work/model-b` is not among its 1 models" in ill.out


async def test_councils_are_halted_until_they_may_go_on(council: Call, program: Program) -> None:
    program.server.listing = [{"id": name} for name in (*MEMBERS, "chair")]
    halted = await council("halt", "The bill  is being looked at.")
    ill = await council("doctor")
    freed = await council("go-on")
    well = await council("doctor")

    assert [halted.code, ill.code, freed.code, well.code] == [0, 1, 0, 0]
    assert halted.out == "Councils are halted; `council go-on` lets them go on.\n"
    assert "✗ councils: halted (The bill is being looked at); `council go-on` lets" in ill.out
    assert freed.out == "Councils may be held.\n"
    assert "✓ councils: may be held" in well.out


def test_a_halt_needs_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["halt", " "]) == 2
    assert "say why" in capsys.readouterr().err


async def test_a_workspace_is_exported_and_then_forgotten(council: Call, tmp_path: Path) -> None:
    asked = json.loads((await council("ask", "--json", "--mode", "fast", "Which way is up?")).out)
    workspace = f"console:{getpass.getuser()}"

    exported = await council("export", "-w", workspace, "-o", str(tmp_path / "all.jsonl"))
    forgotten = await council("forget", "-w", workspace, "--yes")
    history = await council("history")

    first, line = (tmp_path / "all.jsonl").read_text().splitlines()
    assert json.loads(first)["kind"] == "workspace"
    assert (json.loads(line)["id"], json.loads(line)["status"]) == (asked["id"], "done")
    assert exported.err == f"Exported 1 deliberation of {workspace}.\n"
    assert (forgotten.code, history.out) == (0, "")
    with pytest.raises(NotFound, match=f"Nothing is known of {workspace}"):
        await council("forget", "-w", workspace, "--yes")
    assert files_with(b"Which way is up", tmp_path) == ["all.jsonl"]


async def test_a_workspace_that_is_not_known_is_no_deleted_one(council: Call) -> None:
    await council("ask", "--json", "--mode", "fast", "Which way is up?")

    for command in (("forget", "-w", "slack:T1", "--yes"), ("export", "-w", "slack:T1")):
        with pytest.raises(NotFound, match=f"slack:T1; known are console:{getpass.getuser()}."):
            await council(*command)


async def test_models_are_listed(council: Call, program: Program) -> None:
    program.server.listing = [{"id": "model-b"}, {"id": "model-a"}]

    outcome = await council("models", "work")

    assert [line.split()[0] for line in outcome.out.splitlines()] == [
        "work/model-a",
        "work/model-b",
    ]


async def test_local_models_sit_on_a_machine_without_keys(council: Call, program: Program) -> None:
    program.server.listing = [{"id": "llama"}, {"id": "gemma"}]
    program.configure(f'[providers.ollama]\nbase_url = "{program.server.base_url}"\n')

    found = json.loads((await council("ask", "--json", "Which way is up?")).out)

    assert [member["model"] for member in found["members"]] == ["ollama/gemma", "ollama/llama"]


async def test_a_single_member_is_warned_about(council: Call) -> None:
    outcome = await council("ask", "--member", "work/model-a", "--quiet", "Which way is up?")

    assert outcome.err == "The council has one member only: nobody reviews its answer.\n"


async def test_ctrl_c_cancels_and_resume_asks_no_answer_again(program: Program) -> None:
    good: dict[str, Script] = dict.fromkeys(MEMBERS, Script())
    program.server.scripts.update(good, chair=Script(fault="hang", times=1))
    process = await program.start("ask", "Which way is up?")
    assert process.stdout is not None
    await process.stdout.readuntil(b"== Standings ==")

    process.send_signal(signal.SIGINT)
    outcome = await ended(process)
    found = outcome.err.split("`council resume ")[1].split("`")[0]
    asked = program.server.calls(purpose="answer")
    resumed = await program.run("resume", found)

    assert outcome.code == 130
    assert "Cancelled." in outcome.err
    assert resumed.code == 0
    assert "== Final answer ==" in resumed.out
    assert program.server.calls(purpose="answer") == asked == len(MEMBERS)


async def test_a_second_ctrl_c_ends_the_program(program: Program) -> None:
    program.server.default = Script(fault="hang")
    process = await program.start("ask", "Which way is up?")
    await program.server.wait_for_calls(len(MEMBERS))

    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)

    assert (await ended(process)).code == 130


async def test_a_killed_deliberation_is_finished_by_the_next_question(program: Program) -> None:
    program.server.default = Script(fault="hang")
    process = await program.start("ask", "The first question?")
    await program.server.wait_for_calls(len(MEMBERS))
    process.kill()
    await process.communicate()
    program.server.default = Script()

    outcome = await program.run("ask", "--quiet", "The second question?")
    history = await program.run("history")

    assert outcome.code == 0
    assert "Also finishing what was interrupted earlier" in outcome.err
    assert [line.split()[3] for line in history.out.splitlines()] == ["done", "done"]


async def test_a_reader_that_goes_away_is_no_error(program: Program) -> None:
    # What is left to write is written when Python ends, which a fork does not show.
    program.start_module = start_python
    reading, writing = os.pipe()
    process = await program.start("ask", "Which way is up?", stdout=writing)
    os.close(writing)
    with os.fdopen(reading, "rb", 0) as reader:
        assert await asyncio.to_thread(reader.read, 16) == b"== Question ==\n\n"

    outcome = await ended(process)
    history = await program.run("history")

    assert (outcome.code, outcome.err) == (0, "")
    assert history.out.split()[3] == "done"


async def test_a_terminal_shows_the_seats_live(program: Program) -> None:
    program.start_module = start_python  # it loads more than the others
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    process = await program.start("ask", "Which way is up?", stdout=theirs)
    os.close(theirs)

    shown = await asyncio.to_thread(_read_to_end, ours)

    assert (await ended(process)).code == 0
    assert "answering" in shown
    assert "The members are answering." in shown
    assert "Final answer" in shown
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")


def _read_to_end(terminal: int) -> str:
    parts: list[bytes] = []
    # Linux ends a terminal that nobody writes to any more with an error.
    with suppress(OSError):
        while part := os.read(terminal, 65536):
            parts.append(part)
    os.close(terminal)
    return b"".join(parts).decode()


async def test_help_waits_for_nothing_heavy() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c"),
        "import sys; from bot.__main__ import run; run(['ask', '--help']);"
        f"sys.exit(str([name for name in {HEAVY} if name in sys.modules]))",
        stdout=PIPE,
        stderr=PIPE,
        cwd=ROOT,
    )

    assert (await process.communicate())[1] == b"[]\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["ask", ""], "The question is empty"),
        (["ask", " \n\u200b"], "The question is blank"),
        (["ask", "x"], "The question is a single character"),
        (["ask", "x" * 100_000], "100,000 characters and the limit is 3,000"),
        (["ask", "a\0b"], "NUL"),
        (["ask", "a\ud800b"], "broken characters"),
        (["ask", "-m", "foo/bar", "Why?"], "there is no provider `foo`"),
        (["ask", "-m", "openai/gpt", "Why?"], "OPENAI_API_KEY is not set"),
        (["ask", "-a", "nowhere.txt", "Why?"], "nowhere.txt cannot be read"),
        (["show", "nothing"], "no deliberation"),
        (["show", "../../etc/passwd"], "no deliberation"),
        (["resume", "nothing"], "no deliberation"),
        (["cancel", "nothing"], "no deliberation"),
        (["models", "foo"], "no provider"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert sentence in printed.err
    assert printed.err.startswith("council: ")
    assert printed.err.count("\n") == 1


def test_a_broken_file_is_named_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("council.toml").write_text("[council]\nmembers = [\n")

    assert run(["ask", "Why?"]) == 2
    assert "council.toml, line" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNCIL_DATA_DIR", "/proc/council")

    assert run(["ask", "Why is that?"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_bare_machine_holds_a_rehearsal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "--mode", "fast", "Why is the sky blue?"]) == 0

    printed = capsys.readouterr()
    titles = [line for line in printed.out.splitlines() if line.startswith("== ")]
    assert len(titles) >= 5
    assert all(title.endswith("· rehearsal ==") for title in titles)


def test_the_database_goes_back_to_an_older_version_and_up_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["migrate"]) == 0
    assert run(["migrate", "--to", "0001"]) == 0
    assert run(["history"]) == 0
    assert run(["migrate", "--to", "base"]) == 2

    printed = capsys.readouterr()
    assert "The database has the tables of version 0001." in printed.out
    assert "no older version 'base'" in printed.err


def test_the_database_is_made_and_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["migrate"]) == 0
    assert run(["doctor"]) == 0
    assert run(["history"]) == 0
    assert run(["models"]) == 0

    assert "✓ database: open" in capsys.readouterr().out
