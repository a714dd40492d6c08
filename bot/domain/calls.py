"""One request to a model: what came of it and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """Why a model gave no usable answer."""

    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    UNAUTHORISED = "unauthorised"
    NO_CREDIT = "no_credit"
    NOT_FOUND = "not_found"
    BAD_REQUEST = "bad_request"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    CUT_OFF = "cut_off"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    REFUSED = "refused"
    TOOL_CALL = "tool_call"
    SUSPENDED = "suspended"
    OVER_BUDGET = "over_budget"
    HALTED = "halted"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call failed: a kind for code and one sentence for people, without foreign text."""

    kind: FailureKind
    sentence: str


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One request to a provider and what it cost; failed ones too.

    Tokens and US dollars are None if unknown.
    """

    model: str
    purpose: str
    latency_s: float
    failure: FailureKind | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
