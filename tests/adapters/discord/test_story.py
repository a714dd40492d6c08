"""The whole story: from the command to the pinned synthesis."""

from __future__ import annotations

from bot.domain import State
from tests.adapters.discord.office import Office, posts, shown
from tests.adapters.stage import MEMBERS, settled


async def test_a_question_ends_in_a_pinned_synthesis(office: Office) -> None:
    async with office.open():
        thread = await office.ask()
        (deliberation,) = await settled(office)

    assert deliberation.state is State.DONE
    said = posts(thread)
    assert sorted(name for name in MEMBERS for one in said[:3] if name in shown(one)) == list(
        MEMBERS
    )
    assert len(said) == 2 * len(MEMBERS) + 2
    assert all("review" in shown(one) for one in said[3:6])
    assert "Standings" in shown(said[6])
    assert thread.pins == [said[7]]
    assert office.discord.throttled == []
    assert all(one.is_deleted for one in office.discord.ephemerals)
