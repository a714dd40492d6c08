"""A Slack on 127.0.0.1: Web API, Socket Mode, deliveries, OAuth and files over real sockets."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.fakes.slack.acts import Acts
from tests.fakes.slack.asked import Method
from tests.fakes.slack.browser import Page, install
from tests.fakes.slack.deliveries import Deliveries
from tests.fakes.slack.faults import Faults
from tests.fakes.slack.methods import (
    agents,
    chat,
    conversations,
    files,
    people,
    pins,
    streams,
    usergroups,
    views,
)
from tests.fakes.slack.oauth import Decision, OAuth
from tests.fakes.slack.payloads import Payloads
from tests.fakes.slack.rates import Limits
from tests.fakes.slack.records import Message, Person, Workspace
from tests.fakes.slack.response_urls import ResponseUrls
from tests.fakes.slack.signing import Signer
from tests.fakes.slack.socket_mode import SocketMode
from tests.fakes.slack.uploads import Uploads
from tests.fakes.slack.web_api import WebApi
from tests.fakes.tasks import Tasks

LARGEST_UPLOAD = 64_000_000


class SlackServer(Acts):
    """A small stateful Slack; an asynchronous context manager.

    Leaving it raises AssertionError with everything that broke Slack's rules or ours, unless the
    test named the code in `expected_errors` or cleared `violations`. `speed=20` lets rate limits
    refill 20 times as fast; `is_throttling = False` turns them off.
    """

    def __init__(self, *, speed: float = 1.0) -> None:
        super().__init__()
        self.tasks = Tasks()
        self.limits = Limits(speed)
        self.faults = Faults(self.tasks)
        self.prepare = Payloads(self)
        self.acknowledgements = ResponseUrls(self, self.faults)
        self._sockets = SocketMode(self)
        self._signer = Signer(self.signing_secret)
        self._oauth = OAuth(self)
        self._uploads = Uploads(self, self.faults)
        self.methods = self._methods()
        self._api = WebApi(self, self.limits, self.faults, self.methods)
        self.deliveries = Deliveries(self, self._sockets, self.tasks)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LARGEST_UPLOAD)
        self._route(app.router)
        # A silent handler must end with its client, and at once when the server stops.
        runner = web.AppRunner(
            app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None
        )
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._stack.push_async_callback(self._sockets.close)
        await self._stack.enter_async_context(self.deliveries)
        self.on_post = self._echo
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        troubles = [repr(trouble) for trouble in await self.tasks.close()]
        await self._stack.aclose()
        lines = [*self.unexpected_violations(), *troubles]
        if not lines:
            return
        message = "\n".join(["Slack's rules were broken:", *lines])
        if error is None:
            raise AssertionError(message)
        error.add_note(message)

    @property
    def api_url(self) -> str:
        """For `AsyncWebClient(base_url=…)`."""
        return f"{self.origin}/api/"

    @property
    def authorize_url(self) -> str:
        """The page where a person installs the app."""
        return f"{self.origin}/oauth/v2/authorize"

    @property
    def connections(self) -> int:
        """How many Socket Mode connections can take an envelope."""
        return self._sockets.count

    def signed(
        self, body: str | bytes, *, at: float | None = None, secret: str | None = None
    ) -> dict[str, str]:
        """Give the signature headers for a body, at another time or with another secret."""
        return self._signer.signed(body, at=at, secret=secret)

    async def drop_sockets(self, for_s: float) -> None:
        """Break every Socket Mode connection; for a while apps.connections.open answers 503."""
        self._sockets.drop(for_s)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Send the envelope that asks clients to connect anew."""
        await self._sockets.disconnect(reason)

    async def approve(
        self,
        install_url: str,
        *,
        workspace: Workspace | None = None,
        person: Person | None = None,
        is_denied: bool = False,
        is_org_wide: bool = False,
    ) -> Page:
        """Install the app as a person does in a browser, starting at the app's own page."""
        home = workspace or self.workspace
        installer = person or self.add_person("Installer", workspace=home, is_admin=True)
        self._oauth.decision = Decision(home, installer, is_denied, is_org_wide)
        return await install(install_url, self.authorize_url)

    def _methods(self) -> dict[str, Method]:
        opening = Method(self._sockets.open, ("connections:write",), "app")
        return {
            "apps.connections.open": opening,
            **self._oauth.methods,
            **agents.METHODS,
            **chat.METHODS,
            **conversations.METHODS,
            **files.METHODS,
            **people.METHODS,
            **pins.METHODS,
            **streams.METHODS,
            **usergroups.METHODS,
            **views.METHODS,
        }

    def _route(self, router: web.UrlDispatcher) -> None:
        router.add_route("*", "/api/{method}", self._api.handle)
        router.add_get("/link/", self._sockets.serve)
        router.add_post("/{kind:commands|actions|app}/{team}/{name}", self.acknowledgements.handle)
        router.add_post("/upload/v1/{file}", self._uploads.take)
        router.add_put("/upload/v1/{file}", self._uploads.take)
        router.add_get("/{kind:files-pri|files-pri-download}/{place}/{name}", self._uploads.give)
        router.add_get("/oauth/v2/authorize", self._oauth.ask)
        router.add_post("/oauth/v2/authorize", self._oauth.decide)

    def _echo(self, message: Message) -> None:
        """Let the app hear its own messages, as one that subscribes to `message.*` does."""
        if self.echoes and message.bot_id is not None:
            self.tasks.start(self.send(self.prepare.message(message)))
