"""The form for providers that a workspace brings along."""

from __future__ import annotations

import pytest

from bot.domain import Tenant
from tests.adapters.slack.lobby import Lobby
from tests.adapters.slack.windows import Hands
from tests.fakes.team.catalog import FakeCatalog

KEY = "sk-canary-0123456789"


@pytest.fixture
def boss(lobby: Lobby) -> Hands:
    return Hands(lobby, lobby.slack.add_person("boss", is_admin=True))


def tenant(lobby: Lobby) -> Tenant:
    return Tenant("slack", lobby.slack.workspace.team_id)


def catalog(lobby: Lobby) -> FakeCatalog:
    found = lobby.desk.team.catalog
    assert isinstance(found, FakeCatalog)
    return found


async def names(lobby: Lobby) -> list[str]:
    return [provider.name for provider in await lobby.desk.team.keys.all(tenant(lobby))]


async def test_a_known_provider_is_brought(lobby: Lobby, boss: Hands) -> None:
    await boss.open("keys")
    errors = await boss.send(provider="openai", key=KEY)

    assert errors is None
    assert "openai is there" in boss.shown
    assert await lobby.desk.team.keys.key(tenant(lobby), "openai") == KEY


async def test_a_provider_of_ones_own_is_brought(lobby: Lobby, boss: Hands) -> None:
    await boss.open("keys")
    await boss.send(
        provider="own", name="our-models", base_url="https://llm.example.com/v1", key=KEY
    )

    ((provider, key),) = catalog(lobby).probed
    assert (provider.name, provider.base_url, key) == (
        "our-models",
        "https://llm.example.com/v1",
        KEY,
    )


async def test_the_key_is_seen_nowhere_again(lobby: Lobby, boss: Hands) -> None:
    await boss.open("keys")
    await boss.send(provider="openai", key=KEY)
    await boss.open("keys")

    assert "key …6789" in boss.shown
    sent = [call.body for call in lobby.slack.calls]
    assert KEY not in str(sent)
    assert KEY not in str([view.versions for view in lobby.slack.views])


WRONG = [
    ({"provider": "own", "key": KEY}, "name", "Write what it is to be called."),
    ({"provider": "own", "name": "ours", "key": KEY}, "base_url", "Write its address."),
    (
        {"provider": "own", "name": "Our Own", "base_url": "https://x.example", "key": KEY},
        "name",
        "one lowercase word",
    ),
    ({"provider": "openai", "key": "short"}, "key", "This is no key"),
]


@pytest.mark.parametrize(("values", "name", "sentence"), WRONG)
async def test_what_is_wrong_is_said_at_the_field(
    lobby: Lobby, boss: Hands, values: dict[str, object], name: str, sentence: str
) -> None:
    await boss.open("keys")

    errors = await boss.send(**values)

    assert errors is not None
    assert list(errors) == [name]
    assert sentence in errors[name]
    assert await names(lobby) == []


async def test_a_provider_that_refuses_the_key_is_said_at_the_key(
    lobby: Lobby, boss: Hands
) -> None:
    catalog(lobby).refused = "OpenAI does not take this key; copy it again."
    await boss.open("keys")

    assert await boss.send(provider="openai", key=KEY) == {"key": catalog(lobby).refused}


async def test_a_provider_is_removed_after_a_question(lobby: Lobby, boss: Hands) -> None:
    await boss.open("keys")
    await boss.send(provider="openai", key=KEY)
    view = await boss.open("keys")
    before = view.hash

    assert "Remove this provider?" in boss.shown
    await boss.click("openai", action="council_remove_key")
    await lobby.slack.until(lambda: view.hash != before)

    assert "key …6789" not in boss.shown
    assert await names(lobby) == []


async def test_a_demoted_admin_brings_nothing(lobby: Lobby, boss: Hands) -> None:
    await boss.open("keys")
    boss.person.is_admin = False

    await boss.send(provider="openai", key=KEY)

    assert "Only an admin may do this." in boss.shown
    assert await names(lobby) == []


async def test_a_demoted_admin_removes_nothing(lobby: Lobby, boss: Hands) -> None:
    await boss.open("keys")
    await boss.send(provider="openai", key=KEY)
    view = await boss.open("keys")
    boss.person.is_admin, before = False, view.hash

    await boss.click("openai", action="council_remove_key")
    await lobby.slack.until(lambda: view.hash != before)

    assert "Only an admin may do this." in boss.shown
    assert await names(lobby) == ["openai"]


async def test_a_window_of_somebody_else_is_of_no_use(lobby: Lobby, boss: Hands) -> None:
    thief = Hands(lobby, lobby.slack.add_person("thief", is_admin=True))
    await boss.open("keys")
    ticket = boss.top.document["private_metadata"]
    await thief.open("keys")
    thief.top.document["private_metadata"] = ticket

    await thief.send(provider="openai", key=KEY)

    assert "This form has been open for too long" in thief.shown
    assert await names(lobby) == []


async def test_a_member_sees_why_there_is_no_form(lobby: Lobby) -> None:
    hands = Hands(lobby, lobby.kim)

    await hands.open("keys")

    assert "Only an admin may do this." in hands.shown
