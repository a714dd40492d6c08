"""What forms are made of, and what was entered in them.

https://docs.discord.com/developers/components/reference#label
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from adapters.discord.thread.components import MOST_CHOICES, Choice, option
from adapters.discord.wire.http import Json
from bot.untrusted import one_line

_LABEL, _TEXT_INPUT, _MENU = 18, 4, 3
_LINE, _PARAGRAPH = 1, 2
_TITLE_CHARS = _LABEL_CHARS = 45
_HINT_CHARS = 100


@dataclass(frozen=True, slots=True)
class Field:
    """A question of a form: the name under which the answer comes, what is asked, and a hint.

    What is written may have `most` characters; `placeholder` stands there until something is.
    """

    name: str
    label: str
    hint: str = ""
    placeholder: str = ""
    is_required: bool = False
    most: int = 3000


def form(title: str, name: str, components: Sequence[Json]) -> Json:
    """Return a form of five parts at most; `name` comes back with it."""
    return {
        "title": one_line(title, _TITLE_CHARS),
        "custom_id": name,
        "components": list(components),
    }


def line(asked: Field, value: str = "") -> Json:
    """Let somebody write a line."""
    return _labelled(asked, _input(asked, _LINE, value))


def paragraph(asked: Field, value: str = "") -> Json:
    """Let somebody write several lines."""
    return _labelled(asked, _input(asked, _PARAGRAPH, value))


def choice(asked: Field, choices: Sequence[Choice], chosen: str) -> Json:
    """Let somebody choose one of a few."""
    options = [option(one, chosen) for one in choices[:MOST_CHOICES]]
    inner = {"type": _MENU, "custom_id": asked.name, "options": options, "required": True}
    return _labelled(asked, inner)


def entered(components: Iterable[Json]) -> Mapping[str, str]:
    """Return what was entered in a form that was sent, by name; of a menu, what was chosen."""
    found: dict[str, str] = {}
    for component in components:
        inner: Json = component.get("component") or {}
        values = cast("Sequence[str]", inner.get("values") or ())
        value = str(inner.get("value") or next(iter(values), ""))
        found[str(inner.get("custom_id") or "")] = value.strip()
    return found


def _labelled(asked: Field, inner: Json) -> Json:
    shown = {"type": _LABEL, "label": one_line(asked.label, _LABEL_CHARS), "component": inner}
    return {**shown, "description": one_line(asked.hint, _HINT_CHARS)} if asked.hint else shown


def _input(asked: Field, style: int, value: str) -> dict[str, object]:
    shown: dict[str, object] = {
        "type": _TEXT_INPUT,
        "custom_id": asked.name,
        "style": style,
        "max_length": asked.most,
        "required": asked.is_required,
    }
    if asked.placeholder:
        shown["placeholder"] = one_line(asked.placeholder, _HINT_CHARS)
    if value:
        shown["value"] = value[: asked.most]
    return shown
