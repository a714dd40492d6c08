from __future__ import annotations

import json
import time
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from bot.council.course import deliberate
from bot.domain import (
    Confidence,
    Council,
    Deliberation,
    FailureKind,
    Mode,
    Place,
    Question,
    Seat,
)
from bot.domain.events import (
    AnswerArrived,
    MemberFailed,
    ReviewArrived,
    StandingsReady,
    SynthesisReady,
)
from bot.errors import ModelError
from bot.llm.http import Http
from bot.llm.models import HttpModels
from bot.llm.providers import Provider
from bot.llm.rehearsal import CHAIRMAN, MEMBERS, RehearsalModels
from bot.llm.rehearsal_text import find_answers, write
from bot.ports import Models
from tests.bot.llm.asked import request
from tests.contracts.models import PROMPT, ModelsContract
from tests.fakes.model_server import ModelServer

T = TypeVar("T")
QUESTIONS = [f"How shall we name project number {number}?" for number in range(12)]


class TestRehearsalModels(ModelsContract):
    @pytest.fixture
    def models(self) -> RehearsalModels:
        return RehearsalModels(pace=0)

    @pytest.fixture(params=[*MEMBERS, CHAIRMAN])
    def model(self, request: pytest.FixtureRequest) -> str:
        return request.param


def council(mode: Mode, provider: str = "rehearsal") -> Council:
    names = [name.partition("/")[2] for name in MEMBERS]
    members = tuple(Seat(name, f"{provider}/{name}") for name in names)
    return Council(members, Seat("maple", f"{provider}/maple"), mode)


async def deliberation(models: Models, council: Council, text: str = "Why?") -> list[object]:
    question = Question(text, Place("console", "", ""), "Ann")
    asked = Deliberation(text, question, council, datetime.now(UTC))
    async with aclosing(deliberate(asked, models)) as events:
        return [event async for event in events]


def only(events: list[object], kind: type[T]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


@pytest.mark.parametrize("mode", Mode)
async def test_a_rehearsal_goes_through_all_stages(mode: Mode):
    events = await deliberation(RehearsalModels(pace=0), council(mode))

    assert len(only(events, AnswerArrived)) == 3
    assert not only(events, MemberFailed)
    reviews = only(events, ReviewArrived)
    assert len(reviews) == {Mode.FAST: 0, Mode.STANDARD: 3, Mode.THOROUGH: 6}[mode]
    assert all(event.review.ballot is not None for event in reviews)
    [ready] = only(events, SynthesisReady)
    assert "rehearsal" in ready.synthesis.text
    assert "```" not in ready.synthesis.text
    assert all(call.cost_usd == 0 for call in ready.calls)


async def test_members_disagree_now_and_then():
    courses = [
        await deliberation(RehearsalModels(pace=0), council(Mode.STANDARD), text)
        for text in QUESTIONS
    ]

    reviews = [[event.review for event in only(course, ReviewArrived)] for course in courses]
    tops = [{review.ballot.tiers[0] for review in some if review.ballot} for some in reviews]
    assert 0 < sum(len(top) > 1 for top in tops) < len(QUESTIONS)
    standings = [only(course, StandingsReady)[0].standings for course in courses]
    assert {some.order[0].member for some in standings} == {"alder", "birch", "cedar"}
    texts = [event.answer.text for course in courses for event in only(course, AnswerArrived)]
    flags = [flag for some in reviews for review in some for flag in review.flags]
    assert flags
    assert all(any(flag.quote in text for text in texts) for flag in flags)
    syntheses = [only(course, SynthesisReady)[0].synthesis for course in courses]
    assert 0 < sum(bool(synthesis.dissent) for synthesis in syntheses) < len(QUESTIONS)
    assert {synthesis.confidence for synthesis in syntheses} >= {Confidence.STRONG}


async def test_the_model_server_plays_the_same_council(server: ModelServer, http: Http):
    models = HttpModels({"work": Provider("work", "openai", server.base_url)}, http)

    events = await deliberation(models, council(Mode.STANDARD, "work"))

    assert len(only(events, SynthesisReady)) == 1
    assert server.calls(purpose="answer") == server.calls(purpose="review") == 3
    assert server.calls(model="maple", purpose="synthesis") == 1


async def test_a_rehearsal_is_the_same_each_time():
    runs = [await deliberation(RehearsalModels(pace=0), council(Mode.STANDARD)) for _ in range(2)]

    first, second = (
        sorted(event.answer.text for event in only(run, AnswerArrived)) for run in runs
    )
    assert first == second


async def test_an_answer_takes_a_while_and_comes_word_by_word():
    began = time.monotonic()

    async with aclosing(RehearsalModels().stream(request(model=MEMBERS[0]))) as stream:
        at = [time.monotonic() - began async for _ in stream]

    assert 0.3 <= at[-1] < 2
    assert at[0] < at[-1] / 2
    assert len(at) > 20


async def test_a_deadline_holds_for_rehearsals_too():
    with pytest.raises(ModelError) as raised:
        await RehearsalModels(pace=100).complete(request(model=MEMBERS[0], deadline_s=0.01))

    assert raised.value.failure.kind is FailureKind.TIMED_OUT
    assert len(raised.value.calls) == 1


def test_answers_are_found_in_a_prompt():
    assert [answer.label for answer in find_answers(PROMPT)] == ["K7", "Q2"]
    assert find_answers("<<<ANSWER K7 a>>>\nx\n<<<END K7 b>>>") == ()


def test_a_review_without_fences_ranks_the_labels_that_are_named():
    review = json.loads(write("review", "work/a", "The labels are K7, Q2.\n\nText"))

    assert {label for [label] in review["ranking"]} == {"K7", "Q2"}


def test_a_revision_repeats_the_own_answer():
    prompt = f"{PROMPT}\n<<<ANSWER YOURS n0nce>>>\nMine.\n<<<END YOURS n0nce>>>"
    revisions = [write("revision", f"work/{number}", prompt) for number in range(20)]

    changed = ['"revised_because": null' not in revision for revision in revisions]
    assert all(revision.startswith("Mine.") for revision in revisions)
    assert 0 < sum(changed) < 20
