"""Checkers that need no model: arithmetic, units, dates, JSON and regular expressions.

They judge only what an answer asserts in its final answer and key claims, and are silent when in
doubt: a failed check puts an answer below every other, whatever the votes.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterator
from datetime import date

from bot.council import quantities
from bot.domain import Answer, Check, Verdict

_GREATEST_EXPONENT = 64  # keeps `9**9**9` from being worked out
_GREATEST_VALUE = 1e100
_LONGEST_CHARS = 200
_LONGEST_PATTERN = 2_000
_OPERAND = r"\(*\s*-?\d[\d,]*(?:\.\d+)?\s*\)*"
_EXPRESSION = re.compile(rf"{_OPERAND}(?:\s*(?:\*\*|[-+*/×÷·^−])\s*{_OPERAND})+")
_EQUATION = re.compile(
    rf"(?P<left>{_EXPRESSION.pattern})\s*=\s*(?P<right>-?\d[\d,]*(?:\.\d+)?)(?![\d,.]*\s*[-+*/×÷·^\d%])"
)
_CONVERSION = re.compile(
    r"(?P<left>-?\d[\d,]*(?:\.\d+)?\s*[A-Za-z]+)\s*(?:=|≈|is|equals)\s*(?:about\s+|approximately\s+)?(?P<right>-?\d[\d,]*(?:\.\d+)?\s*[A-Za-z]+)\b"
)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_MONTHS: list[str] = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
_SPOKEN_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{'|'.join(_MONTHS)})|(?P<month2>{'|'.join(_MONTHS)})\s+"
    rf"(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?),?\s+(?P<year>\d{{4}})\b",
    re.IGNORECASE,
)
_FENCED = re.compile(r"^```(\w+)[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


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
    if len(expression) > _LONGEST_CHARS:
        return None
    plain = expression.translate(str.maketrans({"×": "*", "÷": "/", "·": "*", "−": "-", ",": ""}))
    try:
        tree = ast.parse(plain.replace("^", "**").strip(), mode="eval")
        value = _value(tree.body)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None
    return value if math.isfinite(value) else None


def _findings(question: str, answer: Answer) -> Iterator[Check]:
    asserted = [text for text in (answer.final_answer, *answer.key_claims) if text]
    yield _sum_asked_for(question, answer.final_answer)
    for text in asserted:
        yield from _equations(text)
        yield from _conversions(text)
        yield from _dates(question, text)
    yield from _formats(question, answer)


def _sum_asked_for(question: str, final: str | None) -> Check:
    sums = {found[0].strip() for found in _EXPRESSION.finditer(question)}
    given = quantities.parse(final) if final else None
    if len(sums) != 1 or given is None or given.dimension:
        return Check()
    asked = sums.pop()
    if not re.fullmatch(
        r"\W*(?:what(?:'s| is)|how much is|calculate|compute|evaluate|solve)?[\s:]*"
        rf"{re.escape(asked)}[\s=?.]*",
        question,
        re.IGNORECASE,
    ):
        return Check()
    value = calculate(asked)
    return Check() if value is None else _compared(asked, value, given)


def _equations(text: str) -> Iterator[Check]:
    for found in _EQUATION.finditer(text):
        value, given = calculate(found["left"]), quantities.parse(found["right"])
        if value is not None and given is not None:
            yield _compared(found["left"].strip(), value, given)


def _compared(asked: str, value: float, given: quantities.Quantity) -> Check:
    slack = 0.0 if given.is_whole and value == int(value) else given.ulp * (1 + 1e-9)
    if abs(value - given.value) <= max(slack, abs(value) * 1e-12):
        return Check(Verdict.PASS, f"{asked} = {value:.12g} holds.")
    return Check(Verdict.FAIL, f"{asked} is {value:.12g}, not {given.value:.12g}.")


def _conversions(text: str) -> Iterator[Check]:
    for found in _CONVERSION.finditer(text):
        left, right = quantities.parse(found["left"]), quantities.parse(found["right"])
        if left is None or right is None or left.unit == right.unit:
            continue
        if not (left.is_converted and right.is_converted and left.dimension == right.dimension):
            continue
        if quantities.agree(left, right):
            yield Check(Verdict.PASS, f"{found['left']} is {found['right']}.")
        else:
            yield Check(Verdict.FAIL, f"{found['left']} is not {found['right']}.")


def _dates(question: str, text: str) -> Iterator[Check]:
    for shown, year, month, day in _dates_in(text):
        if not _is_date(year, month, day) and shown not in question:
            yield Check(Verdict.FAIL, f"{shown} is no date.")


def _dates_in(text: str) -> Iterator[tuple[str, int, int, int]]:
    for found in _ISO_DATE.finditer(text):
        yield found[0], int(found[1]), int(found[2]), int(found[3])
    for found in _SPOKEN_DATE.finditer(text):
        month = _MONTHS.index((found["month"] or found["month2"]).lower()) + 1
        yield found[0], int(found["year"]), month, int(found["day"] or found["day2"])


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _formats(question: str, answer: Answer) -> Iterator[Check]:
    asked = question.casefold()
    for language, body in _FENCED.findall(answer.text):
        if language.lower() == "json" and re.search(r"\bjson\b", asked):
            yield _parsed("JSON", is_valid=_is_json(body))
        if language.lower() in ("regex", "regexp") and re.search(
            r"\bregex|regular expression", asked
        ):
            yield _parsed("regular expression", is_valid=_is_regex(body.strip()))


def _parsed(what: str, *, is_valid: bool) -> Check:
    if is_valid:
        return Check(Verdict.PASS, f"The {what} is valid.")
    return Check(Verdict.FAIL, f"The {what} is not valid.")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_regex(text: str) -> bool:
    if len(text) > _LONGEST_PATTERN:
        return True  # too long to judge cheaply: no fault
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError):
        return False
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
