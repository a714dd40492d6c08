"""What clicks and small forms make of settings; whether that can be saved is not decided here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import TypeVar

from adapters.discord.settings.editing import CHAIRMAN
from bot.domain import Council, Deadlines, Limits, Mode, PlaceSettings, Seat, Shown
from bot.errors import BadConfig
from bot.team.settings.configuring import Draft
from bot.team.terms import over
from bot.untrusted import one_line

INHERIT = "inherit"
YES, NO = "yes", "no"

_NO_NUMBER = "`{}` is not a number for “{}”; write one such as {}, or nothing."
_NO_CHOICE = "There is no such choice."
_GONE = "That seat is gone; choose it again."

# 1,000 is a thousand, and 2,50 two and a half.
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")

T = TypeVar("T", int, float)

_CHOSEN: Mapping[str, Callable[[str], object]] = {
    "mode": Mode,
    "is_revising": lambda value: value == YES,
    "shown": Shown,
    "pins": int,
    "refuses_unknown_prices": lambda value: value == YES,
}

MONEY = {
    "usd_day": "Dollars a day",
    "usd_month": "Dollars a month",
    "councils_day": "Councils a day",
    "councils_month": "Councils a month",
}
SECONDS = {
    "soft_min": "Wait for slow members, in seconds",
    "call": "Longest call of a model, in seconds",
    "deliberation": "Longest deliberation, in seconds",
}
HOURLY = "Questions of a person in an hour"
DAYS = "Days until deliberations are deleted"


def choose(settings: PlaceSettings, name: str, value: str) -> PlaceSettings:
    """Set a field to what was chosen from its menu."""
    try:
        chosen = None if value == INHERIT else _CHOSEN[name](value)
    except ValueError as error:
        raise BadConfig(_NO_CHOICE) from error
    return replace(settings, **{name: chosen})


def name_people(settings: PlaceSettings, name: str, ids: Sequence[str]) -> PlaceSettings:
    """Set who may do something."""
    return replace(settings, **{name: tuple(ids)})


def put_in(settings: PlaceSettings, preset: PlaceSettings) -> PlaceSettings:
    """Lay a preset over settings."""
    return over(settings, preset)


def write_texts(draft: Draft, entered: Mapping[str, str]) -> PlaceSettings:
    """Set the texts; what was left as it stood stays as it is, inherited or not."""
    own, now, below = draft.settings, draft.terms, draft.inherited
    council, usual = now.council, below.council
    return replace(
        own,
        language=_text(entered["language"], own.language, council.language, usual.language),
        instructions=_text(
            entered["instructions"], own.instructions, council.instructions, usual.instructions
        ),
        time_zone=_text(entered["time_zone"], own.time_zone, now.time_zone, below.time_zone),
    )


def write_deadlines(draft: Draft, entered: Mapping[str, str]) -> PlaceSettings:
    """Set the deadlines; without any they are inherited."""
    now, below = draft.terms.council.deadlines, draft.inherited.council.deadlines
    given = {name: _number(SECONDS[name], entered[name], float, "90") for name in SECONDS}
    known = {name: seconds for name, seconds in given.items() if seconds is not None}
    deadlines = replace(now, **known) if known else None
    if deadlines == below and draft.settings.deadlines is None:
        deadlines = None
    return replace(draft.settings, deadlines=deadlines)


def write_limits(settings: PlaceSettings, name: str, entered: Mapping[str, str]) -> PlaceSettings:
    """Set the limits of a place or of a person; without any there are none."""
    usd_day = _number(MONEY["usd_day"], entered["usd_day"], float, "2.50")
    usd_month = _number(MONEY["usd_month"], entered["usd_month"], float, "50")
    councils_day = _number(MONEY["councils_day"], entered["councils_day"], int, "20")
    councils_month = _number(MONEY["councils_month"], entered["councils_month"], int, "300")
    limits = Limits(usd_day, usd_month, councils_day, councils_month)
    changed = replace(settings, **{name: None if limits == Limits() else limits})
    if "hourly" not in entered:
        return changed
    return replace(changed, questions_per_hour=_number(HOURLY, entered["hourly"], int, "10"))


def write_keeping(settings: PlaceSettings, entered: Mapping[str, str]) -> PlaceSettings:
    """Set what becomes of unknown prices, and for how many days deliberations are kept."""
    changed = choose(settings, "refuses_unknown_prices", entered["prices"])
    return replace(changed, retention_days=_number(DAYS, entered["days"], int, "90"))


def seat_at(council: Council, key: str) -> Seat | None:
    """Return who sits in a seat, None if there is no such seat."""
    if key == CHAIRMAN:
        return council.chairman
    seats = dict(enumerate(council.members))
    return seats.get(int(key)) if key.isdecimal() else None


def seat(draft: Draft, key: str, new: Seat) -> PlaceSettings:
    """Put somebody in a seat, or in one that is added."""
    if key == CHAIRMAN:
        return replace(draft.settings, chairman=new)
    members = list(draft.terms.council.members)
    if key.isdecimal() and int(key) < len(members):
        members[int(key)] = new
    elif key.isdecimal():
        raise BadConfig(_GONE)
    else:
        members.append(new)
    return replace(draft.settings, members=tuple(members))


def unseat(draft: Draft, key: str) -> PlaceSettings:
    """Take a member away; whoever has the chair is inherited then."""
    if key == CHAIRMAN:
        return replace(draft.settings, chairman=None)
    members = draft.terms.council.members
    kept = tuple(member for number, member in enumerate(members) if str(number) != key)
    return replace(draft.settings, members=kept)


def inherit(settings: PlaceSettings, names: Sequence[str]) -> PlaceSettings:
    """Let some fields be inherited."""
    return replace(settings, **dict.fromkeys(names))


def shown_number(value: float | None) -> str:
    """Write a number as people would enter it."""
    return "" if value is None else f"{value:.10g}"


def limit_values(limits: Limits | None) -> Mapping[str, str]:
    """Write limits as people would enter them."""
    given = limits or Limits()
    return {field.name: shown_number(getattr(given, field.name)) for field in fields(Limits)}


def deadline_values(deadlines: Deadlines) -> Mapping[str, str]:
    """Write deadlines as people would enter them."""
    return {field.name: shown_number(getattr(deadlines, field.name)) for field in fields(Deadlines)}


def _text(entered: str, own: str | None, now: str | None, below: str | None) -> str | None:
    if entered == (now or ""):
        return own
    return None if entered == (below or "") else entered


def _number(label: str, entered: str, kind: type[T], such_as: str) -> T | None:
    text = entered.strip().removeprefix("$").strip()
    if not text:
        return None
    mark = "" if _THOUSANDS.fullmatch(text) else "."
    try:
        return kind(text.replace(",", mark))
    except ValueError as error:
        message = _NO_NUMBER.format(one_line(entered, 40), label, such_as)
        raise BadConfig(message) from error
