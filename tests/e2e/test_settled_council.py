"""What changes while a question is being answered does not change who answers it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.e2e.crash import Machine, Served, faults
from tests.e2e.crash_server import MEMBERS, CrashServer, Moment
from tests.launcher import Launcher

QUESTION = "Who was there when it was asked?"


async def test_a_deliberation_ends_with_the_council_that_it_began_with(
    launcher: Launcher, tmp_path: Path, sqlite_url: str
) -> None:
    async with CrashServer() as server:
        machine = Machine(tmp_path, sqlite_url, server, start_module=launcher.start)
        await machine.kill(Served(Moment("answer", 3)), QUESTION, "ask", QUESTION)
        death = await machine.sighting(QUESTION)
        file = tmp_path / "council.toml"
        changed = (
            file.read_text().replace(MEMBERS[0], "newcomer").replace("work/chair", "work/successor")
        )
        await asyncio.to_thread(file.write_text, changed)

        outcome = await machine.run("resume", death.deliberation_id)
        end = await machine.sighting(QUESTION)

    assert (outcome.code, outcome.err) == (0, "")
    assert faults([death], end) == []
    assert {model for model, _ in end.asked} == {*MEMBERS, "chair"}
