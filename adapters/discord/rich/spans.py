"""What a line of Discord's Markdown is made of, and how that is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.discord.rich.untrusted import ZERO_WIDTH, at_line_starts, size

STRIKE, BOLD, ITALIC = "~~", "**", "_"
_OUTER_FIRST = (STRIKE, BOLD, ITALIC)


@dataclass(frozen=True, slots=True)
class Span:
    """Some Markdown, escaped already, in a style; `style` holds any of the three signs.

    What is `whole`, a link or code, is never cut: if it is too long by itself, `whole` is shown in
    its place, the same as text.
    """

    markdown: str
    style: frozenset[str] = frozenset()
    whole: str = ""

    @property
    def most(self) -> int:
        """How long it is at most once it is written, with its signs and what is escaped later."""
        signs = sum(2 * len(sign) + 2 for sign in self.style)
        return size(self.markdown) + signs + self.markdown.count("\n") + 1


def joined(spans: Sequence[Span]) -> list[Span]:
    """Return the spans with neighbouring texts of one style as one."""
    result: list[Span] = []
    for span in spans:
        last = result[-1] if result else None
        if last and not (last.whole or span.whole) and last.style == span.style:
            result[-1] = Span(last.markdown + span.markdown, span.style)
        else:
            result.append(span)
    return result


def written(spans: Sequence[Span]) -> str:
    """Return a paragraph's Markdown."""
    line = _Line()
    for span in joined(spans):
        line.close_all_but(span.style)
        line.open(span.style)
        line.say(span)
    line.close_all_but(frozenset())
    return at_line_starts("".join(line.parts))


@dataclass(slots=True)
class _Line:
    """Discord finds styles with patterns: two of its signs that touch may be taken for another."""

    parts: list[str] = field(default_factory=list[str])
    _open: list[str] = field(default_factory=list[str])
    _last_sign: str = ""
    _is_after_italic: bool = False

    def close_all_but(self, style: frozenset[str]) -> None:
        kept = 0
        while kept < len(self._open) and self._open[kept] in style:
            kept += 1
        while len(self._open) > kept:
            self._sign(self._open.pop())
            self._is_after_italic = self._last_sign == ITALIC

    def open(self, style: frozenset[str]) -> None:
        for sign in _OUTER_FIRST:
            if sign in style and sign not in self._open:
                self._open.append(sign)
                self._sign(sign)

    def say(self, span: Span) -> None:
        last = self.parts[-1][-1:] if self.parts else ""
        first = span.markdown[:1]
        is_torn = first.isalnum() and (self._is_after_italic or last == ":")
        if is_torn or last == first == "`":
            self.parts.append(ZERO_WIDTH)
        self.parts.append(span.markdown)
        self._last_sign, self._is_after_italic = "", False

    def _sign(self, sign: str) -> None:
        if self._last_sign and STRIKE in {sign, self._last_sign}:
            self.parts.append(ZERO_WIDTH)
        self.parts.append(sign)
        self._last_sign, self._is_after_italic = sign, False
