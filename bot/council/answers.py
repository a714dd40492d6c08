"""Stage 1 texts: the readable answer and what its closing block says."""

from __future__ import annotations

from bot.council import parsing
from bot.council.quoting import cut
from bot.domain import Answer
from bot.untrusted import clean

_MOST_CLAIMS = 8
_LONGEST_FINAL = 400
_LONGEST_TEXT = 100_000  # some 25,000 tokens: beyond this nobody reads on


def parse_answer(text: str, *, member: str, model: str, latency_s: float) -> Answer | None:
    """Take the closing block off an answer; None if no text is left.

    A missing or broken block costs nothing: the prose is the answer.
    """
    cleaned = clean(cut(text, _LONGEST_TEXT)).strip()
    found = parsing.last_block(cleaned)
    prose: str = cleaned
    block: parsing.Json = {}
    if found is not None and _is_closing(found[1]):
        prose, block = found
    final = parsing.string(block.get("final_answer"), limit=_LONGEST_FINAL) or None
    if not prose and final is None:
        return None
    return Answer(
        member=member,
        text=prose or final or "",
        model=model,
        latency_s=latency_s,
        final_answer=final,
        confidence=parsing.number(block.get("confidence"), low=0.0, high=1.0),
        key_claims=parsing.strings(block.get("key_claims"), most=_MOST_CLAIMS),
        revised_because=parsing.string(block.get("revised_because")) or None,
    )


def _is_closing(block: parsing.Json) -> bool:
    return not {"final_answer", "key_claims", "confidence"}.isdisjoint(block)
