"""The window for one seat: who sits there, and on which model."""

from __future__ import annotations

from adapters.slack.forms.overview import CHAIRMAN, MEMBER, NEW_MEMBER, TITLES
from adapters.slack.forms.parts import Entered, Input, Option, form
from adapters.slack.thread.blocks import Block
from bot.domain import Seat
from bot.team.seats import LONGEST_NAME, LONGEST_PERSONA, MOST_FALLBACKS

SEAT = "council_seat_form"
MODEL, FALLBACKS = "model", "fallbacks"

_NAME, _PERSONA = "name", "persona"
_SEARCH = "Search all models"


def seat_form(part: str, ticket: str, seat: Seat | None) -> Block:
    """Let somebody fill a seat."""
    kind = part if part in {NEW_MEMBER, CHAIRMAN} else MEMBER
    model = Input(MODEL, "Model", placeholder=_SEARCH, is_optional=False)
    name = Input(_NAME, "Name", placeholder="After its model")
    persona = Input(
        _PERSONA,
        "Persona",
        hint="How it should look at questions: a security engineer, somebody who pays the bill.",
    )
    fallbacks = Input(
        FALLBACKS,
        "Fallback models",
        hint="Asked in this order if the model does not answer.",
        placeholder=_SEARCH,
    )
    blocks = [
        model.search([_option(seat.model)] if seat else []),
        name.text(seat.name if seat else "", most=LONGEST_NAME),
        persona.text((seat and seat.persona) or "", most=LONGEST_PERSONA, is_long=True),
        fallbacks.search(
            [_option(one) for one in seat.fallbacks] if seat else [], most=MOST_FALLBACKS
        ),
    ]
    return form(TITLES[kind], SEAT, ticket, blocks, "Done")


def entered_seat(entered: Entered) -> Seat:
    """Return the seat that was filled in."""
    persona = entered.text(_PERSONA) or None
    return Seat(entered.text(_NAME), entered.choice(MODEL), persona, entered.choices(FALLBACKS))


def _option(model: str) -> Option:
    return Option(model, model)
