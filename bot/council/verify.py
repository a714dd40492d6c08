"""Checkers that need no model: arithmetic, units, dates, JSON and regular expressions.

A failed check puts an answer below every other, whatever the votes, so they are silent when in
doubt. Of a final answer or key claim they judge only one that is an equation, a conversion or a
date and nothing else, since words around it may turn its meaning. Only the sum that was asked for
can pass: a claim that holds proves no answer.
"""

from __future__ import annotations

import ast
import json
import math
import re
import warnings
from collections.abc import Iterator
from datetime import date

from bot.council import quantities
from bot.domain import Answer, Check, Verdict

_GREATEST_EXPONENT = 64  # keeps `9**9**9` from being worked out
_GREATEST_VALUE = 1e100
_GREATEST_EXACT = 2.0**53  # beyond it a float may hide a wrong digit
_LONGEST_CHARS = 200  # of what is judged; also bounds what a pattern can cost
_LONGEST_PATTERN = 2_000
_COARSE = 0.1  # people write an ounce as 30 g and a mile as 1.6 km
_FIRST_YEAR = 1927  # until then some country had other dates than the Gregorian calendar
_MOST_DAYS = 31

_LEAD = re.compile(
    r"^(?:so|thus|hence|therefore|since|because|it (?:was|is|happened)(?: on)?)\s+", re.IGNORECASE
)
_SUM_CHARS = r"[\d\s.,()+\-−*/×÷·^]"
_EXPRESSION = re.compile(rf"{_SUM_CHARS}*\d\s*\)*\s*[+\-−*/×÷·^]{_SUM_CHARS}*")
_SUM_ASKED_FOR = re.compile(
    r"\s*(?:(?:what(?:['’]s| is)|how much is|calculate|compute|evaluate|solve)\b)?[\s:]*"
    rf"(?P<sum>[\d(.\-−]{_SUM_CHARS}*?)[\s=?.]*",
    re.IGNORECASE,
)
# Sums of another kind than school's: of remainders, in another base, or as a puzzle defines them.
_OTHER_SUMS = re.compile(
    r"=|⊕|\b(?:mod|modul\w*|base|binary|octal|hex\w*|clock|xor|bit\w*|boolean|puzzle|riddle|"
    r"operat\w*)\b",
    re.IGNORECASE,
)
_MAYBE_GROUPED = re.compile(r"[1-9]\d{0,2}[.,]\d{3}(?!\d)")  # 1.500 is 1500 to half the world
_DECIMAL_COMMA = re.compile(r",(?!\d{3}(?!\d))")
_AMOUNT = r"-?\d[\d,]*(?:\.\d+)?\s*[A-Za-z]+"
_CONVERSION = re.compile(
    rf"(?P<left>{_AMOUNT})\s*(?:=|≈|is|equals)\s*(?:about\s+|approximately\s+)?"
    rf"(?P<right>{_AMOUNT})"
)
_ISO_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
_MONTHS: list[str] = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
_MONTH = "|".join(_MONTHS)
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH}),?\s+(?P<year>\d{{4}})",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
    re.IGNORECASE,
)
_ABOUT_DATES = re.compile(
    r"\b(?:in)?valid|\bexist|\b(?:im)?possible|\bleap|\bcalendar", re.IGNORECASE
)
_FENCED = re.compile(r"^```(\w*)[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_WANTED = (
    r"\W*(?:please\s+|(?:can|could) you\s+)?"
    r"(?:give|write|return|output|produce|generate|create|make|reply|respond|answer)\b"
    r"[^.?!{\[\n]{0,80}\b"
)
_WANTS_JSON = re.compile(rf"{_WANTED}json\b", re.IGNORECASE)
_WANTS_REGEX = re.compile(rf"{_WANTED}(?:regex|regular expression)", re.IGNORECASE)
_LOOSE_JSON = re.compile(r"//|/\*|\.\.\.|…|^\s*#", re.MULTILINE)  # meant for people
# What no dialect accepts; much else is only unknown to Python.
_BROKEN_REGEX = ("missing )", "unbalanced parenthesis", "unterminated character set")


def check(question: str, answer: Answer) -> Check:
    """Return the first finding about an answer: a failure before a pass before unknown."""
    findings = list(_findings(question, answer))
    for verdict in (Verdict.FAIL, Verdict.PASS):
        for finding in findings:
            if finding.verdict is verdict:
                return finding
    return Check()


def calculate(expression: str) -> float | None:
    """Work out an expression of numbers, brackets and + - * / ^; None if it is anything else."""
    if len(expression) > _LONGEST_CHARS or _DECIMAL_COMMA.search(expression):
        return None
    plain = expression.translate(str.maketrans({"×": "*", "÷": "/", "·": "*", "−": "-", ",": ""}))
    try:
        tree = ast.parse(plain.replace("^", "**").strip(), mode="eval")
        value = _value(tree.body)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None
    return value if math.isfinite(value) else None


def _findings(question: str, answer: Answer) -> Iterator[Check]:
    yield _sum_asked_for(question, answer.final_answer)
    for asserted in (answer.final_answer, *answer.key_claims):
        text = _bare(asserted or "")
        if 0 < len(text) <= _LONGEST_CHARS:
            yield from _equation(question, text)
            yield from _conversion(text)
            yield from _date(question, text)
    yield from _format(question, answer.text)


def _bare(text: str) -> str:
    return _LEAD.sub("", text.strip(" \t\n*`_$").rstrip(".;,"))


def _sum_asked_for(question: str, final: str | None) -> Check:
    given = quantities.parse(final) if final else None
    if given is None or given.dimension or len(question) > _LONGEST_CHARS:
        return Check()
    found = _SUM_ASKED_FOR.fullmatch(question)
    if found is None or not _EXPRESSION.fullmatch(found["sum"]):
        return Check()
    return _compared(found["sum"], given, final or "")


def _equation(question: str, text: str) -> Iterator[Check]:
    sides = re.split("[=≈]", text)
    if len(sides) != 2 or _OTHER_SUMS.search(question) or not _EXPRESSION.fullmatch(sides[0]):  # noqa: PLR2004  an equation has two
        return
    given = quantities.parse(sides[1])
    if given is not None and not given.dimension:
        found = _compared(sides[0].strip(), given, sides[1])
        if found.verdict is Verdict.FAIL:
            yield found


def _compared(asked: str, given: quantities.Quantity, written: str) -> Check:
    """Compare a sum with what was given for it; a number cut short is neither right nor wrong."""
    value = calculate(asked)
    if value is None:
        return Check()
    gap, is_whole = abs(value - given.value), given.is_whole and value != int(value)
    is_exact = gap <= abs(value) * 1e-12 and abs(value) <= _GREATEST_EXACT
    if is_exact or (not given.is_whole and gap <= given.ulp * (1 + 1e-9)):
        return Check(Verdict.PASS, f"{asked} = {value:.12g} holds.")
    is_cut = 0 <= abs(value) - abs(given.value) < 2 * given.ulp and value * given.value >= 0
    is_rounded = gap <= max(given.ulp * is_whole, abs(value) * 1e-12)
    if is_cut or is_rounded or _MAYBE_GROUPED.search(f"{asked} {written}"):
        return Check()
    return Check(Verdict.FAIL, f"{asked} is {value:.12g}, not {given.value:.12g}.")


def _conversion(text: str) -> Iterator[Check]:
    found = _CONVERSION.fullmatch(text)
    left, right = map(quantities.parse, (found["left"], found["right"])) if found else (None, None)
    if found is None or left is None or right is None:
        return
    if not (left.is_converted and right.is_converted and left.dimension == right.dimension):
        return
    coarse = _COARSE * max(abs(left.value), abs(right.value))
    if abs(left.value - right.value) > max(right.ulp, coarse):
        yield Check(Verdict.FAIL, f"{found['left']} is not {found['right']}.")


def _date(question: str, text: str) -> Iterator[Check]:
    for pattern in (_ISO_DATE, _DAY_FIRST, _MONTH_FIRST):
        found = pattern.fullmatch(text)
        if found is None or text in question or _ABOUT_DATES.search(question):
            continue
        name = found["month"].lower()
        month = _MONTHS.index(name) + 1 if name in _MONTHS else int(name)
        if not _is_date(int(found["year"]), month, int(found["day"])):
            yield Check(Verdict.FAIL, f"{text} is no date.")


def _is_date(year: int, month: int, day: int) -> bool:
    """Say whether a date exists; what is written like none at all is taken for something else."""
    if year < _FIRST_YEAR or not (1 <= month <= len(_MONTHS) and 1 <= day <= _MOST_DAYS):
        return True
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _format(question: str, text: str) -> Iterator[Check]:
    """Judge the one block of an answer to a question that asks for just such a block."""
    blocks = _FENCED.findall(text)
    if len(blocks) != 1:
        return
    language, body = blocks[0][0].lower(), blocks[0][1]
    if language == "json" and _WANTS_JSON.match(question) and not _is_json(body):
        yield Check(Verdict.FAIL, "The JSON is not valid.")
    if language in ("regex", "regexp") and _WANTS_REGEX.match(question) and not _is_regex(body):
        yield Check(Verdict.FAIL, "The regular expression is not valid.")


def _is_json(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    is_by_line = len(lines) > 1 and all(_loads(line) for line in lines)
    return is_by_line or _loads(text) or _LOOSE_JSON.search(text) is not None


def _loads(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_regex(text: str) -> bool:
    if len(text) > _LONGEST_PATTERN:
        return True  # too long to judge cheaply: no fault
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text.strip())
    except re.error as error:
        return not error.msg.startswith(_BROKEN_REGEX)
    except (RecursionError, OverflowError):
        return True
    return True


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return _bounded(float(number))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=operator, right=right):
            return _bounded(_applied(operator, _value(left), _value(right)))
        case _:
            raise ValueError


def _applied(operator: ast.operator, left: float, right: float) -> float:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.Pow() if abs(right) <= _GREATEST_EXPONENT:
            power = left**right
            return power if isinstance(power, float) else math.nan
        case _:
            raise ValueError


def _bounded(value: float) -> float:
    if not abs(value) <= _GREATEST_VALUE:
        raise OverflowError
    return value
