"""Providers that workspaces brought along, their keys sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, tuple_, update

from bot.domain import OwnProvider, Tenant
from bot.errors import BadConfig, NotFound, StorageError
from bot.storage.columns import clean
from bot.storage.database import Database
from bot.storage.sealing import Seal
from bot.storage.statements import upsert
from bot.storage.team_tables import provider_keys

_ROW = provider_keys.c
_KEY = (_ROW.platform, _ROW.workspace, _ROW.name)
_OWNED = (
    _ROW.platform == bindparam("platform"),
    _ROW.workspace == bindparam("workspace"),
)
_NAMED = (*_OWNED, _ROW.name == bindparam("name"))
_ALL = (
    select(_ROW.name, _ROW.hint, _ROW.changed_at, _ROW.base_url).where(*_OWNED).order_by(_ROW.name)
)
_SEALED = select(_ROW.sealed).where(*_NAMED)
_REMOVE = delete(provider_keys).where(*_NAMED)
# Only what is still as it was read: a key that was entered meanwhile stays.
_RESEAL = (
    update(provider_keys)
    .where(
        _ROW.platform == bindparam("of_platform"),
        _ROW.workspace == bindparam("of_workspace"),
        _ROW.name == bindparam("of_name"),
        _ROW.sealed == bindparam("before"),
    )
    .values(sealed=bindparam("after"))
)
# Others wait for a writer on SQLite: so many take a few milliseconds.
_BATCH = 200

_NO_SEAL = (
    "Keys cannot be kept here yet: my operator must set COUNCIL_SECRET_KEY first; `council key` "
    "makes one."
)
_UNREADABLE = (
    "Keys in the database are sealed, and COUNCIL_SECRET_KEY is not set; set it to the key that "
    "sealed them."
)


# What a key is sealed for, and where it lies: platform, workspace, name.
_Owner = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Stored:
    owner: _Owner
    sealed: str


class SqlProviderKeys:
    """`bot.ports.ProviderKeys` on a database; without a seal nothing can be stored."""

    def __init__(self, database: Database, seal: Seal | None) -> None:
        self._database = database
        self._seal = seal

    async def save(self, tenant: Tenant, provider: OwnProvider, key: str) -> None:
        """Store a provider with its key in place of the one of this name.

        Raises `BadConfig` if the operator has set no key to seal it with.
        """
        if self._seal is None:
            raise BadConfig(_NO_SEAL)
        owner = _owner(tenant, provider.name)
        row: dict[str, str | datetime | None] = {
            **_named(owner),
            "base_url": provider.base_url,
            "sealed": self._seal.seal(clean(key), owner),
            "hint": provider.hint,
            "changed_at": provider.changed_at,
        }

        def write(connection: Connection) -> None:
            columns = ["base_url", "sealed", "hint", "changed_at"]
            connection.execute(upsert(connection.dialect.name, provider_keys, columns), row)

        await self._database.write(write)

    async def all(self, tenant: Tenant) -> tuple[OwnProvider, ...]:
        """Return a workspace's providers, by name."""

        def read(connection: Connection) -> tuple[OwnProvider, ...]:
            rows = connection.execute(_ALL, _named(_owner(tenant)))
            return tuple(OwnProvider(*row) for row in rows)

        return await self._database.read(read)

    async def key(self, tenant: Tenant, name: str) -> str:
        """Return a provider's key. Raises `NotFound`, `StorageError` if its seal does not open."""

        def read(connection: Connection) -> str | None:
            return connection.scalar(_SEALED, _named(_owner(tenant, name)))

        sealed = await self._database.read(read)
        if sealed is None:
            raise NotFound(_not_brought(name))
        if self._seal is None:
            raise StorageError(_UNREADABLE)
        return self._seal.open(sealed, _owner(tenant, name))

    async def remove(self, tenant: Tenant, name: str) -> None:
        """Forget a provider and its key. Raises `NotFound`."""

        def write(connection: Connection) -> int:
            return connection.execute(_REMOVE, _named(_owner(tenant, name))).rowcount

        if not await self._database.write(write):
            raise NotFound(_not_brought(name))

    async def reseal(self) -> None:
        """Seal with the newest key what older ones sealed, so that those can be taken away.

        What does not open stays as it is.
        """
        after: _Owner | None = ("", "", "")
        while self._seal is not None and after is not None:
            after = await self._reseal_after(self._seal, after)

    async def _reseal_after(self, seal: Seal, after: _Owner) -> _Owner | None:
        """Reseal a batch of rows and return the last of it, None if there are no more."""

        def read(connection: Connection) -> list[_Stored]:
            later = select(*_KEY, _ROW.sealed).where(tuple_(*_KEY) > after)
            rows = connection.execute(later.order_by(*_KEY).limit(_BATCH))
            return [_Stored((row.platform, row.workspace, row.name), row.sealed) for row in rows]

        stored = await self._database.read(read)
        outdated = (one for one in stored if not seal.is_current(one.sealed))
        changes = [change for one in outdated if (change := _resealed(seal, one)) is not None]
        if changes:
            await self._database.write(lambda connection: connection.execute(_RESEAL, changes))
        return stored[-1].owner if stored else None


def _resealed(seal: Seal, stored: _Stored) -> dict[str, str] | None:
    """Return what puts a key under a new seal, None if the old one does not open."""
    try:
        key = seal.open(stored.sealed, stored.owner)
    except StorageError:
        return None
    named = {f"of_{column}": value for column, value in _named(stored.owner).items()}
    return {**named, "before": stored.sealed, "after": seal.seal(key, stored.owner)}


def _owner(tenant: Tenant, name: str = "") -> _Owner:
    """Return where a provider lies; the seal is bound to it, so it is clean as in the table."""
    return clean(tenant.platform), clean(tenant.workspace), clean(name)


def _named(owner: _Owner) -> dict[str, str]:
    return dict(zip(("platform", "workspace", "name"), owner, strict=True))


def _not_brought(name: str) -> str:
    return f"This workspace has brought no provider {name}."
