"""`council.toml`: its form, and errors that name the line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from bot.domain import Mode, Shown
from bot.errors import BadConfig
from bot.lines import line_of, line_of_fault, nearest

_Positive = Annotated[int, Field(gt=0)]
_Number = Annotated[int, Field(ge=0)]
_Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProviderTable(_Table):
    """One `[providers.NAME]`; what is left out of a known provider is known."""

    kind: Literal["openai", "anthropic"] | None = None
    base_url: str | None = None
    api_key_env: str | None = None
    api_key: SecretStr | None = None
    concurrency: _Positive | None = None
    requests_per_minute: _Positive | None = None


class SeatTable(_Table):
    """A member or the chairman: a model's name, or a table with more."""

    model: str
    name: str | None = None
    persona: str | None = None
    fallbacks: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, given: object) -> object:
        return {"model": given} if isinstance(given, str) else given


class CouncilTable(_Table):
    """`[council]`, or one `[presets.NAME]`: who sits, and how they reason."""

    members: tuple[SeatTable, ...] = ()
    chairman: SeatTable | None = None
    mode: Mode = Mode.STANDARD
    revision: Literal["auto", "off"] = "auto"
    show: Shown = Shown.EVERYTHING
    language: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    instructions: Annotated[str, Field(min_length=1, max_length=4000)] | None = None


class DeadlinesTable(_Table):
    """`[deadlines]`, in seconds."""

    soft_min: _Seconds = 20.0
    call: _Seconds = 120.0
    deliberation: _Seconds = 600.0


class LimitsTable(_Table):
    """`[limits]`: what a person may ask at once, and what each workspace may spend; None is all.

    `unknown_prices` says what becomes of models whose price nobody knows: they count at a cap, or
    no council with them is held.
    """

    question_chars: _Positive = 3000
    usd_day: _Dollars | None = None
    usd_month: _Dollars | None = None
    councils_day: _Number | None = None
    councils_month: _Number | None = None
    questions_per_hour: _Positive | None = None
    unknown_prices: Literal["count", "refuse"] = "count"


class QueueTable(_Table):
    """`[queue]`: how many deliberations run at once, and how many questions may wait.

    `running` is meant for one process, `per_channel` for a channel, `waiting` for a workspace.
    """

    running: _Positive = 500
    per_channel: _Positive = 1
    waiting: _Positive = 100
    waiting_in_all: _Positive = 10_000


class RetentionTable(_Table):
    """`[retention]`: how many days deliberations are kept unless a workspace says; None: always."""

    days: Annotated[int, Field(gt=0, le=36_500)] | None = None


class SlackTable(_Table):
    """`[slack]`: what is done in channels unless they say otherwise.

    `discussion` is how many messages before a mention are taken along.
    """

    pins: Annotated[int, Field(ge=0, le=100)] = 20
    discussion: Annotated[int, Field(ge=0, le=50)] = 20
    broadcast: bool = False
    shared_channels: bool = False


class DiscordTable(_Table):
    """`[discord]`: what is done in channels and threads.

    `discussion` is how many messages before a mention are taken along.
    """

    pins: Annotated[int, Field(ge=0, le=100)] = 20
    discussion: Annotated[int, Field(ge=0, le=50)] = 20


class CouncilFile(_Table):
    """The whole file; every part may be left out."""

    providers: dict[str, ProviderTable] = {}
    council: CouncilTable = CouncilTable()
    presets: dict[str, CouncilTable] = {}
    deadlines: DeadlinesTable = DeadlinesTable()
    limits: LimitsTable = LimitsTable()
    queue: QueueTable = QueueTable()
    retention: RetentionTable = RetentionTable()
    slack: SlackTable = SlackTable()
    discord: DiscordTable = DiscordTable()


def read(path: Path) -> CouncilFile:
    """Read a configuration file. Raises `BadConfig` with the line and what to do."""
    text = _text(path)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(_not_toml(path, text, error)) from error
    try:
        return CouncilFile.model_validate(tables)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        # A misspelt key is also a missing one; the first says more.
        worst = min(faults, key=lambda fault: fault["type"] == "missing")
        raise BadConfig(_wrong(path, text, worst["type"], worst["loc"])) from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 text; save it as UTF-8."
        raise BadConfig(message) from error
    except OSError as error:
        message = f"{path} cannot be read; check that it exists and may be read."
        raise BadConfig(message) from error


def _not_toml(path: Path, text: str, error: tomllib.TOMLDecodeError) -> str:
    line = line_of_fault(text, error)
    shown = text.split("\n")[line - 1].strip()[:60]
    return f"{path}, line {line}: this is not TOML: `{shown}`. Check quotes, brackets and commas."


def _wrong(path: Path, text: str, kind: str, place: tuple[int | str, ...]) -> str:
    keys = tuple(part for part in place if isinstance(part, str))
    key, table = keys[-1], ".".join(keys[:-1])
    within = f" in [{table}]" if table else ""
    match kind:
        case "extra_forbidden":
            sentence = f"unknown key `{key}`{within}{nearest(key, _known_keys(keys))}"
        case "missing":
            sentence = f"`{key}` is missing{within}."
        case _:
            wanted = _EXPECTED.get(key) or _WANTED.get(kind, "something else")
            sentence = f"`{key}`{within} must be {wanted}."
    return f"{path}, line {line_of(text, place)}: {sentence}"


_EXPECTED = {
    "kind": '"openai" or "anthropic"',
    "mode": '"fast", "standard" or "thorough"',
    "revision": '"auto" or "off"',
    "show": '"everything", "answers" or "final"',
    "language": "the name of a language, 40 characters at most",
    "instructions": "text of 4,000 characters at most",
    "members": "a list of models",
    "question_chars": "a whole number above 0",
    "usd_day": "a number of dollars, 0 or more",
    "usd_month": "a number of dollars, 0 or more",
    "councils_day": "a whole number, 0 or more",
    "councils_month": "a whole number, 0 or more",
    "questions_per_hour": "a whole number above 0",
    "unknown_prices": '"count" or "refuse"',
    "days": "a whole number of days from 1 to 36500",
    "pins": "a whole number from 0 to 100",
    "discussion": "a whole number from 0 to 50",
    "broadcast": "true or false",
    "shared_channels": "true or false",
    "running": "a whole number above 0",
    "per_channel": "a whole number above 0",
    "waiting": "a whole number above 0",
    "waiting_in_all": "a whole number above 0",
    "concurrency": "a whole number above 0",
    "requests_per_minute": "a whole number above 0",
    "soft_min": "a number of seconds above 0",
    "call": "a number of seconds above 0",
    "deliberation": "a number of seconds above 0",
}
_WANTED = {
    "string_type": "text in quotes",
    "tuple_type": "a list",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
}


def _known_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys that the table around the last key may hold."""
    table: type[BaseModel] = CouncilFile
    for key in keys[:-1]:
        table = _TABLES.get(key, table)
    return tuple(table.model_fields)


_TABLES: Mapping[str, type[BaseModel]] = {
    "providers": ProviderTable,
    "council": CouncilTable,
    "presets": CouncilTable,
    "members": SeatTable,
    "chairman": SeatTable,
    "deadlines": DeadlinesTable,
    "limits": LimitsTable,
    "queue": QueueTable,
    "retention": RetentionTable,
    "slack": SlackTable,
    "discord": DiscordTable,
}
