"""Settings as TOML, to be kept, sent and read back."""

from __future__ import annotations

import re
import tomllib
from dataclasses import asdict, fields

import tomli_w

from bot.domain import Deadlines, Limits, Mode, PlaceSettings, Seat, Shown
from bot.errors import BadConfig
from bot.lines import line_of_fault
from bot.team.seats import name_of
from bot.team.settings.checks import faults
from bot.team.settings.tables import Table, refused
from bot.untrusted import one_line

REVISION = {"auto": True, "off": False}
UNKNOWN_PRICES = {"count": False, "refuse": True}
_MODES = {str(mode): mode for mode in Mode}
_SHOWN = {str(shown): shown for shown in Shown}

_KEYS = (
    "mode",
    "revision",
    "show",
    "pins",
    "language",
    "instructions",
    "time_zone",
    "askers",
    "configurers",
    "questions_per_hour",
    "unknown_prices",
    "retention_days",
    "members",
    "chairman",
    "deadlines",
    "limits",
    "per_person",
)
_SEAT_KEYS = ("name", "model", "persona", "fallbacks")
# Nine members with the longest texts, each character escaped, need less.
_MOST_CHARS = 200_000
_TOO_LONG = f"These settings are longer than {_MOST_CHARS:,} characters; they cannot be ours."
_NOT_TOML = "Line {}: this is not TOML: `{}`. Check quotes, brackets and commas."
_NESTED = "These settings are not TOML; check quotes, brackets and numbers."
# Ours have two parts at most. tomllib takes minutes for a key of a hundred thousand.
_MOST_PARTS = 8
# Texts and remarks; tomllib stops at what is not closed, so that may go on to the end.
_QUOTED = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)|"(?:\\.|[^"\\\n])*"?'
    r"|'''.*?(?:'{3,5}|\Z)|'[^'\n]*'?|#[^\n]*",
    re.DOTALL,
)
_BETWEEN_KEYS = re.compile(r"[\n=,{}\[\]]")


def to_toml(settings: PlaceSettings) -> str:
    """Write what is set; what is inherited is left out."""
    members, chairman = settings.members, settings.chairman
    values: dict[str, object] = {
        "mode": None if settings.mode is None else str(settings.mode),
        "revision": _word(settings.is_revising, REVISION),
        "show": None if settings.shown is None else str(settings.shown),
        "pins": settings.pins,
        "language": settings.language,
        "instructions": settings.instructions,
        "time_zone": settings.time_zone,
        "askers": settings.askers,
        "configurers": settings.configurers,
        "questions_per_hour": settings.questions_per_hour,
        "unknown_prices": _word(settings.refuses_unknown_prices, UNKNOWN_PRICES),
        "retention_days": settings.retention_days,
        "members": None if members is None else [_written(member) for member in members],
        "chairman": None if chairman is None else _written(chairman),
        "deadlines": None if settings.deadlines is None else asdict(settings.deadlines),
        "limits": None if settings.limits is None else _set(asdict(settings.limits)),
        "per_person": None if settings.per_person is None else _set(asdict(settings.per_person)),
    }
    return tomli_w.dumps(_set(values), multiline_strings=True)


def from_toml(text: str) -> PlaceSettings:
    """Read settings that can be saved. Raises `BadConfig` with the line and what to do."""
    settings = unchecked(text)
    for fault in faults(settings):
        raise refused(text, fault.key, fault.sentence)
    return settings


def unchecked(text: str) -> PlaceSettings:
    """Read settings as they were written, such as those that somebody is still editing.

    Raises `BadConfig` for what is no settings at all.
    """
    table = Table(text, _parsed(text))
    table.check_keys(_KEYS)
    return PlaceSettings(
        members=_members(table),
        chairman=_chairman(table),
        mode=table.choice("mode", _MODES),
        is_revising=table.choice("revision", REVISION),
        shown=table.choice("show", _SHOWN),
        pins=table.whole("pins"),
        language=table.text("language"),
        instructions=table.text("instructions"),
        deadlines=_deadlines(table),
        time_zone=table.text("time_zone"),
        askers=table.texts("askers"),
        configurers=table.texts("configurers"),
        limits=_limits(table, "limits"),
        per_person=_limits(table, "per_person"),
        questions_per_hour=table.whole("questions_per_hour"),
        refuses_unknown_prices=table.choice("unknown_prices", UNKNOWN_PRICES),
        retention_days=table.whole("retention_days"),
    )


def _parsed(text: str) -> dict[str, object]:
    if len(text) > _MOST_CHARS:
        raise BadConfig(_TOO_LONG)
    if any(key.count(".") >= _MOST_PARTS for key in _BETWEEN_KEYS.split(_QUOTED.sub("", text))):
        raise BadConfig(_NESTED)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = line_of_fault(text, error)
        shown = one_line(text.split("\n")[line - 1], 60)
        raise BadConfig(_NOT_TOML.format(line, shown)) from error
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits and brackets within a thousand brackets.
        raise BadConfig(_NESTED) from error


def _members(table: Table) -> tuple[Seat, ...] | None:
    seats = table.tables("members", "model")
    return None if seats is None else tuple(map(_seat, seats))


def _chairman(table: Table) -> Seat | None:
    seat = table.table("chairman", "model")
    return None if seat is None else _seat(seat)


def _seat(table: Table) -> Seat:
    table.check_keys(_SEAT_KEYS)
    model = table.needed_text("model")
    return Seat(
        name=table.text("name") or name_of(model),
        model=model,
        persona=table.text("persona"),
        fallbacks=table.texts("fallbacks") or (),
    )


def _deadlines(table: Table) -> Deadlines | None:
    within = table.table("deadlines")
    if within is None:
        return None
    within.check_keys([field.name for field in fields(Deadlines)])
    usual = Deadlines()
    return Deadlines(
        soft_min=_or(within.number("soft_min"), usual.soft_min),
        call=_or(within.number("call"), usual.call),
        deliberation=_or(within.number("deliberation"), usual.deliberation),
    )


def _limits(table: Table, key: str) -> Limits | None:
    within = table.table(key)
    if within is None:
        return None
    within.check_keys([field.name for field in fields(Limits)])
    return Limits(
        usd_day=within.number("usd_day"),
        usd_month=within.number("usd_month"),
        councils_day=within.whole("councils_day"),
        councils_month=within.whole("councils_month"),
    )


def _or(given: float | None, usual: float) -> float:
    return usual if given is None else given


def _written(seat: Seat) -> dict[str, object]:
    persona, fallbacks = seat.persona, seat.fallbacks or None
    return _set(
        {"name": seat.name, "model": seat.model, "persona": persona, "fallbacks": fallbacks}
    )


def _set(values: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not None}


def _word(is_so: bool | None, words: dict[str, bool]) -> str | None:  # noqa: FBT001  a field's value
    return next((word for word, value in words.items() if value is is_so), None)
