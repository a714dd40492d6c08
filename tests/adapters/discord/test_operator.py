"""A process in Discord as its operator sees it, while its gateway breaks and comes back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.config import Settings
from tests.adapters.discord.office import Office
from tests.scraping import Operator

NOT_CONNECTED = "Not all shards are connected to Discord's gateway; it is tried again and again."


@dataclass(kw_only=True)
class Watched(Office):
    """A server whose bot has an operator."""

    def settings(self) -> Settings:
        return replace(super().settings(), admin_port=0)


async def test_a_gateway_that_breaks_is_red_until_it_is_back(office: Office) -> None:
    office = Watched(**vars(office))

    async with office.open():
        operator = Operator.of(office.said)
        before = await operator.until_ready(200)
        await office.discord.drop_gateway(1.5)
        found = await operator.until_ready(503)
        again = await operator.until_ready(200)

    assert before == again == dict.fromkeys(("process", "database", "discord", "engine"), "ok")
    assert found["discord"] == NOT_CONNECTED
