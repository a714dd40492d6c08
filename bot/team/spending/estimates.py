"""What a council will probably cost, and the most that it may."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain import Attachment, Council, Estimate, Mode, ModelCall, Question, Seat, Terms
from bot.errors import OverLimit
from bot.ports import ModelInfo, ModelRequest
from bot.team.spending.prices import Price, dearest, known_price, paid_micros, price_of

# The longest output of a council whose money is limited: less than half of what others may write,
# and several times what they usually do, so that models that think first come to an end.
OUTPUT_TOKENS = 6_000
# What a call usually writes, about 650 words, and what a long answer has when others read it.
_USUAL_OUTPUT = 900
_LONG_ANSWER = 3_000
# English prose has about four characters a token, code and other languages fewer.
_CHARS_A_TOKEN = 3.5
_WIDE_TOKENS = 1.0  # of a character beyond ASCII
# Tokenisers differ; none of those in use makes this many times more of a text.
_MARGIN = 1.5
# A picture as the dearest endpoints count it.
_IMAGE_TOKENS = 1_600
# What the council itself says in a prompt: its instructions, a schema, labels.
_SYSTEM_TOKENS = 900
# Prompts cut what was said before and all files to these lengths.
_CONTEXT_CHARS = 16_000
_FILE_CHARS = 64_000
# What a chairman may get besides the answers: faults, points, an objection.
_ASIDE_CHARS = 32_000
# Of a file whose length is not known before it is fetched, and of the earlier answers in a thread.
_USUAL_CHARS = 4_000

_REFUSED = (
    "Nobody knows what {} costs, and models without a price are refused here. "
    "Somebody who may configure can seat another model."
)

# Reviews that each member writes.
_REVIEWS = {Mode.FAST: 0, Mode.STANDARD: 1, Mode.THOROUGH: 2}


def estimated(question: Question, council: Council, prices: Mapping[str, ModelInfo]) -> Estimate:
    """Return what a council will probably cost, and the most that it may.

    Revisions and an objection are within the most alone: they are rare.
    """
    planned, rare = _planned(question, council), _rare(question, council)
    return Estimate(
        micros=sum(
            price_of(call.seat.model, prices).micros(call.prompt, _USUAL_OUTPUT) for call in planned
        ),
        most_micros=sum(
            dearest(call.seat, prices).micros(call.most_prompt, OUTPUT_TOKENS)
            for call in (*planned, *rare)
        ),
        unpriced=tuple(model for model in council.models if known_price(model, prices) is None),
        calls=len(planned) + len(rare),
    )


def check_prices(estimate: Estimate, terms: Terms) -> None:
    """Raise `OverLimit` where models without a price are refused and one of them sits."""
    if terms.refuses_unknown_prices and estimate.unpriced:
        raise OverLimit(_REFUSED.format(estimate.unpriced[0]))


def most_of(request: ModelRequest, price: Price) -> int:
    """Return the most that a request can cost: its whole prompt, and output up to its limit."""
    prompt = tokens(request.system) + tokens(request.prompt)
    prompt += _SYSTEM_TOKENS + _IMAGE_TOKENS * len(request.images)
    return price.micros(prompt * _MARGIN, request.max_tokens or OUTPUT_TOKENS)


def settled_micros(
    calls: Sequence[ModelCall], council: Council, estimate: Estimate, *, is_cut_off: bool
) -> int:
    """Return what a deliberation that has ended counts for.

    `is_cut_off`: somebody stopped it while its calls were out. Nobody learns what those cost, so
    they count as the usual ones of a stage.
    """
    paid = paid_micros(calls, share_of(estimate))
    if not is_cut_off:
        return paid
    number = len(council.members)
    planned = number * (1 + _REVIEWS[council.mode]) + 1
    lost = min(number, max(planned - len(calls), 0)) * (estimate.micros // planned)
    return max(paid, min(paid + lost, estimate.most_micros))


def share_of(estimate: Estimate) -> int:
    """Return what a call counts for of which nothing is known."""
    return estimate.most_micros // max(estimate.calls, 1)


def tokens(text: str) -> int:
    """Return about how many tokens a text has."""
    wide = 0 if text.isascii() else sum(not character.isascii() for character in text)
    return math.ceil((len(text) - wide) / _CHARS_A_TOKEN + wide * _WIDE_TOKENS)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call to come: whose, and how long its prompt is, usually and at most, in tokens."""

    seat: Seat
    prompt: float
    most_prompt: float


def _planned(question: Question, council: Council) -> list[_Call]:
    """Return the calls that the mode makes."""
    usual, most = _asked(question, council)
    members = council.members
    answers = [_call(seat, usual, most) for seat in members]
    reviews = [_reading(seat, usual, most, members) for seat in members]
    aside = _letters(_ASIDE_CHARS)
    synthesis = _reading(council.chairman, usual, most + aside, members)
    return [*answers, *reviews * _REVIEWS[council.mode], synthesis]


def _rare(question: Question, council: Council) -> list[_Call]:
    """Return the calls that only some courses make: revisions and an objection."""
    if council.mode is Mode.FAST:
        return []
    usual, most = _asked(question, council)
    readings = [_reading(seat, usual, most, council.members) for seat in council.members]
    objection = max(readings, key=lambda call: call.most_prompt)
    return [*(readings if council.is_revising else ()), objection]


def _call(seat: Seat, usual: float, most: float) -> _Call:
    persona = tokens(seat.persona or "")
    return _Call(seat, usual + persona, (most + persona) * _MARGIN)


def _reading(seat: Seat, usual: float, most: float, members: Sequence[Seat]) -> _Call:
    """Return a call that reads all answers."""
    number = len(members)
    call = _call(seat, usual + number * _USUAL_OUTPUT, most)
    return _Call(seat, call.prompt, call.most_prompt + number * _LONG_ANSWER)


def _asked(question: Question, council: Council) -> tuple[float, float]:
    """Return the tokens of what every prompt holds, usually and at most."""
    always = _SYSTEM_TOKENS + tokens(question.text) + tokens(council.instructions or "")
    always += _IMAGE_TOKENS * sum(file.is_image for file in question.attachments)
    said = "\n".join(f"{remark.speaker}: {remark.text}" for remark in question.context)
    usual = most = tokens(said[:_CONTEXT_CHARS])
    if question.place.thread is not None:  # earlier answers of the thread join it
        usual, most = usual + _letters(_USUAL_CHARS), max(most, _letters(_CONTEXT_CHARS))
    files = [file for file in question.attachments if not file.is_image and file.fault is None]
    usual += tokens(_shown(files, _USUAL_CHARS))
    most += tokens(_shown(files, _FILE_CHARS))
    return always + usual, always + most


def _shown(files: Iterable[Attachment], unknown_chars: int) -> str:
    """Return what prompts show of text files; one that is still to be fetched has some letters."""
    texts = (
        file.data[: 4 * _FILE_CHARS].decode("utf-8", "replace")
        if file.source is None
        else "x" * unknown_chars
        for file in files
    )
    return "".join(texts)[:_FILE_CHARS]


def _letters(number: int) -> int:
    return math.ceil(number / _CHARS_A_TOKEN)
