"""What every implementation of `Outbox` must do; subclass and give `records` and `outbox`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Post, PostState
from bot.errors import NotFound, Superseded
from bot.ports import Outbox, Records
from tests.contracts.records import a_deliberation


class OutboxContract:
    """Holds for all outboxes."""

    async def test_posts_are_owed_in_the_order_they_were_planned(
        self, records: Records, outbox: Outbox
    ) -> None:
        new = await records.create(a_deliberation())
        posts = [Post(new.id, slot) for slot in ("root", "b", "a")]
        later = Post(new.id, "0")

        await records.save(new, [], posts=posts)
        await records.save(new, [], posts=[later])

        assert await outbox.owed(new.id) == (*posts, later)

    async def test_each_part_is_a_post_of_its_own(self, records: Records, outbox: Outbox) -> None:
        new = await records.create(a_deliberation())
        parts = [Post(new.id, "answer:Ada", part=part) for part in (1, 2)]
        await records.save(new, [], posts=parts)
        sent = replace(parts[0], state=PostState.SENT, message_id="17.5")

        await outbox.settle(sent, epoch=0)

        assert await outbox.owed(new.id) == (sent, parts[1])

    async def test_a_deliberation_owes_its_own_posts_only(
        self, records: Records, outbox: Outbox
    ) -> None:
        new, other = [await records.create(a_deliberation()) for _ in range(2)]

        await records.save(other, [], posts=[Post(other.id, "root")])

        assert await outbox.owed(new.id) == ()
        assert await outbox.owed("nobody") == ()

    async def test_a_post_is_settled_in_its_place(self, records: Records, outbox: Outbox) -> None:
        new = await records.create(a_deliberation())
        posts = [Post(new.id, slot) for slot in ("root", "answer:Ada")]
        await records.save(new, [], posts=posts)
        sent = replace(posts[0], state=PostState.SENT, message_id="17.5", thread="17.5")
        given_up = replace(posts[1], state=PostState.GIVEN_UP, reason="The channel is gone.")

        await outbox.settle(given_up, epoch=0)
        await outbox.settle(sent, epoch=0)

        assert await outbox.owed(new.id) == (sent, given_up)

    async def test_a_post_that_was_sent_is_not_planned_again(
        self, records: Records, outbox: Outbox
    ) -> None:
        new = await records.create(a_deliberation())
        sent = Post(new.id, "root", PostState.SENT, "17.5")
        await records.save(new, [], posts=[Post(new.id, "root")])
        await outbox.settle(sent, epoch=0)

        await records.save(new, [], posts=[Post(new.id, "root")])

        assert await outbox.owed(new.id) == (sent,)

    async def test_an_old_worker_settles_nothing(self, records: Records, outbox: Outbox) -> None:
        new = await records.create(a_deliberation())
        planned = Post(new.id, "root")
        await records.save(new, [], posts=[planned])
        await records.take_up(new.id)

        with pytest.raises(Superseded):
            await outbox.settle(replace(planned, state=PostState.SENT), epoch=0)

        assert await outbox.owed(new.id) == (planned,)

    async def test_a_post_of_no_deliberation_is_refused(self, outbox: Outbox) -> None:
        with pytest.raises(NotFound):
            await outbox.settle(Post("nobody", "root"), epoch=0)
