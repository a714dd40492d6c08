"""A council of fake models on virtual time, for tests to bend."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import process_time

from bot.council.course import deliberate
from bot.domain import Council, Deadlines, Deliberation, Mode, Place, Question, Seat, Synthesis
from bot.domain.course import after
from bot.domain.events import Event, Passing
from bot.ports import ModelRequest
from tests.fakes.clock import run
from tests.fakes.models import FakeModels, Line, Says, ranking

PLACE = Place("console", "local", "terminal")
CHAIR = Seat("Chair", "x/chair", fallbacks=("x/spare",))
DEADLINES = Deadlines()
NAMES = ("Ada", "Ben", "Cy", "Dee")
FINAL = 'The chairman concludes.\n```council\n{"final_answer": null}\n```'


@contextmanager
def at_most(*, seconds: float) -> Generator[None]:
    """Fail if the block took more processor time: a pattern that backtracks takes hours."""
    began = process_time()
    yield
    assert process_time() - began < seconds


@dataclass
class Told:
    """What happened: every event with the virtual second at which it came, and the outcome."""

    events: list[tuple[float, Event]]
    deliberation: Deliberation
    models: FakeModels

    def of(self, *kinds: type[Event]) -> list[Event]:
        """Return the events of some kinds."""
        return [event for _, event in self.events if isinstance(event, kinds)]

    @property
    def ended_s(self) -> float:
        """When the last event came."""
        return self.events[-1][0]

    @property
    def synthesis(self) -> Synthesis:
        """The final answer."""
        assert self.deliberation.synthesis is not None
        return self.deliberation.synthesis


@dataclass
class Story:
    """Members answer after a second and rank each other in seat order, unless a test objects.

    `lines` are by `MODEL`, or `MODEL purpose`, which wins; `orders` are a reviewer's tiers of
    member names; `bend` may say otherwise for any request.
    """

    names: Sequence[str] = NAMES
    mode: Mode = Mode.STANDARD
    chairman: Seat = CHAIR
    fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    is_revising: bool = True
    deadlines: Deadlines = DEADLINES
    finals: Mapping[str, str] = field(default_factory=dict[str, str])
    lines: Mapping[str, Line] = field(default_factory=dict[str, Line])
    orders: Mapping[str, Sequence[Sequence[str]]] = field(
        default_factory=dict[str, Sequence[Sequence[str]]]
    )
    flags: Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]] = field(
        default_factory=dict[str, Mapping[str, Sequence[Mapping[str, str]]]]
    )
    question: str = "Which database should we use?"
    bend: Callable[[ModelRequest], Line | None] = lambda _: None

    def deliberation(self) -> Deliberation:
        """Return the story's beginning."""
        members = tuple(
            Seat(name, f"x/{name.lower()}", fallbacks=self.fallbacks.get(name, ()))
            for name in self.names
        )
        council = Council(members, self.chairman, self.mode, self.is_revising, self.deadlines)
        question = Question(self.question, PLACE, "Kim")
        return Deliberation("d1", question, council, datetime(2026, 11, 23, tzinfo=UTC))

    def tell(self, start: Deliberation | None = None, *, is_streaming: bool = False) -> Told:
        """Run it to its end on virtual time."""
        models = FakeModels(self._line)
        told = Told([], start or self.deliberation(), models)

        async def follow() -> None:
            loop = asyncio.get_running_loop()
            stream = deliberate(told.deliberation, models, is_streaming_answers=is_streaming)
            async with aclosing(stream) as events:
                async for event in events:
                    told.events.append((loop.time(), event))
                    if not isinstance(event, Passing):
                        told.deliberation = after(told.deliberation, event)

        run(follow())
        return told

    def _line(self, request: ModelRequest) -> Line:
        bent = self.bend(request)
        if bent is not None:
            return bent
        named = self.lines.get(f"{request.model} {request.purpose}", self.lines.get(request.model))
        if named is not None:
            return named
        name = request.model.removeprefix("x/").capitalize()
        match request.purpose:
            case "answer":
                return Says(self.text(name))
            case "review":
                shown = [n for n in self.names if f"says {n} of" in request.prompt]
                tiers = self.orders.get(name, [[n] for n in shown])
                texts = [[f"says {n} of" for n in tier if n in shown] for tier in tiers]
                flags = {f"says {n} of": raised for n, raised in self.flags.get(name, {}).items()}
                return Says(ranking(request, [tier for tier in texts if tier], flags))
            case _:
                return Says(FINAL)

    def text(self, name: str) -> str:
        """Return what a member answers; a lower-case letter names the member to the test only."""
        final = self.finals.get(name)
        quoted = "null" if final is None else f'"{final}"'
        block = f'{{"final_answer": {quoted}, "confidence": 0.8, "key_claims": ["one"]}}'
        return f"So says {name} of the panel.\n\n```json\n{block}\n```"
