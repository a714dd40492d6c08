"""What a model has said so far, put together from the parts of either protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.llm.shapes import clean

ANSWER_BYTES = 4_000_000  # of text and thoughts; the longest real outputs are a tenth of it


class Finish(StrEnum):
    """Why a model stopped."""

    DONE = "done"
    LENGTH = "length"
    REFUSED = "refused"
    TOOL_CALL = "tool call"
    ERROR = "error"


FINISHES = {
    "length": Finish.LENGTH,
    "max_tokens": Finish.LENGTH,
    "model_context_window_exceeded": Finish.LENGTH,
    "content_filter": Finish.REFUSED,
    "refusal": Finish.REFUSED,
    "safety": Finish.REFUSED,
    "tool_calls": Finish.TOOL_CALL,
    "function_call": Finish.TOOL_CALL,
    "tool_use": Finish.TOOL_CALL,
    "error": Finish.ERROR,
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an answer took, as far as the provider says and it is plausible."""

    prompt: int | None = None
    completion: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a provider: a whole answer or an event of a stream.

    `thought` is the length of reasoning that is not shown: progress without text. `error` is an
    error's HTTP status, or what would be its status. `is_last`: the provider says that it is over.
    """

    text: str = ""
    thought: int = 0
    finish: Finish | None = None
    has_refusal: bool = False
    has_tool_call: bool = False
    tokens: Tokens = Tokens()
    error: int | None = None
    is_last: bool = False


class AnswerTooLargeError(Exception):
    """The answer passed `ANSWER_BYTES`."""


@dataclass(slots=True)
class Reading:
    """An answer in the making."""

    pieces: list[str] = field(default_factory=list[str])
    size: int = 0
    finish: Finish | None = None
    has_refusal: bool = False
    has_tool_call: bool = False
    tokens: Tokens = Tokens()
    error: int | None = None
    is_over: bool = False

    @property
    def text(self) -> str:
        """All text so far."""
        return "".join(self.pieces)

    def add(self, part: Part) -> str:
        """Take a part and return its text, cleaned. Raises `AnswerTooLargeError`."""
        piece = clean(part.text)
        self.size += len(piece.encode()) + part.thought
        if self.size > ANSWER_BYTES:
            raise AnswerTooLargeError
        if piece:
            self.pieces.append(piece)
        self.finish = part.finish or self.finish
        self.has_refusal |= part.has_refusal
        self.has_tool_call |= part.has_tool_call
        self.error = part.error or self.error
        self.is_over |= part.is_last
        self.tokens = _newer(self.tokens, part.tokens)
        return piece


def read_finish(reason: object) -> Finish | None:
    """Read a provider's word for why the model stopped; None if it has not."""
    if not isinstance(reason, str) or not reason:
        return None
    return FINISHES.get(reason.lower(), Finish.DONE)


def _newer(old: Tokens, new: Tokens) -> Tokens:
    if new == Tokens():
        return old
    return Tokens(
        prompt=old.prompt if new.prompt is None else new.prompt,
        completion=old.completion if new.completion is None else new.completion,
        cost_usd=old.cost_usd if new.cost_usd is None else new.cost_usd,
    )
