"""Stage 2 texts: a ballot, quote-checked flags and prose out of whatever a reviewer wrote."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from bot.council import parsing
from bot.council.anonymity import Disguise
from bot.council.quoting import cut, folded
from bot.council.ranking import Tiers
from bot.council.ranking import clean as clean_ballot
from bot.domain import Appraisal, Ballot, Check, Flag, Verdict
from bot.untrusted import clean

VERDICTS = ("correct", "mostly_correct", "mixed", "wrong", "cannot_tell")
KINDS = ("wrong", "unsupported", "contradiction", "outdated", "unsafe", "injection")
CRITERIA = ("accuracy", "reasoning", "completeness", "clarity")

_LONGEST_QUOTE = 200
_MOST_FLAGS = 12
_UPHOLDERS = 2  # members other than the author who must see the same fault
_LONGEST_TEXT = 100_000  # as of an answer: beyond this nobody reads on
_UNREADABLE = "This review came as data that could not be read."
_JSON_LIKE = re.compile(r"(?:```\w*\s*)?[{\[]\s*[\"{\[}\]]")
_IN_WORDS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]\d(?![A-Za-z0-9])")
_HEADER = re.compile(r"^[^\w\n]*final ranking[^\w\n]*$", re.IGNORECASE | re.MULTILINE)
_RANKED = re.compile(
    r"^\W{0,8}\d{1,3}\s{0,4}[.):](.{1,200})"
)  # bounded: no line may cost quadratic time
_LABEL = re.compile(
    r"[^\w\n]*+(?:(?:response|answer|label)\s[^\w\n]*+)?(\w+)([^\w\n]*)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a reviewer's text holds; `text` is readable, `ballot` None if there is no usable one."""

    text: str
    ballot: Ballot | None
    flags: tuple[Flag, ...] = ()
    appraisals: tuple[Appraisal, ...] = ()


def parse_review(
    text: str,
    disguise: Disguise,
    answers: Mapping[str, str],
    *,
    reviewer: str,
    is_truncated: bool = False,
) -> Parsed:
    """Read a review, whatever the text; `answers` by member are what quotes are checked against."""
    found = parsing.find_object(text, "ranking") or {}
    tiers = _tiers(found["ranking"]) if "ranking" in found else _listed(text) or ()
    ballot = _ballot(tiers, disguise, reviewer, is_truncated=is_truncated)
    flags: list[Flag] = []
    appraisals: list[Appraisal] = []
    for entry in parsing.objects(found.get("reviews")):
        author = disguise.names.get(_label(entry.get("label")))
        if author is not None and all(known.author != author for known in appraisals):
            appraisals.append(_appraisal(entry, author, disguise))
            flags += _flags(entry, author, disguise, answers.get(author, ""), reviewer)
    prose = _prose(
        appraisals, flags, parsing.strings(found.get("reference_points"), most=12), disguise
    )
    return Parsed(prose or _readable(text, disguise), ballot, tuple(flags), tuple(appraisals))


def parse_ranking(text: str, labels: Sequence[str]) -> tuple[Tiers, tuple[str, ...]]:
    """Read the list after the last `FINAL RANKING` line; ties are written `A = B`.

    Returns cleaned tiers and the problems met: `no_header`, `unknown:X`, `duplicate:X`,
    `missing:X`, `rejected`.
    """
    tiers = _listed(text)
    if tiers is None:
        return (), ("no_header",)
    cleaned = clean_ballot(tiers, labels, is_truncated=False)
    return cleaned.tiers, cleaned.problems


def _listed(text: str) -> Tiers | None:
    headers = list(_HEADER.finditer(text))
    if not headers:
        return None
    tiers: list[tuple[str, ...]] = []
    for line in text[headers[-1].end() :].splitlines():
        ranked = _RANKED.match(line)
        if ranked is not None:
            tiers.append(tuple(_tied(ranked[1])))
    return tuple(tiers)


def _tied(text: str) -> Iterator[str]:
    """Read `A = B`, up to the words that someone put behind a label."""
    for part in text.split("="):
        found = _LABEL.match(part)
        if found is None:
            return
        yield found[1].upper()
        if found.end() < len(part):
            return


def uphold(
    flags: Iterable[Flag], answers: Mapping[str, str], checks: Mapping[str, Check]
) -> tuple[Flag, ...]:
    """Mark the major `wrong` flags that two members or a checker agree on.

    The members are others than the author, and their quotes overlap.
    """
    raised = list(flags)
    by_author: dict[str, list[Flag]] = defaultdict(list)
    for flag in raised:
        if flag.kind == "wrong" and flag.severity == "major" and flag.reviewer != flag.author:
            by_author[flag.author].append(flag)
    return tuple(
        replace(flag, is_upheld=_is_upheld(flag, by_author[flag.author], answers, checks))
        for flag in raised
    )


def _is_upheld(
    flag: Flag, peers: Sequence[Flag], answers: Mapping[str, str], checks: Mapping[str, Check]
) -> bool:
    if flag not in peers:
        return False
    if checks.get(flag.author, Check()).verdict is Verdict.FAIL:
        return True
    text = folded(answers.get(flag.author, ""))
    start, end = _span(flag, text)
    spans = [(peer.reviewer, *_span(peer, text)) for peer in peers]
    who = {reviewer for reviewer, first, last in spans if first < end and start < last}
    return len(who) >= _UPHOLDERS


def _span(flag: Flag, text: str) -> tuple[int, int]:
    quote = folded(flag.quote)
    start = text.find(quote)
    return start, start + len(quote)


def _ballot(
    tiers: Tiers, disguise: Disguise, reviewer: str, *, is_truncated: bool
) -> Ballot | None:
    cleaned = clean_ballot(tiers, tuple(disguise.names), is_truncated=is_truncated)
    if not cleaned.tiers:
        return None
    named = tuple(tuple(disguise.names[label] for label in tier) for tier in cleaned.tiers)
    return Ballot(reviewer=reviewer, tiers=named, is_truncated=is_truncated)


def _tiers(value: object) -> Tiers:
    if not isinstance(value, list):
        return ()
    tiers: list[tuple[str, ...]] = []
    for tier in cast("list[object]", value):
        items = cast("list[object]", tier) if isinstance(tier, list) else [tier]
        tiers.append(tuple(label for label in map(_label, items) if label))
    return tuple(tiers)


def _label(value: object) -> str:
    """Return the first label among the words and marks that models put around it."""
    found = _IN_WORDS.search(parsing.string(value))
    return found[0].upper() if found else ""


def _appraisal(entry: parsing.Json, author: str, disguise: Disguise) -> Appraisal:
    verdict = parsing.string(entry.get("verdict")).casefold().replace(" ", "_")
    scores = entry.get("scores")
    given: parsing.Json = cast("parsing.Json", scores) if isinstance(scores, dict) else {}
    marks = [(name, parsing.number(given.get(name), low=0.0, high=10.0)) for name in CRITERIA]
    return Appraisal(
        author=author,
        verdict=verdict if verdict in VERDICTS else "cannot_tell",
        scores=tuple((name, mark) for name, mark in marks if mark is not None),
        strengths=_revealed(entry.get("strengths"), disguise),
        unique_points=_revealed(entry.get("unique_points"), disguise),
    )


def _flags(
    entry: parsing.Json, author: str, disguise: Disguise, text: str, reviewer: str
) -> list[Flag]:
    """Keep the flags whose quote stands in the answer, case and white space aside."""
    all_raised = parsing.objects(entry.get("flags"))[:_MOST_FLAGS]
    haystack = folded(text) if all_raised else ""
    kept: list[Flag] = []
    for raised in all_raised:
        quote = clean(parsing.string(raised.get("quote"))).strip(" \t\n\"'“”‘’")[:_LONGEST_QUOTE]
        kind = parsing.string(raised.get("type")).casefold()
        if not folded(quote) or folded(quote) not in haystack or kind not in KINDS:
            continue
        is_major = parsing.string(raised.get("severity")).casefold() == "major"
        why, fix = (_told(raised.get(part), disguise) for part in ("why", "fix"))
        kept.append(Flag(reviewer, author, quote, kind, "major" if is_major else "minor", why, fix))
    return kept


def _revealed(value: object, disguise: Disguise) -> tuple[str, ...]:
    return tuple(_told(text, disguise) for text in parsing.strings(value, most=6))


def _told(value: object, disguise: Disguise) -> str:
    return disguise.reveal(" ".join(clean(parsing.string(value, limit=600)).split()))


def _prose(
    appraisals: Sequence[Appraisal],
    flags: Sequence[Flag],
    points: Sequence[str],
    disguise: Disguise,
) -> str:
    """Write a review as a person would read it: a paragraph for each answer, faults below it."""
    parts: list[str] = []
    for appraisal in appraisals:
        told = [f"**{appraisal.author}**: {appraisal.verdict.replace('_', ' ')}"]
        told += appraisal.strengths
        told += [f"Only here: {point}" for point in appraisal.unique_points]
        parts.append(" ".join(map(_sentence, told)))
        faults = [_flag_line(flag) for flag in flags if flag.author == appraisal.author]
        parts += ["\n".join(faults)] if faults else []
    if parts and points:
        needs = "; ".join(_told(point, disguise).rstrip(".") for point in points)
        parts.append(f"A correct answer needs: {needs}.")
    return "\n\n".join(parts)


def _readable(text: str, disguise: Disguise) -> str:
    """Return a review's own words; JSON that cannot be told in words is none."""
    told = disguise.reveal(cut(clean(text).strip(), _LONGEST_TEXT))
    return _UNREADABLE if _JSON_LIKE.match(told) else told


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _flag_line(flag: Flag) -> str:
    fix = f" Better: {flag.fix}" if flag.fix else ""
    quote = " ".join(flag.quote.split())
    return f"- {flag.severity.capitalize()}, {flag.kind}: “{quote}” {flag.why}{fix}".rstrip()
