"""The parts of Discord messages: https://docs.discord.com/developers/components/reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias, cast

from adapters.discord.rich.untrusted import size
from bot.untrusted import one_line

Component: TypeAlias = dict[str, object]

MOST_CHOICES = 25
_CHOICE_CHARS = 100
_LABEL_CHARS = 80
_PLACEHOLDER_CHARS = 150


class Style(IntEnum):
    """How a button looks; a link has a style of its own."""

    MAIN = 1
    PLAIN = 2
    GOOD = 3
    DANGER = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose from a menu; `value` comes back. What is shown of it may be cut."""

    label: str
    value: str
    description: str = ""


def text(markdown: str) -> Component:
    """Say something in our own Markdown; whatever is untrusted in it must be escaped."""
    return {"type": 10, "content": markdown}


def small(markdown: str) -> Component:
    """Say one line in small print, in our own Markdown as in a text."""
    return text(f"-# {markdown}")


def mention(person_id: str) -> str:
    """Name a person by the id that Discord gave; they are pinged only if the message says so."""
    return f"<@{person_id}>"


def separator() -> Component:
    """Divide."""
    return {"type": 14, "divider": True, "spacing": 1}


def container(components: Sequence[Component], accent: int | None = None) -> Component:
    """Frame components, with a bar of a colour at the left."""
    colour = {} if accent is None else {"accent_color": accent}
    return {"type": 17, "components": list(components), **colour}


def row(*buttons: Component) -> Component:
    """Offer several things, five at most."""
    return {"type": 1, "components": list(buttons)}


def button(label: str, action: str, value: str, style: Style = Style.PLAIN) -> Component:
    """Offer something; the value comes back with the click and is not to be trusted."""
    shown = one_line(label, _LABEL_CHARS)
    return {"type": 2, "style": int(style), "label": shown, "custom_id": f"{action}:{value}"}


def menu(
    action: str, value: str, choices: Sequence[Choice], *, chosen: str = "", placeholder: str = ""
) -> Component:
    """Offer a menu of 25 choices at most, in a row of its own."""
    return row(
        {
            "type": 3,
            "custom_id": f"{action}:{value}",
            "placeholder": one_line(placeholder, _PLACEHOLDER_CHARS),
            "options": [option(choice, chosen) for choice in choices[:MOST_CHOICES]],
        }
    )


def option(choice: Choice, chosen: str) -> Component:
    """Write one choice of a menu."""
    shown: Component = {
        "label": one_line(choice.label, _CHOICE_CHARS) or "-",
        "value": choice.value,
        "default": choice.value == chosen,
    }
    if choice.description:
        shown["description"] = one_line(choice.description, _CHOICE_CHARS)
    return shown


def mentionables(
    action: str, value: str, chosen: Sequence[tuple[str, str]], *, placeholder: str
) -> Component:
    """Offer to choose people and roles, in a row of its own; who is chosen comes as kind and id."""
    return row(
        {
            "type": 7,
            "custom_id": f"{action}:{value}",
            "placeholder": one_line(placeholder, _PLACEHOLDER_CHARS),
            "min_values": 0,
            "max_values": MOST_CHOICES,
            "default_values": [{"type": kind, "id": number} for kind, number in chosen],
        }
    )


def sign(emoji: str, action: str, value: str) -> Component:
    """Offer something that an emoji says."""
    shown = {"style": int(Style.PLAIN), "emoji": {"name": emoji}}
    return {"type": 2, **shown, "custom_id": f"{action}:{value}"}


def link(label: str, url: str) -> Component:
    """Offer to go to an address of ours."""
    return {"type": 2, "style": 5, "label": label, "url": url}


def file(name: str) -> Component:
    """Show a file that is sent along."""
    return {"type": 13, "file": {"url": f"attachment://{name}"}}


def shown_chars(components: Sequence[Mapping[str, object]]) -> int:
    """Return how much text components show; Discord takes 4,000 characters in a message."""
    total = 0
    for component in components:
        total += size(str(component.get("content", "")))
        total += shown_chars(parts_of(component))
    return total


def parts_of(component: Mapping[str, object]) -> Sequence[Component]:
    """Return what a component holds."""
    return cast("list[Component]", component.get("components", []))
