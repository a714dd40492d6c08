"""Records and outbox in memory, as strict as the real ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain import ROOMY, Cap, Deliberation, Post, Room, Spent, State, Tenant, Timings
from bot.domain.course import after
from bot.domain.events import (
    AnswerArrived,
    AnswerRevised,
    AttachmentsFetched,
    DeliberationCancelled,
    DeliberationFailed,
    Fact,
    StageBegan,
    StandingsReady,
)
from bot.errors import NotFound, OverLimit, StorageError, Superseded
from bot.ports import Scope
from bot.reports import ROOT
from bot.storage.columns import clean, cleaned
from bot.storage.crowding import Entry
from bot.storage.crowding import shortage as crowding
from bot.team.spending.budgets import Claim, added, shortage


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a deliberation counts for under each of its keys."""

    tenant: Tenant
    keys: tuple[str, ...]
    micros: int
    is_settled: bool = False


class FakeRecords:
    """Deliberations in memory. `saved` lists the facts in the order they came, known ones too.

    `spending` and `reservations` are what it has set aside. `turns` says who has each turn, nobody
    while it waits, in the order of the line. While `fault` is set, every call raises it.
    """

    def __init__(self) -> None:
        self.saved: list[Fact] = []
        self.posts: dict[tuple[str, str, int], Post] = {}
        self.fault: StorageError | None = None
        self._known: dict[str, Deliberation] = {}
        self._deliveries: dict[tuple[str, str, str], str] = {}
        self._facts: set[tuple[str, int, Fact]] = set()
        self._revised: set[tuple[str, str]] = set()
        self.spending: dict[tuple[Tenant, str], Spent] = {}
        self.reservations: dict[str, Reservation] = {}
        self.turns: dict[str, str | None] = {}

    @property
    def known(self) -> dict[str, Deliberation]:
        """All deliberations, by id."""
        return self._known

    def drop(self, deliberation_id: str) -> None:
        """Forget one with its posts."""
        del self._known[deliberation_id]
        self.turns.pop(deliberation_id, None)
        for key in [key for key in self.posts if key[0] == deliberation_id]:
            del self.posts[key]

    async def create(
        self,
        deliberation: Deliberation,
        *,
        delivery: str | None = None,
        caps: Sequence[Cap] = (),
        room: Room = ROOMY,
    ) -> Deliberation:
        """Store a new one, or return the known one."""
        self.check()
        place = deliberation.question.place
        if delivery is not None:
            key = (place.platform, place.workspace, delivery)
            if key in self._deliveries:
                return self._known[self._deliveries[key]]
        if deliberation.id not in self._known:
            self._check_room(deliberation, room)
            self._reserve(deliberation, caps)
            self.turns[deliberation.id] = None
            if delivery is not None:
                self._deliveries[place.platform, place.workspace, delivery] = deliberation.id
        return self._known.setdefault(deliberation.id, cleaned(deliberation))

    async def load(self, deliberation_id: str) -> Deliberation:
        """Return all that is known of one."""
        self.check()
        if deliberation_id not in self._known:
            message = "There is no deliberation of that id."
            raise NotFound(message)
        return self._known[deliberation_id]

    async def take_up(self, deliberation_id: str, *, is_fresh: bool = False) -> Deliberation:
        """Raise the epoch; reopen an ended one if it is to be fresh."""
        known = await self.load(deliberation_id)
        if is_fresh and known.state.is_final:
            known = replace(known, state=State.QUEUED, failures=(), reason=None)
            self._reserve_again(known)
        self._known[deliberation_id] = replace(known, epoch=known.epoch + 1)
        if is_fresh:
            self.turns.setdefault(deliberation_id, None)
        return self._known[deliberation_id]

    async def save(
        self,
        deliberation: Deliberation,
        facts: Sequence[Fact],
        *,
        posts: Sequence[Post] = (),
        timings: Timings | None = None,
    ) -> None:
        """Fold the facts in; what is known already changes nothing."""
        self.check_epoch(deliberation.id, deliberation.epoch)
        for fact in facts:
            self.saved.append(fact)
            self._fold(deliberation, cleaned(fact))
            if isinstance(fact, DeliberationCancelled):
                self._end_untaken(deliberation.id)
        for post in posts:
            self.posts.setdefault((post.deliberation_id, post.slot, post.part), cleaned(post))
        if timings is not None:
            known = self._known[deliberation.id]
            self._known[deliberation.id] = replace(known, timings=timings)

    async def search(
        self, words: str = "", *, limit: int = 20, scope: Scope | None = None
    ) -> tuple[Deliberation, ...]:
        """Return the latest that hold all words, newest first."""
        self.check()
        found = [known for known in self._known.values() if _holds(known, words)]
        if scope is not None:
            found = [known for known in found if self._is_within(known, scope)]
        found.sort(key=lambda known: (known.created_at, known.id), reverse=True)
        return tuple(_in_short(known) for known in found[:limit])

    def check_epoch(self, deliberation_id: str, epoch: int) -> None:
        """Refuse a write of a worker that was superseded."""
        self.check()
        if deliberation_id not in self._known:
            message = "There is no deliberation of that id."
            raise NotFound(message)
        if epoch < self._known[deliberation_id].epoch:
            message = "Another worker runs this deliberation now."
            raise Superseded(message)

    def check(self) -> None:
        """Fail if a fault is set."""
        if self.fault is not None:
            raise self.fault

    def count(self, deliberation_id: str, micros: int, *, is_settled: bool) -> None:
        """Put an amount in place of what a deliberation counts for."""
        old = self.reservations[deliberation_id]
        for key in old.keys:
            spent = self.spending[old.tenant, key]
            more = micros - old.micros
            self.spending[old.tenant, key] = replace(spent, micros=spent.micros + more)
        new = replace(old, micros=micros, is_settled=is_settled)
        self.reservations[deliberation_id] = new

    def _reserve(self, new: Deliberation, caps: Sequence[Cap]) -> None:
        most = new.estimate.most_micros if new.estimate else 0
        claim = Claim(new.question.place.tenant, most, tuple(caps))
        spent = {key: self.spending.get((claim.tenant, key), Spent()) for key in claim.keys}
        if (fault := shortage(claim, spent)) is not None:
            raise OverLimit(fault)
        for key, total in added(claim, spent).items():
            self.spending[claim.tenant, key] = total
        if caps:
            self.reservations[new.id] = Reservation(claim.tenant, tuple(claim.keys), most)

    def _check_room(self, new: Deliberation, room: Room) -> None:
        tenant = new.question.place.tenant
        waiting = Counter({tenant: 1})
        for deliberation_id, taken_by in self.turns.items():
            if taken_by is None:
                waiting[self._known[deliberation_id].question.place.tenant] += 1
        if (fault := crowding(Entry(tenant, room), waiting)) is not None:
            raise OverLimit(fault)

    def _end_untaken(self, deliberation_id: str) -> None:
        """End the turn of a cancelled one that nobody took up: there is nobody to be told."""
        is_waiting = self.turns.get(deliberation_id, "nobody's") is None
        if is_waiting and self._known[deliberation_id].epoch <= 1:
            del self.turns[deliberation_id]

    def _reserve_again(self, known: Deliberation) -> None:
        held = self.reservations.get(known.id)
        if held is not None and held.is_settled:
            most = known.estimate.most_micros if known.estimate else 0
            self.count(known.id, max(held.micros, most), is_settled=False)

    def _is_within(self, known: Deliberation, scope: Scope) -> bool:
        place = known.question.place
        root = self.posts.get((known.id, ROOT, 1))
        threads = (place.thread, root.thread if root else None)
        return (
            place.platform == scope.platform
            and scope.workspace in (None, place.workspace)
            and (scope.channels is None or place.channel in scope.channels)
            and (scope.thread is None or scope.thread in threads)
            and not (scope.is_open and known.state.is_final)
        )

    def _fold(self, deliberation: Deliberation, fact: Fact) -> None:
        known = self._known[deliberation.id]
        key = (deliberation.id, deliberation.epoch, fact)
        news = _without_calls(fact) if key in self._facts else fact
        self._facts.add(key)
        folded = after(known, news)
        if isinstance(fact, AnswerRevised):
            self._revised.add((known.id, fact.answer.member))
        if isinstance(fact, AnswerArrived) and (known.id, fact.answer.member) in self._revised:
            folded = replace(folded, answers=known.answers)
        self._known[known.id] = folded


class FakeOutbox:
    """The posts in `FakeRecords`."""

    def __init__(self, records: FakeRecords) -> None:
        self._records = records

    async def owed(self, deliberation_id: str) -> tuple[Post, ...]:
        """Return all posts in the order they were planned."""
        self._records.check()
        posts = self._records.posts.values()
        return tuple(post for post in posts if post.deliberation_id == deliberation_id)

    async def settle(self, post: Post, *, epoch: int) -> None:
        """Store a post as it stands."""
        self._records.check_epoch(post.deliberation_id, epoch)
        self._records.posts[post.deliberation_id, post.slot, post.part] = cleaned(post)


def _without_calls(fact: Fact) -> Fact:
    match fact:
        case (
            StageBegan()
            | AttachmentsFetched()
            | StandingsReady()
            | DeliberationFailed()
            | DeliberationCancelled()
        ):
            return fact
        case _:
            return replace(fact, calls=())


def _holds(known: Deliberation, words: str) -> bool:
    texts = [known.question.text] + ([known.synthesis.text] if known.synthesis else [])
    return all(any(word in text.lower() for text in texts) for word in clean(words).lower().split())


def _in_short(known: Deliberation) -> Deliberation:
    return replace(
        known,
        question=replace(known.question, attachments=()),
        answers=(),
        failures=(),
        reviews=(),
        objection=None,
        standings=None,
        calls=(),
    )
