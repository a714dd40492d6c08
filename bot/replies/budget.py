"""What was spent in a place, and what is left."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.desk import Desk
from bot.domain import Cap, Person, Place, Spent, Window
from bot.phrases import counted, money
from bot.replies.reply import Reply
from bot.team.spending.budgets import caps, when

_HEADING = "What councils cost, with what running ones have set aside:"
_SPANS = {Window.DAY: "today", Window.MONTH: "this month", Window.HOUR: "this hour"}


async def budget(desk: Desk, person: Person, place: Place) -> Reply:
    """Say what was spent and what is left, for the channel, the workspace and the person."""
    terms = await desk.team.terms(place)
    held = caps(terms, person, place, datetime.now(UTC))
    spent = await desk.team.budgets.spent(place.tenant, {cap.key for cap in held})
    return Reply(_HEADING, lines=tuple(_line(cap, spent.get(cap.key, Spent())) for cap in held))


def _line(cap: Cap, spent: Spent) -> str:
    if cap.window is Window.HOUR:
        return f"{cap.whose}, {_SPANS[cap.window]}: {_questions(cap, spent)}. Resets {when(cap)}."
    parts = f"{_money(cap, spent)} · {_councils(cap, spent)}"
    return f"{cap.whose}, {_SPANS[cap.window]}: {parts}. Resets {when(cap)}."


def _money(cap: Cap, spent: Spent) -> str:
    if cap.most_micros is None:
        return f"{money(spent.micros, is_most=True)}, no limit"
    left = max(cap.most_micros - spent.micros, 0)
    return f"{money(spent.micros, is_most=True)} of {money(cap.most_micros)}, {money(left)} left"


def _councils(cap: Cap, spent: Spent) -> str:
    if cap.most_councils is None:
        return counted(spent.councils, "council")
    return f"{spent.councils} of {cap.most_councils} councils"


def _questions(cap: Cap, spent: Spent) -> str:
    return f"{spent.councils} of {cap.most_councils} questions"
