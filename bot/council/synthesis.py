"""Stage 3 texts: the chairman's final answer, streamed with names for labels, and its block."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.council import parsing
from bot.council.anonymity import Disguise
from bot.council.consensus import is_same, normal
from bot.council.quoting import cut
from bot.domain import Answer, Confidence, Dissent, Synthesis
from bot.untrusted import clean

_LONGEST_TEXT = 100_000
_MOST_POINTS = 12
_LONGEST_OPEN = 100  # what may still change is shorter; bounds what a feed costs
_BLOCK = re.compile(r'\n```(?:council|\w*\s{0,9}\{\s{0,9}"(?:final_answer|dissent|unresolved)")')
_OPEN_END = re.compile(
    r"(?:\n\s{0,40}`{0,3}\w{0,9}\s{0,9}(?:\{\s{0,9}(?:\"\w{0,12})?)?|\[[^\[\]\n]{0,80}"
    r"|(?:\b[Aa]nswer\s{1,80}|\b[Rr]esponse\s{1,80})?\w{0,12}|\s{1,80})\Z"
)


@dataclass(frozen=True, slots=True)
class Concluded:
    """What a chairman wrote: Markdown with names, and the fields of its block."""

    text: str
    final_answer: str | None
    dissent: tuple[Dissent, ...]
    unresolved: tuple[str, ...]


class LiveText:
    """Turns the chairman's raw pieces into readable ones.

    The closing block is withheld, labels become names, and a piece whose end may still change is
    held back.
    """

    def __init__(self, disguise: Disguise) -> None:
        self._disguise = disguise
        self._held = "\n"  # so that a block at the very start is seen as one at a line's start
        self._is_closed = False
        self._is_begun = False

    def feed(self, piece: str) -> str:
        """Return what may be shown after this piece."""
        if self._is_closed:
            return ""
        self._held += clean(piece)
        start = _block_start(self._held)
        if start is not None:
            self._is_closed = True
            return self._shown(self._held[:start].rstrip())
        end = _OPEN_END.search(self._held, max(0, len(self._held) - _LONGEST_OPEN))
        safe = end.start() if end is not None else len(self._held)
        ready, self._held = self._held[:safe], self._held[safe:]
        return self._shown(ready)

    def rest(self) -> str:
        """Return what was still held back when the stream ended."""
        return "" if self._is_closed else self._shown(self._held.rstrip())

    def _shown(self, text: str) -> str:
        shown = self._disguise.reveal(text)
        if not self._is_begun:
            shown = shown.lstrip()
            self._is_begun = bool(shown)
        return shown


def parse_synthesis(text: str, disguise: Disguise) -> Concluded | None:
    """Read a chairman's output, None if no text is left; a missing block costs nothing."""
    cleaned = clean(cut(text, _LONGEST_TEXT)).strip()
    found = parsing.last_block(cleaned)
    start = _block_start(f"\n{cleaned}")
    block: parsing.Json = {}
    prose = cleaned
    if found is not None and not {"final_answer", "dissent", "unresolved"}.isdisjoint(found[1]):
        prose, block = found
    elif start is not None:
        prose = cleaned[:start].rstrip()
    prose = disguise.reveal(prose).strip()
    final = parsing.string(block.get("final_answer"), limit=400) or None
    if not prose and final is None:
        return None
    unresolved = parsing.strings(block.get("unresolved"), most=_MOST_POINTS)
    return Concluded(
        text=prose or final or "",
        final_answer=final,
        dissent=_dissent(block, disguise),
        unresolved=tuple(disguise.reveal(point) for point in unresolved),
    )


def settled(synthesis: Synthesis, winner: Answer | None, supporters: Sequence[str]) -> Synthesis:
    """Let the voted or checked final answer stand; a chairman that differs becomes dissent."""
    if winner is None or winner.final_answer is None:
        return synthesis
    stands, own = winner.final_answer, synthesis.final_answer
    is_said = own is not None or _says(synthesis.text, stands)
    if is_said and (own is None or is_same(own, stands)):
        return replace(synthesis, final_answer=stands)
    line = f"**Final answer: {stands}** ({', '.join(supporters)})"
    reason = "On an exact question the members' voted or checked answer stands."
    differs = () if own is None else (Dissent(synthesis.chairman, own, reason),)
    return replace(
        synthesis,
        text=f"{line}\n\n{synthesis.text}",
        final_answer=stands,
        dissent=(*differs, *synthesis.dissent),
    )


def _says(text: str, final: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(normal(final))}(?!\w)", normal(text)) is not None


def verbatim(answer: Answer, *, confidence: Confidence, stand_in: str) -> Synthesis:
    """Show one member's answer as what it is."""
    return Synthesis(
        text=answer.text,
        chairman=answer.member,
        model=answer.model,
        confidence=confidence,
        latency_s=0.0,
        stand_in=stand_in,
        final_answer=answer.final_answer,
    )


def _dissent(block: parsing.Json, disguise: Disguise) -> tuple[Dissent, ...]:
    views: list[Dissent] = []
    for view in parsing.objects(block.get("dissent"))[:_MOST_POINTS]:
        claim, reason = (
            disguise.reveal(" ".join(parsing.string(view.get(part)).split()))
            for part in ("claim", "reason")
        )
        labels = re.findall(r"[A-Z]\d", parsing.string(view.get("label")).upper())
        who = [disguise.names[label] for label in labels if label in disguise.names]
        if claim and who:
            views.append(Dissent(", ".join(dict.fromkeys(who)), claim, reason))
    return tuple(views)


def _block_start(text: str) -> int | None:
    found = _BLOCK.search(text)
    return found.start() if found else None
