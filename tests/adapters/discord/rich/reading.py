"""Discord's Markdown as its clients read it: patterns that are tried in turn at each place.

The rules are those that Discord's web and mobile clients of 2026 have in common. They build upon
https://github.com/ariabuckles/simple-markdown and know their place by what they read just before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

_BULLET = r"(?:[*-]|\d+\.)"
_LIST = rf"( *)({_BULLET}) [\s\S]+?(?:\n(?! )(?!\1{_BULLET} )|\Z)"
_INSIDE = r"(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*"
_TARGET = r"\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"]([\s\S]*?)['\"])?\s*"
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_IN_LABELS = frozenset({"text", "strong", "em", "u", "s", "code", "spoiler"})

ACTIVE = frozenset({"mention", "time", "emoji", "command"})
"""What text of others must never become."""


@dataclass(frozen=True)
class Node:
    """A part of a text as it is shown; `more` is a language, an address, a level or a number."""

    kind: str
    text: str = ""
    parts: Sequence[Node] = ()
    more: str = ""


@dataclass(frozen=True)
class _State:
    before: str = ""
    depth: int = 0
    is_in_quote: bool = False
    has_headings: bool = True
    has_escapes: bool = True


_Rule = Callable[[str, _State], "tuple[int, Node] | None"]


@dataclass
class _Nodes:
    parts: list[Node] = field(default_factory=list[Node])

    def add(self, node: Node) -> None:
        last = self.parts[-1] if self.parts else None
        if last is not None and last.kind == node.kind == "text":
            self.parts[-1] = Node("text", last.text + node.text)
        else:
            self.parts.append(node)


def read(markdown: str) -> list[Node]:
    """Return what a client makes of a text."""
    return _read(markdown, _State())


def everything_in(nodes: Sequence[Node]) -> Iterator[Node]:
    """Give every node, however deep."""
    for node in nodes:
        yield node
        yield from everything_in(node.parts)


def shown(nodes: Sequence[Node]) -> str:
    """Return the text that is visible."""
    return "".join(node.text + shown(node.parts) for node in nodes)


def _read(source: str, state: _State) -> list[Node]:
    nodes = _Nodes()
    while source:
        length, node = next(found for rule in _RULES if (found := rule(source, state)))
        nodes.add(node)
        state = replace(state, before=source[:length])
        source = source[length:]
    return nodes.parts


def _heading(source: str, state: _State) -> tuple[int, Node] | None:
    pattern = r" *(#{1,3})(?:\s+)((?!\s*#{1,3}\s)[^\n]+?)#*\s*(?:\n|\Z)"
    found = re.match(pattern, source)
    if found is None or not state.has_headings or not _is_line_start(state):
        return None
    parts = _read(found[2].strip(), state)
    return found.end(), Node("heading", parts=parts, more=str(len(found[1])))


def _small(source: str, state: _State) -> tuple[int, Node] | None:
    found = re.match(r" *-# +((?!(?:-#)+)[^\n]+?) *(?:\n|\Z)", source)
    if found is None or not _is_line_start(state):
        return None
    return found.end(), Node("small", parts=_read(found[1].strip(), state))


def _fence(source: str, _: _State) -> tuple[int, Node] | None:
    pattern = r"```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][\s\S]*?)\n*```"
    found = re.match(pattern, source, re.IGNORECASE)
    return found and (found.end(), Node("fence", found[2], more=found[1] or ""))


def _quote(source: str, state: _State) -> tuple[int, Node] | None:
    found = re.match(r" *>>> +[\s\S]*| *>(?!>>) +[^\n]*(\n *>(?!>>) +[^\n]*)*\n?", source)
    if found is None or state.is_in_quote or not re.search(r"^\Z|\n *\Z", state.before):
        return None
    if re.match(r" *>>> ?", found[0]):
        content = re.sub(r"^ *>>> ?", "", found[0])
    else:
        content = re.sub(r"^ *> ?", "", found[0], flags=re.MULTILINE)
    return found.end(), Node("quote", parts=_read(content, replace(state, is_in_quote=True)))


def _list(source: str, state: _State) -> tuple[int, Node] | None:
    if state.depth >= 11:
        return None
    if source[0] == "\n":
        found = re.match(rf"\n{_LIST}", source) if re.search(r"[^\n ]\Z", state.before) else None
    else:
        found = re.match(_LIST, source) if _is_line_start(state) else None
    if found is None:
        return None
    is_ordered, start = len(found[2]) > 1, found[2].rstrip(".")
    more = str(min(10**9, max(1, int(start)))) if is_ordered else ""
    items = [Node("item", parts=each) for each in _items(found[0].removeprefix("\n"), state)]
    return found.end(), Node("list", parts=items, more=more)


def _items(source: str, state: _State) -> Iterator[list[Node]]:
    first = re.match(rf"( *){_BULLET} +", source)
    assert first
    margin = f" {{{len(first[1])},{len(first[1]) + 1}}}"
    pattern = rf"{margin}{_BULLET} +[^\n]*(?:\n(?!{margin}{_BULLET} )[^\n]*)*(?:\n|\Z)"
    inner = replace(state, depth=state.depth + 1, has_headings=False)
    for item in re.finditer(pattern, source, re.MULTILINE):
        content = re.sub(rf"^ *{_BULLET} +", "", item[0])
        content = re.sub(rf"^ {{1,{first.end()}}}", "", content, flags=re.MULTILINE)
        yield _read(re.sub(r" *\n\Z", "", content), inner)


def _escape(source: str, state: _State) -> tuple[int, Node] | None:
    found = re.match(r"\\([^0-9A-Za-z\s])", source)
    return (2, Node("text", found[1])) if found and state.has_escapes else None


def _address(source: str, _: _State) -> tuple[int, Node] | None:
    found = re.match(r"<([^: >]+:/[^ >]+)>", source)
    return found and (found.end(), Node("link", found[1], more=found[1]))


def _bare(source: str, _: _State) -> tuple[int, Node] | None:
    found = re.match(r"(?:https?|steam)://[^\s<]+[^<.,:;\"'\]\s]", source)
    return found and (found.end(), Node("preview", found[0], more=found[0]))


def _masked(source: str, state: _State) -> tuple[int, Node] | None:
    found = re.match(rf"\[({_INSIDE})\]\({_TARGET}\)", source)
    if found is None:
        return None
    label = _read(found[1], replace(state, has_escapes=False))
    is_fit = {each.kind for each in everything_in(label)} <= _IN_LABELS and found[1].strip()
    is_fit = is_fit and not _EMOJI.search(found[1]) and re.match(r"https?://", found[2])
    if not is_fit:
        return found.end(), Node("text", found[0])
    return found.end(), Node("link", parts=label, more=found[2])


def _styled(source: str, state: _State) -> tuple[int, Node] | None:
    """Read what has a style; of two that begin here the longest wins."""
    tried = ((kind, re.match(pattern, source)) for kind, pattern in _STYLES)
    matches = [(found.end(), kind, found) for kind, found in tried if found]
    if not matches:
        return None
    end, kind, found = max(matches, key=lambda match: match[0])
    return end, Node(kind, parts=_read(found[1], state))


def _code(source: str, _: _State) -> tuple[int, Node] | None:
    found = re.match(r"(`+)([\s\S]*?[^`])\1(?!`)", source)
    content = re.sub(r"^ (?= *`)|(?<=`) \Z", "", found[2]) if found else ""
    return found and (found.end(), Node("code", content))


def _active(source: str, _: _State) -> tuple[int, Node] | None:
    for kind, pattern in _ACTIVE:
        if found := re.match(pattern, source):
            return found.end(), Node(kind, found[0])
    return None


def _text(source: str, _: _State) -> tuple[int, Node] | None:
    pattern = r"[\s\S]+?(?=[^0-9A-Za-z\s\u00c0-\uffff]|\n\n| {2,}\n|\w+:\S|[0-9]+\.|\Z)"
    found = re.match(pattern, source)
    assert found
    return found.end(), Node("text", found[0])


def _is_line_start(state: _State) -> bool:
    return not state.before or re.search(r"\n *\Z", state.before) is not None


_STYLES = (
    ("strong", r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"),
    ("em", r"_((?:__|\\[\s\S]|[^\\_])+?)_\b"),
    (
        "em",
        r"\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)",
    ),
    ("u", r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"),
    ("s", r"~~([\s\S]+?)~~(?!_)"),
    ("spoiler", r"\|\|([\s\S]+?)\|\|"),
)
_ACTIVE = (
    ("mention", r"<@[!&]?\d+>|<#\d+>|<id:\w+>|@everyone|@here|<@time:[^>]*>"),
    ("command", r"</[-\w ]+:\d+>"),
    ("time", r"<t:-?\d{1,17}(?::[a-zA-Z])?>"),
    ("emoji", r"<a?:\w+:\d+>|<sound:\d+:\d+>|:[\w+-]+:"),
)
_RULES: tuple[_Rule, ...] = (
    *(_heading, _small, _fence, _quote, _list, _escape, _address, _bare, _masked),
    *(_styled, _code, _active, _text),
)
