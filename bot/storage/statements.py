"""Every statement that writes, built once: building one costs more than running it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Delete,
    Executable,
    Insert,
    LargeBinary,
    Table,
    Update,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from bot.domain import State
from bot.ports.turns import TURNS_CHANNEL
from bot.storage import tables
from bot.storage.columns import CleanText
from bot.storage.rows import Shape

FINAL_STATES = tuple(state for state in State if state.is_final)

# Where each deliberation stands. The rows stay locked until the transaction ends, in one order for
# all processes, so that none waits for another in a circle.
EPOCHS = (
    select(tables.deliberations.c.id, tables.deliberations.c.epoch)
    .where(tables.deliberations.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(tables.deliberations.c.id)
    .with_for_update(key_share=True)
)

# Heard by the workers of all processes once the transaction is committed.
NOTICE = text(f"SELECT pg_notify('{TURNS_CHANNEL}', '')")

# Of councils that a transaction itself put in, so that nobody else refers to them yet.
UNUSED = delete(tables.councils).where(
    tables.councils.c.digest.in_(bindparam("digests", expanding=True)),
    ~exists().where(tables.deliberations.c.council_digest == tables.councils.c.digest),
)


@cache
def writes(dialect: str) -> Mapping[Shape, tuple[Executable, ...]]:
    """Return the statements that take the rows of each shape, in order."""
    return {**_creating(dialect), **_moving(), **_recording(dialect), **_posting(dialect)}


def _creating(dialect: str) -> dict[Shape, tuple[Executable, ...]]:
    return {
        Shape.COUNCIL: (insert_new(dialect, tables.councils).returning(tables.councils.c.digest),),
        Shape.DELIBERATION: (_create(dialect),),
        Shape.ATTACHMENT: (_attach(dialect),),
        Shape.FETCHED: (_fetch(),),
        Shape.TURN: (give_turns(dialect, tables.deliberations.c.id == bindparam("of")),),
    }


def _moving() -> dict[Shape, tuple[Executable, ...]]:
    row = _update()
    columns = tables.deliberations.c
    progress = row.values(
        state=bindparam("to"),
        reason=func.coalesce(bindparam("because", type_=CleanText), columns.reason),
        ended_at=bindparam("at"),
    )
    return {
        Shape.EPOCH: (row.values(epoch=bindparam("to")),),
        Shape.PROGRESS: (progress,),
        Shape.TIMINGS: (row.values(timings=bindparam("to")),),
        Shape.REOPENED: (_forget_failures(), _reopen()),
        Shape.TURN_OVER: (_end_turn(),),
    }


def _recording(dialect: str) -> dict[Shape, tuple[Executable, ...]]:
    answers = tables.answers
    said = [column.name for column in answers.c if column.name not in {*_key(answers), "position"}]
    return {
        Shape.ANSWER: (upsert(dialect, answers, said),),
        Shape.OBJECTION: _replace(dialect, answers, "deliberation_id", "kind"),
        Shape.FAILURE: _replace(dialect, tables.failures, *_key(tables.failures)),
        Shape.REVIEW: _replace(dialect, tables.reviews, *_key(tables.reviews)),
        Shape.BALLOT: (_insert(dialect, tables.ballots),),
        Shape.FLAG: (_insert(dialect, tables.flags),),
        Shape.COUNT: _replace(dialect, tables.counts, *_key(tables.counts)),
        Shape.STANDING: (_insert(dialect, tables.standings),),
        Shape.SYNTHESIS: _replace(dialect, tables.syntheses, *_key(tables.syntheses)),
        Shape.CALL: (insert_new(dialect, tables.model_calls),),
    }


def _posting(dialect: str) -> dict[Shape, tuple[Executable, ...]]:
    told = ["state", "message_id", "thread", "reason"]
    return {
        Shape.POST: (insert_new(dialect, tables.posts),),
        Shape.SETTLED: (upsert(dialect, tables.posts, told),),
    }


def give_turns(dialect: str, are_meant: ColumnElement[bool]) -> Insert:
    """Return what gives a turn to those open deliberations that are meant and have none."""
    given, row = tables.turns.c, tables.deliberations.c
    found = select(
        row.id,
        row.platform,
        row.workspace,
        row.channel,
        row.is_scheduled,
        bindparam("at", type_=given.position.type),
        bindparam("now", type_=given.since.type),
        bindparam("by", type_=given.taken_by.type),
    ).where(are_meant, tables.IS_OPEN)
    names = [column.name for column in given]
    return _insert(dialect, tables.turns).from_select(names, found).on_conflict_do_nothing()


def _end_turn() -> Delete:
    row = tables.deliberations.c
    is_taken = bindparam("taken", type_=Boolean)
    is_over = exists().where(
        row.id == bindparam("of"), tables.IS_OVER, or_(is_taken, row.epoch <= 1)
    )
    return delete(tables.turns).where(
        tables.turns.c.deliberation_id == bindparam("of"),
        or_(is_taken, tables.turns.c.taken_by.is_(None)),
        is_over,
    )


def upsert(dialect: str, table: Table, columns: Sequence[str]) -> Insert:
    """Return what inserts a row, or puts these columns in place of what the known row says."""
    insert = _insert(dialect, table)
    new = {name: insert.excluded[name] for name in columns}
    return insert.on_conflict_do_update(index_elements=_key(table), set_=new)


def insert_new(dialect: str, table: Table) -> Insert:
    """Return what inserts a row unless it is known."""
    return _insert(dialect, table).on_conflict_do_nothing()


def _insert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _replace(dialect: str, table: Table, *key: str) -> tuple[Executable, ...]:
    """Return what takes the old rows away, with all that hangs on them, and puts the new in."""
    return (_delete(table, *key), _insert(dialect, table))


def _delete(table: Table, *key: str) -> Delete:
    return delete(table).where(*(table.c[name] == bindparam(name) for name in key))


def _update() -> Update:
    return update(tables.deliberations).where(tables.deliberations.c.id == bindparam("of"))


def _create(dialect: str) -> ReturningInsert[tuple[str]]:
    """Insert a deliberation unless its id or delivery is known; return the id if it was not."""
    insert = _insert(dialect, tables.deliberations).on_conflict_do_nothing()
    return insert.returning(tables.deliberations.c.id)


def _attach(dialect: str) -> Insert:
    """Insert an attachment unless its deliberation was not: its delivery was known."""
    owner = bindparam("of", type_=CleanText)
    row = select(
        owner,
        bindparam("at", type_=tables.attachments.c.number.type),
        bindparam("called", type_=CleanText),
        bindparam("typed", type_=CleanText),
        bindparam("content", type_=LargeBinary),
        bindparam("kept_at", type_=CleanText),
        bindparam("wrong", type_=CleanText),
    ).where(exists().where(tables.deliberations.c.id == owner))
    names = [column.name for column in tables.attachments.c]
    return _insert(dialect, tables.attachments).from_select(names, row).on_conflict_do_nothing()


def _fetch() -> Update:
    row = tables.attachments
    place = (row.c.deliberation_id == bindparam("of"), row.c.number == bindparam("at"))
    told = {
        row.c.name: bindparam("called", type_=CleanText),
        row.c.media_type: bindparam("typed", type_=CleanText),
        row.c.data: bindparam("content", type_=LargeBinary),
        row.c.source: bindparam("kept_at", type_=CleanText),
        row.c.fault: bindparam("wrong", type_=CleanText),
    }
    return update(row).where(*place).values(told)


def _forget_failures() -> Delete:
    row = tables.deliberations.c
    is_over = exists().where(row.id == bindparam("of"), tables.IS_OVER)
    return delete(tables.failures).where(
        tables.failures.c.deliberation_id == bindparam("of"), is_over
    )


def _reopen() -> Update:
    return _update().where(tables.IS_OVER).values(state=State.QUEUED, reason=None, ended_at=None)


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]
