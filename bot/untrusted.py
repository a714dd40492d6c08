"""Text of models and people, made harmless for whoever reads it."""

from __future__ import annotations

import re
import unicodedata

# ECMA-48: control sequences (CSI), control strings (OSC, DCS, SOS, PM, APC), two-byte escapes.
_SEQUENCES = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*(?![\[\]PX^_])[0-~]"
)
_WHOLE_ESCAPE = re.compile(_SEQUENCES)
_ESCAPE = re.compile(rf"{_SEQUENCES}|\x1b[\[\]PX^_]?")
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# Four stacked marks are more than any language needs; more of them paint over other lines.
_MARK_PILE = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
_LONGEST_ESCAPE = 64  # longer ones are noise; waiting for their end would hold up the display
_BLANK_FILLERS = str.maketrans(dict.fromkeys("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"))


def clean(text: str) -> str:
    """Remove control, zero-width and bidi characters and lone surrogates; normalise line ends.

    These are the characters of Unicode's general category C, tab and newline aside.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    return "\n".join(map(_visible, text.split("\n")))


def harmless(text: str) -> str:
    """Remove escape sequences, control, bidi, zero-width and filler characters; tame mark piles."""
    without_escapes = _ESCAPE.sub("", text)
    return _MARK_PILE.sub(r"\1", clean(without_escapes).translate(_BLANK_FILLERS))


def one_line(text: str, limit: int | None = None) -> str:
    """Return harmless text on one line, cut with an ellipsis at `limit` characters."""
    line = " ".join(harmless(text).split())
    if limit is not None and len(line) > limit:
        return f"{line[: limit - 1].rstrip()}…"
    return line


def whole_escapes(text: str) -> tuple[str, str]:
    """Split streamed text before an escape sequence that may still be incomplete."""
    start = max(text.rfind("\x1b"), text.rfind("\x9b"))
    if start == -1 or len(text) - start > _LONGEST_ESCAPE or _WHOLE_ESCAPE.match(text, start):
        return text, ""
    return text[:start], text[start:]


def _visible(line: str) -> str:
    if line.isprintable():  # nearly every line; far cheaper than looking at each character
        return line
    return "".join(char for char in line if char == "\t" or unicodedata.category(char)[0] != "C")
