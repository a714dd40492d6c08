"""A small council, its question, and what happens when it deliberates by a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime

from bot.domain import (
    Answer,
    Confidence,
    Council,
    Deadlines,
    Deliberation,
    Place,
    Question,
    Review,
    Seat,
    Standing,
    Standings,
    State,
    Synthesis,
)
from bot.domain.course import after
from bot.domain.events import (
    AnswerArrived,
    Event,
    Passing,
    ReviewArrived,
    SeatAsked,
    StageBegan,
    StandingsReady,
    SynthesisPiece,
    SynthesisReady,
)
from bot.ports import Models

PLACE = Place("console", "local", "terminal")
COUNCIL = Council(
    members=(Seat("Ada", "test/a"), Seat("Bob", "test/b")),
    chairman=Seat("Chair", "test/c"),
    deadlines=Deadlines(soft_min=1.0, call=5.0, deliberation=20.0),
)
SYNTHESIS = Synthesis("It is 42.", "Chair", "test/c", Confidence.STRONG, 0.1)
STANDINGS = Standings(
    order=(Standing("Ada", 1, 1.0, 0.8, 1.0), Standing("Bob", 2, 0.0, 0.2, 2.0)),
    confidence=Confidence.STRONG,
)

# A whole deliberation; a step that is an event of asyncio is waited for.
WHOLE: tuple[Event, ...] = (
    StageBegan(State.ANSWERING),
    SeatAsked("Ada", "test/a", "answer"),
    SeatAsked("Bob", "test/b", "answer"),
    AnswerArrived(Answer("Ada", "42", "test/a", 0.1)),
    AnswerArrived(Answer("Bob", "41", "test/b", 0.2)),
    StageBegan(State.REVIEWING),
    SeatAsked("Ada", "test/a", "review"),
    ReviewArrived(Review("Ada", "Bob is off by one.", "test/a", 0.1)),
    ReviewArrived(Review("Bob", "Ada is right.", "test/b", 0.1)),
    StandingsReady(STANDINGS),
    StageBegan(State.SYNTHESISING),
    SynthesisPiece("It is "),
    SynthesisPiece("42."),
    SynthesisReady(SYNTHESIS),
)
SLOTS = [
    "root",
    "answer:Ada",
    "answer:Bob",
    "review:Ada:0",
    "review:Bob:0",
    "standings",
    "synthesis",
]


def question(text: str = "What is six by seven?", place: Place = PLACE) -> Question:
    return Question(text, place, "Eve")


def deliberation(deliberation_id: str = "d1", place: Place = PLACE) -> Deliberation:
    return Deliberation(deliberation_id, question(place=place), COUNCIL, datetime.now(UTC))


def finished() -> Deliberation:
    course = Deliberation("d1", question(), COUNCIL, datetime(2026, 1, 1, tzinfo=UTC))
    for event in WHOLE:
        if not isinstance(event, Passing):
            course = after(course, event)
    return course


Step = Event | asyncio.Event | Exception | int


class Script:
    """A stand-in for `bot.council.deliberate`: yields its steps, but no fact that is known.

    A step that is a number passes as many seconds, an `asyncio.Event` is waited for, and an
    exception is raised. `asked` holds the deliberations that it was called with.
    """

    def __init__(self, *steps: Step) -> None:
        self.steps: Sequence[Step] = steps or WHOLE
        self.asked: list[Deliberation] = []
        self.is_closed = False

    async def __call__(
        self, deliberation: Deliberation, models: Models
    ) -> AsyncGenerator[Event, None]:
        """Yield the steps."""
        self.asked.append(deliberation)
        try:
            for step in self.steps:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, int):
                    await asyncio.sleep(step)
                elif isinstance(step, Exception):
                    raise step
                elif not _is_known(deliberation, step):
                    yield step
        finally:
            self.is_closed = True


def _is_known(deliberation: Deliberation, event: Event) -> bool:
    match event:
        case AnswerArrived(answer):
            return answer in deliberation.answers
        case ReviewArrived(review):
            return review in deliberation.reviews
        case StandingsReady():
            return deliberation.standings is not None
        case _:
            return False
