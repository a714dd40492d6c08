"""A question that repeats is asked when it is due, by the served program, on both platforms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.composition.service import open_service
from bot.domain import Place, Schedule, State, Tenant
from bot.storage.database import open_database
from bot.storage.team.schedules import SqlSchedules
from tests.adapters.discord.office import make_fast as make_discord_fast
from tests.adapters.slack.office import make_fast as make_slack_fast
from tests.adapters.stage import settled
from tests.contracts.schedules import a_schedule
from tests.e2e.both import opened

MISSED = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=1)


async def test_what_was_missed_shortly_before_the_start_is_asked_and_answered(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_slack_fast(monkeypatch)
    make_discord_fast(monkeypatch)
    async with opened(tmp_path, sqlite_url) as both:
        in_slack, in_discord = both.slack, both.discord
        team = in_slack.slack.workspace.team_id
        guild = str(in_discord.discord.guild.id)
        old = in_slack.slack.add_channel("old", is_archived=True)
        await add(
            sqlite_url,
            due("s1", Place("slack", team, in_slack.channel.id), in_slack.kim.id),
            due("s2", Place("slack", team, old.id), in_slack.kim.id),
            due("s3", Place("discord", guild, str(in_discord.channel.id)), str(in_discord.ada.id)),
        )

        async with open_service(both.settings, in_slack.said.append):
            known = await settled(in_slack, 2)
            paused = await found(sqlite_url, Tenant("slack", team), "s2")

    asked = {one.question.place.platform: one.question for one in known}
    assert {name: question.asker for name, question in asked.items()} == {
        "slack": "kim (hourly)",
        "discord": "Ada (hourly)",
    }
    day = f"{MISSED.day} {MISSED:%B %Y}"
    assert {question.text for question in asked.values()} == {f"What of {day}?"}
    assert all(one.state is State.DONE for one in known)
    assert paused.pause is not None
    assert "archived" in paused.pause


def due(name: str, place: Place, owner_id: str) -> Schedule:
    """Return a question that was due a minute ago."""
    return replace(
        a_schedule(name, place, due=MISSED),
        owner_id=owner_id,
        question="What of {date}?",
        rule=f"{MISSED.minute} * * * *",
        typed="hourly",
        time_zone="UTC",
    )


async def add(url: str, *schedules: Schedule) -> None:
    async with open_database(url) as database:
        for one in schedules:
            await SqlSchedules(database).add(one)


async def found(url: str, tenant: Tenant, name: str) -> Schedule:
    async with open_database(url) as database:
        return await SqlSchedules(database).get(tenant, name)
