"""Who may sit together: names for seats, what is wrong with them, and what speaks against them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import median

from bot.domain import Council, Seat, is_stand_in
from bot.phrases import joined
from bot.ports import ModelInfo
from bot.untrusted import harmless, one_line

FEWEST_MEMBERS = 2  # one has nobody to review it
MOST_MEMBERS = 9  # a table that people can still read, and 3n + 1 calls
LONGEST_NAME = 40
LONGEST_PERSONA = 2_000

# Each model may still be tried within the time that one answer has.
MOST_FALLBACKS = 5
_LONGEST_MODEL = 200
_MODEL = re.compile(r"[^\s/]+/\S+")
# Prices are the one public measure of strength. Makers' own steps from one size to the next are
# factors of two to ten, so a larger one skips a size.
_LOPSIDED = 10.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with settings, as a sentence, and the keys that lead to it in their TOML."""

    key: tuple[str | int, ...]
    sentence: str


def tidy_seat(seat: Seat) -> Seat:
    """Give a seat a name of one line, after its model if it has none; it earned no weight here."""
    model = one_line(seat.model)
    name = one_line(seat.name)[:LONGEST_NAME].rstrip() or name_of(model)
    persona = harmless(seat.persona or "").strip() or None
    fallbacks = dict.fromkeys(line for other in seat.fallbacks if (line := one_line(other)))
    return Seat(name, model, persona, tuple(fallbacks))


def name_of(model: str) -> str:
    """Return what a member is called that was given no name."""
    return " ".join(model.rpartition("/")[2].split())[:LONGEST_NAME].rstrip() or model


def unique(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """Put a number to each name that was given before."""
    taken: set[str] = set()
    numbered: list[Seat] = []
    for seat in seats:
        name, number = seat.name, 1
        while name in taken:
            number += 1
            name = f"{seat.name} {number}"
        taken.add(name)
        numbered.append(replace(seat, name=name))
    return tuple(numbered)


def member_faults(members: tuple[Seat, ...]) -> Iterator[Fault]:
    """Yield what is wrong with members."""
    if not FEWEST_MEMBERS <= len(members) <= MOST_MEMBERS:
        sentence = f"A council has {FEWEST_MEMBERS} to {MOST_MEMBERS} members, not {len(members)}."
        yield Fault(("members",), sentence)
    for number, member in enumerate(members):
        yield from seat_faults(member, ("members", number))


def seat_faults(seat: Seat, key: tuple[str | int, ...]) -> Iterator[Fault]:
    """Yield what is wrong with one seat."""
    for model in seat.models:
        part = "model" if model == seat.model else "fallbacks"
        if len(model) > _LONGEST_MODEL or not _MODEL.fullmatch(model):
            shown = one_line(model, 60)
            sentence = (
                f"`{shown}` is no model: write provider/model-id, such as openai/gpt-6.1-sol."
            )
            yield Fault((*key, part), sentence)
    if len(seat.fallbacks) > MOST_FALLBACKS:
        sentence = f"{_called(seat)} has more than {MOST_FALLBACKS} fallback models; name fewer."
        yield Fault((*key, "fallbacks"), sentence)
    if len(seat.persona or "") > LONGEST_PERSONA:
        sentence = f"The persona of {_called(seat)} is longer than {LONGEST_PERSONA:,} characters."
        yield Fault((*key, "persona"), sentence)


def is_mixed(seats: Iterable[Seat]) -> bool:
    """Say whether stand-ins sit beside real models, or behind them: nobody could tell answers."""
    return len({is_stand_in(model) for seat in seats for model in seat.models}) > 1


def warnings(
    council: Council, known: Mapping[str, ModelInfo], *, refuses_unknown_prices: bool = False
) -> tuple[str, ...]:
    """Return what speaks against a council that may sit all the same, in sentences.

    `known` is what is known of its models, by name.
    """
    return tuple(
        sentence
        for sentence in (
            _lopsided(council, known),
            _twins(council),
            _chairman_within(council),
            _blind(council, known),
            _unpriced(council, known, is_refused=refuses_unknown_prices),
        )
        if sentence
    )


def _lopsided(council: Council, known: Mapping[str, ModelInfo]) -> str | None:
    prices = {seat.name: _price(known, seat.model) for seat in council.members}
    priced = {name: usd for name, usd in prices.items() if usd}
    if len(priced) < FEWEST_MEMBERS:
        return None
    dearest = max(priced, key=lambda name: priced[name])
    usual = median(usd for name, usd in priced.items() if name != dearest)
    if priced[dearest] <= _LOPSIDED * usual:
        return None
    return (
        f"{one_line(dearest)} costs about {priced[dearest] / usual:.0f} times as much as the "
        "others, so it is probably much stronger; councils gain from members of comparable "
        "strength."
    )


def _twins(council: Council) -> str | None:
    counts = Counter(seat.model for seat in council.members)
    models = [model for model, count in counts.items() if count > 1]
    if not models:
        return None
    twins = joined(one_line(seat.name) for seat in council.members if seat.model in models)
    return f"{twins} share a model, so they are likely to make the same mistakes."


def _chairman_within(council: Council) -> str | None:
    for member in council.members:
        if member.model == council.chairman.model:
            name = one_line(member.name)
            return f"The chairman's model is a member too ({name}); it may favour its own answer."
    return None


def _blind(council: Council, known: Mapping[str, ModelInfo]) -> str | None:
    blind = [
        seat.name
        for seat in council.members
        if (info := known.get(seat.model)) is not None and info.sees_images is False
    ]
    if not blind:
        return None
    return f"{joined(map(one_line, blind))} cannot see images and will answer without them."


def _unpriced(council: Council, known: Mapping[str, ModelInfo], *, is_refused: bool) -> str | None:
    models = {seat.model for seat in council.seats}
    unknown = sorted(model for model in models if _price(known, model) is None)
    if not unknown:
        return None
    told = f"Nobody knows the price of {joined(one_line(model, 80) for model in unknown)}; "
    if is_refused:
        return f"{told}councils with unknown prices are refused here, so nobody can ask."
    return f"{told}where money is limited, it counts at a cap."


def _price(known: Mapping[str, ModelInfo], model: str) -> float | None:
    info = known.get(model)
    return None if info is None else info.completion_usd


def _called(seat: Seat) -> str:
    return one_line(seat.name, LONGEST_NAME)
