"""Why an attempt failed, in a plain sentence each; no text of a provider or a library gets in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import Failure, FailureKind
from bot.llm.abilities import Feature
from bot.llm.guard import PRIVATE
from bot.llm.http import Trouble
from bot.llm.providers import Provider


class AttemptError(Exception):
    """One request brought no usable answer; stays inside this part, callers get a `ModelError`.

    `may_repeat`: asking again cannot do harm and may help. `named` are the features that the
    endpoint's refusal speaks of, `may_guess` allows to suspect one. `was_sent` is False if no
    request was made at all.
    """

    def __init__(
        self,
        failure: Failure,
        *,
        may_repeat: bool = False,
        retry_after_s: float | None = None,
        named: frozenset[Feature] = frozenset(),
        may_guess: bool = False,
        was_sent: bool = True,
    ) -> None:
        super().__init__(failure.sentence)
        self.failure = failure
        self.may_repeat = may_repeat
        self.retry_after_s = retry_after_s
        self.named = named
        self.may_guess = may_guess
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True)
class Source:
    """Who was asked, for sentences."""

    provider: Provider
    model_id: str

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    @property
    def model(self) -> str:
        """The model's full name."""
        return f"{self.name}/{self.model_id}"


_KINDS = {
    400: FailureKind.BAD_REQUEST,
    401: FailureKind.UNAUTHORISED,
    402: FailureKind.NO_CREDIT,
    403: FailureKind.UNAUTHORISED,
    404: FailureKind.NOT_FOUND,
    408: FailureKind.SERVER_ERROR,
    409: FailureKind.SERVER_ERROR,
    429: FailureKind.RATE_LIMITED,
    503: FailureKind.OVERLOADED,
    529: FailureKind.OVERLOADED,
}
_REPEATABLE = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_GUESSABLE = frozenset({400, 422})
_FIRST_SERVER_ERROR = 500
_FIRST_CLIENT_ERROR = 400

_SERVER_FAILED = "{name}: the server failed ({status})."
_STATUS_SENTENCES = {
    401: "{name}: the key was refused (401). {advice}",
    402: "{name}: the account has no credit left (402). Top it up.",
    403: "{name}: the key may not use {id} (403). Check what it is allowed to do.",
    404: "{name} has no model {id} (404). `council models {name}` lists its models.",
    408: _SERVER_FAILED,
    409: _SERVER_FAILED,
    413: "{name}: the question with its context is too long for {id} (413).",
    429: "{name}: too many requests for {id} (429){wait}.",
    503: "{name} is overloaded (503).",
    529: "{name} is overloaded (529).",
}

_TROUBLES = {
    Trouble.UNREACHABLE: "{name} cannot be reached. Check its base_url and that it is running.",
    Trouble.SLOW_TO_CONNECT: "{name} did not take the connection in time.",
    Trouble.UNTRUSTED: "{name}: no trusted TLS connection; nothing was sent. Check its base_url.",
    Trouble.BAD_ADDRESS: "{name} has an address that cannot be used. Check its base_url.",
    Trouble.FORBIDDEN: f"{{name}}'s address {PRIVATE}.",
    Trouble.LOST: "{name} closed the connection before it answered.",
    Trouble.GARBLED: "{name} did not answer in HTTP. Check its base_url.",
}
_TROUBLE_KINDS = {
    Trouble.SLOW_TO_CONNECT: FailureKind.TIMED_OUT,
    Trouble.BAD_ADDRESS: FailureKind.BAD_REQUEST,
    Trouble.GARBLED: FailureKind.MALFORMED,
}


def by_status(
    source: Source,
    status: int,
    *,
    retry_after_s: float | None = None,
    named: frozenset[Feature] = frozenset(),
) -> AttemptError:
    """Return the failure that an HTTP status means, or an error inside a reply by its status."""
    fallback = FailureKind.SERVER_ERROR
    if status < _FIRST_SERVER_ERROR:
        fallback = FailureKind.BAD_REQUEST
    sentence = _sentence(source, status, retry_after_s)
    return AttemptError(
        Failure(_KINDS.get(status, fallback), sentence),
        may_repeat=status in _REPEATABLE,
        retry_after_s=retry_after_s,
        named=named,
        may_guess=status in _GUESSABLE,
    )


def by_trouble(source: Source, trouble: Trouble) -> AttemptError:
    """Return the failure for trouble below HTTP before the answer began."""
    kind = _TROUBLE_KINDS.get(trouble, FailureKind.UNREACHABLE)
    sentence = _TROUBLES[trouble].format(name=source.name)
    # A connection that was refused or lost without a byte of reply is the common trouble of a
    # restarting server, or of a kept connection that the server has just closed.
    may_repeat = trouble in (Trouble.UNREACHABLE, Trouble.LOST)
    return AttemptError(Failure(kind, sentence), may_repeat=may_repeat)


def silent(source: Source, seconds: float) -> AttemptError:
    """Return the failure for a model that has not said a word."""
    sentence = f"{source.model} said nothing for {_show(seconds)}."
    return AttemptError(Failure(FailureKind.TIMED_OUT, sentence))


def fell_silent(source: Source, seconds: float) -> AttemptError:
    """Return the failure for a model that stopped in the middle."""
    sentence = f"{source.model} fell silent in the middle of its answer, for {_show(seconds)}."
    return AttemptError(Failure(FailureKind.TIMED_OUT, sentence))


def unfinished(source: Source, seconds: float) -> AttemptError:
    """Return the failure for a model that was still busy when its time was over."""
    sentence = f"{source.model} did not finish within {_show(seconds)}."
    return AttemptError(Failure(FailureKind.TIMED_OUT, sentence))


def no_room(provider: Provider) -> AttemptError:
    """Return the failure for a request that waited for its turn until its time was over."""
    pace = provider.requests_per_minute
    limits = f"{provider.concurrency} requests at once"
    limits += "" if pace is None else f", {pace} a minute"
    sentence = f"{provider.name} is too busy: our limits for it ({limits}) left no turn in time."
    return AttemptError(Failure(FailureKind.TIMED_OUT, sentence), was_sent=False)


def unusable_key(source: Source) -> AttemptError:
    """Return the failure for a key that no HTTP header can carry."""
    sentence = f"{source.name}: the key holds characters that cannot be sent."
    sentence = f"{sentence} {_key_advice(source.provider)}"
    return AttemptError(Failure(FailureKind.UNAUTHORISED, sentence), was_sent=False)


def cut_off(source: Source) -> AttemptError:
    """Return the failure for an answer that broke off."""
    sentence = f"{source.model} broke off before the end of its answer."
    return AttemptError(Failure(FailureKind.CUT_OFF, sentence))


def malformed(source: Source) -> AttemptError:
    """Return the failure for a reply that cannot be read."""
    sentence = f"{source.name} sent a reply for {source.model_id} that cannot be read."
    return AttemptError(Failure(FailureKind.MALFORMED, sentence))


def compressed(source: Source) -> AttemptError:
    """Return the failure for compression that was not asked for."""
    sentence = (
        f"{source.name} sent a compressed reply although none was asked for; it was not read."
    )
    return AttemptError(Failure(FailureKind.MALFORMED, sentence))


def web_page(source: Source) -> AttemptError:
    """Return the failure for HTML in place of an answer."""
    sentence = f"{source.name} sent a web page instead of an answer. Check its base_url."
    return AttemptError(Failure(FailureKind.MALFORMED, sentence))


def too_large(source: Source, limit: int) -> AttemptError:
    """Return the failure for a reply beyond all measure; `limit` in bytes."""
    size = f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit // 1000} kB a line"  # noqa: PLR2004 - a megabyte
    sentence = f"{source.model} sent more than {size}; the rest was not read."
    return AttemptError(Failure(FailureKind.TOO_LARGE, sentence))


def empty(source: Source, *, ran_out: bool) -> AttemptError:
    """Return the failure for an answer without a visible character."""
    why = "used up its length limit before it wrote anything" if ran_out else "gave an empty answer"
    return AttemptError(Failure(FailureKind.EMPTY, f"{source.model} {why}."))


def refused(source: Source) -> AttemptError:
    """Return the failure for a model, or its provider's filter, that declines."""
    return AttemptError(Failure(FailureKind.REFUSED, f"{source.model} declined to answer."))


def tool_call(source: Source) -> AttemptError:
    """Return the failure for a call of a tool that nobody offered."""
    sentence = f"{source.model} called a tool instead of answering."
    return AttemptError(Failure(FailureKind.TOOL_CALL, sentence))


def suspended(source: Source, seconds: float, last: str) -> AttemptError:
    """Return the failure for a model that is left alone for a while after `last`."""
    sentence = f"{source.model} is left alone for {_show(seconds)} more. Before that: {last}"
    return AttemptError(Failure(FailureKind.SUSPENDED, sentence), was_sent=False)


def _sentence(source: Source, status: int, retry_after_s: float | None) -> str:
    template = _STATUS_SENTENCES.get(
        status, "{name} did not accept the request for {id} ({status})."
    )
    if status < _FIRST_CLIENT_ERROR:
        template = (
            "{name} redirects elsewhere ({status}), which is not followed. Check its base_url."
        )
    elif status >= _FIRST_SERVER_ERROR and status not in _STATUS_SENTENCES:
        template = _SERVER_FAILED
    return template.format(
        name=source.name,
        id=source.model_id,
        status=status,
        advice=_key_advice(source.provider),
        wait="" if retry_after_s is None else f"; it asks to wait {_show(retry_after_s)}",
    )


def _key_advice(provider: Provider) -> str:
    if provider.is_own:
        return "An admin can enter it anew under /council keys."
    if provider.key_name is None:
        return "Check its api_key."
    if provider.api_key is None:
        return f"Set {provider.key_name}."
    return f"Check {provider.key_name}'s value."


def _show(seconds: float) -> str:
    digits = f"{max(seconds, 0.1):.1f}" if seconds < 9.5 else f"{seconds:.0f}"  # noqa: PLR2004 - two digits are enough
    return f"{digits.removesuffix('.0')} s"
