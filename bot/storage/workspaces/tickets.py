"""Things that are kept for a short while, under names that nobody can guess."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from bot.storage.database import Database
from bot.storage.tables import tickets

_TICKET_BYTES = 24


class SqlTickets:
    """`bot.ports.Tickets` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def issue(self, purpose: str, content: str, lifetime: timedelta) -> str:
        """Keep something and return the name under which it is found again."""
        ticket = secrets.token_urlsafe(_TICKET_BYTES)
        now = datetime.now(UTC)
        row = {
            "digest": _digest(ticket),
            "purpose": purpose,
            "content": content,
            "expires_at": now + lifetime,
        }

        def write(connection: Connection) -> None:
            connection.execute(delete(tickets).where(tickets.c.expires_at < now))
            connection.execute(insert(tickets), row)

        await self._database.write(write)
        return ticket

    async def read(self, purpose: str, ticket: str) -> str | None:
        """Return what is kept under a name; None if there is no such ticket or its time is over."""

        def read(connection: Connection) -> str | None:
            return connection.scalar(select(tickets.c.content).where(*_valid(purpose, ticket)))

        return await self._database.read(read)

    async def redeem(self, purpose: str, ticket: str) -> str | None:
        """Return it once: whoever asks after that gets None."""

        def write(connection: Connection) -> str | None:
            taken = delete(tickets).where(*_valid(purpose, ticket)).returning(tickets.c.content)
            return connection.scalar(taken)

        return await self._database.write(write)


def _valid(purpose: str, ticket: str) -> tuple[ColumnElement[bool], ...]:
    return (
        tickets.c.digest == _digest(ticket),
        tickets.c.purpose == purpose,
        tickets.c.expires_at >= datetime.now(UTC),
    )


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).hexdigest()
