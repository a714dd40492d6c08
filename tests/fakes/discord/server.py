"""A Discord on 127.0.0.1: REST, gateway and attachments over real sockets."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.fakes.discord.acts import Acts
from tests.fakes.discord.asked import Asked, Endpoint
from tests.fakes.discord.cdn import Cdn
from tests.fakes.discord.connection import Session
from tests.fakes.discord.faults import Faults
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.rates import Limits
from tests.fakes.discord.rest import Rest
from tests.fakes.discord.routes import (
    application,
    callbacks,
    channels,
    commands,
    followups,
    guilds,
    messages,
    pins,
    threads,
)
from tests.fakes.tasks import Tasks

LARGEST_BODY = 64_000_000


class DiscordServer(Acts):
    """A small stateful Discord; an asynchronous context manager.

    Leaving it raises AssertionError with everything that broke Discord's rules or ours, unless the
    test named the code in `expected_errors` or cleared `violations`. `speed=20` lets rate limits
    reset and IDENTIFYs follow each other 20 times as fast; `is_throttling = False` turns the rate
    limits off.
    """

    def __init__(self, *, speed: float = 1.0) -> None:
        super().__init__()
        self.tasks = Tasks()
        self.limits = Limits(speed, self.clock.now_s)
        self.faults = Faults(self.tasks)
        self.endpoints = self._endpoints()
        self._gateway = Gateway(self, self.faults, speed)
        self._rest = Rest(self, self.limits, self.faults, self.endpoints)
        self._cdn = Cdn(self, self.faults)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LARGEST_BODY)
        self._route(app.router)
        # A silent handler must end with its client, and at once when the server stops.
        runner = web.AppRunner(
            app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None
        )
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._stack.push_async_callback(self._gateway.close)
        self.on_event = self._gateway.dispatch
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
        message = "\n".join(["Discord's rules were broken:", *lines])
        if error is None:
            raise AssertionError(message)
        error.add_note(message)

    @property
    def api_url(self) -> str:
        """For `discord.http.Route.BASE`."""
        return f"{self.origin}/api/v10"

    @property
    def gateway_url(self) -> str:
        """For `DiscordWebSocket.DEFAULT_GATEWAY`, as a `yarl.URL`."""
        return self.origin.replace("http", "ws", 1) + "/gateway"

    @property
    def sessions(self) -> list[Session]:
        """Every session that there ever was, the ones that are gone too."""
        return self._gateway.sessions

    @property
    def connections(self) -> int:
        """How many sessions are connected."""
        return sum(session.is_connected for session in self.sessions)

    async def drop_gateway(self, for_s: float = 0.0) -> None:
        """Cut every gateway connection; for a while a new one is answered 503."""
        self._gateway.drop(for_s)

    async def reconnect(self) -> None:
        """Ask every client to reconnect and resume: op 7."""
        self._gateway.ask_to_reconnect()

    async def invalidate(self, *, resumable: bool) -> None:
        """Tell every client that its session is invalid: op 9."""
        self._gateway.invalidate(resumable=resumable)

    async def close_gateway(self, code: int) -> None:
        """Close every gateway connection with a code, such as 4000 or 4004."""
        self._gateway.close_all(code)

    async def mute_gateway(self, for_s: float) -> None:
        """Send nothing for a while, as on a connection that is dead without being closed."""
        self._gateway.mute(for_s)

    def _endpoints(self) -> dict[str, Endpoint]:
        return {
            **application.ENDPOINTS,
            **callbacks.ENDPOINTS,
            **channels.ENDPOINTS,
            **commands.ENDPOINTS,
            **followups.ENDPOINTS,
            **guilds.ENDPOINTS,
            **messages.ENDPOINTS,
            **pins.ENDPOINTS,
            **threads.ENDPOINTS,
            "DELETE /users/@me/guilds/{id}": Endpoint(self._leave_guild),
        }

    def _route(self, router: web.UrlDispatcher) -> None:
        router.add_route("*", "/api/v10/{path:.*}", self._rest.handle)
        router.add_get("/gateway", self._gateway.serve)
        router.add_get("/gateway/", self._gateway.serve)
        router.add_get("/gateway/resume", self._gateway.serve)
        router.add_get("/gateway/resume/", self._gateway.serve)
        router.add_get(
            r"/{kind:attachments|ephemeral-attachments}/{channel}/{file:\d+}/{name}", self._cdn.give
        )

    def _leave_guild(self, asked: Asked) -> None:
        self.kick_bot(asked.guild())
