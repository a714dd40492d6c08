"""Whether short final answers say the same thing, and which of them the members voted for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.council import quantities
from bot.domain import Answer, Check, Verdict

_CHOICE = re.compile(
    r"^(?:(?:the\s+)?(?:correct\s+)?(?:answer|option|choice)(?:\s+is)?\s*:?\s*)?"
    r"\(?([a-z])\)?[.):]?$"
)
_SPACE = re.compile(r"[\s,;\"“”`]+|\*\*")
_END = re.compile(r"(?:[.?…]|(?<=[^\W\d]{2})!)+$")  # a letter or a number before ! is a factorial
_ARTICLE = re.compile(r"^an?\s+(?=\w\w)")  # an A by itself is a name, as in vitamin A
_ALIKE = str.maketrans("\u2212\u2010\u2011\u2013\u2014\u2018\u2019", "-----''")  # dashes, quotes


def normal(text: str) -> str:
    """Return a final answer's normal form: case, spacing, Markdown and choice letters aside.

    Only what cannot change the meaning is left out: signs, brackets and symbols stay.
    """
    plain = text.translate(_ALIKE).strip().strip("*`_\"'“” ").casefold()
    choice = _CHOICE.match(plain)
    if choice is not None:
        return choice[1]
    words = _ARTICLE.sub("", _END.sub("", _SPACE.sub(" ", plain))).split()
    return " ".join(word.rstrip(".") for word in words if word != "the")


def is_same(a: str, b: str) -> bool:
    """Say whether two final answers are equal: as quantities, else in normal form."""
    left, right = quantities.parse(a), quantities.parse(b)
    if left is not None and right is not None:
        return quantities.agree(left, right)
    return normal(a) == normal(b)


def is_unanimous(answers: Sequence[Answer], checks: Mapping[str, Check]) -> bool:
    """Say whether at least two members, and all, gave one final answer that no checker failed."""
    finals = [answer.final_answer for answer in answers if answer.final_answer]
    if len(finals) < 2 or len(finals) < len(answers):  # noqa: PLR2004  agreement takes two
        return False
    if any(check.verdict is Verdict.FAIL for check in checks.values()):
        return False
    return all(is_same(finals[0], final) for final in finals[1:])


def voted(answers: Sequence[Answer], checks: Mapping[str, Check]) -> Answer | None:
    """Return an answer whose final answer stands, None on an open question or without a majority.

    A question is exact if every answer has a final answer. A checker's pass decides; else more
    than half of the votes.
    """
    exact = [answer for answer in answers if answer.final_answer]
    if not exact or len(exact) < len(answers):
        return None
    verdicts = {answer.member: checks.get(answer.member, Check()).verdict for answer in exact}
    sound = [answer for answer in exact if verdicts[answer.member] is not Verdict.FAIL]
    passed = [answer for answer in sound if verdicts[answer.member] is Verdict.PASS]
    for answer in passed or sound:
        votes = sum(is_same(answer.final_answer or "", other.final_answer or "") for other in sound)
        if passed or votes * 2 > len(exact):
            return answer
    return None
