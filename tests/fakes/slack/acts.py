"""What people do in Slack, and what the app hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from tests.fakes.shapes import Json, as_list, as_object
from tests.fakes.slack.choices import fault_of_options
from tests.fakes.slack.deliveries import Deliveries, Delivery
from tests.fakes.slack.interactions import enter
from tests.fakes.slack.methods.streams import end_stream
from tests.fakes.slack.methods.views import document_of
from tests.fakes.slack.payloads import Payloads
from tests.fakes.slack.records import Channel, File, Message, Person, Reply, View, Workspace
from tests.fakes.slack.response_urls import ResponseUrls
from tests.fakes.slack.validator import fault_of
from tests.fakes.slack.world import World


class Acts(World):
    """Everything that a person can do; each act gives the app's reply to its first delivery."""

    deliveries: Deliveries
    prepare: Payloads
    acknowledgements: ResponseUrls

    async def send(self, delivery: Delivery) -> Reply:
        """Deliver, and retry in the background if it is an event."""
        return await self.deliveries.send(delivery)

    async def deliver(
        self,
        delivery: Delivery,
        *,
        attempt: int = 0,
        reason: str = "http_timeout",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Deliver once, and never again by itself.

        With an `attempt` it comes as a retry. `headers` replace the signature: `signed(...)` with
        another body, time or secret, or none at all.
        """
        return await self.deliveries.deliver(
            delivery, attempt=attempt, reason=reason, headers=headers
        )

    async def command(
        self,
        text: str,
        *,
        channel: Channel,
        person: Person,
        command: str = "/council",
        trigger_id: str | None = None,
    ) -> Reply:
        """Give a slash command. `text` is as Slack sends it, so `&`, `<` and `>` are escaped.

        A body of the acknowledgement is shown, and found in `responses`.
        """
        _join(channel, person)
        delivery = self.prepare.command(command, text, channel, person, trigger_id)
        reply = await self.send(delivery)
        body = as_object(reply.body) or ({"text": reply.body} if reply.body else None)
        if reply.is_acknowledged and body is not None:
            self.acknowledgements.acknowledge(delivery.payload["response_url"], body)
        return reply

    async def mention(
        self,
        text: str,
        *,
        channel: Channel,
        person: Person,
        thread_ts: str | None = None,
        files: Iterable[File] = (),
        doubled: bool = False,
    ) -> Reply:
        """Say `@bot text`; if `doubled` the app also gets it as a message event.

        The two have the same ts and different event ids, and come at the same time.
        """
        words = f"<@{channel.workspace.bot_user_id}> {text}"
        message = self._store(words, channel, person, thread_ts, files)
        deliveries = [self.prepare.mention(message)]
        deliveries += [self.prepare.message(message)] if doubled else []
        replies = await asyncio.gather(*map(self.send, deliveries))
        return replies[0]

    async def say(
        self,
        text: str,
        *,
        channel: Channel,
        person: Person,
        thread_ts: str | None = None,
        files: Iterable[File] = (),
        is_heard: bool | None = None,
    ) -> Reply:
        """Say something. The app hears of it in direct messages, elsewhere if `is_heard`.

        The reply's `message` is what was said; nobody was asked if its `elapsed_s` is 0.
        """
        message = self._store(text, channel, person, thread_ts, files)
        if channel.is_direct if is_heard is None else is_heard:
            return await self.send(self.prepare.message(message))
        return Reply(200, message=message)

    async def shortcut(
        self,
        message: Message,
        *,
        person: Person,
        channel: Channel | None = None,
        callback_id: str = "ask_council",
    ) -> Reply:
        """Use a message shortcut."""
        assert channel in (None, message.channel), "the message is in another channel"
        return await self.send(self.prepare.shortcut(message, person, callback_id))

    async def click(
        self,
        message: Message | Json,
        action_id: str,
        *,
        person: Person,
        channel: Channel | None = None,
        choice: object = None,
    ) -> Reply:
        """Use an element of a message, or of an ephemeral one's payload (then with a channel).

        `choice` is "positive" or "negative" for feedback buttons, an option's value for menus, an
        id or a date for pickers, a list for what takes several.
        """
        place = channel or (message.channel if isinstance(message, Message) else None)
        assert place is not None, "an ephemeral message is clicked in a channel"
        return await self.send(self.prepare.click(message, action_id, person, place, choice))

    async def click_view(
        self,
        view: View,
        action_id: str,
        *,
        person: Person,
        choice: object = None,
        block_id: str | None = None,
    ) -> Reply:
        """Use an element of a modal or a Home tab, the one in `block_id` if there are several."""
        delivery = self.prepare.click_view(view, action_id, person, choice, block_id)
        return await self.send(delivery)

    def fill(self, view: View, values: dict[str, dict[str, object]]) -> None:
        """Put values into a modal's inputs, by block_id and action_id, without sending it."""
        enter(view, values)

    async def search(self, view: View, action_id: str, words: str, *, person: Person) -> list[Json]:
        """Type words into a search of a modal, and give the options that it brings."""
        reply = await self.send(self.prepare.suggestion(view, action_id, words, person))
        assert reply.is_acknowledged
        assert reply.elapsed_s < self.patience_s
        options = as_list((as_object(reply.body) or {}).get("options")) or []
        if (fault := fault_of_options(options)) is not None:
            self.violate("block_suggestion", fault)
        view.offered.setdefault(action_id, []).extend(options)
        return options

    async def submit(
        self, view: View, values: dict[str, dict[str, object]], *, person: Person
    ) -> Reply:
        """Submit a modal with values by block_id and action_id; its answer is carried out.

        Raises AssertionError where Slack's client would not let the person submit.
        """
        reply = await self.send(self.prepare.submission(view, values, person))
        if reply.is_acknowledged:
            self._carry_out(view, as_object(reply.body) or {})
        return reply

    async def close_view(self, view: View, *, person: Person) -> Reply:
        """Close a modal; the app hears of it if it asked to."""
        self.views.close(view)
        if not view.document.get("notify_on_close"):
            return Reply(200)
        return await self.send(self.prepare.closing(view, person))

    async def open_home(self, person: Person, *, tab: str = "home") -> Reply:
        """Open the app's Home tab, or its `messages`."""
        return await self.send(self.prepare.home_opened(person, tab))

    async def event(self, event: Json, *, workspace: Workspace | None = None) -> Reply:
        """Deliver any event."""
        return await self.send(self.prepare.event(event, workspace=workspace))

    async def stop_session(self, channel: Channel, thread_ts: str, *, person: Person) -> Reply:
        """Press Slack's own stop button: streams take no more, and the app hears of it."""
        running = [m for m in channel.thread(thread_ts) if m.is_streaming and m.stream is not None]
        for message in running:
            end_stream(self, message)
            if message.stream is not None:
                message.stream.is_stopped_by_user = True
        event: Json = {
            "type": "agent_session_stopped",
            "channel": channel.id,
            "thread_ts": thread_ts,
            "user": person.id,
            "streaming_message_ts": [message.ts for message in running],
            "event_ts": self.stamps.ts(),
        }
        return await self.event(event, workspace=channel.workspace)

    async def uninstall(self, workspace: Workspace) -> list[Reply]:
        """Remove the app: its tokens die (`account_inactive`), and two events tell it."""
        self.revoke(workspace, "account_inactive")
        workspace.is_installed = False
        tokens = {"oauth": [], "bot": [workspace.bot_user_id]}
        events: list[Json] = [
            {"type": "tokens_revoked", "tokens": tokens, "event_ts": self.stamps.ts()},
            {"type": "app_uninstalled", "event_ts": self.stamps.ts()},
        ]
        return [await self.event(event, workspace=workspace) for event in events]

    def kill_streams(self) -> None:
        """End every running stream as Slack does after some minutes."""
        for channel in self.channels.values():
            for message in channel.messages:
                end_stream(self, message)

    def _store(
        self,
        text: str,
        channel: Channel,
        person: Person,
        thread_ts: str | None,
        files: Iterable[File],
    ) -> Message:
        blocks = self.prepare.blocks_of(text)
        message = Message(
            self.stamps.ts(), channel, text, blocks, user=person.id, thread_ts=thread_ts
        )
        message.files = list(files)
        message.subtype = "file_share" if message.files else None
        return self.post(message)

    def _carry_out(self, view: View, answer: Json) -> None:
        action = answer.get("response_action")
        shown = as_object(answer.get("view"))
        if action == "errors":
            errors = as_object(answer.get("errors")) or {}
            known = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            if not errors or set(errors) - known:
                self.violate("view_submission", "invalid_errors: /errors: name no inputs")
        elif action in ("update", "push"):
            self._show_next(view, action, shown or {})
        elif action == "clear":
            self.views.close_all(view.person)
        elif action is None:
            self.views.close(view)
        else:
            self.violate("view_submission", f"invalid_action: /response_action: {action}")
        self.changed()

    def _show_next(self, view: View, action: str, document: Json) -> None:
        fault = fault_of("views.push", {"trigger_id": "-", "view": document})
        if fault is not None:
            self.violate("view_submission", fault)
        elif action == "push":
            self.views.push(view.person, document_of(self, document))
        else:
            self.views.update(view, document_of(self, document), None)


def _join(channel: Channel, person: Person) -> None:
    if person.id not in channel.members:
        channel.members.append(person.id)
