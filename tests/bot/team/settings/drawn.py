"""Settings as people might make them, for generated tests."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from bot.domain import Deadlines, Limits, Mode, PlaceSettings, Seat, Shown

# Whatever a database takes; line ends are normal by the time that settings are kept.
_LETTERS = st.characters(codec="utf-8", exclude_characters="\0\r")
_IDS = st.text("ABCDEF0123456789", min_size=1, max_size=20)
_MODELS = st.builds(
    "{}/{}".format, st.sampled_from(["openai", "work"]), st.text("abc/-.:9", min_size=1)
)


def texts(most: int, least: int = 0) -> st.SearchStrategy[str]:
    """Draw texts of up to so many characters."""
    return st.text(_LETTERS, min_size=least, max_size=most)


def _deadlines(seconds: Sequence[float]) -> Deadlines:
    return Deadlines(*sorted(seconds))


_SECONDS = st.floats(0.001, 3600)
SEATS = st.builds(
    Seat,
    name=texts(40, least=1),
    model=_MODELS,
    persona=st.none() | texts(60),
    fallbacks=st.lists(_MODELS, max_size=2).map(tuple),
)
LIMITS = st.builds(
    Limits,
    usd_day=st.none() | st.floats(0.001, 1e6),
    usd_month=st.none() | st.floats(0.001, 1e6),
    councils_day=st.none() | st.integers(1, 1_000_000),
    councils_month=st.none() | st.integers(1, 1_000_000),
)
SETTINGS = st.builds(
    PlaceSettings,
    members=st.none() | st.lists(SEATS, min_size=2, max_size=4).map(tuple),
    chairman=st.none() | SEATS,
    mode=st.none() | st.sampled_from(Mode),
    is_revising=st.none() | st.booleans(),
    shown=st.none() | st.sampled_from(Shown),
    pins=st.none() | st.integers(0, 100),
    language=st.none() | texts(40),
    instructions=st.none() | texts(200),
    deadlines=st.none() | st.lists(_SECONDS, min_size=3, max_size=3).map(_deadlines),
    time_zone=st.none() | st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns"]),
    askers=st.none() | st.lists(_IDS, max_size=5).map(tuple),
    configurers=st.none() | st.lists(_IDS, max_size=5).map(tuple),
    limits=st.none() | LIMITS,
    per_person=st.none() | LIMITS,
    questions_per_hour=st.none() | st.integers(1, 1000),
    refuses_unknown_prices=st.none() | st.booleans(),
    retention_days=st.none() | st.integers(1, 3650),
)
