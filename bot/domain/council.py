"""Who sits on a council and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# The provider of models that need no network and say so in every message.
REHEARSAL = "rehearsal"


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


def is_stand_in(model: str) -> bool:
    """Say whether a model is a rehearsal one, and no real one."""
    return model.startswith(f"{REHEARSAL}/")


@dataclass(frozen=True, slots=True)
class Seat:
    """One place at the table: a name, a model (`provider/model-id`), and what stands behind it.

    `weight` is what its ballots count, learnt from how it agreed with its peers.
    """

    name: str
    model: str
    persona: str | None = None
    fallbacks: tuple[str, ...] = ()
    weight: float = 1.0

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
    team's standing ones. `pins` are the final answers that stay pinned in the place, None for the
    operator's number.
    """

    members: tuple[Seat, ...]
    chairman: Seat
    mode: Mode = Mode.STANDARD
    is_revising: bool = True
    deadlines: Deadlines = Deadlines()
    language: str | None = None
    instructions: str | None = None
    shown: Shown = Shown.EVERYTHING
    pins: int | None = None

    @property
    def seats(self) -> tuple[Seat, ...]:
        """All who sit, the chairman last."""
        return (*self.members, self.chairman)

    @property
    def models(self) -> tuple[str, ...]:
        """All models that may be asked, each once."""
        return tuple(dict.fromkeys(model for seat in self.seats for model in seat.models))

    @property
    def is_rehearsal(self) -> bool:
        """Stand-ins sit in every seat, so that no answer is a real one."""
        return all(map(is_stand_in, self.models))


@dataclass(frozen=True, slots=True)
class Tenant:
    """A workspace: whoever is in one sees and changes nothing of another."""

    platform: str
    workspace: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question was asked. `thread` is None until one is open.

    An empty `channel` stands for the workspace as a whole.
    """

    platform: str
    workspace: str
    channel: str
    thread: str | None = None

    @property
    def tenant(self) -> Tenant:
        """The workspace that it belongs to."""
        return Tenant(self.platform, self.workspace)


class Tie(StrEnum):
    """How somebody belongs to a workspace."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a chat platform, with what the platform says of them at the moment.

    `groups` are the ids of the roles or user groups they are in. `tie` is how they belong to the
    workspace: guests are invited to single channels, strangers are of another workspace.
    """

    id: str
    name: str
    is_admin: bool = False
    groups: tuple[str, ...] = ()
    tie: Tie = Tie.MEMBER


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

    `asker` is a display name; `asker_id` is the platform's name for that person, None if there is
    none. A schedule asks in its owner's name; where it `is_scheduled`, that person does not wait.
    """

    text: str
    place: Place
    asker: str
    context: tuple[Remark, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    asker_id: str | None = None
    is_scheduled: bool = False
