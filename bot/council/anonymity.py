"""Who is hidden behind which label, and in which order a reader sees the answers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from random import Random

from bot.council.quoting import anonymous, cut, fence
from bot.domain import Answer, Council, Deliberation
from bot.untrusted import clean

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which read as digits
_DIGITS = "23456789"  # without 0 and 1, which read as letters
_READABLE_CHARS = 64_000  # of all answers together: some 18,000 tokens fit every current model
_LONGEST_CHARS = 16_000


@dataclass(frozen=True, slots=True)
class Disguise:
    """The labels of one reader, in the order in which the reader sees the answers."""

    names: Mapping[str, str]  # label to member
    words: frozenset[str] = frozenset()  # of question and answers, that look like labels

    def label(self, member: str) -> str:
        """Return a member's label."""
        return next(label for label, name in self.names.items() if name == member)

    def reveal(self, text: str) -> str:
        """Put names in place of labels, also in `Answer K7` and `[K7, Q2]`.

        Unknown labels in brackets are dropped; what the question or an answer says is none, nor is
        `x[i1]`.
        """
        return _BARE.sub(self._named, _CITATION.sub(self._cited, text))

    def hide(self, text: str) -> str:
        """Put labels in place of names, for text in which they were revealed to people."""
        labels = {name: label for label, name in self.names.items()}
        longest_first = sorted(map(re.escape, labels), key=len, reverse=True)
        pattern = rf"(?<!\w)({'|'.join(longest_first)})(?!\w)"
        return re.sub(pattern, lambda found: labels[found[1]], text) if labels else text

    def _cited(self, found: re.Match[str]) -> str:
        labels = [part.strip() for part in found[1].split(",")]
        known = [self.names[label.upper()] for label in labels if label.upper() in self.names]
        if known:
            return f"[{', '.join(dict.fromkeys(known))}]"
        return "" if found[1].isupper() and self.words.isdisjoint(labels) else found[0]

    def _named(self, found: re.Match[str]) -> str:
        return self.names.get(found[1], found[0])


# Beginning with the digit, of which texts have few, it is four times as fast.
_LABEL_LIKE = re.compile(r"\d(?<=(\b[A-Za-z]\d))\b")
_BARE = re.compile(r"\b(?:(?:[Aa]nswer|[Rr]esponse)\s+)?([A-Z]\d)\b")
_CITATION = re.compile(r"\[\s*([A-Za-z]\d(?:\s*,\s*[A-Za-z]\d)*)\s*\](?!\()")


def disguise(
    deliberation: Deliberation, members: Iterable[str], *, reader: str, turn: int = 0
) -> Disguise:
    """Draw labels and order for one reader, the same again in a resumed run.

    Turn 1 sees the order of turn 0 reversed.
    No label occurs in the question or in an answer, so that putting names back cannot hit another
    word.
    """
    order = sorted(members)
    _random(deliberation, reader, "order").shuffle(order)
    if turn:
        order.reverse()
    taken = _words(deliberation, order)
    every = [a + b for a, b in product(_LETTERS, _DIGITS)]
    free = [label for label in every if label not in taken]
    if len(free) < len(order):  # a text that uses them all up must not end the council
        free = every
    labels = _random(deliberation, reader, f"labels {turn}").sample(free, len(order))
    return Disguise(dict(zip(labels, order, strict=True)), frozenset(taken))


def nonce(deliberation: Deliberation) -> str:
    """Return the mark that only this deliberation's fences carry."""
    return hashlib.sha256(f"fence {deliberation.id}".encode()).hexdigest()[:10]


def exhibit(disguise: Disguise, texts: Mapping[str, str], mark: str) -> str:
    """Show answers under their labels, fenced and cut at one common length.

    `texts` are nameless, by member; `mark` is the deliberation's nonce.
    """
    limit = min(_LONGEST_CHARS, _READABLE_CHARS // max(1, len(disguise.names)))
    return "\n\n".join(
        fence("ANSWER", label, mark, cut(texts[name], limit))
        for label, name in disguise.names.items()
    )


def nameless(council: Council, answer: Answer) -> str:
    """Return an answer's text as others may read it."""
    seat = next(seat for seat in council.members if seat.name == answer.member)
    return anonymous(clean(answer.text), seat, answer.model)


def draw(deliberation: Deliberation, members: Iterable[str], purpose: str) -> str:
    """Draw one member, the same again in a resumed run."""
    return _random(deliberation, "", purpose).choice(sorted(members))


def _random(deliberation: Deliberation, reader: str, purpose: str) -> Random:
    return Random(f"{deliberation.id}\0{reader}\0{purpose}")  # noqa: S311  repeatable, not secret


def _words(deliberation: Deliberation, members: Iterable[str]) -> set[str]:
    shown = set(members)
    answers = [answer.text for answer in deliberation.answers if answer.member in shown]
    texts = [deliberation.question.text, *answers]
    return {word.upper() for text in texts for word in _LABEL_LIKE.findall(text)}
