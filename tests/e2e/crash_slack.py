"""A fake Slack where services die."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.slack.thread.posting import keys_of
from tests.adapters.stage import SPEED
from tests.e2e.crash_server import port_of
from tests.e2e.crash_site import Point, Seen, Shown, Stage, Strike
from tests.fakes.slack import faults
from tests.fakes.slack.records import Call, Channel, Message, Reply
from tests.fakes.slack.server import SlackServer

STAGES = {
    Stage.RECEIVED: faults.lost_before_effect(),
    Stage.DONE: faults.lost_after_effect(),
    Stage.ANSWERED: faults.slow(0.0),
}
_STORED_WITHIN_S = 2.0
# What Slack answers to whoever repeats what a dead process had done.
_AFTER_A_DEATH = {
    "already_pinned",
    "message_not_in_streaming_state",
    "streaming_state_conflict",
}


class SlackSite:
    """Implements `tests.e2e.crash_site.Site`."""

    def __init__(self, slack: SlackServer, *, is_blind: bool = False) -> None:
        slack.expected_errors |= _AFTER_A_DEATH
        slack.retry_delays_s = (0.3, 1.0, 5.0, 10.0)
        self.slack = slack
        self.is_blind = is_blind
        self._channels: dict[str, Channel] = {}
        self._replies: dict[str, Reply] = {}
        self.disarm()

    @property
    def settings(self) -> Mapping[str, str]:
        """What a service is told to find it."""
        return {
            "COUNCIL_SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": self.slack.workspace.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
        }

    @property
    def calls(self) -> Mapping[str, int]:
        """The kinds of calls that a thread takes, and how many of each about."""
        return {
            "chat.postMessage": 10,
            "chat.update": 3,
            "chat.startStream": 1,
            "chat.appendStream": 2,
            "chat.stopStream": 1,
            "pins.add": 1,
            "conversations.info": 1,
        }

    async def ask(self, question: str, *, by_mention: bool = False) -> None:
        """Ask in a new channel, and return when Slack has an answer or has given up for now."""
        number = len(self._channels)
        channel = self._channels[question] = self.slack.add_channel(f"c{number}")
        person = self.slack.add_person(f"p{number}")  # nobody may ask too much
        act = self.slack.mention if by_mention else self.slack.command
        self._replies[question] = await act(question, channel=channel, person=person)

    def is_promised(self, question: str) -> bool:
        """Say whether Slack got an acknowledgement, and the person no word to the contrary."""
        channel = self._channels.get(question)
        if any(place is channel for place, _, _ in self.slack.ephemerals):
            return False
        # What took longer was acknowledged before it was stored, because Slack does not wait.
        return any(
            reply.is_acknowledged and not reply.body and reply.elapsed_s < _STORED_WITHIN_S
            for reply in self._all_replies(question)
        )

    def is_settled(self, question: str) -> bool:
        """Say whether Slack has an acknowledgement, or will not try again."""
        replies = self._all_replies(question)
        is_event = bool(replies) and replies[0].message is not None
        most = 1 + len(self.slack.retry_delays_s) if is_event else 1
        return len(replies) == most or any(reply.is_acknowledged for reply in replies)

    def arm(self, question: str, point: Point, strike: Strike) -> None:
        """Strike who makes the call at this point."""
        channel = self._channels[question]

        def is_here(call: Call) -> bool:
            return call.body.get("channel") == channel.id

        self.slack.faults.add(
            point.call,
            STAGES[point.stage],
            skip=point.number - 1,
            when=is_here,
            then=lambda request: strike(port_of(request)),
        )

    def disarm(self) -> None:
        """Strike nobody any more."""
        self.slack.faults.clear()
        if self.is_blind:
            for method in ("conversations.history", "conversations.replies"):
                self.slack.faults.add(method, faults.error("missing_scope"), times=None)

    def look(self, question: str) -> Seen:
        """Look at what there is."""
        channel = self._channels[question]
        ours = [m for m in channel.messages if m.bot_id is not None and not m.is_deleted]
        return Seen(
            tuple(Shown(m.ts, _key(m), m.is_streaming or m.is_broken) for m in ours),
            tuple(channel.pins),
            any("Read the final answer" in str(m.blocks) for m in ours),
        )

    def complaints(self) -> list[str]:
        """Return, once, what broke Slack's rules."""
        found = self.slack.unexpected_violations()
        self.slack.violations.clear()
        return found

    def _all_replies(self, question: str) -> list[Reply]:
        """Return what came of the delivery and of each retry."""
        reply = self._replies.get(question)
        if reply is None:
            return []
        ids = self._ids(reply)
        return [reply, *(again.reply for again in self.slack.retries if again.event_id in ids)]

    def _ids(self, reply: Reply) -> set[str]:
        """Return the ids of the events of a message."""
        return {
            str(made.payload.get("event_id"))
            for made in self.slack.deliveries.made
            if made.message is not None and made.message is reply.message
        } - {"None"}


def open_slack() -> SlackServer:
    """Return a Slack whose limits refill faster."""
    return SlackServer(speed=SPEED)


def _key(message: Message) -> str:
    document = {"metadata": message.metadata, "blocks": message.blocks}
    found = keys_of(document) if message.metadata is not None else set[str]()
    return " ".join(sorted(key for key in found if key)) or message.ts
