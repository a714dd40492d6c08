"""Links that lead where they say."""

from __future__ import annotations

import re

from markdown_it.common.normalize_url import normalizeLink

# A longer one is shown as text, which can be cut.
LONGEST_URL = 1_000

# Without user names: `https://bank.example@evil.example` is shown as text. A host that is no plain
# ASCII by now could not be encoded.
_WEB = re.compile(
    r"https?://(?P<target>[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE | re.ASCII,
)
_MAIL = re.compile(r"mailto:(?P<target>[^\s@?<>]+@[a-z0-9.-]+)(?:\?\S*)?", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w@/])https?://[^\s<>\"`|\\^{}“”«»„‘’…"
    r"\u3001-\u3003\u3008-\u3011\u3014-\u301f"  # CJK punctuation and brackets
    r"\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]+",  # and its full-width forms
    re.IGNORECASE,
)
_AFTER_URL = frozenset(".,;:!?'\"*_~]")
_BETWEEN_NAMES = re.compile(r"[^\w.@+-]+")


def target(url: str) -> str | None:
    """Return the host or the mail address that an encoded URL leads to; None if it is no link."""
    found = _WEB.fullmatch(url) or _MAIL.fullmatch(url)
    if found is None or len(url) > LONGEST_URL:
        return None
    return found["target"].casefold()


def is_written_out(label: str, url: str) -> bool:
    """Say whether a label is the address itself."""
    return label.rstrip("/") in {url.rstrip("/"), url.partition("://")[2].rstrip("/")}


def names_only(label: str, name: str) -> bool:
    """Say whether a host or a mail address is named in a label, and no other is."""
    return _names(label) == {name.removeprefix("www.")}


def split_urls(content: str) -> list[tuple[str, str | None]]:
    """Split text into its parts, each with the URL that it spells, if it does."""
    parts: list[tuple[str, str | None]] = []
    done = 0
    for found in _BARE.finditer(content):
        written = _without_punctuation(found[0])
        url = normalizeLink(written)
        if target(url) is not None:
            parts += [(content[done : found.start()], None), (written, url)]
            done = found.start() + len(written)
    parts.append((content[done:], None))
    return [(part, url) for part, url in parts if part]


def _names(label: str) -> set[str]:
    words = (word.strip(".-+") for word in _BETWEEN_NAMES.split(label.casefold()))
    return {word.removeprefix("www.") for word in words if "." in word or "@" in word}


def _without_punctuation(url: str) -> str:
    surplus = url.count(")") - url.count("(")
    end = len(url)
    while url[end - 1] in _AFTER_URL or (url[end - 1] == ")" and surplus > 0):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]
