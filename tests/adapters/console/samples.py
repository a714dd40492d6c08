"""A deliberation in pieces, as reports, for the tests of the terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain import (
    Answer,
    Ballot,
    Confidence,
    Council,
    Deliberation,
    Dissent,
    Failure,
    FailureKind,
    Flag,
    MemberFailure,
    ModelCall,
    Place,
    Question,
    Review,
    Seat,
    Standing,
    Standings,
    State,
    Synthesis,
    Timings,
)

PLACE = Place("console", "ada", "terminal", "t1")

ALDER = Answer(
    "alder",
    "# Paris\n\nThe capital is **Paris**, see `France`.\n\n- seat of government\n- since 987",
    "work/alder",
    1.24,
    final_answer="Paris",
    confidence=0.9,
)
BIRCH = Answer(
    "birch", "Paris.\n\n```python\nprint('Paris')\n```", "work/birch", 12.6, is_late=True
)
FLAG = Flag("birch", "alder", "since 987", "wrong", "major", "It moved often.", is_upheld=True)
REVIEW = Review(
    "alder",
    "**birch**: correct.\n- Good: short",
    "work/alder",
    0.8,
    ballot=Ballot("alder", (("alder", "birch"),)),
)
STANDINGS = Standings(
    order=(Standing("alder", 1, 0.5, 0.5, 1.5), Standing("birch", 1, 0.5, 0.5, None)),
    confidence=Confidence.CONTESTED,
    ballots_used=2,
    agreement=0.25,
    upheld=(FLAG,),
)
SYNTHESIS = Synthesis(
    text="**Paris** [alder, birch].\n\nIt is on the Seine.\n\n1. one\n2. two",
    chairman="maple",
    model="work/maple",
    confidence=Confidence.CONTESTED,
    latency_s=1.0,
    dissent=(Dissent("birch", "It depends.", "No source."),),
    unresolved=("Since when?",),
)
COUNCIL = Council(
    members=(Seat("alder", "work/alder"), Seat("birch", "work/birch"), Seat("cedar", "work/cedar")),
    chairman=Seat("maple", "work/maple"),
)
BEGUN = Deliberation(
    id="01abc",
    question=Question("What is the capital of France?", PLACE, "ada"),
    council=COUNCIL,
    created_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
    state=State.ANSWERING,
)
DONE = replace(
    BEGUN,
    state=State.DONE,
    answers=(ALDER, BIRCH),
    failures=(MemberFailure("cedar", Failure(FailureKind.TIMED_OUT, "no answer within 120 s.")),),
    reviews=(REVIEW,),
    standings=STANDINGS,
    synthesis=SYNTHESIS,
    calls=(
        ModelCall("work/alder", "answer", 1.2, None, 100, 1200, 0.012),
        ModelCall("work/birch", "answer", 12.6, None, 100, 50, None),
    ),
    timings=Timings(1.3, 12.7, 0.9, 15.2),
)
SLOTS = ("root", "answer:alder", "answer:birch", "review:alder:0", "standings", "synthesis")
