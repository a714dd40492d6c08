"""Time zones by their IANA names."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.errors import BadConfig
from bot.untrusted import one_line


@cache
def time_zones() -> frozenset[str]:
    """Return the names of all time zones that are known here."""
    return frozenset(available_timezones() - {"localtime"})


def check_zone(zone: str) -> ZoneInfo:
    """Return a time zone. Raises `BadConfig`."""
    if zone not in time_zones():
        raise BadConfig(unknown_zone(zone))
    return ZoneInfo(zone)


def zone_or_utc(zone: str) -> ZoneInfo:
    """Return a time zone; one that is no longer known counts as UTC, lest nobody can ask."""
    try:
        # Each question comes by here; to list all zones takes 50 ms.
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def unknown_zone(zone: str) -> str:
    """Say that there is no such time zone, and which one was probably meant."""
    known = {name.lower(): name for name in time_zones()}
    near = get_close_matches(zone.strip().replace(" ", "_").lower(), known, n=1)
    meant = f"did you mean `{known[near[0]]}`?" if near else "write it like Europe/Berlin or UTC."
    return f"There is no time zone `{one_line(zone, 60)}`; {meant}"
