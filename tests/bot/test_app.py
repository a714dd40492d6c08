from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.app import App, new_id
from bot.domain import Attachment, Council, Deliberation, Person, Place, Remark, Seat, State
from bot.domain.events import DeliberationFailed, SynthesisReady
from bot.errors import BadQuestion, NotFound, StorageError, WrongUse
from bot.ports import Scope
from tests.fakes.council import COUNCIL, PLACE, SYNTHESIS, deliberation, question
from tests.fakes.records import FakeRecords
from tests.fakes.work import FakeWork


class House:
    """An app on fakes."""

    def __init__(self, work: FakeWork) -> None:
        self.work = work
        self.records = FakeRecords()
        self.app = App(records=self.records, work=work, platforms=["console"], question_chars=100)

    async def have(self, *facts: SynthesisReady | DeliberationFailed) -> None:
        """Let there be a deliberation `d1` that a worker took up and left."""
        await self.records.create(deliberation())
        await self.records.save(await self.records.take_up("d1"), facts)


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with FakeWork() as work:
        yield House(work)


DONE = SynthesisReady(SYNTHESIS)
FAILED = DeliberationFailed("Nobody answered.")


async def test_a_question_is_stored_and_started(house: House) -> None:
    asked = await house.app.ask(question(), COUNCIL)

    assert await house.app.show(asked.id) == asked
    assert house.work.started == [(asked.id, 0)]


async def test_a_rehearsal_is_marked_as_one(house: House) -> None:
    stand_in = Seat("Alder", "rehearsal/alder")
    mixed = replace(COUNCIL, chairman=stand_in)

    assert (await house.app.ask(question(), Council((stand_in,), stand_in))).is_rehearsal
    assert not (await house.app.ask(question(), mixed)).is_rehearsal


async def test_a_delivery_that_comes_again_is_the_same_deliberation(house: House) -> None:
    first = await house.app.ask(question(), COUNCIL, delivery="e1")
    second = await house.app.ask(question(), COUNCIL, delivery="e1")

    assert second.id == first.id
    assert house.work.started == [(first.id, 0)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        (" \n\t ", "blank"),
        ("\u200b\u2060", "blank"),
        (" x\u200b", "single character"),
        ("x" * 100_000, "100,000 characters and the limit is 100"),
        ("what\0?", "NUL"),
        ("what \ud800?", "broken characters"),
    ],
)
async def test_a_bad_question_is_refused_in_a_sentence(house: House, text: str, words: str) -> None:
    with pytest.raises(BadQuestion, match=words) as refused:
        await house.app.ask(question(text), COUNCIL)

    assert str(refused.value).endswith(".")
    assert house.work.started == []
    assert await house.app.history() == ()


@pytest.mark.parametrize("text", ["ok", "x" * 100, "何故", "🤔🤔"])
async def test_a_short_or_a_long_question_is_fine(house: House, text: str) -> None:
    assert (await house.app.ask(question(text), COUNCIL)).question.text == text


async def test_one_that_is_done_is_returned_as_it_is(house: House) -> None:
    await house.have(DONE)

    resumed = await house.app.resume("d1")

    assert resumed.state is State.DONE
    assert house.work.started == []


async def test_one_that_runs_is_not_started_again(house: House) -> None:
    await house.have()
    house.work.elsewhere.add("d1")

    await house.app.resume("d1")

    assert house.work.started == []


async def test_one_that_a_dead_process_left_is_taken_over(house: House) -> None:
    await house.have()
    house.work.dead.add("d1")

    await house.app.resume("d1")

    assert await house.work.is_running("d1")
    assert house.work.started == []


async def test_all_that_dead_processes_left_is_taken_over(house: House) -> None:
    await house.have()
    house.work.dead.add("d1")

    assert await house.app.recover() == ("d1",)
    assert house.work.started == []


async def test_a_failed_one_starts_afresh(house: House) -> None:
    await house.have(FAILED)

    resumed = await house.app.resume("d1")

    assert (resumed.state, resumed.reason) == (State.QUEUED, None)
    assert house.work.started == [("d1", 2)]


async def test_a_running_one_is_cancelled_and_stays_so(house: House) -> None:
    asked = await house.app.ask(question(), COUNCIL)

    cancelled = await house.app.cancel(asked.id)

    assert cancelled.state is State.CANCELLED
    assert (await house.app.show(asked.id)).state is State.CANCELLED
    assert not await house.work.is_running(asked.id)


async def test_a_cancelled_one_can_be_resumed(house: House) -> None:
    asked = await house.app.ask(question(), COUNCIL)
    await house.app.cancel(asked.id)

    resumed = await house.app.resume(asked.id)

    assert resumed.state is State.QUEUED
    assert await house.work.is_running(asked.id)


async def test_what_has_ended_cannot_be_cancelled(house: House) -> None:
    await house.have(DONE)

    with pytest.raises(WrongUse, match="Deliberation d1 is done already"):
        await house.app.cancel("d1")


async def test_waiting_returns_it_as_it_stands_then(house: House) -> None:
    await house.have(DONE)

    assert (await house.app.wait("d1")).state is State.DONE


@pytest.mark.parametrize("call", ["show", "resume", "cancel", "wait"])
async def test_an_unknown_id_is_not_found(house: House, call: str) -> None:
    with pytest.raises(NotFound):
        await getattr(house.app, call)("nothing")


async def test_history_is_searched_by_words(house: House) -> None:
    asked = await house.app.ask(question("Why is the sky blue?"), COUNCIL)
    await house.app.ask(question("Why is grass green?"), COUNCIL)

    found = await house.app.history("sky")

    assert [known.id for known in found] == [asked.id]


def test_ids_are_short_and_sort_by_time() -> None:
    ids = [new_id() for _ in range(200)]

    assert len(set(ids)) == 200
    assert {len(made) for made in ids} == {16}
    assert [made[:9] for made in ids] == sorted(made[:9] for made in ids)


HERE = Scope("console", "local", ("terminal",))
ELSEWHERE = Scope("console", "local", ("cellar",))
EVE, MAL, ROOT = Person("u1", "Eve"), Person("u2", "Mal"), Person("u3", "Root", is_admin=True)


def asked_by_eve() -> Deliberation:
    return replace(deliberation(), question=replace(question(), asker_id=EVE.id))


@pytest.mark.parametrize("person", [EVE, ROOT])
async def test_whoever_asked_and_an_admin_may_stop_it(house: House, person: Person) -> None:
    await house.records.create(asked_by_eve())

    cancelled = await house.app.cancel("d1", by=person, within=HERE)

    assert cancelled.state is State.CANCELLED


async def test_nobody_else_may_stop_it(house: House) -> None:
    await house.records.create(asked_by_eve())

    with pytest.raises(WrongUse, match="Only Eve, who asked, or an admin"):
        await house.app.cancel("d1", by=MAL, within=HERE)

    assert (await house.app.show("d1")).state is State.QUEUED


async def test_a_name_does_no_harm_in_a_refusal(house: House) -> None:
    asked = asked_by_eve()
    crooked = replace(asked.question, asker="E\u202eve\x1b[2J\n# " + "x" * 100)
    await house.records.create(replace(asked, question=crooked))

    with pytest.raises(WrongUse, match=r"^Only Eve # x{53}…, who asked, or an admin can stop"):
        await house.app.cancel("d1", by=MAL, within=HERE)


async def test_what_is_not_within_sight_is_not_there(house: House) -> None:
    await house.records.create(asked_by_eve())

    with pytest.raises(NotFound):
        await house.app.show("d1", within=ELSEWHERE)
    with pytest.raises(NotFound):
        await house.app.cancel("d1", by=ROOT, within=ELSEWHERE)
    assert await house.app.history(within=ELSEWHERE) == ()
    assert [known.id for known in await house.app.history(within=HERE)] == ["d1"]


async def test_a_question_in_a_council_thread_carries_what_was_answered_there(
    house: House,
) -> None:
    thread = replace(PLACE, thread="t1")
    await house.records.create(deliberation("d1", place=thread))
    await house.records.save(await house.records.take_up("d1"), [DONE])
    await house.records.create(deliberation("d2", place=thread))

    asked = await house.app.ask(question("And by eight?", place=thread), COUNCIL)

    assert asked.question.context == (
        Remark("Eve", "What is six by seven?"),
        Remark("Council", "It is 42."),
    )


async def test_one_that_cannot_be_started_now_is_not_lost(house: House) -> None:
    async def refuse(deliberation: Deliberation) -> None:
        raise StorageError(deliberation.id)

    house.work.start = refuse
    asked = await house.app.ask(question(), COUNCIL)

    assert (await house.app.show(asked.id)).state is State.QUEUED


async def test_another_platforms_deliberation_is_left_to_whoever_serves_it(house: House) -> None:
    await house.records.create(deliberation(place=Place("slack", "T1", "C1")))

    with pytest.raises(WrongUse, match="asked in slack; `council serve` goes on"):
        await house.app.resume("d1")
    assert house.work.started == []


async def test_another_platforms_deliberation_can_be_cancelled(house: House) -> None:
    await house.records.create(deliberation(place=Place("slack", "T1", "C1")))

    assert (await house.app.cancel("d1")).state is State.CANCELLED
    assert house.work.started == []


async def test_too_many_files_are_refused(house: House) -> None:
    files = (Attachment("a.txt", "text/plain", b"a"),) * 11

    with pytest.raises(BadQuestion, match="at most 10 files"):
        await house.app.ask(replace(question(), attachments=files), COUNCIL)
