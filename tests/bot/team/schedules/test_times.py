from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadConfig
from bot.team.schedules.times import described, latest_due, next_due, read

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONES = (BERLIN, NEW_YORK, "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "UTC")


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("daily 09:00", "0 9 * * *"),
        ("every day at 9", "0 9 * * *"),
        ("09:00 daily", "0 9 * * *"),
        ("  WEEKDAYS   09:00 ", "0 9 * * 1-5"),
        ("9am every weekday", "0 9 * * 1-5"),
        ("weekends 10:30", "30 10 * * 6,7"),
        ("monday 9am", "0 9 * * 1"),
        ("tuesdays 7.45 p.m.", "45 19 * * 2"),
        ("mon,wed,fri 14:00", "0 14 * * 1,3,5"),
        ("on mon, wed and fri at 2 pm", "0 14 * * 1,3,5"),
        ("Monday to Thursday 09:30", "30 9 * * 1-4"),
        ("fri-mon 8", "0 8 * * 1,5,6,7"),
        ("mon-sun 8", "0 8 * * *"),
        ("daily 12am", "0 0 * * *"),
        ("daily 12 pm", "0 12 * * *"),
        ("at noon on saturdays", "0 12 * * 6"),
        ("monthly 1 09:00", "0 9 1 * *"),
        ("first of the month 9:00", "0 9 1 * *"),
        ("on the 31st of each month at midnight", "0 0 31 * *"),
        ("last day of the month 18:00", "0 18 L * *"),
        ("hourly", "0 * * * *"),
        ("every hour at :15", "15 * * * *"),
        ("0 9 * * mon-fri", "0 9 * * MON-FRI"),
        ("0 9 29 2 *", "0 9 29 2 *"),
        ("5 8,20 1,15 1-6 *", "5 8,20 1,15 1-6 *"),
    ],
)
def test_plain_words_and_cron_are_read(typed: str, rule: str) -> None:
    assert read(typed) == rule


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("99:99", "no time of day “99:99”"),
        ("daily 99:99", "no time of day “99:99”"),
        ("25:00 daily", "no time of day “25:00”"),
        ("daily 24:00", "no time of day “24:00”"),
        ("daily 13pm", "no time of day “13pm”"),
        ("daily 0 am", "no time of day “0 am”"),
        ("hourly 75", "no time of day"),
        ("", "cannot read “”"),
        ("daily", "cannot read"),
        ("09:00", "cannot read"),
        ("every monday morning", "cannot read"),
        ("every 2 days 9:00", "cannot read"),
        ("monthly 32 09:00", "cannot read"),
        ("monthly 9", "cannot read"),
        ("mon-xyz 9", "cannot read"),
        ("x" * 10_000, "cannot read “x{59}…”"),
        ("what should we do today?\0\ud800", "cannot read"),
        ("0 9 * *", "five fields"),
        ("0 0 9 * * *", "five fields"),
        ("61 9 * * *", "five fields"),
        ("0 9 * * 8", "five fields"),
        ("0 9 0 * *", "five fields"),
        ("*/15 * * * *", "once an hour at most"),
        ("0,30 9 * * *", "once an hour at most"),
        ("30 2 30 2 *", "“30 2 30 2 \\*” never comes"),
        ("0 0 31 4,6 *", "never comes"),
        ("0 9 */31 * 1#5", "never comes"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence_with_examples(typed: str, words: str) -> None:
    with pytest.raises(BadConfig, match=words) as refused:
        read(typed)

    sentence = str(refused.value)
    assert "weekdays 09:00" in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 300


@given(st.text(alphabet="0123456789*/,-#LWlwmontuefri :.apd", max_size=30))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    try:
        rule = read(typed)
    except BadConfig:
        return

    assert described(rule, "UTC").endswith("UTC time")
    assert next_due(rule, "UTC", datetime(2026, 1, 1, tzinfo=UTC))


@given(
    st.tuples(*(st.sampled_from(field) for field in (
        ("0", "59", "*/60"),
        ("*", "9", "*/2", "0-23", "8-18/3", "2,3"),
        ("*", "L", "LW", "1", "31", "1-7", "*/10"),
        ("*", "2", "JAN-MAR", "*/3"),
        ("*", "1-5", "MON", "7", "5L", "FRI#3", "1,3,5"),
    )))
)  # fmt: skip
def test_every_cron_expression_is_said_in_words(fields: tuple[str, ...]) -> None:
    try:
        rule = read(" ".join(fields))
    except BadConfig as error:
        assert "never comes" in str(error)  # noqa: PT017 most come
        return

    words = described(rule, BERLIN)
    assert words[0].islower()
    assert words.endswith(", Europe/Berlin time")


def test_a_rule_is_said_in_words() -> None:
    assert described("0 9 * * 1-5", "UTC") == "at 09:00 on Monday through Friday, UTC time"
    assert described("0 9 22 * *", "UTC") == "at 09:00 on the 22nd day of every month, UTC time"
    assert described("0 9 12 * *", "UTC") == "at 09:00 on the 12th day of every month, UTC time"


def test_a_due_time_is_that_of_the_zone() -> None:
    after = datetime(2026, 11, 24, 12, tzinfo=UTC)

    assert next_due("0 9 * * *", BERLIN, after) == datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert next_due("0 9 * * *", NEW_YORK, after) == datetime(2026, 11, 24, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlim", "Europe", "../etc/passwd", "", "\0", "Mars/Base"]
)
def test_a_zone_that_there_is_not_is_refused_in_a_sentence(zone: str) -> None:
    with pytest.raises(BadConfig, match="There is no time zone"):
        next_due("0 9 * * *", zone, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "day", "skipped", "shown"),
    [
        (BERLIN, "2026-03-29", "30 2 * * *", "03:00+02:00"),
        (NEW_YORK, "2026-03-08", "30 2 * * *", "03:00-04:00"),
        ("Australia/Lord_Howe", "2026-10-04", "15 2 * * *", "02:30+11:00"),
        ("Africa/Cairo", "2026-04-24", "30 0 * * *", "01:00+03:00"),
    ],
)
def test_in_spring_a_time_that_there_is_not_is_due_right_after(
    zone: str, day: str, skipped: str, shown: str
) -> None:
    midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=ZoneInfo(zone))

    due = _due_times(skipped, zone, midnight - HOUR, count=3)

    assert due[0] == f"{day}T{shown}"
    assert [time[11:16] for time in due[1:]] == [_time_of(skipped)] * 2


@pytest.mark.parametrize(
    ("zone", "day", "twice", "shown"),
    [
        (BERLIN, "2026-10-25", "30 2 * * *", "02:30+02:00"),
        (NEW_YORK, "2026-11-01", "30 1 * * *", "01:30-04:00"),
        (BERLIN, "2026-10-25", "30 */2 * * *", "02:30+02:00"),
        ("Australia/Lord_Howe", "2026-04-05", "45 1 * * *", "01:45+11:00"),
    ],
)
def test_in_autumn_a_time_that_there_is_twice_is_due_the_first_time(
    zone: str, day: str, twice: str, shown: str
) -> None:
    midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=ZoneInfo(zone))

    due = _due_times(twice, zone, midnight - HOUR, count=60)

    within = [time for time in due if time.startswith(f"{day}T{_time_of(shown)}")]
    assert within == [f"{day}T{shown}"]


def test_what_is_added_in_the_second_of_two_hours_is_due_the_next_day() -> None:
    second = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 in Berlin, once more

    assert _due_times("30 2 * * *", BERLIN, second, count=1) == ["2026-10-26T02:30+01:00"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2026-03-08", "2026-03-29", "2026-04-24", "2026-10-25"])
def test_what_is_due_every_hour_is_due_every_hour_that_passes(zone: str, day: str) -> None:
    start = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=UTC)

    after, due = start, [start]
    while after < start + DAY:
        after = next_due("0 * * * *", zone, after)
        due.append(after)

    assert {later - earlier for earlier, later in pairwise(due[1:])} == {HOUR}


def test_a_leap_day_comes_in_leap_years() -> None:
    due = _due_times("0 9 29 2 *", BERLIN, datetime(2026, 3, 1, tzinfo=UTC), count=3)

    assert [time[:10] for time in due] == ["2028-02-29", "2032-02-29", "2036-02-29"]


@given(
    st.sampled_from(["30 2 * * *", "0 */2 * * *", "0 * * * *", "15 0,1,2,3 * * 7", "0 9 L * *"]),
    st.sampled_from(ZONES),
    st.timedeltas(timedelta(), 1000 * DAY),
    st.timedeltas(timedelta(), 3 * DAY),
)
def test_due_times_only_go_forward_whenever_one_looks(
    rule: str, zone: str, since: timedelta, later: timedelta
) -> None:
    after = datetime(2026, 1, 1, tzinfo=UTC) + since

    due = next_due(rule, zone, after)

    assert due > after
    assert next_due(rule, zone, after + later) >= due
    if after + later < due:
        assert next_due(rule, zone, after + later) == due


def test_after_a_downtime_the_latest_due_time_counts() -> None:
    first = datetime(2026, 11, 24, 9, tzinfo=UTC)
    now = first + 3 * DAY + HOUR

    found = latest_due("0 9 * * *", "UTC", first, since=now - 6 * HOUR, now=now)
    hourly = latest_due("0 * * * *", "UTC", first, since=now - 6 * HOUR, now=now)

    assert found == first + 3 * DAY
    assert hourly == now


def test_what_was_missed_for_too_long_is_not_due_any_more() -> None:
    first = datetime(2026, 11, 24, 9, tzinfo=UTC)
    now = first + 3 * DAY + 7 * HOUR

    assert latest_due("0 9 * * *", "UTC", first, since=now - 6 * HOUR, now=now) is None


def _due_times(rule: str, zone: str, after: datetime, *, count: int) -> list[str]:
    due: list[str] = []
    for _ in range(count):
        after = next_due(rule, zone, after)
        due.append(after.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes"))
    return due


def _time_of(text: str) -> str:
    """Return the time of a cron rule or of a moment as a clock shows it."""
    if ":" in text:
        return text[:5]
    minute, hour = text.split()[:2]
    return f"{int(hour):02}:{int(minute):02}"
