"""What every implementation of `Records` must do; subclass and give a `records` fixture."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings

from bot.domain import (
    Answer,
    Attachment,
    Confidence,
    Council,
    Deadlines,
    Deliberation,
    Failure,
    FailureKind,
    Flag,
    Mode,
    ModelCall,
    Place,
    Post,
    Question,
    Remark,
    Review,
    Room,
    Seat,
    Standing,
    Standings,
    State,
    Synthesis,
    Timings,
)
from bot.domain.course import after
from bot.domain.events import (
    AnswerArrived,
    AnswerRevised,
    AttachmentsFetched,
    CallsWasted,
    DeliberationCancelled,
    DeliberationFailed,
    Fact,
    MemberFailed,
    ReviewArrived,
    StageBegan,
    StandingsReady,
    SynthesisReady,
)
from bot.errors import NotFound, OverLimit, Superseded
from bot.ports import Outbox, Records, Scope
from tests.contracts.histories import HISTORIES, TIMINGS

_NUMBERS = count()
_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

# The `records` of all examples are the same; each example has a deliberation of its own.
over_one_database = settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def a_deliberation(
    text: str = "Why is the sky blue?", channel: str = "C1", workspace: str = "T1"
) -> Deliberation:
    """Return a new deliberation with an id of its own, with everything that can be said of one."""
    number = next(_NUMBERS)
    seats = (
        Seat("Ada", "work/a", persona="A sceptic", fallbacks=("work/b", "work/c")),
        Seat("Bob", "work/b"),
    )
    council = Council(
        seats,
        Seat("Eve", "work/e"),
        Mode.THOROUGH,
        is_revising=False,
        deadlines=Deadlines(1, 2, 3.5),
    )
    question = Question(
        text,
        Place("slack", workspace, channel, "17.4"),
        "Uma",
        (Remark("Zoë", "It is grey."),),
        (
            Attachment("sky.png", "image/png", b"\x89PNG\0\xff"),
            Attachment("a.txt", "text/plain", b""),
            Attachment("b.txt", "text/plain", source="https://files/b"),
        ),
        asker_id="U1",
        is_scheduled=True,
    )
    created_at = _NOON + timedelta(seconds=number)
    return Deliberation(f"d{number}", question, council, created_at, is_rehearsal=True)


def an_answer(member: str = "Ada", text: str = "It scatters.") -> AnswerArrived:
    """Return an answer with the call it took."""
    calls = (ModelCall("work/a", "answer", 0.5, None, 10, 20, 0.25),)
    return AnswerArrived(Answer(member, text, "work/a", 0.5), calls)


def a_failure(member: str = "Bob") -> MemberFailed:
    """Return a member's failure with the call it took."""
    calls = (ModelCall("work/b", "answer", 0.1, FailureKind.OVERLOADED),)
    return MemberFailed(member, Failure(FailureKind.OVERLOADED, "It is overloaded."), calls)


def a_synthesis(text: str = "It scatters blue light most.") -> SynthesisReady:
    """Return a final answer."""
    return SynthesisReady(Synthesis(text, "Eve", "work/e", Confidence.STRONG, 0.5))


def folded(before: Deliberation, facts: Sequence[Fact]) -> Deliberation:
    """Return what is to be known after the facts; the calls of a known fact count once."""
    known: set[Fact] = set()
    for fact in facts:
        calls = before.calls
        before = after(before, fact)
        if fact in known:
            before = replace(before, calls=calls)
        known.add(fact)
    return before


class RecordsContract:
    """Holds for all records."""

    async def test_a_new_deliberation_is_kept_whole(self, records: Records) -> None:
        new = a_deliberation()

        assert await records.create(new) == new
        assert await records.load(new.id) == new

    async def test_a_question_too_many_of_a_workspace_is_refused_and_leaves_nothing(
        self, records: Records
    ) -> None:
        room = Room(in_workspace=2)
        for _ in range(2):
            await records.create(a_deliberation(), room=room)
        late = a_deliberation()

        with pytest.raises(OverLimit) as refusal:
            await records.create(late, delivery="late", room=room)

        assert str(refusal.value) == (
            "This workspace has 2 questions waiting already; ask again when some are answered."
        )
        with pytest.raises(NotFound):
            await records.load(late.id)
        assert (await records.create(late, delivery="late")).id == late.id

    async def test_a_question_too_many_in_all_is_refused(self, records: Records) -> None:
        await records.create(a_deliberation("here", workspace="T1"))
        await records.create(a_deliberation("there", workspace="T2"), room=Room(1, 2))

        with pytest.raises(OverLimit, match=r"Too many questions wait just now; ask again in a"):
            await records.create(a_deliberation(workspace="T3"), room=Room(1, 2))

    async def test_other_workspaces_do_not_fill_this_one(self, records: Records) -> None:
        for _ in range(2):
            await records.create(a_deliberation(workspace="T2"))

        await records.create(a_deliberation(workspace="T1"), room=Room(in_workspace=1))

    async def test_what_is_stored_already_comes_again_however_full_it_is(
        self, records: Records
    ) -> None:
        room = Room(1, 1)
        first = await records.create(a_deliberation(), delivery="first", room=room)

        again = await records.create(a_deliberation(), delivery="first", room=room)

        assert again == first
        assert await records.create(first, room=room) == first

    async def test_fifty_at_one_moment_find_exactly_the_room_there_is(
        self, records: Records
    ) -> None:
        new = [a_deliberation() for _ in range(50)]

        outcomes = await asyncio.gather(
            *(records.create(each, room=Room(in_workspace=7)) for each in new),
            return_exceptions=True,
        )

        refused = [isinstance(outcome, OverLimit) for outcome in outcomes]
        assert refused == [False] * 7 + [True] * 43
        assert len(await records.search(limit=50)) == 7

    async def test_a_time_keeps_its_moment_in_any_zone(self, records: Records) -> None:
        tokyo = timezone(timedelta(hours=9))
        moment = datetime(2026, 3, 1, 0, 30, 0, 123456, tzinfo=tokyo)

        new = await records.create(replace(a_deliberation(), created_at=moment))

        assert (await records.load(new.id)).created_at == moment

    async def test_an_unknown_id_is_not_found(self, records: Records) -> None:
        with pytest.raises(NotFound):
            await records.load("nobody")
        with pytest.raises(NotFound):
            await records.take_up("nobody")
        with pytest.raises(NotFound):
            await records.save(a_deliberation(), [an_answer()])

    async def test_a_known_delivery_returns_the_deliberation_as_it_stands(
        self, records: Records
    ) -> None:
        first = await records.create(a_deliberation(), delivery="known")
        await records.save(first, [an_answer()])

        again = await records.create(a_deliberation("Other words"), delivery="known")

        assert again == after(first, an_answer())

    async def test_a_known_delivery_stores_nothing(self, records: Records) -> None:
        await records.create(a_deliberation(), delivery="stores nothing")
        second = a_deliberation()

        await records.create(second, delivery="stores nothing")

        with pytest.raises(NotFound):
            await records.load(second.id)

    async def test_a_delivery_counts_within_its_workspace(self, records: Records) -> None:
        await records.create(a_deliberation(), delivery="here and there")
        other = a_deliberation()
        place = replace(other.question.place, workspace="T2")
        other = replace(other, question=replace(other.question, place=place))

        assert await records.create(other, delivery="here and there") == other

    async def test_a_known_id_returns_what_is_known(self, records: Records) -> None:
        first = await records.create(a_deliberation())
        await records.save(first, [an_answer()])

        assert await records.create(first) == after(first, an_answer())

    async def test_a_delivery_that_comes_fifty_times_at_once_is_one_deliberation(
        self, records: Records
    ) -> None:
        copies = [records.create(a_deliberation(), delivery="fifty") for _ in range(50)]

        assert len({known.id for known in await asyncio.gather(*copies)}) == 1

    @given(history=HISTORIES)
    @over_one_database
    async def test_what_is_loaded_is_the_fold_of_what_was_saved(
        self, records: Records, history: Sequence[Fact]
    ) -> None:
        await records.create(new := a_deliberation())
        taken = await records.take_up(new.id)

        for fact in history:
            await records.save(taken, [fact])

        assert await records.load(new.id) == folded(taken, history)

    @given(history=HISTORIES)
    @over_one_database
    async def test_saves_that_wait_together_keep_their_order(
        self, records: Records, history: Sequence[Fact]
    ) -> None:
        await records.create(new := a_deliberation())
        taken = await records.take_up(new.id)

        await asyncio.gather(*(records.save(taken, [fact]) for fact in history))

        assert await records.load(new.id) == folded(taken, history)

    @given(history=HISTORIES, timings=TIMINGS)
    @over_one_database
    async def test_one_save_may_bring_everything(
        self, records: Records, history: Sequence[Fact], timings: Timings
    ) -> None:
        await records.create(new := a_deliberation())

        await records.save(new, history, timings=timings)

        known = await records.load(new.id)
        assert known == replace(folded(new, history), timings=timings)

    async def test_everything_stays_in_the_order_it_arrived(self, records: Records) -> None:
        new = await records.create(a_deliberation())
        facts: list[Fact] = []
        for member in ("Cyd", "Bob", "Dan", "Ada"):
            review = ReviewArrived(Review(member, "Good.", "work/a", 0.5))
            facts.extend((an_answer(member), a_failure(member), review))

        for fact in facts:
            await records.save(new, [fact])

        assert await records.load(new.id) == folded(new, facts)

    async def test_a_save_that_is_repeated_changes_nothing(
        self, records: Records, outbox: Outbox
    ) -> None:
        new = await records.create(a_deliberation())
        revised = AnswerRevised(Answer("Ada", "No.", "work/a", 0.5, revised_because="x"))
        facts = [an_answer(), a_failure(), revised, StageBegan(State.REVIEWING)]
        posts = [Post(new.id, "root"), Post(new.id, "answer:Ada")]
        await records.save(new, facts, posts=posts)
        once = (await records.load(new.id), await outbox.owed(new.id))

        await records.save(new, facts, posts=posts)

        assert (await records.load(new.id), await outbox.owed(new.id)) == once

    async def test_calls_of_a_later_worker_count_though_they_look_the_same(
        self, records: Records
    ) -> None:
        new = await records.create(a_deliberation())
        wasted = CallsWasted("Ada", "review", a_failure().failure, a_failure().calls)
        for _ in range(2):
            await records.save(await records.take_up(new.id), [wasted])

        assert len((await records.load(new.id)).calls) == 2

    async def test_a_new_count_takes_the_place_of_the_old_one(self, records: Records) -> None:
        new = await records.create(a_deliberation())
        places = tuple(Standing(name, 1, 1.0, 0.5, None) for name in ("Ada", "Bob"))
        recount = Standings(places[:1], Confidence.STRONG, 1)

        await records.save(new, [StandingsReady(Standings(places, Confidence.CONTESTED, 2))])
        await records.save(new, [StandingsReady(recount)])

        assert (await records.load(new.id)).standings == recount

    async def test_a_review_that_comes_again_leaves_no_flag_of_the_first(
        self, records: Records
    ) -> None:
        new = await records.create(a_deliberation())
        flag = Flag("Ada", "Bob", "quote", "wrong", "major", "why")
        first = Review("Ada", "Bad.", "work/a", 0.5, flags=(flag, flag))
        second = replace(first, text="Good.", flags=(flag,))

        await records.save(new, [ReviewArrived(first)])
        await records.save(new, [ReviewArrived(second)])

        assert (await records.load(new.id)).reviews == (second,)

    async def test_an_old_worker_is_refused_and_writes_nothing(
        self, records: Records, outbox: Outbox
    ) -> None:
        new = await records.create(a_deliberation())
        old = await records.take_up(new.id)
        await records.take_up(new.id)
        before = await records.load(new.id)

        with pytest.raises(Superseded):
            await records.save(
                old, [an_answer()], posts=[Post(new.id, "root")], timings=Timings(1.0)
            )

        assert await records.load(new.id) == before
        assert await outbox.owed(new.id) == ()

    async def test_each_of_two_workers_at_once_gets_an_epoch_of_its_own(
        self, records: Records
    ) -> None:
        new = await records.create(a_deliberation())

        taken = await asyncio.gather(*(records.take_up(new.id) for _ in range(10)))

        assert sorted(each.epoch for each in taken) == list(range(1, 11))

    async def test_an_old_worker_does_not_spoil_its_neighbours_writes(
        self, records: Records
    ) -> None:
        new, other = [await records.create(a_deliberation()) for _ in range(2)]
        await records.take_up(new.id)

        outcomes = await asyncio.gather(
            records.save(other, [an_answer()]),
            records.save(new, [an_answer()]),
            records.save(other, [a_failure()]),
            return_exceptions=True,
        )

        assert [type(outcome) for outcome in outcomes] == [type(None), Superseded, type(None)]
        assert await records.load(other.id) == folded(other, [an_answer(), a_failure()])

    async def test_an_ended_one_is_reopened_with_its_answers_and_without_its_failures(
        self, records: Records
    ) -> None:
        new = await records.create(a_deliberation())
        await records.save(new, [an_answer(), a_failure(), DeliberationFailed("Too few.")])

        fresh = await records.take_up(new.id, is_fresh=True)

        answered = folded(new, [an_answer(), a_failure()])
        assert fresh == replace(answered, failures=(), epoch=1)
        assert await records.load(new.id) == fresh

    @pytest.mark.parametrize("is_fresh", [True, False])
    async def test_one_that_runs_is_taken_up_as_it_is(
        self, records: Records, *, is_fresh: bool
    ) -> None:
        new = await records.create(a_deliberation())
        facts = [StageBegan(State.ANSWERING), a_failure()]
        await records.save(new, facts)

        taken = await records.take_up(new.id, is_fresh=is_fresh)

        assert taken == replace(folded(new, facts), epoch=1)

    async def test_an_ended_one_stays_ended_when_it_is_taken_up(self, records: Records) -> None:
        new = await records.create(a_deliberation())
        await records.save(new, [DeliberationCancelled()])

        assert (await records.take_up(new.id)).state is State.CANCELLED

    async def test_text_that_no_database_takes_is_mended(self, records: Records) -> None:
        seat = Seat("A\0da", "work/a", persona="\ud800")
        council = Council((seat,), seat)
        new = replace(a_deliberation("Wh\0y \ud83d\ude00 \ud800?"), council=council)

        created = await records.create(new, delivery="\0\udfff")
        await records.save(new, [an_answer("A\0da", "\0\udc00")])

        known = await records.load(new.id)
        assert created.question.text == known.question.text == "Why \U0001f600 \ufffd?"
        assert known.council.members[0] == Seat("Ada", "work/a", persona="\ufffd")
        assert (known.answers[0].member, known.answers[0].text) == ("Ada", "\ufffd")
        assert await records.create(a_deliberation(), delivery="\0\udfff") == known

    async def test_search_finds_all_words_in_question_or_synthesis(self, records: Records) -> None:
        new = await records.create(a_deliberation("Warum ist der Ärger Blau?"))
        await records.save(new, [a_synthesis("Streuung 100 % am HIMMEL_1.")])

        for words in ("", "ärger himmel", "BLAU streuung", " 100 ", "%", "himmel_1"):
            assert new.id in [known.id for known in await records.search(words)]
        for words in ("ärger grün", "1_0", "h%l", "himmelx1", "\\"):
            assert new.id not in [known.id for known in await records.search(words)]

    async def test_fetched_files_take_the_place_of_what_was_to_be_fetched(
        self, records: Records
    ) -> None:
        new = await records.create(a_deliberation())
        files = (
            *new.question.attachments[:2],
            Attachment("b.txt", "text/plain", fault="b.txt is gone."),
        )

        await records.save(new, [AttachmentsFetched(files)])

        assert (await records.load(new.id)).question.attachments == files

    async def test_search_keeps_to_its_scope(self, records: Records) -> None:
        here = await records.create(a_deliberation("scoped", channel="C7"))
        await records.create(a_deliberation("scoped", channel="C8"))
        scopes = {
            Scope("slack", "T1", ("C7",)): 1,
            Scope("slack", "T1", ("C7", "C8")): 2,
            Scope("slack", "T1"): 2,
            Scope("slack", "T1", ()): 0,
            Scope("slack", "T2"): 0,
            Scope("discord"): 0,
            Scope("slack", "T1", ("C7",), thread="17.4"): 1,
            Scope("slack", "T1", ("C7",), thread="99.9"): 0,
        }

        found = {scope: len(await records.search("scoped", scope=scope)) for scope in scopes}

        assert found == scopes
        (one,) = await records.search("scoped", scope=Scope("slack", "T1", ("C7",)))
        assert one.id == here.id

    async def test_a_thread_that_the_root_message_opened_counts_too(
        self, records: Records, outbox: Outbox
    ) -> None:
        new = await records.create(a_deliberation("opened"))
        root = Post(new.id, "root")
        await records.save(new, [], posts=[root])
        await outbox.settle(replace(root, message_id="20.1", thread="20.1"), epoch=0)

        found = await records.search("opened", scope=Scope("slack", "T1", ("C1",), thread="20.1"))

        assert [known.id for known in found] == [new.id]

    async def test_those_that_have_ended_are_not_open(self, records: Records) -> None:
        new, ended = [await records.create(a_deliberation("open")) for _ in range(2)]
        await records.save(ended, [a_synthesis()])

        found = await records.search("open", scope=Scope("slack", is_open=True))

        assert [known.id for known in found] == [new.id]

    async def test_search_returns_the_newest_first(self, records: Records) -> None:
        made = [await records.create(a_deliberation("newest first")) for _ in range(5)]

        found = await records.search("newest", limit=3)

        assert [known.id for known in found] == [new.id for new in reversed(made)][:3]

    async def test_search_returns_question_state_and_synthesis_only(self, records: Records) -> None:
        new = await records.create(a_deliberation("in short"))
        facts = [an_answer(), a_failure(), a_synthesis()]
        await records.save(new, facts, timings=Timings(total_s=2.5))

        (found,) = await records.search("in short")

        question = replace(new.question, attachments=())
        short = replace(new, question=question, timings=Timings(total_s=2.5))
        assert found == after(short, a_synthesis())
