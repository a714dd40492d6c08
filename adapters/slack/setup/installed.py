"""Access to many workspaces, by installations in our database; tokens that end are renewed.

Slack renews a token for a refresh token that works once, so one process at a time may ask, and what
comes back must be kept: https://docs.slack.dev/authentication/using-token-rotation.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from adapters.slack.caller import PLATFORM
from adapters.slack.wire.access import Access
from adapters.slack.wire.failures import DEAD_REFRESH, NOT_INSTALLED, Refused
from adapters.slack.wire.http import Json, SlackHttp
from bot.errors import ChatBusy, ChatError, ChatUnclear, StorageError
from bot.ports import Installation, Installations

BOT_TOKEN, REFRESH_TOKEN = "bot_token", "refresh_token"

_FRESH_S = 30.0
# Tokens live 12 h; the rest of this is for a Slack that is in trouble.
_RENEW_BEFORE = timedelta(hours=2)
# How long one process may take: a call's time-out, and the database being away for a while.
_RENEWAL = timedelta(seconds=60)
_KEEP_TRIES, _KEEP_EVERY_S = 25, 1.0
_STILL_GOOD = timedelta(minutes=1)
_WAIT_EVERY_S, _PATIENCE_S = 0.2, 10.0
_SWEEP_EVERY_S = 300.0

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class InstalledTokens:
    """Implements `Tokens` for every workspace that has installed the bot."""

    def __init__(
        self,
        installations: Installations,
        http: SlackHttp,
        *,
        client_id: str,
        client_secret: str,
    ) -> None:
        self._installations = installations
        self._http = http
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._known: dict[str, tuple[float, Access]] = {}
        self._renewals: set[asyncio.Task[Installation]] = set()

    async def of(self, workspace: str) -> Access:
        """Return the access to a workspace, with a token that lasts.

        Raises `Refused` and `ChatBusy` where the token has ended and cannot be renewed.
        """
        until, access = self._known.get(workspace, (0.0, None))
        if access is not None and until > time.monotonic():
            return access
        access = _access(await self._lasting(await self._found(workspace)))
        self._known[workspace] = (time.monotonic() + _FRESH_S, access)
        return access

    def forget(self, workspace: str) -> None:
        """Look again the next time."""
        self._known.pop(workspace, None)

    async def remove(self, workspace: str) -> None:
        """Forget a workspace that took its access away. Raises `StorageError`.

        The news may come late and more than once: whoever has installed the bot anew meanwhile
        keeps it.
        """
        self.forget(workspace)
        if not await self._is_good(workspace):
            await self._installations.remove(PLATFORM, workspace)

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncGenerator[None]:
        """Renew what ends soon while the context is open, also when nobody calls."""
        task = asyncio.create_task(self._sweep())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task, *self._renewals})

    async def _sweep(self) -> None:
        while True:
            try:
                for installation in await self._installations.all(PLATFORM):
                    if _must_renew(installation):
                        await self._renewed(installation)
            except StorageError:
                log.warning("tokens not looked at: the database cannot be used")
            await asyncio.sleep(_SWEEP_EVERY_S)

    async def _found(self, workspace: str) -> Installation:
        installation = await self._installations.find(PLATFORM, workspace)
        if installation is None:
            raise Refused(NOT_INSTALLED)
        return installation

    async def _lasting(self, installation: Installation) -> Installation:
        """Renew credentials that end soon; if another process does, wait only if it is urgent.

        Raises `Refused` and `ChatBusy` where they have ended and were not renewed.
        """
        if not _must_renew(installation):
            return _unless_ended(installation)
        renewed = await self._renewed(installation)
        if renewed is None and _ends_within(installation, _STILL_GOOD):
            renewed = await self._awaited(installation)
        return _unless_ended(renewed or installation)

    async def _renewed(self, installation: Installation) -> Installation | None:
        """Renew credentials, so far as Slack does; None if another process is at it."""
        if not await self._installations.reserve(installation, datetime.now(UTC) + _RENEWAL):
            return None
        # Whoever waits for this may go; the refresh token is used up all the same.
        task = asyncio.create_task(self._renew(installation))
        self._renewals.add(task)
        task.add_done_callback(self._renewals.discard)
        return await asyncio.shield(task)

    async def _renew(self, installation: Installation) -> Installation:
        asked = {
            **self._client,
            "grant_type": "refresh_token",
            "refresh_token": installation.credentials[REFRESH_TOKEN],
        }
        try:
            credentials, expires_at = granted(await self._http.exchange(asked))
        except ChatError as error:
            code = error.code if isinstance(error, Refused) else type(error).__name__
            log.warning("token not renewed", workspace=installation.workspace, error=code)
            if code != DEAD_REFRESH:
                return installation
            # Nothing is left to ask with; the bot must be installed again.
            credentials = {BOT_TOKEN: installation.credentials[BOT_TOKEN]}
            expires_at = installation.expires_at
        renewed = replace(installation, credentials=credentials, expires_at=expires_at)
        return await self._kept(renewed, before=installation)

    async def _kept(self, renewed: Installation, *, before: Installation) -> Installation:
        """Store renewed credentials, unless the workspace left or installed the bot anew."""
        for _ in range(_KEEP_TRIES):
            try:
                known = await self._installations.find(PLATFORM, before.workspace)
                if known != before:
                    return known or before
                await self._installations.save(renewed)
            except StorageError:
                log.warning("token not stored yet", workspace=before.workspace)
                await asyncio.sleep(_KEEP_EVERY_S)
            else:
                return renewed
        log.error("token lost, install the bot again", workspace=before.workspace)
        return before

    async def _awaited(self, installation: Installation) -> Installation:
        """Wait for the process that renews these credentials."""
        until = time.monotonic() + _PATIENCE_S
        found = installation
        while found == installation and time.monotonic() < until:
            await asyncio.sleep(_WAIT_EVERY_S)
            found = await self._found(installation.workspace)
        return found

    async def _is_good(self, workspace: str) -> bool:
        """Say whether Slack still takes the token that is stored, without any doubt."""
        try:
            installation = await self._found(workspace)
            await self._http.call("auth.test", installation.credentials[BOT_TOKEN], {})
        except (ChatError, StorageError):
            return False
        return True


def granted(answer: Json) -> tuple[Mapping[str, str], datetime | None]:
    """Return the credentials that Slack grants and when they end.

    Raises `ChatUnclear` if there are none in its answer.
    """
    match answer:
        case {"access_token": str(token), "refresh_token": str(refresh), "expires_in": int(lasts)}:
            expires_at = datetime.now(UTC) + timedelta(seconds=lasts)
            return {BOT_TOKEN: token, REFRESH_TOKEN: refresh}, expires_at
        case {"access_token": str(token)}:
            return {BOT_TOKEN: token}, None
        case _:
            message = "Slack did not answer with a token."
            raise ChatUnclear(message)


def _must_renew(installation: Installation) -> bool:
    return REFRESH_TOKEN in installation.credentials and _ends_within(installation, _RENEW_BEFORE)


def _ends_within(installation: Installation, distance: timedelta) -> bool:
    expires_at = installation.expires_at
    return expires_at is not None and expires_at - datetime.now(UTC) <= distance


def _unless_ended(installation: Installation) -> Installation:
    if not _ends_within(installation, timedelta()):
        return installation
    if REFRESH_TOKEN not in installation.credentials:
        raise Refused(DEAD_REFRESH)
    message = "Slack does not renew the bot's access right now."
    raise ChatBusy(message, retry_after_s=_RENEWAL.total_seconds() / 2)


def _access(installation: Installation) -> Access:
    facts = installation.facts
    return Access(
        workspace=installation.workspace,
        name=installation.name,
        url=facts.get("url", ""),
        bot_user=facts.get("bot_user", ""),
        bot_id=facts.get("bot_id", ""),
        token=installation.credentials[BOT_TOKEN],
    )
