"""Providers that a workspace brings along: its own key, perhaps at its own address."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain import OwnProvider, Person, Tenant
from bot.errors import BadConfig, Changed
from bot.phrases import counted
from bot.team.asking import Team
from bot.team.rights import check_admin

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
# Keys of known providers have 32 to 200 characters; people's own servers take any word.
_KEY_CHARS = range(8, 513)
_HINT_CHARS = 4
_HINT_SHARE = 4  # of a short key no more is shown than one character in so many
_MOST_PROVIDERS = 20
_ATTEMPTS = 3  # to note a change, while others change the same settings

_BAD_NAME = (
    "A provider's name must be one lowercase word of letters, digits and hyphens, such as openai "
    "or our-models."
)
_BAD_KEY = (
    "This is no key: it must have 8 to 512 letters, digits and signs without a space. Copy it "
    "again as a whole."
)
_TOO_MANY = f"A workspace may bring {_MOST_PROVIDERS} providers; remove one first."


async def bring(team: Team, person: Person, tenant: Tenant, provider: OwnProvider, key: str) -> str:
    """Check a provider with its key, store it, and return a sentence on what is there now.

    Of the provider its name and its address count, as somebody typed them. It is asked for its
    models, which may take some seconds. Raises `NotAllowed`, `BadConfig` with a sentence on what is
    wrong.
    """
    check_admin(person)
    key = key.strip()
    own = _tidied(provider, key)
    others = (one for one in await team.keys.all(tenant) if one.name != own.name)
    if len(tuple(others)) >= _MOST_PROVIDERS:
        raise BadConfig(_TOO_MANY)
    count = await team.catalog.probe(own, key)
    await team.keys.save(tenant, own, key)
    await _note(team, person, tenant, f"brought the provider {own.name}, key …{own.hint}")
    models = counted(count, "model")
    return f"{own.name} is there, with {models}. Its key ends in {own.hint}."


async def take_away(team: Team, person: Person, tenant: Tenant, name: str) -> str:
    """Forget a provider with its key, and return a sentence. Raises `NotAllowed`, `NotFound`."""
    check_admin(person)
    name = name.strip().lower()
    await team.keys.remove(tenant, name)
    await _note(team, person, tenant, f"removed the provider {name}")
    return f"{name} is gone, with its key. Seats on its models need another one now."


def _tidied(provider: OwnProvider, key: str) -> OwnProvider:
    name = provider.name.strip().lower()
    if not _NAME.fullmatch(name):
        raise BadConfig(_BAD_NAME)
    if len(key) not in _KEY_CHARS or not (key.isascii() and key.isprintable()) or " " in key:
        raise BadConfig(_BAD_KEY)
    base_url = (provider.base_url or "").strip().rstrip("/")
    hint = key[-min(_HINT_CHARS, len(key) // _HINT_SHARE) :]
    return replace(
        provider, name=name, hint=hint, changed_at=datetime.now(UTC), base_url=base_url or None
    )


async def _note(team: Team, person: Person, tenant: Tenant, line: str) -> None:
    for _ in range(_ATTEMPTS):
        with suppress(Changed):
            await team.note(person, tenant, line)
            return
