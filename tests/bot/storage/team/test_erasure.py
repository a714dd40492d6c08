"""What is forgotten is nowhere any more: in no row, in no file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, Executable, Table, delete, select, text, type_coerce
from sqlalchemy.types import NullType

from bot.domain import (
    Answer,
    Appraisal,
    Attachment,
    Ballot,
    Confidence,
    Council,
    Deliberation,
    Dissent,
    Failure,
    FailureKind,
    Flag,
    OwnProvider,
    Place,
    PlaceSettings,
    Post,
    PostState,
    Question,
    Remark,
    Review,
    Schedule,
    Seat,
    SettingsChange,
    Standing,
    Standings,
    Synthesis,
    Tenant,
)
from bot.domain.events import (
    AnswerArrived,
    Fact,
    MemberFailed,
    ObjectionRaised,
    ReviewArrived,
    StandingsReady,
    SynthesisReady,
)
from bot.ports import Installation
from bot.storage.database import Database, open_database
from bot.storage.records import SqlRecords
from bot.storage.sealing import Seal, new_key, parse_keys
from bot.storage.tables import deliberations, metadata
from bot.storage.team.archive import SqlArchive
from bot.storage.team.provider_keys import SqlProviderKeys
from bot.storage.team.schedules import SqlSchedules
from bot.storage.team.settings import SqlTeamSettings
from bot.storage.team_tables import departures, settings_changes
from bot.storage.workspaces.feedback import SqlFeedback
from bot.storage.workspaces.installations import SqlInstallations
from bot.storage.workspaces.pins import SqlPins
from bot.storage.workspaces.tickets import SqlTickets
from tests.contracts.records import a_deliberation

CANARY = "canary-7f3a"
HERE = Tenant("slack", "T-canary")
PLACE = Place(HERE.platform, HERE.workspace, "C1")
NOW = datetime.now(UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SEAL = Seal(parse_keys(new_key()))

Forgetting = Callable[[SqlArchive], Awaitable[object]]


async def one(archive: SqlArchive) -> None:
    await archive.forget(HERE, "told0")


async def person(archive: SqlArchive) -> None:
    assert await archive.forget_person(HERE, "U1") == 1


async def workspace(archive: SqlArchive) -> None:
    await archive.forget_workspace(HERE)


async def retention(archive: SqlArchive) -> None:
    assert await archive.purge(NOW + 8 * DAY) == 1


def told(what: str) -> str:
    """Return a text to be found nowhere later; long, so that it spills into pages of its own."""
    return f"{CANARY} {what} " * 300


def a_told_deliberation(number: int) -> Deliberation:
    """Return a deliberation that tells in every part."""
    seats = (Seat("Ada", "work/a", told("persona")), Seat("Bob", "work/b"))
    council = Council(seats, Seat("Eve", "work/e"), instructions=told(f"instructions {number}"))
    question = Question(
        told("question"),
        replace(PLACE, thread="17.4"),
        f"Uma {CANARY}",
        (Remark(told("speaker"), told("remark")),),
        (
            Attachment(told("name"), "text/plain", told("content").encode()),
            Attachment("b", "text/plain", source=told("source")),
            Attachment("c", "text/plain", fault=told("fault")),
        ),
        asker_id="U1",
    )
    return Deliberation(f"told{number}", question, council, NOW)


def told_facts() -> tuple[Fact, ...]:
    """Return facts that tell in every part."""
    answer = Answer("Ada", told("answer"), "work/a", 0.5, told("short"), 0.5, (told("claim"),))
    flag = Flag("Bob", "Ada", told("quote"), "wrong", "major", told("why"), told("fix"))
    appraisal = Appraisal("Ada", "mixed", (), (told("strength"),), (told("unique"),))
    review = Review(
        "Bob",
        told("review"),
        "work/b",
        0.5,
        ballot=Ballot("Bob", (("Ada",), ("Bob",))),
        flags=(flag,),
        appraisals=(appraisal,),
    )
    standing = Standing("Ada", 1, 1.0, 0.5, None)
    dissent = Dissent("Bob", told("dissent"), told("reason"))
    synthesis = Synthesis(
        told("synthesis"),
        "Eve",
        "work/e",
        Confidence.STRONG,
        0.5,
        stand_in=told("stand-in"),
        final_answer=told("final"),
        dissent=(dissent,),
        unresolved=(told("unresolved"),),
    )
    return (
        AnswerArrived(answer),
        MemberFailed("Bob", Failure(FailureKind.REFUSED, told("failure"))),
        ReviewArrived(review),
        ObjectionRaised(replace(answer, text=told("objection"))),
        StandingsReady(Standings((standing,), Confidence.STRONG, 1, upheld=(flag,))),
        SynthesisReady(synthesis),
    )


async def tell(database: Database, number: int = 0) -> Deliberation:
    """Store a deliberation that tells in every part."""
    records = SqlRecords(database)
    new = await records.create(a_told_deliberation(number))
    posts = [Post(new.id, "root", PostState.GIVEN_UP, thread="17.4", reason=told("given up"))]
    await records.save(new, told_facts(), posts=posts)
    await SqlFeedback(database).rate(new.id, f"{CANARY}-thumb", is_good=True)
    return new


async def set_all(database: Database) -> None:
    """Set everything that a workspace can set, and have it tell."""
    settings = SqlTeamSettings(database)
    told_settings = PlaceSettings(instructions=told("set"), askers=(told("asker"),))
    change = SettingsChange("C1", "U1", f"Uma {CANARY}", NOW, (told("change"),))
    await settings.change(PLACE, told_settings, change, number=0)
    await settings.keep_preset(HERE, told("preset"), told_settings)
    schedule = Schedule(
        f"{CANARY}-s", PLACE, "U1", f"Uma {CANARY}", told("asked"), "0 9 * * *", "", "UTC", NOW
    )
    await SqlSchedules(database).add(schedule)
    provider = OwnProvider(CANARY, CANARY[-4:], NOW, f"https://{CANARY}.example")
    await SqlProviderKeys(database, SEAL).save(HERE, provider, f"key-{CANARY}")
    form = {"workspace": HERE.workspace, "user": "U1", "text": told("form")}
    await SqlTickets(database).issue("about", json.dumps(form), DAY)
    await SqlPins(database).add(PLACE, f"{CANARY}-pinned")
    access = Installation(HERE.platform, HERE.workspace, CANARY, {}, {"who": CANARY})
    await SqlInstallations(database, SEAL).save(access)


async def rows_that_tell(database: Database, canary: str = CANARY) -> list[str]:
    """Return the tables in which a word is found."""

    def read(connection: Connection) -> list[str]:
        return [
            name
            for name, table in metadata.tables.items()
            if canary in _shown(connection.execute(_raw(table)))
        ]

    return await database.read(read)


def _raw(table: Table) -> Executable:
    """Select a table's columns as they lie there."""
    return select(*(type_coerce(column, NullType()) for column in table.c))


def _shown(rows: Iterable[Iterable[object]]) -> str:
    values = (value for row in rows for value in row)
    return " ".join(
        value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in values
    )


def files_that_tell(url: str, canary: str = CANARY) -> list[str]:
    """Return the files of a SQLite database in which a word is found."""
    if not url.startswith("sqlite"):
        return []
    path = Path(url.removeprefix("sqlite:///"))
    files = sorted(path.parent.glob(f"{path.name}*"))
    return [file.name for file in files if canary.encode() in file.read_bytes()]


@pytest.mark.parametrize("forgetting", [one, person, workspace, retention])
async def test_a_forgotten_deliberation_is_nowhere(
    database: Database, database_url: str, forgetting: Forgetting
) -> None:
    await tell(database)
    other = await SqlRecords(database).create(a_deliberation())
    # Before anything is forgotten, all of it can be found.
    assert set(await rows_that_tell(database)) >= {"attachments", "councils", "deliberations"}

    await forgetting(SqlArchive(database, retention_days=7))

    assert await rows_that_tell(database) == []
    assert files_that_tell(database_url) == []
    assert await SqlRecords(database).load(other.id) == other


async def test_a_workspace_that_left_is_nowhere_after_the_time_of_grace(
    database: Database, database_url: str
) -> None:
    await tell(database)
    await set_all(database)
    archive = SqlArchive(database)
    await archive.leave(HERE, NOW)
    told_of = set(await rows_that_tell(database))
    assert told_of >= {
        *("place_settings", "settings_changes", "presets", "schedules", "provider_keys"),
        *("tickets", "pins", "installations", "deliberations", "feedback"),
    }

    await archive.purge(NOW + 30 * DAY)

    for word in (CANARY, HERE.workspace):
        assert await rows_that_tell(database, word) == []
        assert files_that_tell(database_url, word) == []


async def test_a_workspace_that_is_forgotten_keeps_the_bot(database: Database) -> None:
    await tell(database)
    await set_all(database)

    await SqlArchive(database).forget_workspace(HERE)

    assert await rows_that_tell(database) == ["installations"]


async def test_a_forgotten_person_leaves_no_name(database: Database) -> None:
    await tell(database)
    await set_all(database)
    others = replace(a_deliberation(), id="others")
    place = replace(PLACE, channel="C2")
    others = replace(others, question=replace(others.question, place=place, asker_id="U2"))
    await SqlRecords(database).create(others)
    await SqlFeedback(database).rate("others", "U1", is_good=False)

    await SqlArchive(database).forget_person(HERE, "U1")

    for table in ("schedules", "tickets", "feedback", "deliberations", "councils"):
        assert table not in await rows_that_tell(database)
    note = await database.read(
        lambda connection: connection.execute(select(settings_changes)).one()
    )
    assert (note.person_id, note.person) == ("", "somebody who was forgotten")
    assert note.lines == (told("change"),)


async def test_rows_that_sqlite_moved_leave_no_copy_behind(sqlite_url: str) -> None:
    chance = Random(2)  # noqa: S311 - the same examples in every run
    async with open_database(sqlite_url) as database:
        settings = SqlTeamSettings(database)
        for _ in range(1000):
            # Rows that grow, shrink and go are what SQLite moves from page to page.
            number = chance.randrange(200)
            tenant, word = (HERE, CANARY) if number % 2 else (Tenant("slack", "T1"), "plain")
            kept = PlaceSettings(instructions=f"{word} " * chance.choice([1, 9, 40, 90]))
            preset = kept if chance.random() < 0.7 else None
            await settings.keep_preset(tenant, f"{number}", preset)

        await SqlArchive(database).forget_workspace(HERE)

    assert files_that_tell(sqlite_url) == []


async def test_a_reader_that_holds_the_log_is_waited_for(sqlite_url: str) -> None:
    async with open_database(sqlite_url) as database, open_database(sqlite_url) as other:
        await tell(database)
        archive = SqlArchive(database, retention_days=7)
        with other.sessions.engine.connect() as reader:
            reader.execute(select(departures)).all()

            await archive.forget(HERE, "told0")
            held = files_that_tell(sqlite_url)

        await archive.purge(NOW)
        assert held != []
        assert files_that_tell(sqlite_url) == []


async def test_a_council_that_is_seated_again_while_it_is_forgotten_stays(
    database: Database,
) -> None:
    records, archive = SqlRecords(database), SqlArchive(database)

    async def ask_and_forget() -> None:
        new = await records.create(a_deliberation())
        await archive.forget(new.question.place.tenant, new.id)

    await asyncio.gather(*(ask_and_forget() for _ in range(30)))
    kept = await asyncio.gather(*(records.create(a_deliberation()) for _ in range(5)))

    assert [await records.load(one.id) for one in kept] == kept


async def test_a_council_that_was_left_behind_in_a_crash_goes_with_the_next_purge(
    database: Database,
) -> None:
    await SqlRecords(database).create(a_told_deliberation(0))
    gone = delete(deliberations).where(deliberations.c.id == "told0")
    await database.write(lambda connection: connection.execute(gone))
    assert await rows_that_tell(database) == ["councils"]

    await SqlArchive(database).purge(NOW)

    assert await rows_that_tell(database) == []


async def test_sums_that_still_count_stay_when_a_workspace_is_forgotten(
    database: Database,
) -> None:
    def spend(connection: Connection) -> None:
        row = {"platform": "slack", "workspace": HERE.workspace, "micros": 5, "councils": 1}
        spending = metadata.tables["spending"]
        # A day that is over in the first time zone has yet to begin in the last: a workspace may
        # move there, and must find what it has spent on that day.
        ends = {"over": NOW - 27 * HOUR, "elsewhere": NOW - 25 * HOUR, "counts": NOW + DAY}
        for key, resets_at in ends.items():
            connection.execute(spending.insert(), {**row, "key": key, "resets_at": resets_at})

    await database.write(spend)
    archive = SqlArchive(database)

    def keys(connection: Connection) -> list[str]:
        return list(connection.scalars(text("SELECT key FROM spending ORDER BY key")))

    await archive.forget_workspace(HERE)
    assert await database.read(keys) == ["counts", "elsewhere"]
    await archive.purge(NOW)
    assert await database.read(keys) == ["counts", "elsewhere"]
    await archive.purge(NOW + 3 * DAY)
    assert await database.read(keys) == []
