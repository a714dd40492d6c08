"""DBOS in this process: launched without a word, gone without a trace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSConfig

from bot.work.database import SCHEMA, connect
from bot.work.workflows import NAME, VERSION, asked

_THREADS = 16
# DBOS sleeps this long between looks at things that nobody here uses, and closing waits for it.
_IDLE_POLL_S = 0.1

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@asynccontextmanager
async def launched(url: sa.URL, executor_id: str) -> AsyncGenerator[None]:
    """Launch DBOS on the engine's database; workflows must be registered before.

    There is one DBOS in a process. Raises `StorageError`.
    """
    database = connect(url)
    with _quiet_logging():
        try:
            DBOS(config=_config(url, database, executor_id))
            await asked(asyncio.to_thread(DBOS.launch))
            yield
        finally:
            # DBOS made its own threads the loop's default; they end here, the loop goes on.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
            database.dispose()


def _config(url: sa.URL, database: sa.Engine, executor_id: str) -> DBOSConfig:
    return DBOSConfig(
        name=NAME,
        system_database_engine=database,
        system_database_url=url.render_as_string(hide_password=False),
        dbos_system_schema=SCHEMA,
        executor_id=executor_id,
        application_version=VERSION,
        max_executor_threads=_THREADS,
        notification_listener_polling_interval_sec=_IDLE_POLL_S,
        log_level="ERROR",
        enable_otlp=False,
    )


class _Rerouted(logging.Handler):
    """Passes on where DBOS complained, never what about: its messages hold foreign texts."""

    def emit(self, record: logging.LogRecord) -> None:
        log.debug("engine", level=record.levelname, at=f"{record.module}:{record.lineno}")


@contextmanager
def _quiet_logging() -> Generator[None]:
    logger, handler = logging.getLogger("dbos"), _Rerouted()
    # DBOS adds a handler that writes to the terminal unless there is one already.
    logger.addHandler(handler)
    propagates, logger.propagate = logger.propagate, False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates
