"""Access to many workspaces, by installations in our database; tokens that end are renewed.

Slack renews a token for a refresh token that works once, so one process at a time may ask:
https://docs.slack.dev/authentication/using-token-rotation.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from adapters.slack.access import Access
from adapters.slack.caller import PLATFORM
from adapters.slack.failures import NOT_INSTALLED, Refused
from adapters.slack.http import SlackHttp
from bot.errors import ChatError, CouncilError
from bot.ports import Installation, Installations

BOT_TOKEN, REFRESH_TOKEN = "bot_token", "refresh_token"  # noqa: S105 names, not secrets

_FRESH_S = 30.0
# Tokens live 12 h; the rest of this is for a Slack that is in trouble.
_RENEW_BEFORE = timedelta(hours=2)
_RENEWAL = timedelta(seconds=60)
_STILL_GOOD = timedelta(minutes=1)
_WAIT_EVERY_S = 0.5
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

    async def of(self, workspace: str) -> Access:
        """Return the access to a workspace, with a token that lasts."""
        until, access = self._known.get(workspace, (0.0, None))
        if access is not None and until > time.monotonic():
            return access
        installation = await self._installations.find(PLATFORM, workspace)
        if installation is None:
            raise Refused(NOT_INSTALLED)
        access = _access(await self.renewed(installation))
        self._known[workspace] = (time.monotonic() + _FRESH_S, access)
        return access

    def forget(self, workspace: str) -> None:
        """Look again the next time."""
        self._known.pop(workspace, None)

    async def remove(self, workspace: str) -> None:
        """Forget a workspace for good: it took its access away. Raises `StorageError`."""
        await self._installations.remove(PLATFORM, workspace)
        self.forget(workspace)

    async def renewed(self, installation: Installation) -> Installation:
        """Renew credentials that end soon; whoever does not get to it waits for whoever does."""
        if installation.expires_at is None or not _ends_in(installation, _RENEW_BEFORE):
            return installation
        if await self._installations.reserve(installation, datetime.now(UTC) + _RENEWAL):
            # The refresh token is used up by now: what comes back must be kept.
            return await asyncio.shield(self._renew(installation))
        if not _ends_in(installation, _STILL_GOOD):
            return installation
        return await self._awaited(installation)

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncGenerator[None]:
        """Renew what ends soon while the context is open, also when nobody calls."""
        task = asyncio.create_task(self._sweep())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _sweep(self) -> None:
        while True:
            try:
                for installation in await self._installations.all(PLATFORM):
                    await self.renewed(installation)
            except CouncilError as error:
                log.warning("tokens not renewed", error=type(error).__name__)
            await asyncio.sleep(_SWEEP_EVERY_S)

    async def _renew(self, installation: Installation) -> Installation:
        asked = {
            **self._client,
            "grant_type": "refresh_token",
            "refresh_token": installation.credentials.get(REFRESH_TOKEN, ""),
        }
        try:
            answer = await self._http.exchange(asked)
        except ChatError as error:
            log.warning(
                "token not renewed", workspace=installation.workspace, error=type(error).__name__
            )
            if _ends_in(installation, timedelta()):
                raise
            return installation
        credentials = {
            BOT_TOKEN: str(answer["access_token"]),
            REFRESH_TOKEN: str(answer.get("refresh_token") or ""),
        }
        lasts = timedelta(seconds=int(answer["expires_in"]))
        renewed = replace(
            installation, credentials=credentials, expires_at=datetime.now(UTC) + lasts
        )
        await self._installations.save(renewed)
        return renewed

    async def _awaited(self, installation: Installation) -> Installation:
        """Wait for the process that renews these credentials."""
        until = time.monotonic() + _RENEWAL.total_seconds()
        while time.monotonic() < until:
            await asyncio.sleep(_WAIT_EVERY_S)
            found = await self._installations.find(PLATFORM, installation.workspace)
            if found is None:
                raise Refused(NOT_INSTALLED)
            if found.expires_at != installation.expires_at:
                return found
        return installation


def _ends_in(installation: Installation, distance: timedelta) -> bool:
    expires_at = installation.expires_at
    return expires_at is not None and expires_at - datetime.now(UTC) <= distance


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
