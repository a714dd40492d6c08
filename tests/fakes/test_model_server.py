"""The model test server as a program of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from bot.llm.http import open_http
from bot.llm.models import HttpModels
from bot.llm.providers import Provider
from bot.ports import ModelRequest


async def test_it_starts_as_a_program_and_tells_what_it_was_asked(tmp_path: Path):
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"models": {"a": {"text": "Because.", "latency_s": 0.01}}}))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.fakes.model_server", "--script", str(script)),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    try:
        async with open_http() as http:
            provider = Provider("work", "openai", f"http://127.0.0.1:{port}/v1")
            models = HttpModels({"work": provider}, http)
            completion = await models.complete(ModelRequest("work/a", "", "Why?", "answer", 5))
            response = await http.send("GET", f"http://127.0.0.1:{port}/requests", {})
            asked = json.loads(b"".join([chunk async for chunk in response.chunks()]))
            await response.close()
    finally:
        process.terminate()
        await process.wait()

    assert completion.text == "Because."
    assert [(one["model"], one["purpose"]) for one in asked] == [("a", "answer")]
