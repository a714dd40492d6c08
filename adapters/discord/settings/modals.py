"""The small forms for what no menu can offer: seats, texts, and numbers."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.discord.fields import Field, choice, form, line, paragraph
from adapters.discord.settings.changes import (
    DAYS,
    HOURLY,
    INHERIT,
    MONEY,
    NO,
    SECONDS,
    YES,
    deadline_values,
    limit_values,
    seat_at,
    shown_number,
)
from adapters.discord.settings.editing import CHAIRMAN, NEW, Editing
from adapters.discord.thread.components import Choice
from adapters.discord.wire.http import Json
from bot.domain import Seat
from bot.team.seats import LONGEST_NAME, LONGEST_PERSONA
from bot.team.settings.checks import LONGEST_INSTRUCTIONS, LONGEST_LANGUAGE
from bot.team.settings.configuring import Draft

# Before the name of each small form.
PUT = "council:put-"
SEAT, ADDED = f"{PUT}seat", f"{PUT}new"
TEXTS, DEADLINES = f"{PUT}texts", f"{PUT}deadlines"
LIMITS, PERSON, KEEPING = f"{PUT}limits", f"{PUT}person", f"{PUT}keeping"

_NAME = Field("name", "Name", "Without one it is called like its model.", most=LONGEST_NAME)
_MODEL = Field(
    "model",
    "Model, or words to search for",
    "Such as openai/gpt-6.1-sol; or words such as: claude sonnet",
    is_required=True,
    most=200,
)
_PERSONA = Field(
    "persona",
    "Persona",
    "Who it should be: a sceptic, a lawyer, somebody who pays the bill.",
    most=LONGEST_PERSONA,
)
_FALLBACKS = Field(
    "fallbacks", "Fallback models, one a line", "Asked when the first does not answer.", most=1100
)
_LANGUAGE = Field(
    "language",
    "Language",
    "What the council writes in; without one, the question's.",
    placeholder="Deutsch",
    most=LONGEST_LANGUAGE,
)
# Discord takes no longer text.
_INSTRUCTIONS = Field(
    "instructions",
    "Instructions",
    "What every member should know of your team, and keep to.",
    most=min(LONGEST_INSTRUCTIONS, 4_000),
)
_TIME_ZONE = Field(
    "time_zone",
    "Time zone",
    "In which days begin, and scheduled questions are due.",
    placeholder="Europe/Berlin",
    most=60,
)
_NUMBER_CHARS = 20


def seat_form(editing: Editing, ticket: str) -> Json:
    """Ask who should sit in the chosen seat; what was begun and is not done is there again."""
    seat = seat_at(editing.draft.terms.council, editing.seat) or Seat("", "")
    title = "The chairman" if editing.seat == CHAIRMAN else f"Seat of {seat.name}"
    return _seat_form(title, f"{SEAT}:{ticket}", editing.unfinished or seat)


def new_seat_form(editing: Editing, ticket: str) -> Json:
    """Ask for a further member; what was begun and is not done is there again."""
    begun = editing.unfinished if editing.seat == NEW else None
    return _seat_form("Add a member", f"{ADDED}:{ticket}", begun or Seat("", ""))


def seat_of(entered: Mapping[str, str]) -> Seat:
    """Return the seat that was entered; its model may be words to search for."""
    fallbacks = entered.get("fallbacks", "").replace(",", "\n").split("\n")
    named = tuple(model for line in fallbacks if (model := line.strip()))
    return Seat(entered["name"], entered["model"], entered["persona"] or None, named)


def texts_form(draft: Draft, ticket: str) -> Json:
    """Ask for the texts that hold here."""
    council = draft.terms.council
    fields = [
        line(_LANGUAGE, council.language or ""),
        paragraph(_INSTRUCTIONS, council.instructions or ""),
        line(_TIME_ZONE, draft.terms.time_zone),
    ]
    return form("Texts and time zone", f"{TEXTS}:{ticket}", fields)


def deadlines_form(draft: Draft, ticket: str) -> Json:
    """Ask for the deadlines that hold here."""
    values = deadline_values(draft.terms.council.deadlines)
    fields = [line(_number(name, label), values[name]) for name, label in SECONDS.items()]
    return form("Deadlines", f"{DEADLINES}:{ticket}", fields)


def limits_form(draft: Draft, ticket: str) -> Json:
    """Ask for the limits of a channel or a server."""
    whose = "this channel" if draft.place.channel else "the server"
    return form(f"Limits of {whose}", f"{LIMITS}:{ticket}", _money(draft, "limits"))


def person_form(draft: Draft, ticket: str) -> Json:
    """Ask for the limits of each person."""
    hourly = line(_number("hourly", HOURLY), shown_number(draft.settings.questions_per_hour))
    fields = [*_money(draft, "per_person"), hourly]
    return form("Limits for each person", f"{PERSON}:{ticket}", fields)


def keeping_form(draft: Draft, ticket: str) -> Json:
    """Ask what becomes of unknown prices, and how long deliberations are kept."""
    own, usual = draft.settings.refuses_unknown_prices, draft.inherited.refuses_unknown_prices
    now = INHERIT if own is None else YES if own else NO
    choices = [
        Choice(f"As usual: {'refused' if usual else 'counted at a cap'}", INHERIT),
        Choice("Counted at a cap", NO),
        Choice("Refused", YES),
    ]
    fields = [
        choice(Field("prices", "Models whose price nobody knows"), choices, now),
        line(_number("days", DAYS), shown_number(draft.settings.retention_days)),
    ]
    return form("Prices and keeping", f"{KEEPING}:{ticket}", fields)


def _seat_form(title: str, name: str, seat: Seat) -> Json:
    fields = [
        line(_MODEL, seat.model),
        line(_NAME, seat.name),
        paragraph(_PERSONA, seat.persona or ""),
        paragraph(_FALLBACKS, "\n".join(seat.fallbacks)),
    ]
    return form(title, name, fields)


def _money(draft: Draft, name: str) -> list[Json]:
    settings = draft.settings
    values = limit_values(settings.limits if name == "limits" else settings.per_person)
    return [line(_number(key, label), values[key]) for key, label in MONEY.items()]


def _number(name: str, label: str) -> Field:
    return Field(name, label, placeholder="No limit" if name in MONEY else "", most=_NUMBER_CHARS)
