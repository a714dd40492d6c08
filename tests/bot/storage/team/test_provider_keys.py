"""Workspaces' own keys on both databases: sealed, bound to their rows, and sealed anew."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.domain import Tenant
from bot.errors import BadConfig, NotFound, StorageError
from bot.storage.database import Database
from bot.storage.sealing import Seal, new_key, parse_keys
from bot.storage.team.provider_keys import SqlProviderKeys
from bot.storage.team_tables import provider_keys
from tests.contracts.provider_keys import ACME, KEY, NOON, OTHER, OURS, ProviderKeysContract

OLD, NEW = new_key(), new_key()
MANY = 3000


def seal(*keys: str) -> Seal:
    return Seal(parse_keys(",".join(keys)))


class TestSqlProviderKeys(ProviderKeysContract):
    @pytest.fixture
    def keys(self, database: Database) -> SqlProviderKeys:
        return SqlProviderKeys(database, seal(NEW))

    async def test_no_key_lies_open(self, keys: SqlProviderKeys, database: Database) -> None:
        await keys.save(ACME, OURS, KEY)

        def rows(connection: Connection) -> str:
            return str(connection.execute(select(provider_keys)).all())

        assert KEY not in await database.read(rows)

    @pytest.mark.parametrize(
        "moved", [{"workspace": "T2"}, {"platform": "discord"}, {"name": "other"}]
    )
    async def test_a_row_that_was_moved_does_not_open(
        self, keys: SqlProviderKeys, database: Database, moved: dict[str, str]
    ) -> None:
        await keys.save(ACME, OURS, KEY)

        await database.write(lambda it: it.execute(update(provider_keys).values(moved)))

        owner = {"platform": "slack", "workspace": "T1", "name": "ours", **moved}
        with pytest.raises(StorageError, match="do not belong to their row"):
            await keys.key(Tenant(owner["platform"], owner["workspace"]), owner["name"])

    async def test_two_swapped_keys_do_not_open(
        self, keys: SqlProviderKeys, database: Database
    ) -> None:
        await keys.save(ACME, OURS, KEY)
        await keys.save(OTHER, OURS, "the key of another workspace")

        def swap(connection: Connection) -> None:
            sealed = {
                row.workspace: row.sealed for row in connection.execute(select(provider_keys))
            }
            for workspace, other in (("T1", "T2"), ("T2", "T1")):
                at = update(provider_keys).where(provider_keys.c.workspace == workspace)
                connection.execute(at.values(sealed=sealed[other]))

        await database.write(swap)

        for tenant in (ACME, OTHER):
            with pytest.raises(StorageError, match="do not belong to their row"):
                await keys.key(tenant, "ours")

    async def test_without_a_secret_key_nothing_is_kept(self, database: Database) -> None:
        keys = SqlProviderKeys(database, None)

        with pytest.raises(BadConfig, match=r"must set COUNCIL_SECRET_KEY.*`council key`"):
            await keys.save(ACME, OURS, KEY)

        assert await keys.all(ACME) == ()
        with pytest.raises(NotFound):
            await keys.key(ACME, "ours")
        await keys.reseal()

    async def test_a_secret_key_that_is_gone_is_asked_for(
        self, keys: SqlProviderKeys, database: Database
    ) -> None:
        await keys.save(ACME, OURS, KEY)

        with pytest.raises(StorageError, match="COUNCIL_SECRET_KEY is not set"):
            await SqlProviderKeys(database, None).key(ACME, "ours")

    async def test_one_that_does_not_open_leaves_the_others(
        self, keys: SqlProviderKeys, database: Database
    ) -> None:
        await SqlProviderKeys(database, seal(new_key())).save(OTHER, OURS, KEY)
        await SqlProviderKeys(database, seal(OLD)).save(ACME, OURS, KEY)

        await SqlProviderKeys(database, seal(NEW, OLD)).reseal()

        assert await keys.key(ACME, "ours") == KEY
        with pytest.raises(StorageError, match="no longer holds"):
            await keys.key(OTHER, "ours")

    async def test_many_keys_are_sealed_anew_while_they_are_read(self, database: Database) -> None:
        await database.write(lambda connection: fill(connection, seal(OLD)))
        both = SqlProviderKeys(database, seal(NEW, OLD))
        resealing = asyncio.create_task(both.reseal())

        numbers = range(0, MANY, 50)
        read = [await both.key(Tenant("slack", f"T{number}"), "ours") for number in numbers]
        await both.save(Tenant("slack", "T7"), OURS, "entered meanwhile")
        await resealing

        assert read == [key_of(number) for number in numbers]
        with_new_alone = SqlProviderKeys(database, seal(NEW))
        assert await with_new_alone.key(Tenant("slack", "T7"), "ours") == "entered meanwhile"
        for number in (0, 1, 199, 200, 201, MANY - 1):
            found = await with_new_alone.key(Tenant("slack", f"T{number}"), "ours")
            assert found == key_of(number)
        assert await database.read(lambda connection: outdated(connection, seal(NEW))) == 0


def fill(connection: Connection, sealing: Seal) -> None:
    rows = [
        {
            "platform": "slack",
            "workspace": f"T{number}",
            "name": "ours",
            "sealed": sealing.seal(key_of(number), ("slack", f"T{number}", "ours")),
            "hint": "",
            "changed_at": NOON,
        }
        for number in range(MANY)
    ]
    connection.execute(insert(provider_keys), rows)


def key_of(number: int) -> str:
    return f"key of workspace {number}"


def outdated(connection: Connection, sealing: Seal) -> int:
    sealed = connection.scalars(select(provider_keys.c.sealed))
    return sum(not sealing.is_current(one) for one in sealed)
