"""What a person can use in a message, and fill into a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.fakes.discord.components import ENTITY_SELECTS, SELECTS, Part, parts_in
from tests.fakes.discord.payloads import resolve
from tests.fakes.discord.records import Channel, File, Message, Modal, Person, Role
from tests.fakes.shapes import Json, as_list, as_object

Entity = Person | Role | Channel | File
_LINK, _PREMIUM = 5, 6


def find_part(message: Message, name: str) -> Json:
    """Find what can be clicked by its custom_id or by what is on it.

    AssertionError if it is not there, or disabled, or leads somewhere else than to the app.
    """
    usable = [p for p in parts_in(message.components) if p["type"] in (Part.BUTTON, *SELECTS)]
    labels = [_label(part) for part in usable]
    found = [part for part in usable if part.get("custom_id") == name]
    found += [part for part, label in zip(usable, labels, strict=True) if label == name]
    assert found, f"nothing to click is called {name!r}; there is: {', '.join(labels) or 'nothing'}"
    part = found[0]
    assert not part.get("disabled"), f"{name!r} is disabled"
    assert part.get("style") not in (_LINK, _PREMIUM), f"{name!r} does not reach the app"
    return part


def used(part: Json, values: Sequence[object], channel: Channel) -> Json:
    """Write what a person did with a button or a menu."""
    data: Json = {
        "component_type": part["type"],
        "id": part["id"],
        "custom_id": part["custom_id"],
    }
    if part["type"] == Part.BUTTON:
        assert not values, "a button takes no values"
        return data
    least, most = _bounds(part, 1)
    assert least <= len(values) <= most, f"{len(values)} values, not {least} to {most}"
    data["values"] = [_value(part, value) for value in values]
    if part["type"] in ENTITY_SELECTS:
        data["resolved"] = resolve(channel, *values)
    return data


def filled(modal: Modal, values: Mapping[str, object], channel: Channel) -> Json:
    """Write a form with a person's values, by custom_id; what is not given stays as it was.

    A client lets nobody submit without a needed value, or with one too long: AssertionError.
    """
    unknown = set(values) - {p.get("custom_id") for p in parts_in(modal.components)}
    assert not unknown, f"the form has no such inputs: {sorted(unknown)}"
    components = [_answer(component, values) for component in modal.components]
    things = [thing for value in values.values() for thing in _listed(value)]
    data: Json = {"custom_id": modal.custom_id, "components": components}
    return {**data, "resolved": resolve(channel, *things)}


def _bounds(part: Json, most: int) -> tuple[int, int]:
    least, given = part.get("min_values"), part.get("max_values")
    return (1 if least is None else least), (most if given is None else given)


def _label(part: Json) -> str:
    emoji = as_object(part.get("emoji")) or {}
    texts = (part.get("label"), part.get("placeholder"), emoji.get("name"))
    return str(next(filter(None, texts), part["type"]))


def _value(part: Json, value: object) -> str:
    if isinstance(value, Entity):
        assert part["type"] in ENTITY_SELECTS, f"{part['custom_id']} has options"
        return str(value.id)
    options: list[Json] = part.get("options") or []
    found = next((o for o in options if value in (o["value"], o["label"])), None)
    assert found is not None, f"{part['custom_id']} offers {[o['value'] for o in options]}"
    return found["value"]


def _answer(component: Json, values: Mapping[str, object]) -> Json:
    document: Json = {"type": component["type"], "id": component["id"]}
    if component["type"] == Part.LABEL:
        return {**document, "component": _answer_input(component["component"], values)}
    if component["type"] == Part.ACTION_ROW:
        inner = [_answer_input(child, values) for child in component["components"]]
        return {**document, "components": inner}
    return document


def _answer_input(part: Json, values: Mapping[str, object]) -> Json:
    name = part["custom_id"]
    document: Json = {"type": part["type"], "id": part["id"], "custom_id": name}
    given = values.get(name, _initial(part))
    if part["type"] == Part.CHECKBOX:
        return {**document, "value": bool(given)}
    is_needed = part.get("required", True)
    assert given not in (None, "", [], ()) or not is_needed, f"{name} needs a value"
    if part["type"] == Part.TEXT_INPUT:
        text = str(given or "")
        least, most = part.get("min_length") or 0, part.get("max_length") or 4000
        is_fitting = least <= len(text) <= most or not (text or is_needed)
        assert is_fitting, f"{name}: {len(text)} characters, not {least} to {most}"
        return {**document, "value": text}
    chosen = [_value(part, value) if _has_options(part) else _id(value) for value in _listed(given)]
    if part["type"] == Part.RADIO_GROUP:
        return {**document, "value": chosen[0] if chosen else None}
    default = len(part["options"]) if part["type"] == Part.CHECKBOX_GROUP else 1
    least, most = _bounds(part, default)
    is_fitting = least <= len(chosen) <= most or not (chosen or is_needed)
    assert is_fitting, f"{name}: {len(chosen)} values, not {least} to {most}"
    return {**document, "values": chosen}


def _initial(part: Json) -> object:
    if part["type"] == Part.CHECKBOX:
        return part.get("default")
    if part["type"] == Part.TEXT_INPUT:
        return part.get("value")
    options: list[Json] = as_list(part.get("options")) or []
    return [option["value"] for option in options if option.get("default")]


def _has_options(part: Json) -> bool:
    return part["type"] in (Part.STRING_SELECT, Part.RADIO_GROUP, Part.CHECKBOX_GROUP)


def _id(value: object) -> str:
    assert isinstance(value, Entity), f"{value!r} is no person, role, channel or file"
    return str(value.id)


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    if isinstance(value, tuple):
        return [*value]
    return as_list(value) or ([] if value == [] else [value])
