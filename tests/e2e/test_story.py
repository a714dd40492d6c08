"""A question's whole way, as a person sees it: processes, model servers, one SQLite file."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from bot.domain import Council, Mode, Seat
from bot.llm.providers import Provider
from tests.e2e.stack import hold, open_app
from tests.fakes.model_server import Asked, ModelServer, Script
from tests.launcher import start_python
from tests.program import MEMBERS, Program, ended

KEYS = {"WORK_KEY": "canary-work-key-71", "HOUSE_KEY": "canary-house-key-72"}
COUNCIL_TOML = """
[providers.work]            # a name of your choice, or a known one
kind = "openai"             # or "anthropic"
base_url = "{work}"
api_key_env = "WORK_KEY"    # or api_key = "…", or none
concurrency = 32
requests_per_minute = 600

[providers.house]
kind = "anthropic"
base_url = "{house}"
api_key_env = "HOUSE_KEY"

[council]
members = ["work/model-a", "house/model-h", {{ name = "Sceptic", model = "work/model-b", \
persona = "You doubt everything.", fallbacks = ["work/model-c"] }}]
chairman = "work/model-d"
mode = "standard"           # fast | standard | thorough
revision = "auto"           # auto | off

[deadlines]                 # seconds
soft_min = 20
call = 120
deliberation = 600
"""
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
OPTIONAL_TEXT, OPTIONAL_NUMBER = (str, type(None)), (float, type(None))
SHAPE = {
    "id": str,
    "status": str,
    "question": str,
    "mode": str,
    "members": [
        {
            "name": str,
            "model": str,
            "status": str,
            "reason": OPTIONAL_TEXT,
            "latency_s": OPTIONAL_NUMBER,
        }
    ],
    "answers": [
        {
            "member": str,
            "text": str,
            "final_answer": OPTIONAL_TEXT,
            "confidence": OPTIONAL_NUMBER,
            "latency_s": float,
        }
    ],
    "reviews": [{"member": str, "text": str, "ballot": [[str]], "flags": list}],
    "standings": [
        {
            "member": str,
            "place": int,
            "copeland": float,
            "share": float,
            "mean_rank": OPTIONAL_NUMBER,
        }
    ],
    "synthesis": {
        "text": str,
        "chairman": str,
        "stand_in": OPTIONAL_TEXT,
        "confidence": str,
        "dissent": list,
        "unresolved": [str],
    },
    "usage": {"prompt_tokens": int, "completion_tokens": int, "cost_usd": OPTIONAL_NUMBER},
    "timings": {"first_answer_s": float, "answers_s": float, "reviews_s": float, "total_s": float},
}


def misshapen(value: object, shape: object, path: str = "$") -> Iterator[str]:
    """Tell where a value differs from a shape: dicts have these keys in this order."""
    if isinstance(shape, dict):
        wanted, found = cast("dict[str, object]", shape), cast("dict[str, object]", value)
        if list(found) != list(wanted):
            yield f"{path} has {list(found)}"
            return
        for key, inner in wanted.items():
            yield from misshapen(found[key], inner, f"{path}.{key}")
    elif isinstance(shape, list):
        for place, item in enumerate(cast("list[object]", value)):
            yield from misshapen(item, cast("list[object]", shape)[0], f"{path}[{place}]")
    elif not isinstance(value, cast("type", shape)):
        yield f"{path} is {value!r}"


def configure(program: Program) -> None:
    """Write a council.toml as people do, with keys in the environment."""
    server = program.server
    program.configure(COUNCIL_TOML.format(work=server.base_url, house=server.anthropic_url))
    program.environment.update(KEYS)


def told(asked: Asked) -> str:
    return json.dumps([asked.body.get("system"), asked.body["messages"]], ensure_ascii=False)


def titles(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("== ")]


async def test_a_question_becomes_an_answer_before_the_readers_eyes(program: Program) -> None:
    program.start_module = start_python
    configure(program)
    server = program.server
    server.scripts["model-b"] = Script(fault="404")
    server.scripts["model-h"] = Script(latency_s=1.0)

    process = await program.start("ask", "Which way is up?")
    assert process.stdout is not None
    early = b""
    while not (b"== model-a" in early and b"== Sceptic" in early):
        early += await process.stdout.readuntil(b" ==\n")
    reviews_then = server.calls(purpose="review")
    outcome = await ended(process)

    assert reviews_then == 0
    assert b"== model-h" not in early
    assert (outcome.code, outcome.err) == (0, "")
    assert titles(outcome.out)[0].startswith("== model-h · 1.")
    assert titles(outcome.out)[-2:] == ["== Standings ==", "== Final answer =="]
    assert sum(" · review · " in title for title in titles(outcome.out)) == 3
    doubting = {asked.model for asked in server.requests if "doubt everything" in told(asked)}
    assert doubting == {"model-b", "model-c"}
    keys = {
        asked.headers.get("Authorization", asked.headers.get("x-api-key"))
        for asked in server.requests
    }
    assert keys == {f"Bearer {KEYS['WORK_KEY']}", KEYS["HOUSE_KEY"]}
    shown = early.decode() + outcome.out
    assert "\x1b" not in shown
    assert not any(key in shown for key in KEYS.values())


async def test_what_was_asked_is_found_again_by_other_processes(program: Program) -> None:
    configure(program)
    program.server.scripts["model-b"] = Script(fault="404")
    asked = await program.run("ask", "--json", "Which way is up?")
    found = json.loads(asked.out)
    calls = len(program.server.requests)

    shown, history, resumed = await asyncio.gather(
        program.run("show", "--json", found["id"]),
        program.run("history", "which", "up"),
        program.run("resume", "--quiet", found["id"]),
    )

    assert (asked.code, asked.err) == (0, "")
    assert list(misshapen(found, SHAPE)) == []
    assert (found["status"], found["mode"], found["question"]) == (
        "done",
        "standard",
        "Which way is up?",
    )
    assert [(m["name"], m["model"]) for m in found["members"]] == [
        ("model-a", "work/model-a"),
        ("model-h", "house/model-h"),
        ("Sceptic", "work/model-c"),
    ]
    assert found["synthesis"]["chairman"] == "model-d"
    assert found["timings"]["first_answer_s"] <= found["timings"]["total_s"]
    assert json.loads(shown.out) == found
    assert history.out.split()[0] == found["id"]
    assert resumed.out.strip() == found["synthesis"]["text"].strip()
    assert [run.code for run in (shown, history, resumed)] == [0, 0, 0]
    assert len(program.server.requests) == calls


async def test_two_questions_side_by_side_do_not_touch(program: Program) -> None:
    program.server.default = Script(latency_s=0.3)

    up, down = await asyncio.gather(
        program.run("ask", "--mode", "fast", "Which way is up?"),
        program.run("ask", "--mode", "fast", "Which way is down?"),
    )

    assert [(run.code, run.err) for run in (up, down)] == [(0, ""), (0, "")]
    assert "down?" not in up.out
    assert "up?" not in down.out
    for outcome in (up, down):
        assert titles(outcome.out)[-1] == "== Final answer =="
        assert len(titles(outcome.out)) == 1 + len(MEMBERS) + 1
    assert len(program.server.requests) == 2 * (len(MEMBERS) + 1)


async def test_another_process_cancels(program: Program) -> None:
    program.server.default = Script(fault="hang")
    process = await program.start("ask", "Which way is up?")
    await program.server.wait_for_calls(len(MEMBERS))
    asked = (await program.run("history")).out.split()[0]

    cancelling = await program.run("cancel", asked)
    asking = await ended(process)

    assert (cancelling.code, asking.code) == (0, 130)
    assert asking.err == f"Cancelled. `council resume {asked}` goes on with it.\n"


async def test_ctrl_c_leaves_a_whole_object(program: Program) -> None:
    program.server.scripts["model-c"] = Script(fault="hang")
    process = await program.start("ask", "--json", "--member", "work/model-c", "Which way is up?")
    await program.server.wait_for_calls(1)

    process.send_signal(signal.SIGINT)
    outcome = await ended(process)

    found = json.loads(outcome.out)
    assert outcome.code == 130
    assert (found["status"], found["synthesis"]) == ("cancelled", None)


async def test_a_question_from_a_pipe_brings_its_files(program: Program, tmp_path: Path) -> None:
    configure(program)
    (tmp_path / "plan.md").write_text("Follow the green line.")
    (tmp_path / "map.png").write_bytes(PIXEL)
    server = program.server
    server.scripts["model-b"] = Script(sees=False)

    outcome = await program.run(
        *("ask", "-", "--mode", "fast", "--quiet", "--attach", "plan.md", "--attach", "map.png"),
        stdin="Wo geht’s lang?\nUnd warum?\n".encode(),
    )

    assert (outcome.code, outcome.err) == (0, "")
    answers = [asked for asked in server.requests if asked.purpose == "answer"]
    assert all("Wo geht’s lang?\\nUnd warum?" in told(asked) for asked in answers)
    assert all("Follow the green line." in told(asked) for asked in answers)
    shown = base64.b64encode(PIXEL).decode()
    seen = {asked.model: shown in told(asked) for asked in answers}
    # The last word counts: a model that cannot see is asked again without the image.
    assert seen == {"model-a": True, "model-h": True, "model-b": False}


def structures(requests: Sequence[Asked]) -> Mapping[str, list[str]]:
    """Return how each model was asked for a ballot, in order."""
    found: dict[str, list[str]] = {}
    for asked in requests:
        if asked.purpose == "review":
            form = asked.body.get("response_format", asked.body.get("output_config", {}))
            kind = form.get("type", "json_schema" if form else "text")
            found.setdefault(asked.model, []).append(kind)
    return found


async def test_each_endpoint_is_asked_for_ballots_as_strictly_as_it_can(tmp_path: Path) -> None:
    scripts = {name: Script(structure=name) for name in ("schema", "json", "text")}
    scripts["house"] = Script(structure="schema")
    scripts["plain-house"] = Script(structure="text")
    async with ModelServer(scripts) as server:
        providers = {
            "work": Provider("work", "openai", server.base_url),
            "house": Provider("house", "anthropic", server.anthropic_url, api_key="k"),
        }
        seats = tuple(
            Seat(name, f"{'house' if 'house' in name else 'work'}/{name}") for name in scripts
        )
        council = Council(seats, Seat("Chair", "house/chair"), Mode.STANDARD, is_revising=False)
        async with open_app(tmp_path, providers) as app:
            first = await hold(app, council)
            learning = structures(server.requests)
            server.requests.clear()
            second = await hold(app, council)
            learnt = structures(server.requests)

    for ended_ in (first, second):
        ballots = {review.reviewer: review.ballot for review in ended_.reviews}
        assert ballots.keys() == scripts.keys()
        assert all(ballots.values())
    assert learning == {
        "schema": ["json_schema"],
        "json": ["json_schema", "json_object"],
        "text": ["json_schema", "json_object", "text"],
        "house": ["json_schema"],
        "plain-house": ["json_schema", "text"],
    }
    assert learnt == {model: asked[-1:] for model, asked in learning.items()}
