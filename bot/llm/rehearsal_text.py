"""What a rehearsal model says: plausible council texts, the same each time for the same prompt.

No randomness: every choice comes from a digest of the model's name and the text it was given.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_ANSWER = re.compile(
    r"<<<ANSWER (?P<label>[A-Z0-9]{2}|YOURS) (?P<nonce>\S+?)>>>\n?(?P<text>.*?)\n?"
    r"<<<END (?P=label) (?P=nonce)>>>",
    re.DOTALL,
)
_QUESTION = re.compile(r"<<<QUESTION (?P<mark>.+?)>>>\n(.*?)\n<<<END (?P=mark)>>>", re.DOTALL)
_LABELS = re.compile(r"The labels are ((?:[A-Z0-9]{2}(?:, )?)+)")
_OWN = "YOURS"
_SENTENCE = re.compile(r"[^\n.!?`*#|]{20,180}[.!?]")

_MARK = "*This is a rehearsal: no language model read the question, and {} is a stand-in.*"
_OPENINGS = (
    "Start from what the question needs to hold true, then look at what could break it.",
    "The short way to a good answer is to try the smallest thing that could work.",
    "Two readings of this question are possible, and the plain one deserves the answer.",
    "Experience says that the costs show up later than the benefits, so count both.",
)
_POINTS = (
    "Write the goal down in one sentence before choosing the means.",
    "Prefer the option that is easy to undo.",
    "Measure once before and once after, or nobody will know what helped.",
    "Ask the people who will live with the outcome.",
    "Keep the first step small enough for a week.",
    "Name the person who decides, and the day of the decision.",
)


@dataclass(frozen=True, slots=True)
class FencedAnswer:
    """An answer as it stands in a prompt, under its label."""

    label: str
    text: str


def find_answers(prompt: str) -> tuple[FencedAnswer, ...]:
    """Return the fenced answers of others in a prompt, in their order."""
    return tuple(answer for answer in _fenced(prompt) if answer.label != _OWN)


def find_question(prompt: str) -> str:
    """Return the question that a prompt holds, or the whole prompt if none is marked."""
    found = _QUESTION.search(prompt)
    return (found[2] if found else prompt).strip()


def write(purpose: str, model: str, prompt: str) -> str:
    """Write what `model` says to a prompt of this purpose, as the council's prompts ask for it."""
    answers, question = find_answers(prompt), find_question(prompt)
    match purpose:
        case "review":
            return write_review(model, answers or _named(prompt), question)
        case "synthesis":
            return write_synthesis(model, answers, question)
        case "revision":
            return write_revision(model, _own(prompt), question)
        case "objection":
            return f"{_MARK.format(model)}\n\nNobody measured anything, so nothing is settled yet."
        case _:
            return write_answer(model, question)


def write_answer(model: str, question: str) -> str:
    """Write a stage 1 answer: Markdown that says what it is, then the closing block."""
    seed = _number(model, question)
    points = [_POINTS[(seed + 2 * turn) % len(_POINTS)] for turn in range(3)]
    lines = [
        _MARK.format(model),
        "",
        _OPENINGS[seed % len(_OPENINGS)],
        "",
        *(f"{number}. {point}" for number, point in enumerate(points, start=1)),
        "",
        f"Asked was: {_shorten(question, 120)}",
    ]
    block = {"final_answer": None, "confidence": (50 + seed % 40) / 100, "key_claims": points}
    return "\n".join(lines) + "\n\n" + _fence("json", block)


def write_revision(model: str, own: str, question: str) -> str:
    """Repeat the model's own answer; now and then with a named error put right."""
    is_changed = _number(model, question, "revision") % 3 == 0
    fault = "The answer named no day for the decision." if is_changed else None
    text = f"{own}\n\nDecide by a day that everyone knows." if is_changed else own
    block = {
        "final_answer": None,
        "confidence": 0.6,
        "key_claims": list(_POINTS[:1]),
        "revised_because": fault,
    }
    return (text or _MARK.format(model)) + "\n\n" + _fence("json", block)


def write_review(model: str, answers: tuple[FencedAnswer, ...], question: str) -> str:
    """Write a stage 2 review as JSON over the labels that the prompt holds."""
    order = sorted(answers, key=lambda answer: (-_number(answer.text, question), answer.label))
    if len(order) > 1 and _number(model, question, "order") % 4 == 0:
        order[0], order[1] = order[1], order[0]
    has_doubt = len(order) > 1 and _number(model, question, "flag") % 3 == 0
    reviews = [
        _appraise(answer, place, has_doubt=has_doubt and place == len(order) - 1)
        for place, answer in enumerate(order)
    ]
    review = {
        "reference_points": ["A correct answer names a first step and what could go wrong."],
        "reviews": reviews,
        "ranking": [[answer.label] for answer in order],
        "confidence": 0.7,
    }
    return json.dumps(review, ensure_ascii=False)


def write_synthesis(model: str, answers: tuple[FencedAnswer, ...], question: str) -> str:
    """Write a final answer that cites the labels, then the block with dissent and open points."""
    labels = [answer.label for answer in answers]
    cited = f" [{', '.join(labels[:3])}]" if labels else ""
    last = f" [{labels[-1]}]" if labels else ""
    lines = [
        _MARK.format(model),
        "",
        f"The council agrees on a small first step that is easy to undo{cited}.",
        "",
        f"- Write down the goal and the day of the decision{cited}.",
        f"- Measure before and after{last}.",
        "",
        f"Asked was: {_shorten(question, 120)}",
    ]
    dissent = [
        {
            "label": labels[-1],
            "claim": "The costs deserve more weight.",
            "reason": "No figure was given for them.",
        }
    ]
    is_divided = len(labels) > 1 and _number(model, question, "dissent") % 3 == 0
    block = {"final_answer": None, "dissent": dissent if is_divided else [], "unresolved": []}
    return "\n".join(lines) + "\n\n" + _fence("council", block)


def _appraise(answer: FencedAnswer, place: int, *, has_doubt: bool) -> dict[str, object]:
    score = max(4, 9 - place)
    return {
        "label": answer.label,
        "verdict": "mixed" if has_doubt else "mostly_correct",
        "scores": dict.fromkeys(("accuracy", "reasoning", "completeness", "clarity"), score),
        "flags": _flags(answer.text) if has_doubt else [],
        "strengths": ["Gives a first step."],
        "unique_points": [],
    }


def _flags(text: str) -> list[dict[str, str]]:
    found = _SENTENCE.search(text)
    if found is None:
        return []
    return [
        {
            "quote": found[0].strip(),
            "type": "unsupported",
            "severity": "minor",
            "why": "No reason is given for it.",
            "fix": "Say what it rests on.",
        }
    ]


def _fenced(prompt: str) -> Iterator[FencedAnswer]:
    return (FencedAnswer(found["label"], found["text"]) for found in _ANSWER.finditer(prompt))


def _own(prompt: str) -> str:
    return next((answer.text for answer in _fenced(prompt) if answer.label == _OWN), "")


def _named(prompt: str) -> tuple[FencedAnswer, ...]:
    found = _LABELS.search(prompt)
    labels = found[1].split(", ") if found else []
    return tuple(FencedAnswer(label, "") for label in labels if label)


def _fence(kind: str, block: Mapping[str, object]) -> str:
    return f"```{kind}\n{json.dumps(block, ensure_ascii=False)}\n```"


def _shorten(text: str, limit: int) -> str:
    flat = " ".join(text.split()).replace("`", "'")
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _number(*parts: str) -> int:
    joined = "\0".join(parts).encode("utf-8", "replace")
    return int.from_bytes(hashlib.sha256(joined).digest()[:4])
