"""One program serves Slack and Discord at once, and answers each where it was asked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.composition.service import open_service
from tests.adapters.discord.office import make_fast as make_discord_fast
from tests.adapters.slack.office import make_fast as make_slack_fast
from tests.adapters.stage import settled
from tests.e2e.both import opened


async def test_each_question_is_answered_on_its_own_platform(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_slack_fast(monkeypatch)
    make_discord_fast(monkeypatch)
    async with opened(tmp_path, sqlite_url) as both:
        said: list[str] = []

        async with open_service(both.settings, said.append):
            _, thread = await asyncio.gather(both.slack.ask(), both.discord.ask())
            known = await settled(both.slack, 2)

        assert {one.question.place.platform for one in known} == {"slack", "discord"}
        assert len(both.slack.channel.pins) == len(thread.pins) == 1
        assert any(line.startswith("Slack: ") for line in said)
        assert any(line.startswith("Discord: ") for line in said)
