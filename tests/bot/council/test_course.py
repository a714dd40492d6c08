"""The course of a deliberation, told as stories on virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.council.course import deliberate
from bot.domain import Confidence, Deadlines, FailureKind, Mode, Seat, State
from bot.domain.course import after
from bot.domain.events import (
    AnswerArrived,
    AnswerPiece,
    AnswerRevised,
    CallsUsed,
    CallsWasted,
    Event,
    MemberFailed,
    ObjectionRaised,
    Passing,
    ReviewArrived,
    SeatAsked,
    StandingsReady,
    SynthesisPiece,
    SynthesisReady,
    SynthesisRestarted,
)
from bot.ports import Completion, ModelRequest
from tests.bot.council.stories import NAMES, Story, Told
from tests.fakes.clock import run
from tests.fakes.models import NEVER, Fails, FakeModels, Line, Says, exhibits

CYCLE = {
    "Ada": [["Ada"], ["Ben"], ["Cy"]],
    "Ben": [["Ben"], ["Cy"], ["Ada"]],
    "Cy": [["Cy"], ["Ada"], ["Ben"]],
}
THREE = NAMES[:3]
REVISED = (
    'Better now.\n```json\n{"final_answer": null, "revised_because": "The year was wrong."}\n```'
)


def failure_of(told: Told, member: str) -> FailureKind:
    return next(f.failure.kind for f in told.deliberation.failures if f.member == member)


def test_a_standard_council_makes_two_calls_a_member_and_one_more() -> None:
    told = Story().tell()

    assert len(told.models.requests) == 9
    assert told.deliberation.state is State.DONE
    assert told.synthesis.text == "The chairman concludes."
    assert told.synthesis.stand_in is None
    assert told.synthesis.confidence is Confidence.STRONG
    assert told.ended_s == pytest.approx(3.0)


def test_a_ballot_counts_what_its_seat_has_earned() -> None:
    start = Story().deliberation()
    ada, *others = start.council.members
    council = replace(start.council, members=(replace(ada, weight=0.4), *others))

    told = Story().tell(replace(start, council=council))

    ballots = [review.ballot for review in told.deliberation.reviews if review.ballot]
    assert {ballot.reviewer: ballot.weight for ballot in ballots} == {
        ada.name: 0.4,
        **{seat.name: 1.0 for seat in others},
    }


def test_a_fast_council_skips_the_review() -> None:
    told = Story(mode=Mode.FAST).tell()

    assert len(told.models.requests) == 5
    assert told.deliberation.standings is None
    assert told.synthesis.confidence is Confidence.UNREVIEWED


def test_a_thorough_council_reviews_twice_in_opposite_orders() -> None:
    told = Story(mode=Mode.THOROUGH).tell()

    assert len(told.models.requests) == 13
    by_model: dict[str, list[list[str]]] = {}
    for request in told.models.requests:
        if request.purpose == "review":
            by_model.setdefault(request.model, []).append(list(exhibits(request).values()))
    assert all(first == second[::-1] for first, second in by_model.values())
    assert told.deliberation.standings is not None
    assert told.deliberation.standings.ballots_used == 8


def test_answers_come_out_as_they_arrive() -> None:
    told = Story(
        lines={"x/cy answer": Says("Quick.", 0.2), "x/ada answer": Says("Slow.", 3.0)}
    ).tell()

    arrivals = [(at, e.answer.member) for at, e in told.events if isinstance(e, AnswerArrived)]
    assert arrivals[0] == (pytest.approx(0.2), "Cy")
    assert arrivals[-1] == (pytest.approx(3.0), "Ada")


def test_a_hanging_member_costs_one_soft_deadline() -> None:
    told = Story(lines={"x/dee": NEVER}).tell()

    assert told.ended_s == pytest.approx(20.0 + 1.0 + 1.0)
    assert failure_of(told, "Dee") is FailureKind.TIMED_OUT
    assert "x/dee" not in told.models.asked("review")
    assert told.deliberation.state is State.DONE


def test_the_soft_deadline_grows_with_slow_members() -> None:
    lines = {f"x/{n.lower()} answer": Says(Story().text(n), 40.0) for n in THREE}

    told = Story(lines={**lines, "x/dee": NEVER}).tell()

    assert told.ended_s == pytest.approx(60.0 + 1.0 + 1.0)


def test_a_reviewer_that_hangs_costs_one_soft_deadline() -> None:
    told = Story(lines={"x/dee review": NEVER}).tell()

    wasted = told.of(CallsWasted)
    assert told.ended_s == pytest.approx(1.0 + 20.0 + 1.0)
    assert [(w.member, w.purpose) for w in wasted if isinstance(w, CallsWasted)] == [
        ("Dee", "review")
    ]
    assert len(told.deliberation.reviews) == 3


def test_a_failed_seat_gets_no_review_call_and_counts_no_more_towards_the_wait() -> None:
    told = Story(lines={"x/dee": Fails(), "x/cy": NEVER}).tell()

    assert sorted(told.models.asked("review")) == ["x/ada", "x/ben"]
    assert told.ended_s == pytest.approx(22.0)


def test_a_late_answer_joins_before_the_synthesis_unreviewed() -> None:
    lines = {"x/dee answer": Says("Late words.", 21.0), "x/ada review": Says("prose", 5.0)}

    told = Story(lines=lines).tell()

    late = next(answer for answer in told.deliberation.answers if answer.member == "Dee")
    chair = next(r for r in told.models.requests if r.purpose == "synthesis")
    assert late.is_late
    assert "x/dee" not in told.models.asked("review")
    assert "Late words." in chair.prompt
    assert told.deliberation.standings is not None
    assert "Dee" not in {standing.member for standing in told.deliberation.standings.order}


def test_one_survivor_is_shown_as_no_quorum_and_costs_no_chairman() -> None:
    told = Story(lines={f"x/{n}": Fails() for n in ("ben", "cy", "dee")}).tell()

    assert told.synthesis.confidence is Confidence.NO_QUORUM
    assert told.synthesis.text == "So says Ada of the panel."
    assert "Only Ada answered" in (told.synthesis.stand_in or "")
    assert told.models.asked("synthesis") == []


def test_of_two_members_one_that_hangs_costs_the_call_deadline() -> None:
    told = Story(names=("Ada", "Ben"), lines={"x/ben": NEVER}).tell()

    assert told.ended_s == pytest.approx(120.0)
    assert told.synthesis.confidence is Confidence.NO_QUORUM


def test_no_answer_at_all_is_a_clear_failure() -> None:
    told = Story(lines={f"x/{n.lower()}": Fails() for n in NAMES}).tell()

    assert told.deliberation.state is State.FAILED
    assert told.deliberation.reason is not None
    assert told.deliberation.reason.startswith("None of the 4 members answered")
    assert len(told.of(MemberFailed)) == 4


@pytest.mark.parametrize("kind", [FailureKind.HALTED, FailureKind.OVER_BUDGET])
def test_what_no_model_is_to_blame_for_is_said_as_it_is(kind: FailureKind) -> None:
    told = Story(lines={f"x/{n.lower()}": Fails(kind) for n in NAMES}).tell()

    assert told.deliberation.state is State.FAILED
    assert told.deliberation.reason == told.deliberation.failures[0].failure.sentence


def test_a_council_of_one_that_fails_says_so() -> None:
    told = Story(names=("Ada",), lines={"x/ada": Fails()}).tell()

    assert (told.deliberation.reason or "").startswith("The only member did not answer")


def test_everything_hanging_ends_within_the_deadline() -> None:
    deadlines = Deadlines(soft_min=5, call=1000, deliberation=60)

    told = Story(deadlines=deadlines, lines={f"x/{n.lower()}": NEVER for n in NAMES}).tell()

    assert told.ended_s <= 60
    assert told.deliberation.state is State.FAILED


def test_members_that_hang_past_their_share_are_dropped() -> None:
    deadlines = Deadlines(soft_min=500, call=1000, deliberation=60)

    told = Story(deadlines=deadlines, lines={"x/dee": NEVER}).tell()

    assert told.ended_s <= 60
    assert told.deliberation.state is State.DONE


def test_a_fallback_without_time_is_not_asked() -> None:
    deadlines = Deadlines(soft_min=500, call=1000, deliberation=60)

    told = Story(deadlines=deadlines, fallbacks={"Dee": ("x/eve",)}, lines={"x/dee": NEVER}).tell()

    assert "x/eve" not in told.models.asked("answer")
    assert failure_of(told, "Dee") is FailureKind.TIMED_OUT


def test_two_seats_may_run_one_model() -> None:
    told = Story(fallbacks={"Ada": ("x/ben",)}, lines={"x/ada": Fails()}).tell()

    assert {a.member: a.model for a in told.deliberation.answers}["Ada"] == "x/ben"
    assert len(told.deliberation.answers) == 4


def test_a_fallback_answers_for_a_failed_model_and_reviews_too() -> None:
    told = Story(
        fallbacks={"Ada": ("x/eve",)}, lines={"x/ada": Fails(), "x/eve answer": Says("Eve speaks.")}
    ).tell()

    assert "x/eve" in told.models.asked("review")
    assert "x/ada" not in told.models.asked("review")
    failed = [call for call in told.deliberation.calls if call.failure is not None]
    assert [call.model for call in failed] == ["x/ada"]


def test_an_answer_of_only_an_empty_block_is_a_failed_seat() -> None:
    told = Story(
        lines={"x/dee": Says('```json\n{"final_answer": null, "confidence": 1}\n```')}
    ).tell()

    assert failure_of(told, "Dee") is FailureKind.EMPTY


def test_streamed_answers_give_pieces() -> None:
    told = Story().tell(is_streaming=True)

    pieces = [
        e.text for e in told.of(AnswerPiece) if isinstance(e, AnswerPiece) and e.member == "Ada"
    ]
    assert "".join(pieces).startswith("So says Ada")


class TestConsensus:
    def test_a_unanimous_exact_answer_skips_the_review(self) -> None:
        told = Story(finals=dict.fromkeys(NAMES, "42 km")).tell()

        assert len(told.models.requests) == 5
        assert told.synthesis.confidence is Confidence.UNANIMOUS
        assert told.synthesis.final_answer == "42 km"

    def test_a_thorough_council_reviews_it_and_hears_a_devils_advocate(self) -> None:
        told = Story(mode=Mode.THOROUGH, finals=dict.fromkeys(NAMES, "42")).tell()

        assert told.deliberation.objection is not None
        assert len(told.deliberation.reviews) == 8
        chair = next(r for r in told.models.requests if r.purpose == "synthesis")
        assert "devil's advocate" in chair.prompt

    def test_a_devils_advocate_that_fails_costs_nothing_else(self) -> None:
        lines = {f"x/{n.lower()} objection": Fails() for n in NAMES}

        told = Story(mode=Mode.THOROUGH, finals=dict.fromkeys(NAMES, "42"), lines=lines).tell()

        assert told.deliberation.objection is None
        assert told.deliberation.state is State.DONE

    def test_an_empty_objection_is_none(self) -> None:
        block = '```json\n{"final_answer": null, "confidence": 1}\n```'
        lines = {f"x/{n.lower()} objection": Says(block) for n in NAMES}

        told = Story(mode=Mode.THOROUGH, finals=dict.fromkeys(NAMES, "42"), lines=lines).tell()

        assert told.of(ObjectionRaised) == []
        assert len(told.deliberation.calls) == len(told.models.requests)

    def test_a_failed_check_is_no_consensus(self) -> None:
        story = Story(question="What is 6 * 7?", finals=dict.fromkeys(NAMES, "41"))

        told = story.tell()

        assert len(told.deliberation.reviews) == 4
        assert told.deliberation.standings is not None
        assert all(s.check.verdict == "fail" for s in told.deliberation.standings.order)

    def test_the_checked_answer_stands_against_votes_and_chairman(self) -> None:
        finals = {"Ada": "41", "Ben": "41", "Cy": "42", "Dee": "41"}
        chair = Says('It is 41.\n```council\n{"final_answer": "41"}\n```')

        told = Story(question="What is 6 * 7?", finals=finals, lines={"x/chair": chair}).tell()

        assert told.synthesis.final_answer == "42"
        assert told.synthesis.text.startswith("**Final answer: 42** (Cy)")
        assert told.synthesis.dissent[0].who == "Chair"
        assert told.deliberation.standings is not None
        assert told.deliberation.standings.order[0].member == "Cy"


class TestRevision:
    def test_a_contested_council_revises_once(self) -> None:
        lines = {
            "x/ada revision": Says(REVISED),
            "x/ben revision": Says("Unchanged."),
            "x/cy revision": Fails(),
        }

        told = Story(names=THREE, orders=CYCLE, lines=lines).tell()

        revised = told.of(AnswerRevised)
        assert [e.answer.member for e in revised if isinstance(e, AnswerRevised)] == ["Ada"]
        ada = next(a for a in told.deliberation.answers if a.member == "Ada")
        assert (ada.text, ada.revised_because) == ("Better now.", "The year was wrong.")
        assert told.synthesis.confidence is Confidence.CONTESTED
        assert [e.member for e in told.of(CallsUsed) if isinstance(e, CallsUsed)] == ["Ben"]
        assert [e.member for e in told.of(CallsWasted) if isinstance(e, CallsWasted)] == ["Cy"]

    def test_it_sees_no_ranks_and_no_names(self) -> None:
        told = Story(names=THREE, orders=CYCLE).tell()

        request = next(r for r in told.models.requests if r.purpose == "revision")
        assert "order of the answers" not in request.prompt
        assert len(exhibits(request)) == 3  # its own and two others
        assert "x/" not in request.prompt

    def test_it_can_be_switched_off(self) -> None:
        told = Story(names=THREE, orders=CYCLE, is_revising=False).tell()

        assert told.models.asked("revision") == []

    def test_an_upheld_fault_on_the_winner_contests_and_is_shown_to_its_author(self) -> None:
        fault = {"quote": "so SAYS  ada", "type": "wrong", "severity": "major", "why": "Not so."}
        flags = {"Ben": {"Ada": [fault]}, "Cy": {"Ada": [fault]}}

        told = Story(flags=flags).tell()

        assert told.synthesis.confidence is Confidence.CONTESTED
        request = next(
            r for r in told.models.requests if (r.purpose, r.model) == ("revision", "x/ada")
        )
        assert "Your answer: “so SAYS  ada” (major, wrong, upheld). Not so." in request.prompt


class TestReviews:
    def test_every_reviewer_has_its_own_labels(self) -> None:
        told = Story().tell()

        reviews = [r for r in told.models.requests if r.purpose == "review"]
        assert len({tuple(exhibits(r)) for r in reviews}) == 4
        assert all(len(exhibits(r)) == 4 for r in reviews)

    def test_an_unreadable_review_is_mended_by_one_more_call(self) -> None:
        told = Story(lines={"x/ada review": Says("They are all fine.")}).tell()

        assert told.models.asked("review").count("x/ada") == 2
        ada = next(r for r in told.deliberation.reviews if r.reviewer == "Ada")
        assert ada.text == "They are all fine."
        assert ada.ballot is None
        assert told.deliberation.standings is not None
        assert told.deliberation.standings.ballots_used == 3

    def test_the_mended_ballot_counts(self) -> None:
        def bend(request: ModelRequest) -> Line | None:
            if (request.model, request.purpose) != ("x/ada", "review"):
                return None
            if "<<<REVIEW" not in request.prompt:
                return Says("I prefer the first one.")
            labels = request.prompt.split("The labels are ")[1].split(".")[0].split(", ")
            return Says(json.dumps({"ranking": [[label] for label in labels]}))

        told = Story(bend=bend).tell()

        ada = next(r for r in told.deliberation.reviews if r.reviewer == "Ada")
        assert ada.text == "I prefer the first one."
        assert ada.ballot is not None

    def test_a_repair_that_fails_keeps_the_text(self) -> None:
        def bend(request: ModelRequest) -> Line | None:
            if (request.model, request.purpose) != ("x/ada", "review"):
                return None
            return Fails() if "<<<REVIEW" in request.prompt else Says("Prose.")

        told = Story(bend=bend).tell()

        ada = next(r for r in told.deliberation.reviews if r.reviewer == "Ada")
        assert (ada.text, ada.ballot) == ("Prose.", None)

    def test_a_repair_that_hangs_keeps_the_text(self) -> None:
        def bend(request: ModelRequest) -> Line | None:
            if (request.model, request.purpose) != ("x/ada", "review"):
                return None
            return NEVER if "<<<REVIEW" in request.prompt else Says("Prose.")

        told = Story(bend=bend).tell()

        ada = next(r for r in told.deliberation.reviews if r.reviewer == "Ada")
        assert (ada.text, ada.ballot) == ("Prose.", None)
        assert [c.failure for c in told.deliberation.calls if c.model == "x/ada"].count(None) == 2

    def test_without_any_ballot_there_is_no_order(self) -> None:
        told = Story(lines={f"x/{n.lower()} review": Says("Prose only.") for n in NAMES}).tell()

        assert told.deliberation.standings is not None
        assert told.deliberation.standings.order == ()
        assert told.synthesis.confidence is Confidence.UNREVIEWED

    def test_a_review_that_fails_is_only_missed(self) -> None:
        told = Story(lines={"x/ada review": Fails()}).tell()

        assert len(told.of(ReviewArrived)) == 3
        assert told.deliberation.state is State.DONE


class TestChairman:
    def test_a_fallback_takes_over_and_voids_what_was_shown(self) -> None:
        told = Story(lines={"x/chair": Fails(seen="Half an answer that then breaks off")}).tell()

        kinds = [type(e) for e in told.of(SynthesisPiece, SynthesisRestarted, SynthesisReady)]
        assert kinds[0] is SynthesisPiece
        assert kinds.count(SynthesisRestarted) == 1
        assert told.synthesis.model == "x/spare"
        assert "its fallback x/spare wrote this" in (told.synthesis.stand_in or "")

    def test_the_best_other_member_takes_the_chair(self) -> None:
        told = Story(lines={"x/chair": Fails(), "x/spare": Fails()}).tell()

        assert told.synthesis.chairman == "Ada"
        assert "Ada, the best-placed other member, took the chair" in (
            told.synthesis.stand_in or ""
        )

    def test_with_no_chairman_the_top_answer_stands_word_for_word(self) -> None:
        lines = {"x/chair": Fails(), "x/spare": Says(" \n"), "x/ada synthesis": Fails()}

        told = Story(lines=lines).tell()

        assert told.synthesis.text == "So says Ada of the panel."
        assert "word for word" in (told.synthesis.stand_in or "")

    def test_a_model_that_failed_is_not_asked_again_in_another_seat(self) -> None:
        chair = Seat("Chair", "x/ada")

        told = Story(chairman=chair, lines={"x/ada synthesis": Fails()}).tell()

        assert told.models.asked("synthesis") == ["x/ada", "x/ben"]

    def test_a_chairman_who_sits_as_a_member_is_not_its_own_stand_in(self) -> None:
        told = Story(chairman=Seat("Ada", "x/other"), lines={"x/other": Fails()}).tell()

        assert told.synthesis.chairman == "Ben"

    def test_no_other_member_is_left_to_take_the_chair(self) -> None:
        story = Story(
            chairman=Seat("Chair", "x/ada"), fallbacks={"Ben": ("x/ada",)}, names=("Ada", "Ben")
        )
        story = replace(story, lines={"x/ada synthesis": Fails(), "x/ben": Fails()})

        told = story.tell()

        assert "word for word" in (told.synthesis.stand_in or "")

    def test_in_fast_mode_the_first_answer_stands_in(self) -> None:
        lines = {"x/chair": Fails(), "x/spare": Fails(), "x/ada synthesis": Fails()}

        told = Story(mode=Mode.FAST, lines=lines).tell()

        assert "the first, word for word" in (told.synthesis.stand_in or "")

    def test_a_hanging_chairman_leaves_time_for_the_next(self) -> None:
        deadlines = Deadlines(soft_min=5, call=1000, deliberation=60)

        told = Story(deadlines=deadlines, lines={"x/chair": NEVER}).tell()

        assert told.synthesis.model == "x/spare"
        assert told.ended_s <= 60

    def test_it_sees_neither_names_nor_models(self) -> None:
        told = Story().tell()

        chair = next(r for r in told.models.requests if r.purpose == "synthesis")
        assert "x/" not in chair.prompt
        assert "Ada" not in chair.prompt.replace("So says Ada of", "")

    def test_labels_become_names(self) -> None:
        story = Story()
        chair = next(r for r in story.tell().models.requests if r.purpose == "synthesis")
        labels = {text.split()[2]: label for label, text in exhibits(chair).items()}
        block = {
            "dissent": [{"label": labels["Ben"], "claim": "Other.", "reason": "Unproven."}],
            "unresolved": [f"What {labels['Cy']} asks."],
        }
        text = f"Because [{labels['Ada']}, {labels['Ben']}].\n```council\n{json.dumps(block)}\n```"

        told = replace(story, lines={"x/chair": Says(text)}).tell()

        assert told.synthesis.text == "Because [Ada, Ben]."
        assert told.synthesis.dissent[0].who == "Ben"
        assert told.synthesis.unresolved == ("What Cy asks.",)


class TestResuming:
    def test_a_run_resumed_after_any_fact_asks_nothing_again_that_is_recorded(self) -> None:
        story = Story(mode=Mode.THOROUGH, names=THREE, orders=CYCLE)
        whole = story.tell()
        facts = [e for _, e in whole.events if not isinstance(e, Passing)]

        for cut in range(len(facts)):
            saved = story.deliberation()
            for fact in facts[:cut]:
                saved = after(saved, fact)
            told = story.tell(saved)

            asked = [(r.model, r.purpose) for r in told.models.requests]
            answered = {a.model for a in saved.answers}
            reviewed = [r.model for r in saved.reviews]
            assert not answered & {model for model, purpose in asked if purpose == "answer"}
            reviews_asked = sum(purpose == "review" for _, purpose in asked)
            if (
                saved.state in (State.QUEUED, State.ANSWERING, State.REVIEWING)
                and saved.standings is None
            ):
                assert reviews_asked == 6 - len(reviewed)
            else:
                assert reviews_asked == 0
            assert told.deliberation.state is State.DONE
            assert told.deliberation.standings == whole.deliberation.standings

    def test_a_resumed_run_draws_the_same_labels(self) -> None:
        story = Story()

        first, second = story.tell(), story.tell()

        assert [r.prompt for r in first.models.requests] == [
            r.prompt for r in second.models.requests
        ]

    def test_a_member_that_a_restart_cut_off_during_the_review_is_out(self) -> None:
        whole = Story(lines={"x/dee": NEVER}).tell()
        facts = [e for _, e in whole.events if not isinstance(e, Passing | MemberFailed)]
        saved = Story().deliberation()
        for fact in facts[: next(i for i, f in enumerate(facts) if isinstance(f, StandingsReady))]:
            saved = after(saved, fact)

        told = Story().tell(saved)

        assert "x/dee" not in told.models.asked("answer")
        assert failure_of(told, "Dee") is FailureKind.TIMED_OUT
        sentence = told.deliberation.failures[0].failure.sentence
        assert sentence == "x/dee had not finished when the bot was stopped."

    def test_a_reviewer_that_hangs_costs_a_resumed_run_one_soft_deadline_too(self) -> None:
        story = Story(lines={"x/dee review": NEVER})
        facts = [e for _, e in story.tell().events if not isinstance(e, Passing)]
        saved = story.deliberation()
        for fact in facts[: next(i for i, f in enumerate(facts) if isinstance(f, CallsWasted))]:
            saved = after(saved, fact)

        told = story.tell(saved)

        assert len(saved.reviews) == 3
        assert told.models.asked("review") == ["x/dee"]
        assert told.ended_s == pytest.approx(20.0 + 1.0)

    def test_who_kept_its_answer_is_not_asked_for_a_revision_again(self) -> None:
        story = Story(names=THREE, orders=CYCLE, lines={"x/ada revision": Says(REVISED)})
        facts = [e for _, e in story.tell().events if not isinstance(e, Passing)]
        saved = story.deliberation()
        for fact in facts:
            saved = after(saved, fact)
            if isinstance(fact, CallsUsed):
                break
        left = {f"x/{n.lower()}" for n in THREE} - {"x/ada"} - {saved.calls[-1].model}

        told = story.tell(saved)

        assert set(told.models.asked("revision")) == left

    def test_a_member_that_answers_after_the_count_is_late(self) -> None:
        whole = Story(lines={"x/dee": Fails()}).tell().deliberation
        saved = replace(whole, state=State.QUEUED, failures=(), synthesis=None)

        told = Story().tell(saved)

        assert [a.member for a in told.deliberation.answers if a.is_late] == ["Dee"]


def test_a_bug_is_raised_and_not_swallowed() -> None:
    def bend(_: ModelRequest) -> Line | None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Story(bend=bend).tell()


def test_a_bug_during_the_review_is_raised_too() -> None:
    def bend(request: ModelRequest) -> Line | None:
        if request.purpose == "review":
            raise ZeroDivisionError
        return None

    with pytest.raises(ZeroDivisionError):
        Story(bend=bend).tell()


def test_a_white_answer_is_a_failed_seat() -> None:
    told = Story(lines={"x/ada": Says(" \n\u200b", 0.5)}).tell()

    assert failure_of(told, "Ada") is FailureKind.EMPTY


def test_closing_the_events_stops_every_call() -> None:
    async def leave() -> int:
        models = FakeModels(lambda _: NEVER)
        events = deliberate(Story().deliberation(), models)
        async for event in events:
            if isinstance(event, SeatAsked) and event.member == "Dee":
                break
        await events.aclose()
        return len(asyncio.all_tasks())

    assert run(leave()) == 1


def test_a_stream_that_ends_without_a_completion_is_a_failure() -> None:
    class Endless(FakeModels):
        async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
            yield "words"

    async def chair() -> list[Event]:
        story = Story(names=("Ada", "Ben"), mode=Mode.FAST)
        models = Endless(lambda r: Says(story.text(r.model[2:].capitalize())))
        return [event async for event in deliberate(story.deliberation(), models)]

    events = run(chair())
    assert isinstance(events[-1], SynthesisReady)
    assert "word for word" in (events[-1].synthesis.stand_in or "")
