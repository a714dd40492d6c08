"""The parts of Discord messages: https://docs.discord.com/developers/components/reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import TypeAlias, cast

from adapters.discord.rich.untrusted import size

Component: TypeAlias = dict[str, object]


class Style(IntEnum):
    """How a button looks; a link has a style of its own."""

    MAIN = 1
    PLAIN = 2
    DANGER = 4


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
    return {"type": 2, "style": int(style), "label": label, "custom_id": f"{action}:{value}"}


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
