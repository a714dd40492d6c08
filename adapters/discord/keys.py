"""The form for a provider's key; what is entered there goes nowhere but into the sealed store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from adapters.discord.caller import Caller
from adapters.discord.desk import DiscordDesk
from adapters.discord.fields import Field, form, line
from adapters.discord.rich.untrusted import escaped
from adapters.discord.wire.http import Json
from bot.domain import OwnProvider
from bot.team.bringing import bring
from bot.team.rights import check_admin

ADD = "council:key"

_NAME = Field(
    "name",
    "Provider",
    "One that is known, such as openrouter; or a word of yours, with its address.",
    placeholder="openrouter",
    is_required=True,
    most=40,
)
_KEY = Field(
    "key",
    "Key",
    "It is checked, sealed and never shown again.",
    is_required=True,
    most=512,
)
_ADDRESS = Field(
    "base_url",
    "Address",
    "Of an OpenAI-compatible API of yours; empty for a known provider.",
    placeholder="https://models.example.com/v1",
    most=500,
)


async def add_form(caller: Caller) -> Json:
    """Ask for a provider with its key. Raises `NotAllowed`."""
    check_admin(caller.person)
    return form_of()


def form_of() -> Json:
    """Return the form."""
    return form("Bring a provider's key", f"{ADD}:new", [line(_NAME), line(_KEY), line(_ADDRESS)])


async def add(desk: DiscordDesk, caller: Caller, entered: Mapping[str, str]) -> str:
    """Store what was entered, and say what is there now. Raises `NotAllowed`, `BadConfig`."""
    name, key, address = entered["name"], entered["key"], entered["base_url"]
    provider = OwnProvider(name, "", datetime.now(UTC), address or None)
    return escaped(await bring(desk.team, caller.person, caller.home.tenant, provider, key))
