"""Who sits on a council and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How much reasoning a question gets: n + 1, 2n + 1 or 3n + 1 model calls for n members."""

    FAST = "fast"
    STANDARD = "standard"
    THOROUGH = "thorough"


class Shown(StrEnum):
    """What a thread shows of a deliberation; the root message and the final answer always are."""

    EVERYTHING = "everything"
    ANSWERS = "answers"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Seat:
    """One place at the table: a name, a model (`provider/model-id`), and what stands behind it."""

    name: str
    model: str
    persona: str | None = None
    fallbacks: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """The models to try, in order."""
        return (self.model, *self.fallbacks)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Bounds in seconds: the least wait for slow members, one call, the whole deliberation."""

    soft_min: float = 20.0
    call: float = 120.0
    deliberation: float = 600.0


@dataclass(frozen=True, slots=True)
class Council:
    """The seats that apply in a place, and how they reason. Member names are unique.

    `language` is what they write in, by its name, None for the question's; `instructions` are the
    team's standing ones.
    """

    members: tuple[Seat, ...]
    chairman: Seat
    mode: Mode = Mode.STANDARD
    is_revising: bool = True
    deadlines: Deadlines = Deadlines()
    language: str | None = None
    instructions: str | None = None
    shown: Shown = Shown.EVERYTHING


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question was asked. `thread` is None until one is open."""

    platform: str
    workspace: str
    channel: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a chat platform: the platform's id, a display name, and what they may do."""

    id: str
    name: str
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said before the question: a speaker's display name and the text, never trusted."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with the question; `data` is its content, `media_type` as in RFC 6838.

    `source` is where the chat platform keeps it, as long as it was not fetched from there; `fault`
    is the sentence that says why it cannot be used.
    """

    name: str
    media_type: str
    data: bytes = b""
    source: str | None = None
    fault: str | None = None

    @property
    def is_image(self) -> bool:
        """Models that see may be shown it."""
        return self.media_type.startswith("image/")

    @property
    def is_usable(self) -> bool:
        """Its content is there."""
        return self.source is None and self.fault is None


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, by whom and where, with what was said before and the files that came.

    `asker` is a display name; `asker_id` is the platform's name for that person, None if nobody
    asked, as with a schedule.
    """

    text: str
    place: Place
    asker: str
    context: tuple[Remark, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    asker_id: str | None = None
