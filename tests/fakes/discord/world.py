"""The state of a fake Discord: who and what there is, what was said, what was asked."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable

from tests.fakes.discord.clock import Clock
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.links import Links
from tests.fakes.discord.records import (
    Application,
    Channel,
    File,
    Guild,
    Interaction,
    Message,
    Modal,
    Person,
)
from tests.fakes.discord.stamps import Stamps
from tests.fakes.discord.traffic import Call, Event, Identify
from tests.fakes.shapes import Json
from tests.fakes.watch import Watch

MEBIBYTE = 1024 * 1024


class World(Watch):
    """Everything that the fake Discord remembers, and its settings.

    `allowed_intents` are the privileged intents that are enabled for the app in the portal; none
    are. `ack_deadline_s` is how long an interaction may wait for its first response,
    `token_lifetime_s` how long its token lives, `nonce_window_s` how long a nonce is enforced,
    `identify_interval_s` how far apart the IDENTIFYs of a bucket must be, `session_lifetime_s` how
    long a session without a connection can be resumed. Of messages older than `old_message_s`
    there may be `old_edits` each hour in a channel. `most_invalid` invalid requests are a
    violation, long before Discord's 10,000. Codes in `expected_errors` are no violations.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.stamps = Stamps(self.clock)
        self.links = Links(self.clock)
        self._set_defaults()
        self._start_empty()
        number = self.stamps.id()
        # An app's bot has the app's id.
        self.application = Application(
            number, "Council", Person(number, "Council", is_bot=True), self._new_person("Owner")
        )
        self.people[number] = self.application.bot
        named = urlsafe_b64encode(str(number).encode()).decode().rstrip("=")
        self.token = f"{named}.{secrets.token_urlsafe(6)}.{secrets.token_urlsafe(28)}"

    def _set_defaults(self) -> None:
        self.origin = ""
        self.allowed_intents = Intent(0)
        self.ack_deadline_s = 3.0
        self.token_lifetime_s = 15 * 60.0
        self.nonce_window_s = 180.0
        self.old_message_s = 3600.0
        self.old_edits = 5
        self.most_pins = 250
        self.most_active_threads = 1000
        self.daily_command_creates = 200
        self.largest_file = 10 * MEBIBYTE
        self.largest_request = 25 * MEBIBYTE
        self.link_lifetime_s = 24 * 3600.0
        self.most_invalid = 50
        self.is_throttling = True
        self.expected_errors: set[str | int] = set()
        self._set_gateway_defaults()

    def _set_gateway_defaults(self) -> None:
        self.heartbeat_interval_s = 41.25
        self.identify_interval_s = 5.0
        self.max_concurrency = 1
        self.most_identifies = 1000
        self.recommended_shards = 1
        self.guilds_per_shard = 2500
        self.session_lifetime_s = 120.0

    def _start_empty(self) -> None:
        self.people: dict[int, Person] = {}
        self.guilds: list[Guild] = []
        self.channels: dict[int, Channel] = {}
        self.files: dict[int, File] = {}
        self.commands: list[Json] = []
        self.command_creates: list[float] = []
        self.interactions: list[Interaction] = []
        self.modals: list[Modal] = []
        self.ephemerals: list[Message] = []
        self.nonces: dict[str, Message] = {}
        self.typing: list[Channel] = []
        self.identifies: list[Identify] = []
        self.old_edits_at_s: dict[int, list[float]] = {}
        self.calls: list[Call] = []
        self.throttled: list[Call] = []
        self.invalid_requests: list[Call] = []
        self.violations: list[str] = []
        self.on_event: Callable[[Event], None] | None = None

    @property
    def bot(self) -> Person:
        """The app's bot user."""
        return self.application.bot

    @property
    def sees_content(self) -> bool:
        """Whether REST gives the app the content of others' messages."""
        return Intent.MESSAGE_CONTENT in self.allowed_intents

    def pass_time(self, seconds: float = 0.0, *, minutes: float = 0.0, hours: float = 0.0) -> None:
        """Let time pass: tokens, nonces, links and sessions age, limits refill."""
        self.clock.skip(seconds + 60 * minutes + 3600 * hours)
        self.changed()

    def emit(self, event: Event) -> None:
        """Tell the app, if the bot is in the guild and can see the channel, and wake waiters."""
        if self.on_event is not None:
            self.on_event(event)
        self.changed()

    def find_channel(self, channel_id: int) -> Channel | None:
        """Find a channel or a thread that is there."""
        channel = self.channels.get(channel_id)
        return None if channel is None or channel.is_deleted else channel

    def find_guild(self, guild_id: int) -> Guild | None:
        """Find a guild that the bot is in."""
        return next((g for g in self.guilds if g.id == guild_id and g.has_bot), None)

    def count(self, route: str) -> int:
        """Count the calls of a route, such as `POST /channels/{id}/messages`."""
        return sum(call.route == route for call in self.calls)

    def violate(self, source: str, fault: str) -> None:
        """Note that a rule was broken, as `source: code: details`."""
        self.violations.append(f"{source}: {fault}")
        self.changed()

    def note_invalid(self, call: Call) -> None:
        """Note a request that counts towards the ban of the address: discord.md 5, trap 14."""
        self.invalid_requests.append(call)
        if len(self.invalid_requests) == self.most_invalid + 1:
            reason = f"more than {self.most_invalid} answers 401, 403 or 429"
            self.violate(call.route, f"too_many_invalid: {reason}")

    def identifies_left(self) -> int:
        """Give how many sessions may still be started within these 24 hours."""
        since_s = self.clock.now_s() - 24 * 3600
        return self.most_identifies - sum(i.at_s > since_s for i in self.identifies)

    def unexpected_violations(self) -> list[str]:
        """Give the violations whose code is not among `expected_errors`."""
        expected = {str(code) for code in self.expected_errors}
        return [v for v in self.violations if v.split(": ")[1] not in expected]

    def describe(self) -> str:
        """Say what was called and what was posted."""
        lines = [f"  {route} {count}x" for route, count in self._call_counts().most_common()]
        lines += [
            f"  #{channel.name or channel.id} {message.id} {message.content[:100]!r}"
            for channel in self.channels.values()
            for message in channel.messages[-5:]
        ]
        return "\n".join(["So far:", *lines, *self.violations])

    def _call_counts(self) -> Counter[str]:
        return Counter(f"{call.route} {call.code or ''}".strip() for call in self.calls)

    def _new_person(self, name: str) -> Person:
        person = Person(self.stamps.id(), name)
        self.people[person.id] = person
        return person
