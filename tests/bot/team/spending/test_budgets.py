from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain import Cap, Limits, Person, Place, Spent, Tenant, Terms, Window
from bot.team.spending.budgets import Claim, added, caps, shortage
from tests.fakes.council import COUNCIL

KIM = Person("U1", "Kim")
PLACE = Place("slack", "T1", "C1", "17.1")
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
TENANT = PLACE.tenant

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Apia",  # has no 30 December 2011
    "Asia/Kathmandu",  # 45 minutes off the hour
    "America/Sao_Paulo",  # had days that began at one
    "Africa/Cairo",  # has them still
    "America/Havana",  # has midnight twice
    "Australia/Lord_Howe",  # moves its clock by half an hour
    "Pacific/Kiritimati",
    "UTC",
]


def of(zone: str = "UTC", now: datetime = NOON, terms: Terms | None = None) -> dict[str, Cap]:
    terms = terms or Terms(COUNCIL, time_zone=zone, workspace_time_zone=zone)
    return {cap.key: cap for cap in caps(terms, KIM, PLACE, now)}


def test_channel_workspace_and_person_are_counted_by_day_and_month_without_any_limit() -> None:
    found = of()

    assert list(found) == [
        "channel:C1:day:2026-11-24",
        "channel:C1:month:2026-11",
        "workspace:day:2026-11-24",
        "workspace:month:2026-11",
        "person:U1:day:2026-11-24",
        "person:U1:month:2026-11",
    ]
    assert {cap.most_micros for cap in found.values()} == {None}


def test_limits_stand_in_their_caps() -> None:
    terms = Terms(
        COUNCIL,
        channel=Limits(usd_day=5.0),
        workspace=Limits(usd_month=0.1),
        person=Limits(councils_day=3),
        operator=Limits(councils_month=900),
        questions_per_hour=4,
    )

    found = caps(terms, KIM, PLACE, NOON)

    limited = [(cap.key, cap.most_micros, cap.most_councils) for cap in found]
    assert [cap for cap in limited if cap[1:] != (None, None)] == [
        ("channel:C1:day:2026-11-24", 5_000_000, None),
        ("workspace:month:2026-11", 100_000, None),
        ("workspace:month:2026-11", None, 900),
        ("person:U1:day:2026-11-24", None, 3),
        ("person:U1:hour:2026-11-24T11:00Z", None, 4),
    ]


def test_a_channel_has_its_own_days_and_the_workspace_one_kind_for_all() -> None:
    terms = Terms(COUNCIL, time_zone="Asia/Tokyo", workspace_time_zone="America/New_York")

    found = of(now=datetime(2026, 11, 30, 16, 0, tzinfo=UTC), terms=terms)

    assert list(found) == [
        "channel:C1:day:2026-12-01",
        "channel:C1:month:2026-12",
        "workspace:day:2026-11-30",
        "workspace:month:2026-11",
        "person:U1:day:2026-11-30",
        "person:U1:month:2026-11",
    ]


@pytest.mark.parametrize(
    ("zone", "now", "day", "resets_at"),
    [
        ("UTC", "2026-11-24T23:59:59", "2026-11-24", "2026-11-25T00:00"),
        ("UTC", "2026-11-25T00:00:00", "2026-11-25", "2026-11-26T00:00"),
        ("Europe/Berlin", "2026-11-24T22:59:59", "2026-11-24", "2026-11-24T23:00"),
        ("Europe/Berlin", "2026-11-24T23:00:00", "2026-11-25", "2026-11-25T23:00"),
        # Days of 23 and of 25 hours.
        ("Europe/Berlin", "2026-03-28T23:00:00", "2026-03-29", "2026-03-29T22:00"),
        ("Europe/Berlin", "2026-10-24T22:00:00", "2026-10-25", "2026-10-25T23:00"),
        ("America/New_York", "2026-03-08T05:00:00", "2026-03-08", "2026-03-09T04:00"),
        ("America/New_York", "2026-11-01T04:00:00", "2026-11-01", "2026-11-02T05:00"),
        ("Asia/Kathmandu", "2026-11-24T18:14:59", "2026-11-24", "2026-11-24T18:15"),
        ("Asia/Kathmandu", "2026-11-24T18:15:00", "2026-11-25", "2026-11-25T18:15"),
        # Samoa went from the 29th to the 31st: the day that is not there takes no time.
        ("Pacific/Apia", "2011-12-30T09:59:59", "2011-12-29", "2011-12-30T10:00"),
        ("Pacific/Apia", "2011-12-30T10:00:00", "2011-12-31", "2011-12-31T10:00"),
        # In Cairo that Friday began at one o'clock.
        ("Africa/Cairo", "2026-04-23T21:59:59", "2026-04-23", "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-04-23T22:00:00", "2026-04-24", "2026-04-24T21:00"),
    ],
)
def test_a_day_ends_at_the_tenants_midnight(zone: str, now: str, day: str, resets_at: str) -> None:
    found = of(zone, datetime.fromisoformat(f"{now}+00:00"))

    cap = found[f"channel:C1:day:{day}"]
    assert cap.resets_at == datetime.fromisoformat(f"{resets_at}:00+00:00")
    assert cap.resets_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "now", "month", "resets_at"),
    [
        ("UTC", "2026-12-31T23:59:59", "2026-12", "2027-01-01T00:00"),
        ("Europe/Berlin", "2026-12-31T23:00:00", "2027-01", "2027-01-31T23:00"),
        ("Europe/Berlin", "2026-03-31T21:59:59", "2026-03", "2026-03-31T22:00"),
        ("America/New_York", "2028-03-01T04:59:59", "2028-02", "2028-03-01T05:00"),
        ("America/New_York", "2026-11-30T12:00:00", "2026-11", "2026-12-01T05:00"),
        ("Pacific/Apia", "2011-12-30T09:59:59", "2011-12", "2011-12-31T10:00"),
        ("Asia/Kathmandu", "2026-01-31T18:15:00", "2026-02", "2026-02-28T18:15"),
    ],
)
def test_a_month_ends_with_its_last_day(zone: str, now: str, month: str, resets_at: str) -> None:
    found = of(zone, datetime.fromisoformat(f"{now}+00:00"))

    cap = found[f"workspace:month:{month}"]
    assert cap.resets_at == datetime.fromisoformat(f"{resets_at}:00+00:00")


MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(zone=st.sampled_from(ZONES), now=MOMENTS)
@example("Pacific/Apia", datetime(2011, 12, 30, 9, 59, 59, tzinfo=UTC))
@example("America/Havana", datetime(2026, 11, 1, 4, 30, tzinfo=UTC))
@example("America/Sao_Paulo", datetime(2018, 2, 18, 1, 30, tzinfo=UTC))
def test_a_reset_is_the_first_moment_of_another_day_or_month(zone: str, now: datetime) -> None:
    def local(moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(zone)).date()

    day, month, *_ = of(zone, now).values()

    before = timedelta(microseconds=1)
    assert now < day.resets_at <= month.resets_at
    assert local(day.resets_at) > local(now) == local(day.resets_at - before)
    assert local(month.resets_at - before).month == local(now).month
    assert local(month.resets_at).month != local(now).month
    assert str(local(now)) in day.key
    assert f"{local(now):%Y-%m}" in month.key


@given(zone=st.sampled_from(ZONES), now=MOMENTS)
def test_an_hour_is_that_of_the_clock_and_no_longer_than_one(zone: str, now: datetime) -> None:
    terms = Terms(COUNCIL, workspace_time_zone=zone, questions_per_hour=1)

    cap = next(cap for cap in caps(terms, KIM, PLACE, now) if cap.window is Window.HOUR)

    assert now < cap.resets_at <= now + timedelta(hours=1)
    same = caps(terms, KIM, PLACE, cap.resets_at - timedelta(hours=1))
    later = caps(terms, KIM, PLACE, cap.resets_at)
    assert cap.key in {one.key for one in same}
    assert cap.key not in {one.key for one in later}


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    terms = Terms(COUNCIL, workspace_time_zone="Europe/Berlin", questions_per_hour=1)
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))

    keys = [caps(terms, KIM, PLACE, moment)[-1].key for moment in (first, second)]

    assert len(set(keys)) == 2


def test_a_change_of_zone_begins_no_day_twice() -> None:
    tomorrow = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)

    assert "workspace:day:2026-11-25" in of("Pacific/Kiritimati")
    assert "workspace:day:2026-11-25" in of("UTC", tomorrow)


def test_a_zone_that_is_not_known_any_more_counts_as_utc() -> None:
    assert of("Mars/Olympus").keys() == of("UTC").keys()


ENDS = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)


def a_cap(micros: int | None = None, councils: int | None = None, **more: object) -> Cap:
    whose = "This channel"
    return Cap("k", whose, ENDS, micros, councils, time_zone="Europe/Berlin", **more)  # pyright: ignore[reportArgumentType] - a shorthand


@pytest.mark.parametrize(
    ("cap", "spent", "sentence"),
    [
        (
            a_cap(5_000_000),
            Spent(4_875_000, 9),
            (
                "This channel may spend $5.00 a day; $0.12 is left and this council may take "
                "$0.31. It resets at 00:00 (Europe/Berlin)."
            ),
        ),
        (
            a_cap(5_000_000, window=Window.MONTH),
            Spent(6_000_000, 9),
            (
                "This channel may spend $5.00 a month; $0 is left and this council may take $0.31. "
                "It resets on 25 November at 00:00 (Europe/Berlin)."
            ),
        ),
        (
            a_cap(councils=10),
            Spent(0, 10),
            (
                "This channel may hold 10 councils a day; none is left. "
                "It resets at 00:00 (Europe/Berlin)."
            ),
        ),
        (
            a_cap(councils=1, window=Window.HOUR),
            Spent(0, 1),
            (
                "This channel may ask 1 question an hour; none is left. "
                "It resets at 00:00 (Europe/Berlin)."
            ),
        ),
    ],
)
def test_a_refusal_says_whose_limit_what_is_left_and_when_it_resets(
    cap: Cap, spent: Spent, sentence: str
) -> None:
    assert shortage(Claim(TENANT, 302_000, (cap,)), {"k": spent}) == sentence


def test_what_costs_nothing_needs_no_money() -> None:
    claim = Claim(TENANT, 0, (a_cap(100),))

    assert shortage(claim, {"k": Spent(200, 1)}) is None


@given(
    limit=st.integers(0, 50),
    councils=st.none() | st.integers(0, 9),
    mosts=st.lists(st.integers(0, 30), max_size=30),
)
def test_what_is_granted_never_exceeds_a_limit(
    limit: int, councils: int | None, mosts: list[int]
) -> None:
    spent: dict[str, Spent] = {}
    for most in mosts:
        claim = Claim(Tenant("slack", "T1"), most, (a_cap(limit, councils),))
        if shortage(claim, spent) is None:
            spent.update(added(claim, spent))

    total = spent.get("k", Spent())
    assert total.micros <= limit
    assert councils is None or total.councils <= councils
