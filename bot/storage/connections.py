"""How a connection is set up, blocking or not."""

from __future__ import annotations

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from bot.storage.address import is_sqlite

# Readers and the writer; more would only queue elsewhere.
CONNECTIONS = 6
POOL_TIMEOUT_S = 30.0
# Longer than any healthy transaction of ours, so that only a stuck program is reported as such.
BUSY_TIMEOUT_MS = 15_000
_CONNECT_TIMEOUT_S = 10
_STATEMENT_TIMEOUT_MS = 60_000
_SILENCE_MS = 30_000
# A process that is stopped in the middle of a transaction must not hold up those who go on with its
# work: ours are a matter of milliseconds.
_IDLE_MS = 10_000

# Execution option of connections that write: their transactions take SQLite's write lock at once,
# since a lock asked for in the middle of a transaction can fail without waiting.
WRITES = {"council_writes": True}

_PRAGMAS = (
    f"busy_timeout={BUSY_TIMEOUT_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
)


def connect_args(
    address: URL, *, statement_timeout_ms: int = _STATEMENT_TIMEOUT_MS
) -> dict[str, object]:
    """Return what the driver is told when it connects."""
    if is_sqlite(address):
        return {"timeout": BUSY_TIMEOUT_MS / 1000}
    options = (
        f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC "
        f"-c idle_in_transaction_session_timeout={_IDLE_MS}"
    )
    return {
        "connect_timeout": _CONNECT_TIMEOUT_S,
        "application_name": "council",
        "options": options,
        # A server that vanished without a word is noticed; no write may wait for it for ever.
        "tcp_user_timeout": _SILENCE_MS,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }


def blocking_engine(address: URL) -> Engine:
    """Return an engine for work that is done before or beside the event loop."""
    arguments = connect_args(address, statement_timeout_ms=0)
    engine = create_engine(
        address, poolclass=NullPool, connect_args=arguments, hide_parameters=True
    )
    prepare(engine)
    return engine


def prepare(engine: Engine) -> None:
    """Make every connection of a SQLite engine fit for several processes on one file."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)


def _set_up(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: it begins them too late and without lock.
    connection.isolation_level = None
    # SQLite's own lower() knows only ASCII.
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("council_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()
