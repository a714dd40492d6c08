"""What Slack tells an app, as documents: events, commands, interactions."""

from __future__ import annotations

import re
import secrets
import time

from tests.fakes.shapes import Json
from tests.fakes.slack.deliveries import Delivery
from tests.fakes.slack.interactions import (
    check_submission,
    chosen,
    enter,
    find_element,
    states_of,
)
from tests.fakes.slack.records import Channel, Message, Person, View, Workspace
from tests.fakes.slack.tickets import ResponseUrl
from tests.fakes.slack.wire import wire_of_message, wire_of_view
from tests.fakes.slack.world import World

_USER = re.compile(r"<@(\w+)(?:\|[^>]*)?>")
_CHANNEL_TYPES = {"channels": "channel", "groups": "group", "im": "im"}


class Payloads:
    """Makes deliveries without sending them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def event(self, event: Json, *, workspace: Workspace | None = None) -> Delivery:
        """Wrap an event."""
        home = workspace or self._world.workspace
        return Delivery("events_api", self._wrapped(event, home))

    def mention(self, message: Message) -> Delivery:
        """Make the app_mention event for a message."""
        event = self._said(message) | {"type": "app_mention"}
        event["team"] = message.channel.workspace.team_id
        return self._about(event, message)

    def message(self, message: Message) -> Delivery:
        """Make the message event for a message; it has no `team` of its own (slack.md 1.1)."""
        event = self._said(message)
        event["channel_type"] = _CHANNEL_TYPES[message.channel.kind]
        return self._about(event, message)

    def home_opened(self, person: Person, tab: str) -> Delivery:
        """Make the event of a person who opens the app's Home or its messages."""
        event: Json = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": self._world.direct(person).id,
            "event_ts": self._world.stamps.ts(),
            "tab": tab,
        }
        if tab == "home" and (view := self._world.views.home(person)) is not None:
            event["view"] = wire_of_view(view)
        return self.event(event, workspace=person.workspace)

    def command(
        self, command: str, text: str, channel: Channel, person: Person, trigger_id: str | None
    ) -> Delivery:
        """Make a slash command; it has no thread, since it cannot be given in one."""
        workspace = person.workspace
        names = {"groups": "privategroup", "im": "directmessage"}
        payload = {
            "token": self._world.verification_token,
            "team_id": workspace.team_id,
            "team_domain": workspace.domain,
            "channel_id": channel.id,
            "channel_name": names.get(channel.kind, channel.name),
            "user_id": person.id,
            "user_name": person.name.lower().replace(" ", "."),
            "command": command,
            "text": text,
            "api_app_id": workspace.app_id,
            "is_enterprise_install": str(workspace.is_org_wide).lower(),
            "response_url": self._response_url("commands", ResponseUrl(channel, person)),
            "trigger_id": self._world.triggers.issue(person, known_as=trigger_id),
        }
        if workspace.enterprise_id is not None:
            payload |= {"enterprise_id": workspace.enterprise_id, "enterprise_name": "Enterprise"}
        return Delivery("slash_commands", payload)

    def shortcut(self, message: Message, person: Person, callback_id: str) -> Delivery:
        """Make a message shortcut, which carries the whole message."""
        channel = message.channel
        url = ResponseUrl(channel, person, thread_ts=message.thread_ts)
        payload = {
            **self._interaction("message_action", person, channel),
            "callback_id": callback_id,
            "trigger_id": self._world.triggers.issue(person),
            "response_url": self._response_url("app", url),
            "message_ts": message.ts,
            "message": wire_of_message(message),
        }
        return Delivery("interactive", payload, message)

    def click(
        self,
        message: Message | Json,
        action_id: str,
        person: Person,
        channel: Channel,
        choice: object = None,
    ) -> Delivery:
        """Make the action of an element in a message; an ephemeral one is given as its payload."""
        stored = message if isinstance(message, Message) else None
        document = wire_of_message(message) if isinstance(message, Message) else message
        block, element = find_element(document.get("blocks") or [], action_id)
        container: Json = {
            "type": "message",
            "message_ts": document.get("ts"),
            "channel_id": channel.id,
            "is_ephemeral": stored is None,
        }
        if thread_ts := document.get("thread_ts"):
            container["thread_ts"] = thread_ts
        url = ResponseUrl(channel, person, stored, thread_ts)
        payload: Json = {
            **self._interaction("block_actions", person, channel),
            "container": container,
            "trigger_id": self._world.triggers.issue(person),
            "response_url": self._response_url("actions", url),
            "state": {"values": {}},
            "actions": [self._action(block, element, choice)],
        }
        if stored is not None:
            payload["message"] = document
        return Delivery("interactive", payload, stored)

    def click_view(
        self,
        view: View,
        action_id: str,
        person: Person,
        choice: object = None,
        block_id: str | None = None,
    ) -> Delivery:
        """Make the action of an element in a modal or a Home tab.

        `block_id` tells several elements of one action_id apart.
        """
        blocks = [one for one in view.blocks if block_id in (None, one["block_id"])]
        block, element = find_element(blocks, action_id)
        payload = {
            **self._interaction("block_actions", person, None),
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self._world.triggers.issue(person, view=view),
            "view": _used(view),
            "actions": [self._action(block, element, choice)],
        }
        return Delivery("interactive", payload)

    def submission(
        self, view: View, values: dict[str, dict[str, object]], person: Person
    ) -> Delivery:
        """Make the submission of a modal with a person's values in it."""
        enter(view, values)
        check_submission(view)
        payload: Json = {
            **self._interaction("view_submission", person, None),
            "trigger_id": self._world.triggers.issue(person, view=view),
            "view": _used(view),
            "response_urls": [],
        }
        return Delivery("interactive", payload)

    def suggestion(self, view: View, action_id: str, words: str, person: Person) -> Delivery:
        """Make the question for the options of a search in a modal; it has no trigger."""
        block, element = find_element(view.blocks, action_id)
        assert "external" in element["type"], f"{action_id} is no search"
        payload = {
            **self._interaction("block_suggestion", person, None),
            "container": {"type": "view", "view_id": view.id},
            "action_id": action_id,
            "block_id": block["block_id"],
            "value": words,
            "view": _used(view),
        }
        payload.pop("action_ts")
        return Delivery("interactive", payload)

    def closing(self, view: View, person: Person) -> Delivery:
        """Make the notice that a person closed a modal."""
        payload = {
            **self._interaction("view_closed", person, None),
            "view": _used(view),
            "is_cleared": False,
        }
        return Delivery("interactive", payload)

    def blocks_of(self, text: str) -> list[Json]:
        """Write what a person typed as rich text, mentions as such."""
        elements: list[Json] = []
        for position, part in enumerate(_USER.split(text)):
            if position % 2:
                elements.append({"type": "user", "user_id": part})
            elif part:
                elements.append({"type": "text", "text": part})
        section = {"type": "rich_text_section", "elements": elements}
        name = f"b{self._world.stamps.number('block')}"
        return [{"type": "rich_text", "block_id": name, "elements": [section]}]

    def _about(self, event: Json, message: Message) -> Delivery:
        wrapped = self._wrapped(event, message.channel.workspace)
        wrapped["is_ext_shared_channel"] = message.channel.is_shared
        return Delivery("events_api", wrapped, message)

    def _said(self, message: Message) -> Json:
        document = wire_of_message(message)
        document.pop("team", None)
        document.pop("reply_count", None)
        if message.thread_ts is None:
            document.pop("thread_ts", None)
        if message.bot_id is None:
            document["client_msg_id"] = secrets.token_hex(16)
        speaker = self._world.people.get(message.user or "")
        if speaker is not None and speaker.workspace is not message.channel.workspace:
            team = speaker.workspace.team_id
            document |= {"user_team": team, "source_team": team}
        return {**document, "channel": message.channel.id, "event_ts": message.ts}

    def _wrapped(self, event: Json, workspace: Workspace) -> Json:
        authorization = {
            "enterprise_id": workspace.enterprise_id,
            "team_id": None if workspace.is_org_wide else workspace.team_id,
            "user_id": workspace.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": workspace.is_org_wide,
        }
        return {
            "token": self._world.verification_token,
            "team_id": workspace.team_id,
            "enterprise_id": workspace.enterprise_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": workspace.enterprise_id,
            "api_app_id": workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self._world.stamps.id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_hex(12)}",
        }

    def _interaction(self, kind: str, person: Person, channel: Channel | None) -> Json:
        workspace = person.workspace
        name = person.name.lower().replace(" ", ".")
        team: Json = {"id": workspace.team_id, "domain": workspace.domain}
        enterprise: Json | None = None
        if workspace.enterprise_id is not None:
            enterprise = {"id": workspace.enterprise_id, "name": "Enterprise"}
            team |= {"enterprise_id": workspace.enterprise_id, "enterprise_name": "Enterprise"}
        document: Json = {
            "type": kind,
            "token": self._world.verification_token,
            "action_ts": self._world.stamps.ts(),
            "team": team,
            "user": {
                "id": person.id,
                "username": name,
                "name": name,
                "team_id": workspace.team_id,
            },
            "api_app_id": workspace.app_id,
            "is_enterprise_install": workspace.is_org_wide,
            "enterprise": enterprise,
        }
        if channel is not None:
            document["channel"] = {
                "id": channel.id,
                "name": "directmessage" if channel.is_direct else channel.name,
            }
        return document

    def _action(self, block: Json, element: Json, choice: object) -> Json:
        return {
            **chosen(element, choice),
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block.get("block_id", "b0"),  # Slack names those that have none
            "action_ts": self._world.stamps.ts(),
        }

    def _response_url(self, kind: str, url: ResponseUrl) -> str:
        name = secrets.token_urlsafe(18)
        self._world.response_urls[name] = url
        return f"{self._world.origin}/{kind}/{url.person.workspace.team_id}/{name}"


def _used(view: View) -> Json:
    """Write a view as it stands while a person uses it."""
    return wire_of_view(view) | {"state": {"values": states_of(view)}}
