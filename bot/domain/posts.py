"""What the bot owes to a thread."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from dataclasses import dataclass
from enum import StrEnum


class PostState(StrEnum):
    """How far a post got. `OPEN`: a message exists on the platform and is still being written."""

    PLANNED = "planned"
    OPEN = "open"
    SENT = "sent"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Post:
    """One message that the bot owes to a thread.

    `slot` says which: `root`, `answer:NAME`, `revision:NAME`, `review:NAME:TURN`, `objection`,
    `standings`, `synthesis`. What is too long for one message takes several `part`s, from 1 on.
    `message_id` and `thread` are the platform's, once sent; `reason` is why it was given up.
    """

    deliberation_id: str
    slot: str
    state: PostState = PostState.PLANNED
    message_id: str | None = None
    thread: str | None = None
    reason: str | None = None
    part: int = 1

    @property
    def key(self) -> str:
        """What the platform keeps with the message so that it can be found again.

        24 characters; Discord allows 25.
        """
        name = f"{self.deliberation_id}\0{self.slot}\0{self.part}"
        digest = hashlib.sha256(name.encode()).digest()
        return b32encode(digest[:15]).decode().lower()
