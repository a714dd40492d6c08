"""When a schedule is due: read from plain words or cron, and reckoned in a time zone.

Clocks that are put forward or back change nothing for an hour that there is once. A time that there
is not, such as 02:30 in the night of spring, is due as soon as the clock is past it, at 03:00; one
that there is twice is due the first time. What is due every hour is due every hour that passes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from bot.errors import BadConfig
from bot.team.zones import check_zone, zone_or_utc
from bot.untrusted import one_line

# Room for every day of a month by its number; more is no time that anybody keeps in mind.
_MOST_CHARS = 120
_SHOWN_CHARS = 60
_LIKE = (
    "write it like “weekdays 09:00”, “mon,wed,fri 2pm”, “monthly 1 09:00”, “hourly”, "
    "or as cron: “0 9 * * 1-5”."
)
_UNREAD = "I cannot read “{}” as a time that repeats; " + _LIKE
_NO_TIME = "There is no time of day “{}”; " + _LIKE
_BAD_CRON = "“{}” is no cron expression of five fields: minute, hour, day, month, weekday; " + _LIKE
_NEVER = "“{}” never comes; " + _LIKE
_TOO_OFTEN = "A question may repeat once an hour at most; " + _LIKE
# Any will do: what comes at all comes within the half century that is looked through.
_SOME_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 a wall clock, no moment

_CRON_WORD = re.compile(r"[\d*/,-]+")
_CRON_FIELDS = 5
_HOURLY = re.compile(r"(?:hourly|(?:every|each) hour)(?: (?:at )?(?:minute )?:?(\d{1,2}))?")
_TIME = (
    r"(?P<time>(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))? ?(?P<half>[ap]\.?m\.?)?|noon|midnight)"
)
_DAYS_AND_TIME = re.compile(rf"(?P<days>.*?) ?(?:at )?{_TIME}")
_TIME_AND_DAYS = re.compile(rf"(?:at )?{_TIME} (?P<days>[^\d].*)")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_BREAKS = re.compile(r"[\s,;&+]+")
_RANGE = re.compile(r" ?[-–] ?| (?:to|through|until) ")  # noqa: RUF001 people type both dashes
_FILLERS = frozenset({"every", "each", "on", "at", "the", "and", "of", "a"})
_NAMED_DAYS = {
    "day": "*",
    "days": "*",
    "daily": "*",
    "everyday": "*",
    "weekday": "1-5",
    "weekdays": "1-5",
    "workday": "1-5",
    "workdays": "1-5",
    "weekend": "6,7",
    "weekends": "6,7",
}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST_DAY = 3
_MONTHLY = frozenset({"month", "monthly", "months"})
_SPELT = {"first": "1", "second": "2", "third": "3", "last": "L"}
_MOST_DAYS = 31
_NOON, _HOURS, _MINUTES = 12, 24, 60


def read(typed: str) -> str:
    """Return the cron rule that somebody typed, in words or as cron.

    Raises `BadConfig` with a sentence if it is none, never comes, or comes more than once an hour.
    """
    text = " ".join(typed.lower().split())
    shown = one_line(typed, _SHOWN_CHARS)
    if not text or len(text) > _MOST_CHARS:
        raise BadConfig(_UNREAD.format(shown))
    words = text.split()
    if "*" in text or (len(words) == _CRON_FIELDS and all(map(_CRON_WORD.fullmatch, words[:2]))):
        return _cron(words, shown)
    return _plain(text, shown)


def next_due(rule: str, zone: str, after: datetime) -> datetime:
    """Return the first due time after a moment, in UTC. Raises `BadConfig`."""
    clock = check_zone(zone)
    if rule.split()[1] == "*":
        return _following(CronSim(rule, after.astimezone(clock)), rule).astimezone(UTC)
    times = CronSim(rule, after.astimezone(clock).replace(tzinfo=None))
    # In the hour that there is twice the clock shows what was due the first time.
    while (due := _moment(_following(times, rule), clock)) <= after:
        pass
    return due


def latest_due(
    rule: str, zone: str, due_at: datetime, *, since: datetime, now: datetime
) -> datetime | None:
    """Return the latest due time from `due_at` to now that is later than `since`, if there is one.

    Raises `BadConfig`.
    """
    latest = due_at if due_at > since else next_due(rule, zone, since)
    if latest > now:
        return None
    while (following := next_due(rule, zone, latest)) <= now:
        latest = following
    return latest


def described(rule: str, zone: str) -> str:
    """Say a rule in words, to stand within a sentence."""
    words = CronSim(rule, _SOME_DAY).explain()
    # The library makes all numbers from ten up end alike.
    ordinals = re.sub(r"\b(2|3)([123])th\b", _with_ending, words)
    return f"{ordinals[:1].lower()}{ordinals[1:]}, {zone} time"


def told(moment: datetime, zone: str) -> str:
    """Say a moment by the clock of a time zone, to stand within a sentence."""
    local = moment.astimezone(zone_or_utc(zone))
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


def _with_ending(found: re.Match[str]) -> str:
    endings = {"1": "st", "2": "nd", "3": "rd"}
    return f"{found[1]}{found[2]}{endings[found[2]]}"


def _cron(words: Sequence[str], shown: str) -> str:
    rule = " ".join(words).upper()
    if len(words) != _CRON_FIELDS:
        raise BadConfig(_BAD_CRON.format(shown))
    try:
        times = CronSim(rule, _SOME_DAY)
    except CronSimError as error:
        raise BadConfig(_fault_of(words).format(shown)) from error
    if len(times.minutes) > 1:
        raise BadConfig(_TOO_OFTEN)
    if next(times, None) is None:
        raise BadConfig(_NEVER.format(shown))
    return rule


def _fault_of(words: Sequence[str]) -> str:
    """Tell a date that there is not from what is no date at all: the 30th of February."""
    try:
        CronSim(" ".join([*words[:3], "*", words[4]]), _SOME_DAY)
        CronSim(" ".join(["0", "0", "*", words[3], "*"]), _SOME_DAY)
    except CronSimError:
        return _BAD_CRON
    return _NEVER


def _plain(text: str, shown: str) -> str:
    if (hourly := _HOURLY.fullmatch(text)) is not None:
        minute = int(hourly[1] or 0)
        if minute >= _MINUTES:
            raise BadConfig(_NO_TIME.format(shown))
        return f"{minute} * * * *"
    found = _TIME_AND_DAYS.fullmatch(text) or _DAYS_AND_TIME.fullmatch(text)
    days = found and _days(found["days"])
    if found is not None and (days or not found["days"]):
        time = _time(found)
        if time is None:
            raise BadConfig(_NO_TIME.format(one_line(found["time"], _SHOWN_CHARS)))
        if days:
            return f"{time} {days}"
    raise BadConfig(_UNREAD.format(shown))


def _time(found: re.Match[str]) -> str | None:
    """Return minute and hour as cron writes them, None if there is no such time."""
    if found["hour"] is None:
        return "0 12" if found["time"] == "noon" else "0 0"
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), found["half"]
    if half is not None:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half.startswith("p") else 0)
    return f"{minute} {hour}" if hour < _HOURS and minute < _MINUTES else None


def _days(text: str) -> str | None:
    """Return day, month and weekday as cron writes them, None if the text names none."""
    ranges = _RANGE.sub("-", text)
    words = [word for word in _BREAKS.split(ranges) if word and word not in _FILLERS]
    if not _MONTHLY.isdisjoint(words):
        day = _day_of_month([word for word in words if word not in {*_MONTHLY, "day"}])
        return day and f"{day} * *"
    if len(words) == 1 and words[0] in _NAMED_DAYS:
        return f"* * {_NAMED_DAYS[words[0]]}"
    spans = [_span(word) for word in words]
    if not spans or not all(spans):
        return None
    named = sorted({day for span in spans for day in span})
    return f"* * {_weekdays(named)}"


def _day_of_month(words: Sequence[str]) -> str | None:
    if len(words) != 1:
        return None
    word = _SPELT.get(words[0], words[0])
    ordinal = _ORDINAL.fullmatch(word)
    if ordinal is None:
        return word if word == "L" else None
    return str(int(ordinal[1])) if 1 <= int(ordinal[1]) <= _MOST_DAYS else None


def _span(word: str) -> list[int]:
    """Return the weekdays that a word names, Monday as 1: `wed`, `mondays`, `fri-mon`."""
    days = [_weekday(name) for name in word.split("-")]
    match days:
        case [int(day)]:
            return [day]
        case [int(first), int(last)]:
            length = (last - first) % len(_WEEK) + 1
            return [(first - 1 + step) % len(_WEEK) + 1 for step in range(length)]
        case _:
            return []


def _weekday(name: str) -> int | None:
    singular = name.rstrip(".").removesuffix("s") if len(name) > _SHORTEST_DAY + 2 else name
    for number, day in enumerate(_WEEK, start=1):
        if len(singular) >= _SHORTEST_DAY and day.startswith(singular.rstrip(".")):
            return number
    return None


def _weekdays(days: Sequence[int]) -> str:
    if len(days) == len(_WEEK):
        return "*"
    first, last = days[0], days[-1]
    if last - first + 1 == len(days) > 2:  # noqa: PLR2004 two are named, more are a range
        return f"{first}-{last}"
    return ",".join(map(str, days))


def _following(times: CronSim, rule: str) -> datetime:
    following = next(times, None)
    if following is None:
        raise BadConfig(_NEVER.format(rule))
    return following


def _moment(wall: datetime, clock: ZoneInfo) -> datetime:
    """Return when a wall clock first shows a time, or the first one after it that it shows."""
    while True:
        moment = wall.replace(tzinfo=clock).astimezone(UTC)
        if moment.astimezone(clock).replace(tzinfo=None) == wall:
            return moment
        wall += timedelta(minutes=1)
