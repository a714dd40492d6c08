"""How soon a thread in Slack shows what has happened: `python -m tests.bench.slack_thread`.

One council at a time in an idle channel, at Slack's real pace. An answer has landed when its model
has said its last word; it is shown when the fake Slack receives it.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from bot.storage.migrate import migrate
from tests.adapters.slack.office import Office
from tests.adapters.stage import CHAIR, MEMBERS
from tests.fakes.model_server import ModelServer, Script
from tests.fakes.slack.server import SlackServer

_ROUNDS = 5
# Apart, so that answers do not wait for each other in Slack's pace.
_LATENCIES_S = (0.6, 1.2, 1.8)
_FIRST_BAR_S = 0.3


async def main() -> None:
    """Print how long an answer takes from the model to the thread, and the final answer."""
    folder = Path(tempfile.mkdtemp())
    paces = {name: Script(latency_s=pace) for name, pace in zip(MEMBERS, _LATENCIES_S, strict=True)}
    chair = Script(latency_s=0.3, pieces=20, pause_s=0.15)
    async with ModelServer({**paces, CHAIR: chair}) as models, SlackServer() as slack:
        first: list[float] = []
        final: list[float] = []
        acknowledged: list[float] = []
        url = f"sqlite:///{folder / 'council.db'}"
        migrate(url)
        kim = slack.add_person("kim")
        office = Office(
            slack=slack,
            models=models,
            folder=folder,
            database_url=url,
            channel=slack.add_channel("idle-0"),
            kim=kim,
        )
        async with office.open():
            for number in range(_ROUNDS):
                office.channel = slack.add_channel(f"idle-{number + 1}")
                models.requests.clear()
                slack.calls.clear()
                reply = await slack.command("Hm, what now?", channel=office.channel, person=kim)
                acknowledged.append(reply.elapsed_s)
                await slack.until(lambda: bool(office.channel.pins), patience_s=60)
                first.append(_shown(slack, MEMBERS[0]) - _landed(models, MEMBERS[0]))
                final.append(_finished(slack) - _written(models, chair))
    shutil.rmtree(folder)
    _print("acknowledgement", acknowledged)
    _print("first answer in the thread", first, f"bar {_FIRST_BAR_S} s")
    _print("final answer in its place", final)


def _landed(models: ModelServer, name: str) -> float:
    asked = next(a for a in models.requests if (a.model, a.purpose) == (name, "answer"))
    return asked.at_s + _LATENCIES_S[MEMBERS.index(name)]


def _written(models: ModelServer, chair: Script) -> float:
    asked = next(a for a in models.requests if a.purpose == "synthesis")
    return asked.at_s + chair.latency_s + (chair.pieces + 2) * chair.pause_s


def _shown(slack: SlackServer, name: str) -> float:
    posts = [call for call in slack.calls if call.method == "chat.postMessage"]
    return next(call.at_s for call in posts if str(call.body["text"]).startswith(f"{name} · "))


def _finished(slack: SlackServer) -> float:
    edits = [call for call in slack.calls if call.method in ("chat.update", "chat.postMessage")]
    return next(call.at_s for call in edits if str(call.body["text"]).startswith("Final answer: "))


def _print(what: str, seconds: list[float], bar: str = "") -> None:
    middle, most = statistics.median(seconds), max(seconds)
    sys.stdout.write(f"{what:<30} median {middle:6.3f} s   most {most:6.3f} s   {bar}\n")


if __name__ == "__main__":
    asyncio.run(main())
