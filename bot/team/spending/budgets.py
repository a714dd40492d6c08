"""The caps that hold for a question, and whether they have room for one more council."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain import Cap, Limits, Person, Place, Spent, Tenant, Terms, Window
from bot.phrases import counted, money
from bot.team.zones import zone_or_utc

_MICROS = 1_000_000
_HOUR = timedelta(hours=1)


def caps(terms: Terms, person: Person, place: Place, now: datetime) -> tuple[Cap, ...]:
    """Return the caps that must have room for one more council.

    What channel, workspace and person spend a day and a month is always counted, so that a limit
    that is set later finds it. Keys name the local date and not the zone: whoever changes the zone
    begins no day twice. Hours are those of the clock.
    """
    here, everywhere = terms.time_zone, terms.workspace_time_zone
    return (
        *_counted(_Purse(f"channel:{place.channel}", "This channel", terms.channel, here), now),
        *_counted(_Purse("workspace", "This workspace", terms.workspace, everywhere), now),
        *_limited(_counted(_Purse("workspace", _OPERATOR, terms.operator, everywhere), now)),
        *_counted(_Purse(f"person:{person.id}", "You", terms.person, everywhere), now),
        *_hourly(terms, person, now),
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """What a new council asks to be set aside in its workspace."""

    tenant: Tenant
    most_micros: int
    caps: tuple[Cap, ...]

    @property
    def keys(self) -> Mapping[str, Cap]:
        """The keys that it counts under, each with a cap that says until when."""
        return {cap.key: cap for cap in self.caps}


def shortage(claim: Claim, spent: Mapping[str, Spent]) -> str | None:
    """Say which cap has no room for a council, what is left and when that changes; or None."""
    for cap in claim.caps:
        fault = _fault(cap, claim.most_micros, spent.get(cap.key, Spent()))
        if fault is not None:
            return f"{cap.whose} may {fault} It resets {when(cap)}."
    return None


def added(claim: Claim, spent: Mapping[str, Spent]) -> dict[str, Spent]:
    """Return what is set aside under a claim's keys once it is granted."""
    old = {key: spent.get(key, Spent()) for key in claim.keys}
    return {
        key: Spent(known.micros + claim.most_micros, known.councils + 1)
        for key, known in old.items()
    }


def when(cap: Cap) -> str:
    """Say when a cap resets, on the clock of its zone."""
    at = cap.resets_at.astimezone(zone_or_utc(cap.time_zone))
    day = f"on {at.day} {at:%B} " if cap.window is Window.MONTH else ""
    return f"{day}at {at:%H:%M} ({cap.time_zone})"


_OPERATOR = "By my operator's limit, this workspace"


@dataclass(frozen=True, slots=True)
class _Purse:
    """Whose money it is, of what limits, in which zone."""

    key: str
    whose: str
    limits: Limits
    time_zone: str


def _counted(purse: _Purse, now: datetime) -> Iterator[Cap]:
    place = zone_or_utc(purse.time_zone)
    today = now.astimezone(place).date()
    limits = purse.limits
    yield Cap(
        f"{purse.key}:day:{today}",
        purse.whose,
        _midnight(today + timedelta(days=1), place),
        _micros(limits.usd_day),
        limits.councils_day,
        Window.DAY,
        purse.time_zone,
    )
    yield Cap(
        f"{purse.key}:month:{today:%Y-%m}",
        purse.whose,
        _midnight(_next_month(today), place),
        _micros(limits.usd_month),
        limits.councils_month,
        Window.MONTH,
        purse.time_zone,
    )


def _limited(found: Iterator[Cap]) -> Iterator[Cap]:
    """Leave out caps that only count."""
    return (cap for cap in found if cap.most_micros is not None or cap.most_councils is not None)


def _hourly(terms: Terms, person: Person, now: datetime) -> Iterator[Cap]:
    if terms.questions_per_hour is None:
        return
    local = now.astimezone(zone_or_utc(terms.workspace_time_zone))
    # In UTC an hour has one name, also where the clock shows it twice.
    since = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    yield Cap(
        f"person:{person.id}:hour:{since:%Y-%m-%dT%H:%MZ}",
        "You",
        since + _HOUR,
        most_councils=terms.questions_per_hour,
        window=Window.HOUR,
        time_zone=terms.workspace_time_zone,
    )


def _midnight(day: date, place: ZoneInfo) -> datetime:
    """Return the moment at which a day begins, the first one that its clock would call so."""
    return datetime.combine(day, time(), tzinfo=place).astimezone(UTC)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _micros(usd: float | None) -> int | None:
    return None if usd is None else round(usd * _MICROS)


def _fault(cap: Cap, most_micros: int, spent: Spent) -> str | None:
    if cap.most_councils is not None and spent.councils >= cap.most_councils:
        return f"{_held(cap, cap.most_councils)}; none is left."
    # What costs nothing needs no money to be left.
    if cap.most_micros is None or not most_micros or spent.micros + most_micros <= cap.most_micros:
        return None
    left = max(cap.most_micros - spent.micros, 0)
    return (
        f"spend {money(cap.most_micros)} {_span(cap)}; {money(left)} is left and this council may "
        f"take {money(most_micros, is_most=True)}."
    )


def _held(cap: Cap, number: int) -> str:
    if cap.window is Window.HOUR:
        return f"ask {counted(number, 'question')} {_span(cap)}"
    return f"hold {counted(number, 'council')} {_span(cap)}"


def _span(cap: Cap) -> str:
    return "an hour" if cap.window is Window.HOUR else f"a {cap.window}"
