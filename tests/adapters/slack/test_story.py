"""The whole story: from the slash command to the pinned synthesis."""

from __future__ import annotations

import re

import pytest

from bot.domain import State
from tests.adapters.slack.office import Office, texts
from tests.adapters.stage import MEMBERS, settled


@pytest.mark.parametrize("way", ["by_socket", "by_http"])
async def test_a_question_ends_in_a_pinned_synthesis(office: Office, way: str) -> None:
    office.secrets = getattr(office, way)()

    async with office.open():
        root = await office.ask()
        (deliberation,) = await settled(office)

    assert deliberation.state is State.DONE
    thread = office.channel.thread(root.ts)
    said = [re.sub(r" · \d+\.\d s$", "", text) for text in texts(thread)]
    assert said[0] == "Question"
    assert sorted(said[1:4]) == list(MEMBERS)
    assert sorted(said[4:7]) == [f"{name} · review" for name in MEMBERS]
    assert said[7:] == ["Standings", "Final answer"]
    assert office.channel.pins == [thread[-1].ts]
    assert office.slack.throttled == []
