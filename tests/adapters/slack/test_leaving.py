"""A workspace that takes the bot away is noted, and one that has it again is not forgotten."""

from __future__ import annotations

from sqlalchemy import select

from bot.storage.database import open_database
from bot.storage.team_tables import departures
from tests.adapters.slack.office import Office


async def gone(office: Office) -> list[str]:
    """Return the workspaces that are noted as gone."""
    async with open_database(office.database_url) as database:
        rows = await database.read(
            lambda connection: connection.execute(select(departures.c.workspace)).all()
        )
    return [row.workspace for row in rows]


async def test_a_removal_is_noted_until_the_bot_is_there_again(office: Office) -> None:
    team = office.slack.workspace
    async with office.open():
        before = await gone(office)
        replies = await office.slack.uninstall(team)
        after = await gone(office)
    office.slack.install(team, team.scopes)

    async with office.open():
        at_last = await gone(office)

    assert all(reply.is_acknowledged for reply in replies)
    assert (before, after, at_last) == ([], [team.team_id], [])
