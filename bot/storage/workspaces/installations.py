"""The workspaces that the bot may act in, their credentials sealed."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import cast

import structlog
from sqlalchemy import Connection, Row, delete, or_, select, update

from bot.errors import StorageError
from bot.ports import Installation
from bot.storage.database import Database
from bot.storage.sealing import Seal
from bot.storage.statements import upsert
from bot.storage.tables import installations

_ROW = installations.c

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class SqlInstallations:
    """`bot.ports.Installations` on a database."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    async def save(self, installation: Installation) -> None:
        """Store an installation in place of the one before."""
        owner = (installation.platform, installation.workspace)
        row = {
            "platform": installation.platform,
            "workspace": installation.workspace,
            "name": installation.name,
            "sealed": self._seal.seal(json.dumps(dict(installation.credentials)), owner),
            "facts": dict(installation.facts),
            "expires_at": installation.expires_at,
            "renewed_until": None,
        }

        def write(connection: Connection) -> None:
            columns = [name for name in row if name not in {"platform", "workspace"}]
            connection.execute(upsert(connection.dialect.name, installations, columns), row)

        await self._database.write(write)

    async def find(self, platform: str, workspace: str) -> Installation | None:
        """Return a workspace's installation. Raises `StorageError` if its seal does not open."""

        def read(connection: Connection) -> Row[tuple[object, ...]] | None:
            owned = _ROW.platform == platform, _ROW.workspace == workspace
            return connection.execute(select(installations).where(*owned)).one_or_none()

        row = await self._database.read(read)
        return None if row is None else self._opened(row)

    async def all(self, platform: str) -> tuple[Installation, ...]:
        """Return the installations of a platform, but for those whose seal does not open."""

        def read(connection: Connection) -> list[Row[tuple[object, ...]]]:
            owned = select(installations).where(_ROW.platform == platform)
            return list(connection.execute(owned.order_by(_ROW.workspace)))

        found: list[Installation] = []
        for row in await self._database.read(read):
            try:
                found.append(self._opened(row))
            except StorageError:
                log.warning("installation not opened", workspace=str(row.workspace))
        return tuple(found)

    async def reseal(self, platform: str) -> None:
        """Seal with the newest key what older ones sealed, so that those can be taken away."""

        def outdated(connection: Connection) -> list[str]:
            owned = select(_ROW.workspace, _ROW.sealed).where(_ROW.platform == platform)
            rows = connection.execute(owned)
            return [row.workspace for row in rows if not self._seal.is_current(row.sealed)]

        for workspace in await self._database.read(outdated):
            with suppress(StorageError):
                if (installation := await self.find(platform, workspace)) is not None:
                    await self.save(installation)

    async def remove(self, platform: str, workspace: str) -> None:
        """Forget an installation and its credentials; none is fine."""

        def write(connection: Connection) -> None:
            owned = _ROW.platform == platform, _ROW.workspace == workspace
            connection.execute(delete(installations).where(*owned))

        await self._database.write(write)

    async def reserve(self, installation: Installation, until: datetime) -> bool:
        """Take the right to renew these credentials until a moment; one process has it at a time.

        False if another has it, or has renewed them already.
        """
        same = (
            _ROW.platform == installation.platform,
            _ROW.workspace == installation.workspace,
            _ROW.expires_at == installation.expires_at,
            or_(_ROW.renewed_until.is_(None), _ROW.renewed_until < datetime.now(UTC)),
        )

        def write(connection: Connection) -> int:
            return connection.execute(
                update(installations).where(*same).values(renewed_until=until)
            ).rowcount

        return bool(await self._database.write(write))

    def _opened(self, row: Row[tuple[object, ...]]) -> Installation:
        credentials = json.loads(self._seal.open(row.sealed, (row.platform, row.workspace)))
        return Installation(
            platform=row.platform,
            workspace=row.workspace,
            name=row.name,
            credentials=cast("dict[str, str]", credentials),
            facts=row.facts,
            expires_at=row.expires_at,
        )
