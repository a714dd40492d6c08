"""Untrusted text made safe to show to a model: cleaned, fenced, without its author's name."""

from __future__ import annotations

import re

from bot.domain import Seat
from bot.untrusted import clean

CUT_MARK = "[… cut here, {} more characters]"

_FAMILIES = (
    r"chat\s?gpt|gpt[- ]?\w+|o[134](?:-mini)?|claude(?:[ -]\w+)?|gemini(?:[ -]\w+)?|"
    r"llama(?:[ -]?\w+)?|mi[sx]tral\w*|grok\w*|"
    r"deepseek\w*|qwen\w*|command[- ]r\w*|phi-?\d\w*|gemma\w*|kimi\w*|glm-?\d\w*|"
    r"openai|anthropic|google deepmind|mistral ai|xai|meta ai|cohere|alibaba"
)
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
    own = [re.escape(name) for name in (seat.name, model, model.rpartition("/")[2]) if name]
    names = rf"(?:{'|'.join(own)}|{_FAMILIES})"
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


def cut(text: str, limit: int) -> str:
    """Shorten text to about `limit` characters with a visible mark."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()}\n{CUT_MARK.format(len(text) - limit)}"


def folded(text: str) -> str:
    """Return text as quotes are compared: case, white space and look-alike fences aside."""
    return " ".join(clean(text).replace("‹", "<").replace("›", ">").casefold().split())
