"""What people get wrong, and machines: one sentence on stderr each, and an exit code."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.program import Outcome, Program, ended

KEY = "canary-key-58d2"
QUESTION = ("ask", "Why is that?")


def check(outcome: Outcome, code: int, sentence: str) -> None:
    """Check for one sentence that says what is wrong."""
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith("council: ")
    assert outcome.err.endswith((".\n", "?\n"))
    assert outcome.err.count("\n") == 1
    assert sentence in outcome.err


async def test_what_is_no_question_is_refused(program: Program) -> None:
    empty, nul, broken, long, typed = await asyncio.gather(
        program.run("ask", "-", stdin=b""),
        program.run("ask", "-", stdin=b"a\0b?"),
        program.run("ask", "-", stdin=b"caf\xe9, why?"),
        program.run("ask", "-", stdin=b"x" * 5_000_000),
        program.run("ask", b"caf\xe9, why?"),
    )

    check(empty, 2, "empty")
    check(nul, 2, "NUL")
    check(broken, 2, "broken characters")
    check(long, 2, "the limit is 3,000")
    check(typed, 2, "broken characters")


async def test_an_unreachable_provider_fails_every_seat_with_a_sentence(program: Program) -> None:
    program.configure(
        f'[providers.work]\nbase_url = "{program.server.refusing_url}"\napi_key = "{KEY}"\n'
        '[council]\nmembers = ["work/a", "work/b"]\n[deadlines]\ncall = 3\n'
    )

    outcome = await program.run(*QUESTION)

    assert outcome.code == 1
    reason, *seats = outcome.err.splitlines()
    assert reason.startswith("None of the 2 members answered")
    assert sorted(seats) == [
        f"{name} did not answer: work cannot be reached. Check its base_url and that it is running."
        for name in "ab"
    ]
    assert KEY not in outcome.out + outcome.err


@dataclass(frozen=True, slots=True)
class Wrong:
    """A setting that is wrong: what of council.toml follows the provider, and what is said."""

    rest: str
    sentence: str


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong("[council]\nmembers = [", "council.toml, line 4: this is not TOML"),
        Wrong('[council]\nmembers = ["work/a"]\nmode = "slow"', "council.toml, line 5: `mode`"),
        Wrong('[council]\nmembers = ["wrk/a"]', "there is no provider `wrk`; did you mean `work`?"),
        Wrong(
            'api_key_env = "NO_KEY"\n[council]\nmembers = ["work/a"]',
            "NO_KEY is not set, and `work/a` needs it",
        ),
    ],
    ids=["toml", "value", "provider", "key"],
)
async def test_a_wrong_file_is_named_with_its_place(program: Program, wrong: Wrong) -> None:
    program.configure(f'[providers.work]\nbase_url = "http://127.0.0.1:9/v1"\n{wrong.rest}\n')

    check(await program.run(*QUESTION), 2, wrong.sentence)


def below_a_file(data: Path) -> None:
    data.parent.mkdir()
    (data.parent / "file").write_text("")
    data.symlink_to(data.parent / "file" / "data")


def with_text_for_a_database(data: Path) -> None:
    data.mkdir(parents=True)
    (data / "council.db").write_bytes(b"This is no database, but text. " * 100)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (below_a_file, "The folder of the database cannot be made"),
        (with_text_for_a_database, "The database file is not a SQLite database"),
    ],
)
async def test_a_folder_that_is_of_no_use_is_one_sentence(
    program: Program, tmp_path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    data = tmp_path / "spoilt" / "data"
    await asyncio.to_thread(spoil, data)
    program.environment["COUNCIL_DATA_DIR"] = str(data)

    check(await program.run(*QUESTION), 1, sentence)


async def test_a_disk_without_room_is_one_sentence(program: Program, tmp_path: Path) -> None:
    # No file may grow beyond a few kilobytes; a module's bytecode would be cut off in the cache.
    environment = {**program.environment, "PYTHONDONTWRITEBYTECODE": "1"}
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", 'ulimit -f 8; exec "$0" "$@"', sys.executable, "-m", "bot", *QUESTION),
        stdout=PIPE,
        stderr=PIPE,
        cwd=tmp_path,
        env=environment,
    )

    check(await ended(process), 1, "The disk that holds the database")
