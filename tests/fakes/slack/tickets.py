"""What may be used once, or a few times, or for a while: triggers and response URLs."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from tests.fakes.slack.records import Channel, Message, Person, View
from tests.fakes.slack.refused import refuse

# docs.slack.dev/interactivity/handling-user-interaction: five uses within 30 minutes.
RESPONSE_URL_USES = 5
RESPONSE_URL_LIFETIME_S = 30 * 60


@dataclass
class Trigger:
    """A person's interaction that may open one modal; `view` is where it happened, if in one."""

    person: Person
    expires_at_s: float
    view: View | None = None
    is_used: bool = False


class Triggers:
    """The trigger ids that were given out."""

    def __init__(self) -> None:
        self.lifetime_s = 3.0
        self._known: dict[str, Trigger] = {}

    def issue(
        self, person: Person, *, view: View | None = None, known_as: str | None = None
    ) -> str:
        """Give a new id, or make one that a test has chosen fresh again."""
        number = secrets.randbelow(10**13)
        name = known_as or f"{number}.{secrets.randbelow(10**13)}.{secrets.token_hex(16)}"
        self._known[name] = Trigger(person, time.monotonic() + self.lifetime_s, view)
        return name

    def exchange(self, name: object) -> Trigger:
        """Use an id up.

        Raises Refused with the codes that the page of views.open lists: `invalid_trigger_id`,
        `exchanged_trigger_id`, `expired_trigger_id`.
        """
        trigger = self._known.get(name) if isinstance(name, str) else None
        if trigger is None:
            refuse("invalid_trigger_id")
        if trigger.is_used:
            refuse("exchanged_trigger_id")
        if time.monotonic() > trigger.expires_at_s:
            refuse("expired_trigger_id")
        trigger.is_used = True
        return trigger


@dataclass
class ResponseUrl:
    """Where an app may answer an interaction; `message` is the one that was clicked in."""

    channel: Channel
    person: Person
    message: Message | None = None
    thread_ts: str | None = None
    uses: int = 0
    issued_at_s: float = field(default_factory=time.monotonic)

    @property
    def error(self) -> str | None:
        """Why it cannot be used any more."""
        if time.monotonic() - self.issued_at_s > RESPONSE_URL_LIFETIME_S:
            return "expired_url"
        return "used_url" if self.uses >= RESPONSE_URL_USES else None
