"""The forms that Discord opens: a question about a message, and a follow-up.

https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.discord.rich.untrusted import escaped
from adapters.discord.thread.components import text
from adapters.discord.wire.http import Json
from bot import phrases
from bot.desk import ABOUT_THIS
from bot.untrusted import harmless, one_line

ABOUT, AFTER = "council:about", "council:after"
_QUESTION = "question"

_LABEL, _TEXT_INPUT, _PARAGRAPH = 18, 4, 2
_INPUT_CHARS = 3000
_QUOTE_CHARS = 600


def about(message: str, files: Sequence[str], ticket: str) -> Json:
    """Ask what the council should say about a message; `ticket` names it on submission."""
    shown = harmless(message).strip()
    quote = f"{shown[:_QUOTE_CHARS].rstrip()}…" if len(shown) > _QUOTE_CHARS else shown
    lines = [f"> {escaped(line)}" for line in quote.splitlines()]
    if files:
        lines.append(f"-# With {escaped(one_line(phrases.joined(files), 300))}")
    label = "What should the council say about it?"
    asked = _input(label, ABOUT_THIS, is_required=False)
    return _form("Ask the council", f"{ABOUT}:{ticket}", [text("\n".join(lines)), asked])


def follow_up(deliberation_id: str) -> Json:
    """Ask the next question in a thread."""
    asked = _input("Your follow-up", "And what if …?", is_required=True)
    return _form(phrases.FOLLOW_UP, f"{AFTER}:{deliberation_id}", [asked])


def typed(components: Iterable[Json]) -> str:
    """Return what was typed into a form that was sent."""
    for component in components:
        inner: Json = component.get("component") or {}
        if inner.get("custom_id") == _QUESTION:
            return str(inner.get("value") or "").strip()
    return ""


def _input(label: str, placeholder: str, *, is_required: bool) -> Json:
    element = {
        "type": _TEXT_INPUT,
        "custom_id": _QUESTION,
        "style": _PARAGRAPH,
        "max_length": _INPUT_CHARS,
        "required": is_required,
        "placeholder": placeholder,
    }
    return {"type": _LABEL, "label": label, "component": element}


def _form(title: str, name: str, components: Sequence[Json]) -> Json:
    return {"title": title, "custom_id": name, "components": list(components)}
