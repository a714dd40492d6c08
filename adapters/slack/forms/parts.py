"""What forms are made of: pages, inputs, and what people entered in them.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from adapters.slack.rich.untrusted import escaped, named
from adapters.slack.thread.blocks import Block, plain_text, section, small
from adapters.slack.wire.http import Json
from bot.untrusted import one_line

MOST_OPTIONS = 100
OPTION_CHARS = 75
INPUT_CHARS = 3000

_OPTION_VALUE_CHARS = 150
_TITLE_CHARS = 24
_PLACEHOLDER_CHARS = 150
_HINT_CHARS = 2000
# Slack keeps what somebody entered in an input as long as its block has the same id, and shows no
# other value there. Behind this mark stands what makes an id another one.
_EDITION = "~"
_WARNING = "warning"
# What Slack takes of a window that it has told of.
_KEPT = ("type", "title", "submit", "close", "callback_id", "private_metadata")

_NO_NUMBER = "Write a number here, such as 20."
_NO_WHOLE_NUMBER = "Write a whole number here, such as 20."


@dataclass(frozen=True, slots=True)
class Option:
    """One of several things to choose; what is shown of it may be cut, `value` comes back."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Input:
    """A question of a form; `name` is the id of its block, and of its errors."""

    name: str
    label: str
    hint: str = ""
    placeholder: str = ""
    is_optional: bool = True
    edition: int = 0

    def text(self, value: str = "", *, most: int = INPUT_CHARS, is_long: bool = False) -> Block:
        """Let somebody write."""
        initial = {"initial_value": value[:most]} if value else {}
        return self._block("plain_text_input", multiline=is_long, max_length=most, **initial)

    def number(self, value: float | None, *, most: float, least: float = 0) -> Block:
        """Let somebody write a number; a whole one if `most` is one."""
        more = {} if value is None else {"initial_value": f"{value:.15g}"}
        bounds = {"min_value": f"{least:.15g}", "max_value": f"{most:.15g}"}
        is_decimal = isinstance(most, float)
        return self._block("number_input", is_decimal_allowed=is_decimal, **bounds, **more)

    def select(self, options: Sequence[Option], chosen: str | None = None) -> Block:
        """Let somebody choose one of a few."""
        initial = [option for option in options if option.value == chosen]
        more = {"initial_option": shown_option(initial[0])} if initial else {}
        return self._block("static_select", options=[*map(shown_option, options)], **more)

    def several(self, options: Sequence[Option], chosen: Iterable[str] = ()) -> Block:
        """Let somebody choose any number of a few."""
        wanted = set(chosen)
        initial = [shown_option(option) for option in options if option.value in wanted]
        more = {"initial_options": initial} if initial else {}
        return self._block("multi_static_select", options=[*map(shown_option, options)], **more)

    def check(self, option: Option, *, is_checked: bool) -> Block:
        """Let somebody tick a box."""
        one = shown_option(option)
        more = {"initial_options": [one]} if is_checked else {}
        return self._block("checkboxes", options=[one], **more)

    def people(self, chosen: Sequence[str]) -> Block:
        """Let somebody choose people."""
        more = {"initial_users": list(chosen)} if chosen else {}
        return self._block("multi_users_select", **more)

    def search(self, chosen: Sequence[Option], *, most: int = 1) -> Block:
        """Let somebody search for something that we look up."""
        shown = [shown_option(option) for option in chosen if is_short(option)]
        if most == 1:
            more: dict[str, object] = {"initial_option": shown[0]} if shown else {}
            return self._block("external_select", min_query_length=0, **more)
        more = {"initial_options": shown} if shown else {}
        several = {"max_selected_items": most, "min_query_length": 0}
        return self._block("multi_external_select", **several, **more)

    def _block(self, kind: str, **fields: object) -> Block:
        element = {"type": kind, "action_id": self.name, **fields}
        if self.placeholder and kind != "checkboxes":
            element["placeholder"] = plain_text(one_line(self.placeholder, _PLACEHOLDER_CHARS))
        hint = {"hint": plain_text(self.hint[:_HINT_CHARS])} if self.hint else {}
        return {
            "type": "input",
            "block_id": f"{self.name}{_EDITION}{self.edition}" if self.edition else self.name,
            "label": plain_text(self.label),
            "element": element,
            "optional": self.is_optional,
            **hint,
        }


def shown_option(option: Option) -> Block:
    """Return an option within Slack's limits; of a long one the end tells more than the middle."""
    label = one_line(option.label)
    if len(label) > OPTION_CHARS:
        half = (OPTION_CHARS - 1) // 2
        label = f"{label[:half]}…{label[-half:]}"
    return {"text": plain_text(label), "value": option.value}


def is_short(option: Option) -> bool:
    """Say whether Slack takes what an option stands for."""
    return len(option.value) <= _OPTION_VALUE_CHARS


class Entered:
    """What somebody entered in a form; nothing of it is to be trusted.

    `faults` are the sentences on what could not be read, by input.
    """

    def __init__(self, view: Json) -> None:
        given: Json = (view.get("state") or {}).get("values") or {}
        self.faults: dict[str, str] = {}
        self._values: dict[str, Json] = {}
        self._blocks: dict[str, str] = {}
        for block_id, actions in given.items():
            name = block_id.partition(_EDITION)[0]
            self._blocks[name] = block_id
            self._values[name] = next(iter(actions.values()), {})

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """Return what was written, without blanks around it."""
        return str(self._value(name).get("value") or "").strip()

    def number(self, name: str) -> float | None:
        """Return the number that was written, None if there is none; else it is a fault."""
        typed = self.text(name)
        try:
            return float(typed.replace(",", ".")) if typed else None
        except ValueError:
            self.faults[name] = _NO_NUMBER
            return None

    def whole(self, name: str) -> int | None:
        """Return the whole number that was written, None if there is none; else it is a fault."""
        number = self.number(name)
        if number is None:
            return None
        if not number.is_integer():
            self.faults[name] = _NO_WHOLE_NUMBER
            return None
        return int(number)

    def choice(self, name: str) -> str:
        """Return what was chosen, empty if nothing was."""
        return _value_of(self._value(name).get("selected_option"))

    def choices(self, name: str) -> tuple[str, ...]:
        """Return all that was chosen."""
        chosen = _listed(self._value(name).get("selected_options"))
        return tuple(filter(None, map(_value_of, chosen)))

    def people(self, name: str) -> tuple[str, ...]:
        """Return the people who were chosen."""
        return tuple(str(user) for user in _listed(self._value(name).get("selected_users")))

    @property
    def first(self) -> str:
        """The first input, for an error that is about none of them."""
        return next(iter(self._values), "")

    def block_of(self, name: str) -> str:
        """Return the id of an input's block, by which an error finds it."""
        return self._blocks.get(name, name)

    def _value(self, name: str) -> Json:
        return self._values.get(name, {})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a form that was sent: errors at its inputs, another view, or its end."""

    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    view: Block | None = None

    def at(self, entered: Entered) -> Outcome:
        """Return the same with the errors where the inputs are."""
        return replace(self, errors={entered.block_of(k): v for k, v in self.errors.items()})


def page(title: str, blocks: Sequence[Block]) -> Block:
    """Return a window to read."""
    return {
        "type": "modal",
        "title": plain_text(title[:_TITLE_CHARS]),
        "close": plain_text("Close"),
        "blocks": list(blocks),
    }


def form(title: str, callback: str, ticket: str, blocks: Sequence[Block], submit: str) -> Block:
    """Return a window that can be sent; `ticket` names what it is about."""
    return {
        **page(title, blocks),
        "callback_id": callback,
        "private_metadata": ticket,
        "submit": plain_text(submit),
        "close": plain_text("Cancel"),
    }


def loading(title: str) -> Block:
    """Show that something comes."""
    return page(title, [small("One moment …")])


def fault(title: str, sentence: str) -> Block:
    """Say why there is no form, or why it came to nothing."""
    return page(title, [section(escaped(sentence))])


def warning(sentence: str) -> Block:
    """Say above a form what is wrong with it."""
    return {**section(f"⚠ *{escaped(one_line(sentence, 500))}*"), "block_id": _WARNING}


def warned(view: Json, sentence: str) -> Block:
    """Return a window that stays as it is, with what is wrong above it."""
    kept: Block = {name: view[name] for name in _KEPT if view.get(name)}
    others = [block for block in view["blocks"] if block.get("block_id") != _WARNING]
    return {**kept, "blocks": [warning(sentence), *others]}


def told(title: str, sentences: Sequence[str], small_print: Sequence[str] = ()) -> Block:
    """Say what a form came to."""
    shown = [section(named(one_line(each, 500))) for each in sentences]
    return page(title, [*shown, *(small(escaped(one_line(each, 500))) for each in small_print)])


def _value_of(option: object) -> str:
    return str(cast("Mapping[str, Any]", option).get("value") or "") if option else ""


def _listed(value: object) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()
