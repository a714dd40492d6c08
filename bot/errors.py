"""Everything that can go wrong, by what the caller can do about it.

CouncilError
├── WrongUse              the request cannot be carried out as it stands; nothing was started
│   ├── BadQuestion       empty, too long, unreadable
│   ├── BadConfig         settings or council.toml; names the place
│   ├── NotFound          no such deliberation, provider or model
│   ├── NotAllowed        this person may not, or nobody may at the moment
│   ├── OverLimit         no room under a limit; says what is left and when it resets
│   └── Changed           somebody else changed it meanwhile; look again
├── ModelError            a model gave no usable answer; carries the failure and the calls it cost
├── StorageError          the database cannot be used right now
│   └── Superseded        another worker runs this deliberation now; stop writing
└── ChatError             a message did not get through
    ├── ChatBusy          try again after a while
    ├── ChatUnclear       it may or may not have arrived; look before sending again
    └── ChatRefused       it never will; give the post up

Every message is one sentence for people: what was wrong and what to do. None holds a key or the
text of a foreign exception.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain import Failure, ModelCall


class CouncilError(Exception):
    """The root of all errors that this project raises."""


class WrongUse(CouncilError):
    """The request cannot be carried out as it stands; nothing was started and nothing was paid."""


class BadQuestion(WrongUse):
    """The question is empty, too long or unreadable."""


class BadConfig(WrongUse):
    """The settings or `council.toml` are wrong; the message names the place."""


class NotFound(WrongUse):
    """There is no such deliberation, schedule, provider or model."""


class NotAllowed(WrongUse):
    """This person may not do this here, or nobody may at the moment."""


class OverLimit(WrongUse):
    """A limit has no room for it; the message says what is left and when it resets."""


class Changed(WrongUse):
    """Somebody else changed it in the meantime; look at it again."""


class ModelError(CouncilError):
    """A model gave no usable answer.

    `failure` says why, in words for people; `calls` are the requests that were made for it, paid
    ones too.
    """

    def __init__(self, failure: Failure, calls: tuple[ModelCall, ...] = ()) -> None:
        super().__init__(failure.sentence)
        self.failure = failure
        self.calls = calls


class StorageError(CouncilError):
    """The database cannot be used right now."""


class Superseded(StorageError):
    """Another worker runs this deliberation now; whoever gets this must stop writing."""


class ChatError(CouncilError):
    """A message did not get through."""


class ChatBusy(ChatError):
    """The platform asks to wait `retry_after_s` seconds."""

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ChatUnclear(ChatError):
    """The message may or may not have arrived; look for its key before sending again."""


class ChatRefused(ChatError):
    """The platform will never take this message; its text is the reason kept with the post."""
