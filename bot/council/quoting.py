"""Untrusted text made safe to show to a model: cleaned, fenced, without its author's name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain import Seat
from bot.untrusted import clean

CUT_MARK = "[… cut here, {} more characters]"

_FAMILIES = (
    r"chat\s?gpt|gpt[- ]?\w+|o[134](?:-mini)?|claude(?:[ -]\w+)?|gemini(?:[ -]\w+)?|"
    r"llama(?:[ -]?\w+)?|mi[sx]tral\w*|grok\w*|"
    r"deepseek\w*|qwen\w*|command[- ]r\w*|phi-?\d\w*|gemma\w*|kimi\w*|glm-?\d\w*|"
    r"openai|anthropic|google deepmind|mistral ai|xai|meta ai|cohere|alibaba"
)
# What every one of those names holds, in lower case: to look for these first is ten times as fast.
_STEMS = (
    "gpt", "o1", "o3", "o4", "claude", "gemini", "llama", "mistral", "mixtral", "grok", "deepseek",
    "qwen", "command", "phi", "gemma", "kimi", "glm", "openai", "anthropic", "google deepmind",
    "xai", "meta ai", "cohere", "alibaba",
)  # fmt: skip
_FENCE_LIKE = re.compile(
    r"(?<![<‹＜«≪⟨〈《﹤])[<‹＜«≪⟨〈《﹤]{2,}+(?=\s*+/?\s*+(?:answer|end|question|text|review)\b)",
    re.IGNORECASE,
)


def fence(kind: str, name: str, nonce: str, text: str) -> str:
    """Wrap text as data. Whatever in it looks like a fence is bent out of shape first."""
    shown = _FENCE_LIKE.sub(lambda found: "‹" * len(found[0]), clean(text))
    return f"<<<{kind} {name} {nonce}>>>\n{shown}\n<<<END {name} {nonce}>>>"


def anonymous(text: str, seat: Seat, model: str) -> str:
    """Remove the lines in which a model names itself, by family, maker, model id or seat name."""
    own = [name for name in (seat.name, model, model.rpartition("/")[2]) if name]
    if not _may_name(text, own):
        return text
    names = rf"(?:{'|'.join(map(re.escape, own))}|{_FAMILIES})"
    said = re.compile(
        rf"\b(?:i am|i['’]m|my name is|this is|signed[,:]?|yours[,:]?)\s+(?:an?\s+)?{names}\b"
        r"|\b(?:i am|i['’]m)\s+(?:an?|the|your)\s+(?:[\w-]+\s+){0,4}?(?:model|assistant|ai)\b"
        rf".{{0,40}}\b{names}\b"
        rf"|(?<!such )\bas\s+(?:an?\s+)?{names}\b\s*,"
        rf"|\b(?:i|me)\b.{{0,40}}\b(?:trained|developed|created|made|built)\s+by\s+{names}\b"
        rf"|^[^\w\n]*(?:—|--|~)\s*{names}[^\w\n]*$",
        re.IGNORECASE | re.MULTILINE,
    )
    if not said.search(text):
        return text
    kept = "\n".join(line for line in text.split("\n") if not said.search(line))
    return said.sub("[…]", kept if kept.strip() else text)


def _may_name(text: str, own: Iterable[str]) -> bool:
    """Say whether any name occurs at all: in most answers none does."""
    plain = _plain(text)
    return any(stem in plain for stem in _STEMS) or any(_plain(name) in plain for name in own)


def _plain(text: str) -> str:
    # Regular expressions that ignore case take these for an i as well.
    return text.casefold().replace("\u0131", "i").replace("i\u0307", "i")


def cut(text: str, limit: int) -> str:
    """Shorten text to about `limit` characters with a visible mark."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()}\n{CUT_MARK.format(len(text) - limit)}"


def folded(text: str) -> str:
    """Return text as quotes are compared: case, white space and look-alike fences aside."""
    return " ".join(clean(text).replace("‹", "<").replace("›", ">").casefold().split())
