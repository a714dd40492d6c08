"""How the bot gets into Discord: token, addresses, shards, checked only where they are needed."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.errors import BadConfig

TOKEN = "DISCORD_TOKEN"  # noqa: S105 - the name of a variable
# Read from the environment, or from the files that `NAME_FILE` names.
DISCORD_SECRETS = (TOKEN,)
USUAL_API_URL = "https://discord.com/api/v10"

# Three parts: the bot's id, a moment, a signature.
_TOKEN = re.compile(r"[\w-]{10,}\.[\w-]{5,}\.[\w-]{20,}", re.ASCII)
# What else the Developer Portal shows, and where it would do no good.
_OTHERS = (
    (re.compile(r"[0-9]{15,22}"), "the application's id"),
    (re.compile(r"[0-9a-f]{64}"), "the application's public key"),
    (re.compile(r"[\w-]{32}", re.ASCII), "the client secret"),
    (re.compile(r"mfa\..*"), "the token of a person, which no bot may use"),
)
_SHARDS = re.compile(r"([0-9]+)(?:-([0-9]+))?/([0-9]+)")

_WANTED = f"{TOKEN} must be the bot's token, from the Developer Portal under Bot, Reset Token"
_PREFIXED = (
    f'{TOKEN} must be the bare token: leave "Bot" and the space in front of it away, they are '
    "added in each call."
)
_NO_ID = (
    "Give the application's id with --application, as the Developer Portal shows it under General "
    f"Information, or set {TOKEN}, which tells it."
)
_BAD_API_URL = (
    f"COUNCIL_DISCORD_API_URL must be the address of Discord's API, such as {USUAL_API_URL}."
)
_BAD_GATEWAY_URL = (
    "COUNCIL_DISCORD_GATEWAY_URL must be the address of a gateway, such as "
    "wss://gateway.discord.gg."
)
_BAD_SHARDS = (
    "COUNCIL_DISCORD_SHARDS must say which shards of how many this process holds, counted from 0, "
    "such as 0-3/16{fault}."
)


@dataclass(frozen=True, slots=True)
class DiscordAccess:
    """How to reach Discord.

    `shards` are this process's and how many there are in all; None leaves both to Discord.
    """

    token: str = field(repr=False)
    api_url: str = USUAL_API_URL
    gateway_url: str | None = None
    shards: tuple[range, int] | None = None


def discord_access(
    secrets: Mapping[str, str],
    *,
    api_url: str | None = None,
    gateway_url: str | None = None,
    shards: str | None = None,
) -> DiscordAccess | None:
    """Return the access to Discord, None if there is no token. Raises `BadConfig`."""
    token = secrets.get(TOKEN)
    if token is None:
        return None
    fault = _misplaced(token)
    if fault is not None:
        raise BadConfig(fault)
    return DiscordAccess(
        token=token,
        api_url=_url(api_url, ("http", "https"), _BAD_API_URL) or USUAL_API_URL,
        gateway_url=_url(gateway_url, ("ws", "wss"), _BAD_GATEWAY_URL),
        shards=_shards(shards),
    )


def application_of(access: DiscordAccess | None) -> str:
    """Return the application's id, which a bot's token begins with. Raises `BadConfig`."""
    first = "" if access is None else access.token.partition(".")[0]
    try:
        number = urlsafe_b64decode(f"{first}{'=' * (-len(first) % 4)}").decode("ascii")
    except ValueError:
        raise BadConfig(_NO_ID) from None
    if not number.isdecimal():
        raise BadConfig(_NO_ID)
    return number


def _misplaced(token: str) -> str | None:
    """Notice what is no bot's token; the Developer Portal shows several values."""
    if re.match(r"bot\s", token, re.IGNORECASE):
        return _PREFIXED
    if _TOKEN.fullmatch(token):
        return None
    found = next((what for shape, what in _OTHERS if shape.fullmatch(token)), None)
    if found is None:
        return f"{_WANTED}; what it holds looks otherwise."
    return f"{_WANTED}, but holds {found}."


def _url(given: str | None, schemes: tuple[str, ...], fault: str) -> str | None:
    if given is None:
        return None
    try:
        parts = urlsplit(given)
    except ValueError:
        raise BadConfig(fault) from None
    if parts.scheme not in schemes or not parts.hostname:
        raise BadConfig(fault)
    return given


def _shards(given: str | None) -> tuple[range, int] | None:
    if given is None:
        return None
    found = _SHARDS.fullmatch(given.replace(" ", ""))
    if found is None:
        raise BadConfig(_BAD_SHARDS.format(fault=""))
    first, count = int(found[1]), int(found[3])
    last = first if found[2] is None else int(found[2])
    if last < first:
        raise BadConfig(_BAD_SHARDS.format(fault=f"; {last} comes before {first}"))
    if last >= count:
        fault = f"; of {count} shards the last is {count - 1}"
        raise BadConfig(_BAD_SHARDS.format(fault=fault))
    return range(first, last + 1), count
