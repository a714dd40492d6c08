"""A model server that sees which question a request is for, and kills or holds at a chosen one."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from aiohttp import web

from bot.llm.rehearsal_text import find_question
from tests.fakes.model_server import ModelServer, Script, find_purpose
from tests.fakes.model_wires import OpenAIWire, Usage

MEMBERS = ("model-a", "model-b", "model-c", "model-d")
CHAIRMAN = "chair"
# Apart, so that answers arrive one after another.
_LATENCIES_S = (0.02, 0.06, 0.10, 0.14)
_PIECE_PAUSE_S = 0.01
POISON = "The word of a worker that was given up."

# Told the port from which the request came.
Kill = Callable[[int], None]


class Phase(StrEnum):
    """How far a request got: received; its stream open; half of it said; all of it said."""

    ASKED = "asked"
    OPENED = "opened"
    HALF_SAID = "half said"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Moment:
    """A phase of the n-th request of a purpose."""

    purpose: str
    number: int = 1
    phase: Phase = Phase.ASKED


@dataclass(frozen=True, slots=True)
class Requested:
    """What one request is about."""

    question: str
    model: str
    purpose: str


class CrashServer(ModelServer):
    """Good models; `requested` counts what reached them, also while it is held.

    `ports` are those from which a question's requests came. What is said to `poisoned` ones is
    `POISON`, which should be found nowhere.
    """

    def __init__(self) -> None:
        paces = zip(MEMBERS, _LATENCIES_S, strict=True)
        scripts = {name: Script(latency_s=pace) for name, pace in paces}
        super().__init__({**scripts, CHAIRMAN: Script(pause_s=_PIECE_PAUSE_S)})
        self.requested: Counter[Requested] = Counter()
        self.ports: dict[str, set[int]] = {}
        self.poisoned: set[int] = set()
        self._moments: dict[str, tuple[Moment, Kill]] = {}
        self._gates: dict[str, asyncio.Event] = {}
        self._news = asyncio.Event()

    def arm(self, question: str, moment: Moment, kill: Kill) -> None:
        """Kill at that moment of a question's deliberation, counted from now on."""
        self._moments[question] = (moment, kill)

    def hold(self, questions: Iterable[str]) -> None:
        """Answer nothing that is asked for these questions."""
        for question in questions:
            self._gates[question] = asyncio.Event()

    def release(self, questions: Iterable[str]) -> None:
        """Answer what was held, and all that follows."""
        for question in questions:
            self._gates.pop(question).set()

    def disarm(self, question: str) -> None:
        """Kill no more at a question's deliberation."""
        self._moments.pop(question, None)

    def asked(self, question: str) -> Counter[tuple[str, str]]:
        """Count the requests for a question by model and purpose."""
        found = {key: count for key, count in self.requested.items() if key.question == question}
        return Counter({(key.model, key.purpose): count for key, count in found.items()})

    async def until_asked(self, questions: Iterable[str]) -> None:
        """Return once a request for each of the questions has come in."""
        missing = set(questions)
        while missing := missing - {key.question for key in self.requested}:
            await self.until_news()

    async def until_news(self) -> None:
        """Return when the next request comes in."""
        self._news.clear()
        await self._news.wait()

    async def _complete_openai(self, request: web.Request) -> web.StreamResponse:
        found = _read(await request.read())
        port = port_of(request)
        self.requested[found] += 1
        self.ports.setdefault(found.question, set()).add(port)
        self._news.set()
        phase, strike = self._fate(found)
        kill = partial(strike, port)
        if gate := self._gates.get(found.question):
            await gate.wait()
        if phase is Phase.ASKED:
            kill()
        wire = PoisonedWire() if port in self.poisoned else FatalWire(phase, kill)
        response = await self._complete(request, wire)
        if phase is Phase.ANSWERED:
            await response.prepare(request)
            await response.write_eof()
            kill()
        return response

    def _fate(self, found: Requested) -> tuple[Phase | None, Kill]:
        moment, kill = self._moments.get(found.question, (None, _spare))
        if moment is None or moment.purpose != found.purpose:
            return None, _spare
        if moment.number == 1:
            del self._moments[found.question]
            return moment.phase, kill
        self._moments[found.question] = (
            Moment(moment.purpose, moment.number - 1, moment.phase),
            kill,
        )
        return None, _spare


class FatalWire(OpenAIWire):
    """Chat completions whose stream kills who reads it."""

    def __init__(self, phase: Phase | None, kill: Callable[[], None]) -> None:
        self._phase = phase
        self._kill = kill

    def events(
        self, pieces: Iterable[str], finish: str | None, usage: Usage | None
    ) -> Iterator[bytes]:
        events = list(super().events(pieces, finish, usage))
        fatal = {Phase.OPENED: 1, Phase.HALF_SAID: len(events) // 2}
        for number, event in enumerate(events):
            if self._phase is not None and fatal.get(self._phase) == number:
                self._kill()
            yield event


class PoisonedWire(OpenAIWire):
    """Chat completions that say to whoever asks what nobody else is told."""

    def events(
        self, pieces: Iterable[str], finish: str | None, usage: Usage | None
    ) -> Iterator[bytes]:
        list(pieces)
        yield from super().events([POISON], finish, usage)

    def document(self, text: str | None, finish: str | None, usage: Usage | None) -> bytes:
        return super().document(text and POISON, finish, usage)


def _read(body: bytes) -> Requested:
    document = json.loads(body)
    system, *rest = (str(message["content"]) for message in document["messages"])
    question = find_question("\n".join(rest))
    return Requested(question, str(document["model"]), find_purpose(system))


def port_of(request: web.Request) -> int:
    """Return the port from which a request came, 0 if its connection is gone."""
    peer = request.transport and request.transport.get_extra_info("peername")
    return peer[1] if peer else 0


def _spare(_port: int) -> None:
    return None
