"""Rows on their way into the database; `statements.py` knows which statement takes which."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto

from bot.domain import Attachment, Deliberation, Post, Timings
from bot.storage.columns import to_json


class Shape(Enum):
    """What a row is for. In this order a transaction writes them: owners first, turns last."""

    COUNCIL = auto()
    DELIBERATION = auto()
    ATTACHMENT = auto()
    FETCHED = auto()
    EPOCH = auto()
    PROGRESS = auto()
    TIMINGS = auto()
    ANSWER = auto()
    OBJECTION = auto()
    FAILURE = auto()
    REVIEW = auto()
    BALLOT = auto()
    FLAG = auto()
    COUNT = auto()
    STANDING = auto()
    SYNTHESIS = auto()
    CALL = auto()
    POST = auto()
    SETTLED = auto()
    REOPENED = auto()
    TURN = auto()
    TURN_OVER = auto()


Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Unit:
    """Rows that belong together; of two units with the same `place` only the later counts."""

    rows: tuple[tuple[Shape, Row], ...]
    place: tuple[object, ...] | None = None


@dataclass(slots=True)
class Positions:
    """Numbers that only grow, in later processes too: they follow the clock, in nanoseconds."""

    _last: int = 0

    def __next__(self) -> int:
        """Return the next number."""
        self._last = max(self._last + 1, time.time_ns())
        return self._last


def creation(deliberation: Deliberation, delivery: str | None, turn: Row) -> Unit:
    """Return the rows of a new deliberation, its council and its turn."""
    question, place = deliberation.question, deliberation.question.place
    definition = to_json(deliberation.council)
    tenant = {"platform": place.platform, "workspace": place.workspace}
    digest = digest_of(place.platform, place.workspace, definition)
    row = {
        **tenant,
        "id": deliberation.id,
        "channel": place.channel,
        "thread": place.thread,
        "delivery": delivery,
        "asker": question.asker,
        "asker_id": question.asker_id,
        "is_scheduled": question.is_scheduled,
        "question": question.text,
        "context": question.context,
        "mode": deliberation.council.mode,
        "council_digest": digest,
        "state": deliberation.state,
        "is_rehearsal": deliberation.is_rehearsal,
        "epoch": deliberation.epoch,
        "reason": deliberation.reason,
        "timings": deliberation.timings,
        "estimate": deliberation.estimate,
        "is_capped": deliberation.is_capped,
        "created_at": deliberation.created_at,
        "ended_at": None,
    }
    council = {**tenant, "digest": digest, "definition": deliberation.council}
    files = (
        (Shape.ATTACHMENT, file) for file in _attachments(deliberation.id, question.attachments)
    )
    owners = ((Shape.COUNCIL, council), (Shape.DELIBERATION, row))
    return Unit((*owners, *files, (Shape.TURN, turn)))


def fetched(deliberation_id: str, attachments: Iterable[Attachment]) -> Unit:
    """Return the rows of files whose content is there now, or never will be."""
    files = _attachments(deliberation_id, attachments)
    return Unit(tuple((Shape.FETCHED, file) for file in files), (Shape.FETCHED, deliberation_id))


def reopening(deliberation_id: str, turn: Row) -> Unit:
    """Return the rows that reopen a deliberation, with a turn of its own."""
    return Unit(((Shape.REOPENED, {"of": deliberation_id}), (Shape.TURN, turn)))


def fresh_turn(deliberation_id: str, positions: Positions, process: str | None) -> Row:
    """Return the row of a new turn, the last in line; a process may have it at once."""
    moment = {"at": next(positions), "now": datetime.now(UTC)}
    return {"of": deliberation_id, **moment, "by": process}


def turn_over(deliberation_id: str, *, is_taken: bool = True) -> Unit:
    """Return the row that ends the turn of a deliberation that has ended.

    Without `is_taken` only one that nobody has, nor ever had.
    """
    return Unit(((Shape.TURN_OVER, {"of": deliberation_id, "taken": is_taken}),))


def raised_epoch(deliberation_id: str, epoch: int) -> Unit:
    """Return the row that locks out all workers of earlier epochs."""
    return Unit(((Shape.EPOCH, {"of": deliberation_id, "to": epoch}),))


def timed(deliberation_id: str, timings: Timings) -> Unit:
    """Return the row that stores how long things took."""
    return Unit(((Shape.TIMINGS, {"of": deliberation_id, "to": timings}),))


def planned(posts: Iterable[Post], positions: Positions) -> Unit:
    """Return the rows of posts that are owed from now on."""
    return Unit(tuple((Shape.POST, _post(post, positions)) for post in posts))


def settled(post: Post, positions: Positions) -> Unit:
    """Return the row of a post as it stands now."""
    return Unit(((Shape.SETTLED, _post(post, positions)),))


def by_shape(units: Iterable[Unit]) -> dict[Shape, list[Row]]:
    """Gather the rows of each shape, in the order they are to be written."""
    latest: dict[tuple[object, ...], Unit] = {}
    for number, unit in enumerate(units):
        latest[unit.place or (number,)] = unit
    gathered: dict[Shape, list[Row]] = {shape: [] for shape in Shape}
    for unit in latest.values():
        for shape, row in unit.rows:
            gathered[shape].append(row)
    return {shape: rows for shape, rows in gathered.items() if rows}


def digest_of(*parts: str) -> str:
    """Return a short name for some content."""
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _attachments(deliberation_id: str, attachments: Iterable[Attachment]) -> Iterator[Row]:
    for number, attachment in enumerate(attachments):
        yield {
            "of": deliberation_id,
            "at": number,
            "called": attachment.name,
            "typed": attachment.media_type,
            "content": attachment.data,
            "kept_at": attachment.source,
            "wrong": attachment.fault,
        }


def _post(post: Post, positions: Positions) -> Row:
    return {
        "deliberation_id": post.deliberation_id,
        "slot": post.slot,
        "part": post.part,
        "position": next(positions),
        "state": post.state,
        "message_id": post.message_id,
        "thread": post.thread,
        "reason": post.reason,
    }
