"""Text of models and people, made inert where Discord would read markup in it.

What Discord's clients make of a text differs from CommonMark: a backslash escapes any ASCII
punctuation outside code, but not in the label of a masked link, and not before a mention that the
server looks for. https://support.discord.com/hc/en-us/articles/210298617
"""

from __future__ import annotations

import re

from bot.markdown.links import split_urls
from bot.untrusted import harmless, one_line

ZERO_WIDTH = "\u200b"

# What the server takes for a mention or the clients for a link, whatever stands before it.
_BROADCAST = r"@(?=everyone|here)"
_CUT_OFF = rf"{_BROADCAST}|(?:https?|steam):(?=//)"
_PING = r"<(?=@[!&]?\d)"
# `<` opens mentions, commands, times, emoji, sounds and links, `:smile:` is an emoji, and `](`
# joins a label and its address.
_SIGN = r"[\\*_~`|\[<]|(?<=\])\(|:(?=[\w+-]+:)"
_MARKUP = re.compile(rf"(?P<ping>{_PING})|(?P<cut>{_CUT_OFF})|{_SIGN}", re.IGNORECASE)
_IN_CODE = re.compile(rf"{_PING}|{_BROADCAST}", re.IGNORECASE)
# A style's sign may stand before what would begin a heading, a list, a quote or small print.
_LINE_START = re.compile(
    rf"^(?P<gap>(?:[^\S\n]|\*\*|~~|_|{ZERO_WIDTH})*)"
    r"(?:(?P<mark>#{1,3}(?=\s|$)|-#|[-+](?=\s|$)|>)|(?P<number>\d+)\.(?=\s|$))",
    re.MULTILINE,
)
_FENCE = re.compile("`(?=``)")


def escaped(text: str) -> str:
    """Return harmless text without any markup, also at the start of its lines.

    Addresses that are written out are links without a preview, unless they would end bold text.
    """
    shown = plain = ""
    for part, url in split_urls(harmless(text)):
        if url and "*" not in part:
            shown += inline(plain) + address(part)
            plain = ""
        else:
            plain += part
    return at_line_starts(shown + inline(plain))


def safe(text: str, limit: int = 300) -> str:
    """Return untrusted text for a line of ours, which with its escapes is at most `limit` long."""
    shown = one_line(text, limit)
    while (length := size(markdown := escaped(shown))) > limit:
        room = min(len(shown) * limit // length, len(shown) - 1)
        shown = one_line(shown, room) if room > 0 else ""
    return markdown


def inline(text: str) -> str:
    """Return harmless text that is no markup within a line."""
    return _MARKUP.sub(_inert, text)


def at_line_starts(markdown: str) -> str:
    """Return a paragraph none of whose lines begins a heading, a list, a quote or small print."""
    return _LINE_START.sub(_literal, markdown)


def in_code(content: str) -> str:
    """Return harmless text for code, which shows all of it but where mentions still ping.

    Discord looks for the end of a label in code, too, up to the next bracket that opens.
    """
    before, bracket, rest = _IN_CODE.sub(_cut_off, content).partition("[")
    return before.replace("](", f"]{ZERO_WIDTH}(") + bracket + rest


def in_fence(content: str) -> str:
    """Return harmless text for a code block, which it does not end."""
    return _FENCE.sub(_cut_off, in_code(content))


def address(url: str) -> str:
    """Return an address as a link that shows it, without a preview."""
    return f"<{_quiet(url)}>"


def masked(label: str, url: str) -> str:
    """Return a label as a link; it may hold only what is shown as it is in a label."""
    # An unpaired bracket would end the address.
    return f"[{label}](<{_quiet(url).replace('(', '%28').replace(')', '%29')}>)"


def size(text: str) -> int:
    """Return how long Discord may find a text: in UTF-16, the longest way to count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _quiet(url: str) -> str:
    return re.sub(_BROADCAST, "%40", url, flags=re.IGNORECASE)


def _inert(found: re.Match[str]) -> str:
    if found["ping"]:
        return f"\\<{ZERO_WIDTH}"
    return _cut_off(found) if found["cut"] else f"\\{found[0]}"


def _cut_off(found: re.Match[str]) -> str:
    return f"{found[0]}{ZERO_WIDTH}"


def _literal(found: re.Match[str]) -> str:
    if found["mark"]:
        return f"{found['gap']}\\{found['mark']}"
    return f"{found['gap']}{found['number']}\\."
