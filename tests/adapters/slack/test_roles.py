"""A part of the service in each process."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from adapters.console.requests import EVERY_ROLE, Role
from adapters.slack.thread.root import STOP
from bot.composition.service import open_service
from bot.domain import State
from bot.errors import BadConfig
from tests.adapters.slack.office import Office
from tests.adapters.stage import settled
from tests.fakes.model_server import Script

PARTS = [frozenset({role}) for role in Role] + [EVERY_ROLE - {Role.WEB}]


@asynccontextmanager
async def running(office: Office, *roles: Role) -> AsyncGenerator[list[str]]:
    """Run a part of the bot; yields what it says to the operator."""
    said: list[str] = []
    async with open_service(office.settings(), said.append, frozenset(roles)):
        yield said


@pytest.mark.parametrize("roles", PARTS)
async def test_a_file_is_served_by_one_process_that_does_everything(
    office: Office, roles: frozenset[Role]
) -> None:
    with pytest.raises(BadConfig, match="served by one process that does everything: leave --role"):
        async with running(office, *roles):
            pass


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("way", "role", "sentence"),
    [
        ("by_socket", Role.WEB, r"comes by HTTP, .* sockets are served with --role gateway\."),
        ("by_http", Role.GATEWAY, r"comes by a socket, .* by HTTP is served with --role web\."),
    ],
)
async def test_who_could_take_no_delivery_is_told_so(
    office: Office, postgres_url: str, way: str, role: Role, sentence: str
) -> None:
    office = replace(office, database_url=postgres_url, secrets=getattr(office, way)())

    with pytest.raises(BadConfig, match=sentence):
        async with running(office, role, Role.WORKER):
            pass


@pytest.mark.postgres
async def test_a_gateway_takes_what_workers_answer_and_stop(
    office: Office, postgres_url: str
) -> None:
    office = replace(office, database_url=postgres_url)
    async with running(office, Role.GATEWAY) as by_gateway:
        command = office.slack.command("Why?", channel=office.channel, person=office.kim)
        assert (await command).status == 200
        (waiting,) = await office.deliberations()
        before = list(office.channel.messages)

        async with running(office, Role.WORKER) as by_worker:
            await office.slack.until(lambda: bool(office.channel.pins))

            office.models.default = Script(fault="hang")
            await office.slack.command("And how?", channel=office.channel, person=office.kim)
            await office.slack.until(
                lambda: any("And how?" in message.text for message in office.channel.messages)
            )
            second = next(m for m in office.channel.messages if "And how?" in m.text)
            await office.slack.click(second, STOP, person=office.kim)
            first, stopped = await settled(office, 2)

    assert (waiting.state, before) == (State.QUEUED, [])
    assert (first.state, stopped.state) == (State.DONE, State.CANCELLED)
    assert any(line.startswith("Slack: ") for line in by_gateway)
    assert not any(line.startswith("Slack: ") for line in by_worker)
