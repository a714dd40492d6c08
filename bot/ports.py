"""What the council needs from the world; each has a real implementation and a fake."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain import Attachment, Deliberation, ModelCall, Post, Timings
from bot.domain.events import Fact
from bot.domain.reports import Report


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One thing to ask of a model (`provider/model-id`).

    `schema` asks for JSON of that JSON schema, by the strongest means that the endpoint accepts;
    the completion's text is then that JSON, perhaps with prose around it. `images` are left out for
    models that cannot see. `deadline_s` bounds the whole call with its retries. `purpose` names the
    call in records and logs.
    """

    model: str
    system: str
    prompt: str
    purpose: str
    deadline_s: float
    images: tuple[Attachment, ...] = ()
    schema: Mapping[str, object] | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """A finished model output, never empty.

    `calls` are the requests it took, the failed ones included. `is_truncated`: the model ran into
    its length limit.
    """

    text: str
    calls: tuple[ModelCall, ...]
    latency_s: float
    is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model as its provider lists it; prices in US dollars per million tokens, if known."""

    name: str
    prompt_usd: float | None = None
    completion_usd: float | None = None


class Models(Protocol):
    """Language models, wherever they run."""

    async def complete(self, request: ModelRequest) -> Completion:
        """Ask in one plain call. Raises `ModelError`."""
        ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield pieces of text as they come and the `Completion` last. Raises `ModelError`.

        A stream that failed after its first piece is not retried here: what was shown cannot be
        unsaid.
        """
        ...

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """List a provider's models by full name.

        Raises `NotFound` for an unknown provider, `ModelError`.
        """
        ...


class Records(Protocol):
    """Deliberations at rest. Whatever returns has been committed. Raises `StorageError`."""

    async def create(
        self, deliberation: Deliberation, *, delivery: str | None = None
    ) -> Deliberation:
        """Store a new deliberation, or return the one that this delivery id made before."""
        ...

    async def load(self, deliberation_id: str) -> Deliberation:
        """Return all that is known of one. Raises `NotFound`."""
        ...

    async def take_up(self, deliberation_id: str, *, is_fresh: bool = False) -> Deliberation:
        """Raise the epoch, so that other workers' writes are refused, and return the deliberation.

        `is_fresh` reopens an ended one: queued again, failures and reason forgotten, answers and
        reviews kept.
        """
        ...

    async def save(
        self,
        deliberation: Deliberation,
        facts: Sequence[Fact],
        *,
        posts: Sequence[Post] = (),
        timings: Timings | None = None,
    ) -> None:
        """Store facts, and the posts they bring, in one transaction.

        `deliberation` says which one and which epoch; saving a fact or post that is there already
        changes nothing. Raises `Superseded` on an old epoch.
        """
        ...

    async def search(self, words: str = "", *, limit: int = 20) -> tuple[Deliberation, ...]:
        """Return the latest deliberations whose question or synthesis holds all words.

        Newest first. Answers and reviews are left out of what is returned; question, state and
        synthesis are there.
        """
        ...


class Outbox(Protocol):
    """The posts that deliberations owe. Raises `StorageError`."""

    async def owed(self, deliberation_id: str) -> tuple[Post, ...]:
        """Return all posts of a deliberation in the order they were planned, sent ones too."""
        ...

    async def settle(self, post: Post, *, epoch: int) -> None:
        """Store a post's new state, message id, thread and reason.

        Raises `Superseded` on an old epoch.
        """
        ...


class Work(Protocol):
    """Runs deliberations durably: another process finishes what this one leaves when it dies."""

    async def start(self, deliberation: Deliberation) -> None:
        """Start the run of this epoch; a second start of it changes nothing."""
        ...

    async def wait(self, deliberation_id: str) -> None:
        """Return when no run of this deliberation is left here or in another process."""
        ...

    async def cancel(self, deliberation_id: str) -> None:
        """Stop its runs, wherever they are, within about a second."""
        ...

    async def recover(self) -> tuple[str, ...]:
        """Take over what dead processes left unfinished; return the deliberations' ids."""
        ...

    async def is_running(self, deliberation_id: str) -> bool:
        """Say whether a living process runs it."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on a platform; `thread` is where the replies belong, if it opened a thread."""

    message_id: str
    thread: str | None = None


class Draft(Protocol):
    """A message that is still being written. Its methods raise `ChatError`."""

    @property
    def sent(self) -> Sent:
        """The message as it stands."""
        ...

    async def append(self, text: str) -> None:
        """Add text to the end; may be shown a little later."""
        ...

    async def restart(self) -> None:
        """Void what was written so far."""
        ...

    async def finish(self, report: Report) -> None:
        """Put the finished report in place of all that was written."""
        ...


class Chat(Protocol):
    """A chat platform, as far as the council needs it. Every method raises `ChatError`.

    `place` travels in the report; `post.thread` is the thread to write in, None for the root
    message.
    """

    @property
    def edit_every_s(self) -> float:
        """How often a message may be edited, in seconds between edits."""
        ...

    async def post(self, post: Post, report: Report) -> Sent:
        """Send one message with the post's key."""
        ...

    async def find(self, post: Post) -> Sent | None:
        """Look the post's key up on the platform."""
        ...

    async def edit(self, post: Post, report: Report) -> None:
        """Replace the content of a message that was sent."""
        ...

    async def draft(self, post: Post, report: Report) -> Draft:
        """Open a message with the post's key and write it piece by piece."""
        ...

    async def pin(self, post: Post) -> None:
        """Pin a message; one that is pinned already is fine."""
        ...
