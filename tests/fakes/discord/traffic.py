"""What passes between the app and the server: calls, events, replies, sessions' beginnings."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.discord.records import Channel, Documents, Guild, Interaction, Message, Modal
from tests.fakes.shapes import Json


@dataclass(frozen=True, slots=True)
class Reply:
    """How the app answered an interaction: in time or not, how, and after how long.

    `message`, `modal` and `choices` are what it answered with; `followups` grow.
    """

    interaction: Interaction
    is_acknowledged: bool
    kind: str
    elapsed_s: float

    @property
    def message(self) -> Message | None:
        return self.interaction.message

    @property
    def followups(self) -> list[Message]:
        return self.interaction.followups

    @property
    def modal(self) -> Modal | None:
        return self.interaction.modal

    @property
    def choices(self) -> Documents:
        return self.interaction.choices


@dataclass
class Call:
    """A call that reached the server.

    `route` is its form, such as `POST /channels/{id}/messages`, `path` the path itself. `at_s` is
    on the monotonic clock. `status` is 0 while there is no answer and stays so if there never is
    one; `code` is Discord's error code, None if there is none. `is_shared` is a 429 that does not
    count against the bot.
    """

    route: str
    method: str
    path: str
    at_s: float
    body: Json
    status: int = 0
    code: int | None = None
    is_lost: bool = False
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell the app over the gateway.

    Without a guild it goes to shard 0. What happens in a `channel` that the bot cannot see is not
    told. If it is about a `message`, its content is only for those who may read it.
    """

    name: str
    payload: Json
    guild: Guild | None = None
    channel: Channel | None = None
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Identify:
    """The start of a session: when on the server's clock, and for which shard of how many."""

    at_s: float
    shard: int
    shards: int
