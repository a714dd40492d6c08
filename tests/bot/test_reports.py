from __future__ import annotations

from dataclasses import replace

import pytest

from bot import phrases
from bot.domain import Answer, Estimate, Mode, ModelCall, State
from bot.domain.events import (
    AnswerArrived,
    AnswerRevised,
    DeliberationCancelled,
    Fact,
    ObjectionRaised,
    ReviewArrived,
    StageBegan,
    StandingsReady,
    SynthesisReady,
)
from bot.domain.reports import (
    AnswerReport,
    FailureReport,
    ReviewReport,
    RootReport,
    SeatStatus,
    StandingsReport,
    SynthesisReport,
    Usage,
)
from bot.reports import notes_of, report, root_report, seat_reports, slot_of, usage_of
from tests.adapters.console.samples import (
    ALDER,
    BEGUN,
    BIRCH,
    DONE,
    REVIEW,
    STANDINGS,
    SYNTHESIS,
)


@pytest.mark.parametrize(
    ("fact", "slot"),
    [
        (AnswerArrived(ALDER), "answer:alder"),
        (AnswerRevised(ALDER), "revision:alder"),
        (ObjectionRaised(ALDER), "objection"),
        (ReviewArrived(REVIEW), "review:alder:0"),
        (StandingsReady(STANDINGS), "standings"),
        (StageBegan(State.SYNTHESISING), "synthesis"),
        (StageBegan(State.REVIEWING), None),
        (SynthesisReady(SYNTHESIS), None),
        (DeliberationCancelled(), None),
    ],
)
def test_a_fact_brings_its_post(fact: Fact, slot: str | None) -> None:
    assert slot_of(fact) == slot


@pytest.mark.parametrize(
    ("slot", "kind"),
    [
        ("root", RootReport),
        ("answer:alder", AnswerReport),
        ("revision:alder", AnswerReport),
        ("objection", AnswerReport),
        ("review:alder:0", ReviewReport),
        ("standings", StandingsReport),
        ("synthesis", SynthesisReport),
    ],
)
def test_every_slot_has_its_report(slot: str, kind: type) -> None:
    assert isinstance(report(replace(DONE, objection=ALDER), slot), kind)


@pytest.mark.parametrize(
    "slot",
    ["answer:alder", "review:alder:0", "objection", "standings", "synthesis", "failure", "nothing"],
)
def test_what_is_not_there_yet_is_an_error(slot: str) -> None:
    with pytest.raises(KeyError):
        report(BEGUN, slot)


def test_a_failed_deliberation_says_why_in_place_of_the_final_answer() -> None:
    found = report(replace(BEGUN, state=State.FAILED, reason="No member answered."), "synthesis")

    assert isinstance(found, FailureReport)
    assert found.reason == "No member answered."


def test_a_cancelled_deliberation_says_so_in_place_of_the_final_answer() -> None:
    found = report(replace(BEGUN, state=State.CANCELLED), "synthesis")

    assert isinstance(found, FailureReport)
    assert "Cancelled" in found.reason


def test_a_name_with_colons_is_found() -> None:
    odd = replace(REVIEW, reviewer="a:b:0")

    assert isinstance(report(replace(DONE, reviews=(odd,)), "review:a:b:0:0"), ReviewReport)


def test_seats_say_what_became_of_them() -> None:
    statuses = {seat.name: seat.status for seat in seat_reports(DONE)}

    assert statuses == {
        "alder": SeatStatus.REVIEWED,
        "birch": SeatStatus.LATE,
        "cedar": SeatStatus.FAILED,
    }


def test_seats_say_what_they_are_doing() -> None:
    doing = {"alder": SeatStatus.REVIEWING, "cedar": SeatStatus.ANSWERING}
    alder, birch, cedar = seat_reports(replace(BEGUN, answers=(ALDER,)), doing, {"cedar": 12})

    assert (alder.status, alder.words) == (SeatStatus.REVIEWING, len(ALDER.text.split()))
    assert (birch.status, birch.words) == (SeatStatus.WAITING, None)
    assert (cedar.status, cedar.words) == (SeatStatus.ANSWERING, 12)


def test_a_reason_is_not_said_again_of_each_member() -> None:
    failures = DONE.failures

    failed = replace(DONE, state=State.FAILED, reason=failures[0].failure.sentence, synthesis=None)

    assert not any("did not answer" in note for note in notes_of(failed))


def test_the_notes_say_who_failed_who_was_late_and_who_took_the_chair() -> None:
    stand_in = replace(SYNTHESIS, stand_in="alder took the chair: maple did not answer.")

    assert notes_of(replace(DONE, synthesis=stand_in)) == (
        "cedar did not answer: no answer within 120 s.",
        "Late, not reviewed: birch.",
        "The answer rests on 2 of 3 members.",
        "alder took the chair: maple did not answer.",
    )


def test_the_notes_say_whose_ranking_is_missing() -> None:
    unread = replace(REVIEW, ballot=None)

    assert "No usable ranking: alder." in notes_of(replace(DONE, reviews=(unread,)))
    assert "No usable ranking: alder." not in notes_of(replace(DONE, reviews=(REVIEW,)))
    assert "No usable ranking: alder." not in notes_of(replace(DONE, standings=None, reviews=()))


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        (State.QUEUED, "Waiting for its turn."),
        (State.ANSWERING, "The members are answering."),
        (State.DONE, "Contested: the members do not agree on a best answer."),
        (State.FAILED, "Failed."),
        (State.CANCELLED, "Cancelled."),
    ],
)
def test_the_headline_says_how_it_stands(state: State, headline: str) -> None:
    assert root_report(replace(DONE, state=state)).headline == headline


def test_whoever_asks_is_called_and_a_schedules_owner_is_named_only() -> None:
    asked = replace(DONE, question=replace(DONE.question, asker="Ada", asker_id="U1"))
    scheduled = replace(asked, question=replace(asked.question, is_scheduled=True))

    called = [root_report(asked), report(asked, "synthesis")]
    quiet = [root_report(scheduled), report(scheduled, "synthesis")]

    assert [getattr(one, "asker_id", None) for one in called] == ["U1", "U1"]
    assert [getattr(one, "asker_id", None) for one in quiet] == [None, None]
    assert root_report(scheduled).asker == "Ada"


def test_costs_add_up_and_say_when_some_are_unknown() -> None:
    known = ModelCall("m", "answer", 1.0, None, 10, 20, 0.5)
    unknown = replace(known, cost_usd=None)
    unbilled = ModelCall("m", "answer", 1.0)

    assert usage_of([known, known, unbilled]) == Usage(20, 40, 1.0)
    assert usage_of([known, unknown]) == Usage(20, 40, 0.5, is_partial=True)
    assert usage_of([unknown]) == Usage(10, 20, None)


def test_a_fallback_model_is_named() -> None:
    fallback: Answer = replace(BIRCH, model="work/other")

    assert seat_reports(replace(DONE, answers=(fallback,)))[1].model == "work/other"


@pytest.mark.parametrize(
    ("mode", "state", "is_said"),
    [
        (Mode.THOROUGH, State.QUEUED, True),
        (Mode.THOROUGH, State.SYNTHESISING, True),
        (Mode.THOROUGH, State.DONE, False),
        (Mode.STANDARD, State.QUEUED, False),
        (Mode.FAST, State.QUEUED, False),
    ],
)
def test_a_thorough_council_says_what_it_may_cost_until_it_has_ended(
    mode: Mode, state: State, *, is_said: bool
) -> None:
    council = replace(BEGUN.council, mode=mode)
    begun = replace(BEGUN, council=council, state=state, estimate=Estimate(123_000, 395_000))

    said = root_report(begun)

    for line in (phrases.course_line(said), phrases.council_line(said)):
        assert ("about $0.12, at most $0.40" in line) is is_said


def test_a_council_that_costs_nothing_has_no_estimate() -> None:
    council = replace(BEGUN.council, mode=Mode.THOROUGH)
    free = replace(BEGUN, council=council, estimate=Estimate(0, 0))

    assert root_report(free).estimate is None
