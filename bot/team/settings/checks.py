"""What is wrong with settings, as far as it shows without asking anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from math import isfinite

from bot.domain import Deadlines, Limits, PlaceSettings, Terms
from bot.errors import BadConfig
from bot.team.seats import Fault, is_mixed, member_faults, seat_faults, tidy_seat, unique
from bot.team.zones import time_zones, unknown_zone
from bot.untrusted import harmless, one_line

# A workspace's alone; a channel has no say in them.
WORKSPACE_ONLY = ("per_person", "questions_per_hour", "refuses_unknown_prices", "retention_days")

# Where a field goes by another name when people write it.
_KEYS = {"refuses_unknown_prices": "unknown_prices"}

MOST_PINS = 100  # what Slack holds in a channel; Discord holds 250
LONGEST_LANGUAGE = 40
LONGEST_INSTRUCTIONS = 4_000
MOST_NAMED = 100  # a form and a glance take no more; beyond them there are groups and roles
LONGEST_DEADLINE_S = 3_600.0  # who waits for an hour has gone
MOST_QUESTIONS_PER_HOUR = 1_000
MOST_DAYS = 3_650  # ten years
MOST_USD = 1_000_000.0
MOST_COUNCILS = 1_000_000

_LONGEST_ID = 64
_PRESET_NAME = re.compile(r"\w[\w-]{0,29}")
_MIXED = (
    "Rehearsal models cannot sit with real ones, nor can a chairman of the other kind: "
    "choose the members and the chairman anew."
)
_WORKSPACES = (
    "`{}` holds for the whole workspace and cannot be set for a channel; set it for the workspace."
)


def tidied(settings: PlaceSettings) -> PlaceSettings:
    """Return settings as they are kept: seats named, texts harmless, nothing twice."""
    members, chairman = settings.members, settings.chairman
    return replace(
        settings,
        members=None if members is None else unique(map(tidy_seat, members)),
        chairman=None if chairman is None else tidy_seat(chairman),
        language=None if settings.language is None else one_line(settings.language),
        instructions=None if settings.instructions is None else _text(settings.instructions),
        time_zone=None if settings.time_zone is None else settings.time_zone.strip(),
        askers=_ids(settings.askers),
        configurers=_ids(settings.configurers),
        limits=None if settings.limits == Limits() else settings.limits,
        per_person=None if settings.per_person == Limits() else settings.per_person,
    )


def check(settings: PlaceSettings, inherited: Terms, *, is_workspace: bool) -> None:
    """Raise `BadConfig` for the first fault of settings that would hold over what is inherited."""
    if not is_workspace:
        for name in WORKSPACE_ONLY:
            if getattr(settings, name) is not None:
                raise BadConfig(_WORKSPACES.format(_KEYS.get(name, name)))
    for fault in faults(settings):
        raise BadConfig(fault.sentence)
    members = inherited.council.members if settings.members is None else settings.members
    if is_mixed((*members, settings.chairman or inherited.council.chairman)):
        raise BadConfig(_MIXED)


def faults(settings: PlaceSettings) -> Iterator[Fault]:
    """Yield what is wrong with settings by themselves."""
    yield from _seat_faults(settings)
    yield from _text_faults(settings)
    yield from _time_faults(settings)
    yield from _id_faults("askers", settings.askers)
    yield from _id_faults("configurers", settings.configurers)
    yield from _limit_faults("limits", settings.limits)
    yield from _limit_faults("per_person", settings.per_person)
    yield from _whole("pins", settings.pins, 0, MOST_PINS)
    yield from _whole("questions_per_hour", settings.questions_per_hour, 1, MOST_QUESTIONS_PER_HOUR)
    yield from _whole("retention_days", settings.retention_days, 1, MOST_DAYS)


def is_preset_name(name: str) -> bool:
    """Say whether a preset may be called that: one word in small letters."""
    return name == name.lower() and _PRESET_NAME.fullmatch(name) is not None


def _seat_faults(settings: PlaceSettings) -> Iterator[Fault]:
    if settings.members is not None:
        yield from member_faults(settings.members)
        if is_mixed(settings.members):
            yield Fault(("members",), _MIXED)
    if settings.chairman is not None:
        yield from seat_faults(settings.chairman, ("chairman",))


def _text_faults(settings: PlaceSettings) -> Iterator[Fault]:
    bounds = {"language": LONGEST_LANGUAGE, "instructions": LONGEST_INSTRUCTIONS}
    for key, most in bounds.items():
        if len(getattr(settings, key) or "") > most:
            yield Fault((key,), f"`{key}` must be text of {most:,} characters at most.")


def _time_faults(settings: PlaceSettings) -> Iterator[Fault]:
    zone = settings.time_zone
    if zone is not None and zone not in time_zones():
        yield Fault(("time_zone",), unknown_zone(zone))
    if settings.deadlines is not None:
        yield from _deadline_faults(settings.deadlines)


def _deadline_faults(deadlines: Deadlines) -> Iterator[Fault]:
    least = 0.0
    for field in fields(deadlines):
        seconds: float = getattr(deadlines, field.name)
        key = ("deadlines", field.name)
        if not 0 < seconds <= LONGEST_DEADLINE_S:
            sentence = f"must be a number of seconds above 0, {LONGEST_DEADLINE_S:,.0f} at most."
            yield Fault(key, f"`{field.name}` {sentence}")
        elif seconds < least:
            sentence = "Deadlines must not shrink: soft_min, then call, then deliberation."
            yield Fault(key, sentence)
        least = seconds


def _id_faults(key: str, ids: tuple[str, ...] | None) -> Iterator[Fault]:
    if len(ids or ()) > MOST_NAMED:
        sentence = f"`{key}` names more than {MOST_NAMED}; name a group or a role instead."
        yield Fault((key,), sentence)
    for one in ids or ():
        if not 0 < len(one) <= _LONGEST_ID or len(one.split()) != 1:
            sentence = f"`{key}` must be ids as the platform gives them, not `{one_line(one, 60)}`."
            yield Fault((key,), sentence)


def _limit_faults(key: str, limits: Limits | None) -> Iterator[Fault]:
    if limits is None:
        return
    for name in ("usd_day", "usd_month"):
        usd: float | None = getattr(limits, name)
        if usd is not None and not (isfinite(usd) and 0 < usd <= MOST_USD):
            sentence = f"`{name}` must be a number of dollars above 0, {MOST_USD:,.0f} at most."
            yield Fault((key, name), sentence)
    for name in ("councils_day", "councils_month"):
        yield from _whole(name, getattr(limits, name), 1, MOST_COUNCILS, within=key)


def _whole(
    key: str, number: int | None, least: int, most: int, *, within: str | None = None
) -> Iterator[Fault]:
    if number is not None and not least <= number <= most:
        path = (key,) if within is None else (within, key)
        yield Fault(path, f"`{key}` must be a whole number from {least} to {most:,}.")


def _text(text: str) -> str:
    return harmless(text).strip()


def _ids(ids: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if ids is None else tuple(dict.fromkeys(one.strip() for one in ids))
