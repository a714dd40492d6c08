from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain import Deliberation, Post, PostState, State
from bot.domain.events import DeliberationCancelled, Fact, StageBegan
from bot.storage.backlog import backlog
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.probe import probe
from bot.storage.records import SqlRecords
from bot.storage.turns import SqlTurns
from tests.contracts.records import a_deliberation, a_synthesis

SOON = timedelta(minutes=1)


async def begun(database: Database, *facts: Fact, slots: tuple[str, ...] = ()) -> Deliberation:
    """Store a deliberation that a process took, with facts and planned posts."""
    records = SqlRecords(database)
    stored = await records.create(a_deliberation())
    await SqlTurns(database).take(["console", "slack"], "here", 100)
    taken = await records.take_up(stored.id)
    posts = [Post(taken.id, slot) for slot in slots]
    await records.save(taken, list(facts), posts=posts)
    return taken


async def test_an_empty_database_has_nothing_to_do(database: Database) -> None:
    found = await backlog(database)

    assert found.deliberations == {}
    assert (found.waiting, found.taken, found.posts) == (0, 0, 0)
    assert found.waiting_since is found.posts_since is None


async def test_open_deliberations_are_counted_by_state_and_turn(database: Database) -> None:
    await begun(database, StageBegan(State.ANSWERING))
    await begun(database, StageBegan(State.SYNTHESISING), a_synthesis())
    before = datetime.now(UTC)
    for _ in range(3):
        await SqlRecords(database).create(a_deliberation())

    found = await backlog(database)

    assert found.deliberations == {State.ANSWERING: 1, State.QUEUED: 3}
    assert (found.waiting, found.taken) == (3, 2)
    assert found.waiting_since is not None
    assert before <= found.waiting_since < before + SOON


async def test_posts_are_owed_until_they_are_sent(database: Database) -> None:
    before = datetime.now(UTC)
    taken = await begun(database, StageBegan(State.ANSWERING), slots=("root", "answer:Ada"))
    owed = await backlog(database)

    for slot in ("root", "answer:Ada"):
        sent = Post(taken.id, slot, PostState.SENT, "1", "1")
        await SqlOutbox(database).settle(sent, epoch=taken.epoch)
    sent = await backlog(database)

    assert owed.posts == 2
    assert owed.posts_since is not None
    assert before - SOON < owed.posts_since < before + SOON
    assert (sent.posts, sent.posts_since) == (0, None)


async def test_a_final_answer_is_owed_once_it_stands(database: Database) -> None:
    taken = await begun(database, StageBegan(State.SYNTHESISING), slots=("synthesis",))
    written = await backlog(database)

    await SqlRecords(database).save(taken, [a_synthesis()])
    standing = await backlog(database)

    assert (written.posts, written.posts_since) == (0, None)
    assert standing.posts == 1
    assert standing.posts_since is not None


async def test_what_was_cancelled_owes_nothing_once_its_turn_is_over(database: Database) -> None:
    taken = await begun(database, StageBegan(State.ANSWERING), slots=("answer:Ada",))

    await SqlRecords(database).save(taken, [DeliberationCancelled()])
    await SqlTurns(database).release(taken.id)
    found = await backlog(database)

    assert (found.taken, found.posts) == (0, 0)


async def test_a_database_in_order_passes_its_probe(database: Database) -> None:
    await probe(database)
