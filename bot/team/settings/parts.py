"""Settings part by part, in words: what each says, and what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import cast

from bot.domain import Deadlines, Limits, PlaceSettings, Seat, Terms
from bot.untrusted import one_line

_TEXT_CHARS = 80
_NAME_CHARS = 40
_MODEL_CHARS = 100
_INHERITED = "inherited"
# Limits hold beside each other; without any here, nothing takes their place.
_NO_LIMITS = "none"
_UNIT = {
    "usd_day": "${:,.2f} a day",
    "usd_month": "${:,.2f} a month",
    "councils_day": "{:,} councils a day",
    "councils_month": "{:,} councils a month",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One field of settings: its name for people, what a value of it says, and what none means."""

    label: str
    said: Callable[[object], str]
    unset: str = _INHERITED


def said(name: str, settings: PlaceSettings) -> str | None:
    """Say what is set in a field; None if nothing is."""
    value: object = getattr(settings, name)
    return None if value is None else PARTS[name].said(value)


def changes(old: PlaceSettings, new: PlaceSettings) -> tuple[str, ...]:
    """Say what is different, a line for each part."""
    return tuple(_changes(old, new))


def as_settings(terms: Terms) -> PlaceSettings:
    """Return what terms say of everything that a place may inherit."""
    council = terms.council
    return PlaceSettings(
        members=council.members,
        chairman=council.chairman,
        mode=council.mode,
        is_revising=council.is_revising,
        shown=council.shown,
        pins=council.pins,
        language=council.language or "",
        instructions=council.instructions or "",
        deadlines=council.deadlines,
        time_zone=terms.time_zone,
        askers=terms.askers,
        configurers=terms.configurers,
        questions_per_hour=terms.questions_per_hour,
        refuses_unknown_prices=terms.refuses_unknown_prices,
        retention_days=terms.retention_days,
    )


def seat_line(seat: Seat) -> str:
    """Say who sits there and on which models."""
    models = ", else ".join(one_line(model, _MODEL_CHARS) for model in seat.models)
    persona = ", with a persona" if seat.persona else ""
    return f"{one_line(seat.name, _NAME_CHARS)} ({models}{persona})"


def _changes(old: PlaceSettings, new: PlaceSettings) -> Iterator[str]:
    for name, part in PARTS.items():
        before: object = getattr(old, name)
        after: object = getattr(new, name)
        if before == after:
            continue
        is_set = before is not None and after is not None
        listed = _LISTED[name](before, after) if is_set and name in _LISTED else None
        told = listed or f"{_or_unset(part, before)} → {_or_unset(part, after)}"
        yield f"{part.label}: {told}"


def _or_unset(part: Part, value: object) -> str:
    return part.unset if value is None else part.said(value)


def _seats_changed(before: object, after: object) -> str:
    was = {seat.name: seat for seat in cast("tuple[Seat, ...]", before)}
    now = {seat.name: seat for seat in cast("tuple[Seat, ...]", after)}
    added = [f"+{seat_line(seat)}" for name, seat in now.items() if name not in was]
    gone = [f"−{one_line(name, _NAME_CHARS)}" for name in was if name not in now]
    moved = [
        _seat_changed(was[name], seat)
        for name, seat in now.items()
        if name in was and was[name] != seat
    ]
    return ", ".join([*added, *gone, *moved]) or "in another order"


def _seat_changed(before: Seat, after: Seat) -> str:
    if before.models == after.models:
        return f"{one_line(after.name, _NAME_CHARS)} has another persona"
    return f"{seat_line(before)} → {seat_line(after)}"


def _ids_changed(before: object, after: object) -> str | None:
    was, now = cast("tuple[str, ...]", before), cast("tuple[str, ...]", after)
    if not was or not now:
        return None
    added = [f"+{_short(one)}" for one in now if one not in was]
    gone = [f"−{_short(one)}" for one in was if one not in now]
    return ", ".join([*added, *gone]) or "in another order"


def _word(value: object) -> str:
    return _short(str(value))


def _short(value: object) -> str:
    return one_line(str(value), _TEXT_CHARS)


def _seats(value: object) -> str:
    return ", ".join(map(seat_line, cast("tuple[Seat, ...]", value)))


def _or_everyone(value: object) -> str:
    return ", ".join(map(_short, cast("tuple[str, ...]", value))) or "everyone"


def _with_admins(value: object) -> str:
    return ", ".join(["admins", *map(_short, cast("tuple[str, ...]", value))])


def _text_or(nothing: str) -> Callable[[object], str]:
    return lambda value: f"“{_short(value)}”" if value else nothing


def _deadlines(value: object) -> str:
    deadlines = cast("Deadlines", value)
    return (
        f"{deadlines.soft_min:g} s for slow members, {deadlines.call:g} s a call, "
        f"{deadlines.deliberation:g} s in all"
    )


def _limits(value: object) -> str:
    limits = cast("Limits", value)
    given = {field.name: getattr(limits, field.name) for field in fields(limits)}
    told = [_UNIT[name].format(most) for name, most in given.items() if most is not None]
    return ", ".join(told) or _NO_LIMITS


def _is_on(on: str, off: str) -> Callable[[object], str]:
    return lambda value: on if value else off


# What is told by what came and went; None where it is better told whole.
_LISTED: Mapping[str, Callable[[object, object], str | None]] = MappingProxyType(
    {"members": _seats_changed, "askers": _ids_changed, "configurers": _ids_changed}
)
# In the order in which people read them.
PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "members": Part("Members", _seats),
        "chairman": Part("Chairman", lambda value: seat_line(cast("Seat", value))),
        "mode": Part("Mode", _word),
        "is_revising": Part("Revision", _is_on("auto", "off")),
        "shown": Part("Shown in the thread", _word),
        "pins": Part("Final answers that stay pinned", _word),
        "language": Part("Language", _text_or("that of the question")),
        "instructions": Part("Instructions", _text_or("none")),
        "deadlines": Part("Deadlines", _deadlines),
        "time_zone": Part("Time zone", _word),
        "askers": Part("Who may ask", _or_everyone),
        "configurers": Part("Who may configure", _with_admins),
        "limits": Part("Limits", _limits, unset=_NO_LIMITS),
        "per_person": Part("Limits for each person", _limits, unset=_NO_LIMITS),
        "questions_per_hour": Part("Questions of a person in an hour", _word),
        "refuses_unknown_prices": Part("Unknown prices", _is_on("refused", "counted at a cap")),
        "retention_days": Part("Days until deliberations are deleted", _word),
    }
)
