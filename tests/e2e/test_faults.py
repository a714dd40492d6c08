"""Bad models in every seat: the others answer, in time, and people read who failed and why.

| fault | what becomes of the seat |
|---|---|
| those of `HARMLESS`: NUL bytes within text, an odd content type, wrong usage, … | answers |
| those of `PASSING`, such as 429 and 503, when they pass | is asked again, answers |
| all the others, and the above for as long as the question is asked | fails |
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.domain import Confidence, Council, Deadlines, FailureKind, Seat, State
from bot.llm.providers import Provider
from tests.e2e.matrix import BAD, DEADLINES, HARMLESS, KEY, KINDS, Held, Matrix, Scenario, hold_all
from tests.e2e.stack import hold, open_app
from tests.fakes.model_server import ModelServer, Script
from tests.fakes.model_wires import FOREIGN_TEXT
from tests.launcher import ROOT, Launcher

GOOD = {"Ada", "Ben", "Cy"}
SPARE_S = 2.0
# What is asked again when the server wishes may meet the soft deadline.
MAY_TIME_OUT = {"429-retry-after-date"}
PASSING = ("429", "500", "502", "503", "504", "529", "drop", "error-inside-200")
HEAVY = ("huge", "gzip-bomb", "no-newline", "keep-alive-only")
MOST_GROWTH_KB = 32_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("matrix")


@pytest.fixture(scope="module")
def matrix(folder: Path) -> Matrix:
    return asyncio.run(hold_all(folder, Scenario))


@pytest.fixture(scope="module")
def streamed(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    path = tmp_path_factory.mktemp("streamed")
    return asyncio.run(hold_all(path, [Scenario.ONE_OF_FOUR], is_streaming_answers=True))


def check_failures(held: Held, fault: str, seats: set[str]) -> None:
    """Check that these seats failed, each with a sentence that people read."""
    assert held.seconds < DEADLINES.deliberation + SPARE_S
    assert held.failed.keys() == seats
    assert "review" not in held.purposes
    kinds = {KINDS[fault], FailureKind.SUSPENDED} if len(seats) > 1 else {KINDS[fault]}
    kinds |= {FailureKind.TIMED_OUT} if fault in MAY_TIME_OUT else set()
    for failed in held.deliberation.failures:
        assert failed.failure.kind in kinds
        check_sentence(failed.failure.sentence)
    for name, sentence in held.failed.items():
        assert f"{name} did not answer: {sentence}" in held.posts["synthesis"]


def check_sentence(sentence: str) -> None:
    assert sentence.endswith(".")
    assert len(sentence.split()) > 3
    assert FOREIGN_TEXT not in sentence
    assert KEY not in sentence


@pytest.mark.parametrize("fault", BAD)
def test_one_bad_member_of_four_is_left_out(matrix: Matrix, fault: str) -> None:
    held = matrix[Scenario.ONE_OF_FOUR, fault]

    check_failures(held, fault, {"Bad"})
    assert held.answered == GOOD
    assert {review.reviewer for review in held.deliberation.reviews} == GOOD
    assert (held.final.chairman, held.final.stand_in) == ("Chair", None)
    assert "The answer rests on 3 of 4 members." in held.posts["synthesis"]


@pytest.mark.parametrize("fault", BAD)
def test_one_bad_member_whose_answer_streams_is_left_out(streamed: Matrix, fault: str) -> None:
    held = streamed[Scenario.ONE_OF_FOUR, fault]

    check_failures(held, fault, {"Bad"})
    assert held.answered == GOOD
    assert (held.final.chairman, held.final.stand_in) == ("Chair", None)


@pytest.mark.parametrize("fault", BAD)
def test_the_best_member_takes_a_bad_chairmans_place(matrix: Matrix, fault: str) -> None:
    held = matrix[Scenario.CHAIRMAN, fault]

    standings, stand_in = held.deliberation.standings, held.final.stand_in
    assert held.seconds < DEADLINES.deliberation + SPARE_S
    assert held.failed == {}
    assert standings is not None
    assert held.final.chairman == standings.order[0].member
    assert stand_in is not None
    check_sentence(stand_in)
    assert stand_in.startswith("The chairman failed: ")
    assert stand_in.endswith(
        f" {held.final.chairman}, the best-placed other member, took the chair."
    )
    assert f"Note: {stand_in}" in held.posts["synthesis"]
    assert set(held.purposes) <= {"synthesis"}


@pytest.mark.parametrize("fault", BAD)
def test_when_all_members_are_bad_it_fails_clearly(matrix: Matrix, fault: str) -> None:
    held = matrix[Scenario.ALL, fault]

    check_failures(held, fault, {f"Bad {number}" for number in range(4)})
    assert held.deliberation.state is State.FAILED
    assert held.deliberation.reason == (
        "None of the 4 members answered, so there is no answer. `council doctor` checks the models."
    )
    assert held.posts["synthesis"].startswith(held.deliberation.reason)
    assert set(held.purposes) <= {"answer"}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_member_of_two_leaves_the_others_answer_alone(matrix: Matrix, fault: str) -> None:
    held = matrix[Scenario.ONE_OF_TWO, fault]

    check_failures(held, fault, {"Bad"})
    assert held.final.confidence is Confidence.NO_QUORUM
    assert held.final.stand_in == "Only Ada answered: nothing was compared or combined."
    assert held.final.text == held.deliberation.answers[0].text


@pytest.mark.parametrize("fault", BAD)
def test_two_seats_on_one_bad_model_both_fail(matrix: Matrix, fault: str) -> None:
    held = matrix[Scenario.TWO_SEATS, fault]

    check_failures(held, fault, {"Bad 1", "Bad 2"})
    assert held.answered == {"Ada", "Ben"}
    assert (held.final.chairman, held.final.stand_in) == ("Chair", None)


@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize("fault", HARMLESS)
def test_a_harmless_fault_costs_no_seat(matrix: Matrix, scenario: Scenario, fault: str) -> None:
    held = matrix[scenario, fault]

    assert held.failed == {}
    assert (held.final.chairman, held.final.stand_in) == ("Chair", None)
    assert held.answered == {seat.name for seat in held.deliberation.council.members}
    assert all(review.ballot is not None for review in held.deliberation.reviews)
    calls = held.deliberation.calls
    assert all((call.prompt_tokens or 0) >= 0 <= (call.completion_tokens or 0) for call in calls)
    assert "\0" not in "".join(held.posts.values())


@pytest.mark.usefixtures("matrix")
def test_no_key_and_no_foreign_text_is_stored(folder: Path) -> None:
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())

    assert b"The chairman failed" in stored
    assert KEY.encode() not in stored
    assert FOREIGN_TEXT.encode() not in stored


async def test_a_fault_that_passes_is_asked_again(tmp_path: Path) -> None:
    scripts = {fault: Script(fault=fault, times=1) for fault in PASSING}
    async with ModelServer(scripts) as server:
        # A provider each: one alone would run out of retries.
        providers = {fault: Provider(fault, "openai", server.base_url) for fault in PASSING}
        seats = tuple(Seat(fault, f"{fault}/{fault}") for fault in PASSING)
        async with open_app(tmp_path, providers) as app:
            ended = await hold(app, Council(seats, Seat("Chair", "429/chair")))

    assert ended.failures == ()
    assert {answer.member for answer in ended.answers} == set(PASSING)
    assert len([call for call in ended.calls if call.failure is not None]) == len(PASSING)


@pytest.mark.parametrize("only", [(), ("review",)], ids=["always", "in-review"])
async def test_a_hanging_member_costs_one_soft_deadline(
    tmp_path: Path, only: tuple[str, ...]
) -> None:
    deadlines = Deadlines(soft_min=1.0, call=5.0, deliberation=20.0)
    async with ModelServer({"bad": Script(fault="hang", only=only)}) as server:
        providers = {"work": Provider("work", "openai", server.base_url)}
        seats = tuple(Seat(name, f"work/{name}") for name in ("a", "b", "c", "bad"))
        council = Council(seats, Seat("Chair", "work/chair"), deadlines=deadlines)
        async with open_app(tmp_path, providers) as app:
            ended = await hold(app, council)

        assert ended.state is State.DONE
        assert ended.timings.total_s is not None
        assert 1.0 <= ended.timings.total_s < 1.9
        assert server.calls("bad", "review") == len(only)
        assert len(ended.reviews) == 3


async def test_a_flood_takes_little_memory(
    tmp_path_factory: pytest.TempPathFactory, launcher: Launcher
) -> None:
    scripts = {f"bad{number}": Script(fault=fault) for number, fault in enumerate(HEAVY)}
    async with ModelServer(scripts, tick_s=0.001) as server:
        flooded, calm = await asyncio.gather(
            _peak_kb(launcher, tmp_path_factory.mktemp("flooded"), server, "bad"),
            _peak_kb(launcher, tmp_path_factory.mktemp("calm"), server, "good"),
        )

        assert all(server.calls(model) for model in scripts)
    assert flooded - calm < MOST_GROWTH_KB


async def _peak_kb(launcher: Launcher, folder: Path, server: ModelServer, name: str) -> int:
    """Return the most memory that a process takes that holds four councils."""
    words = (str(folder), server.base_url, *(f"{name}{number}" for number in range(len(HEAVY))))
    process = await launcher.start(ROOT, {}, "tests.e2e.flooded", *words)
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return json.loads(out)
