"""The rules of modals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord.validator import fault_of

INPUT = {"type": 4, "custom_id": "i", "style": 1}
OPTIONS = [{"label": "x", "value": "1"}, {"label": "y", "value": "2"}]


def label(component: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 18, "label": "x", "component": {"custom_id": "c", **component}, **more}


def fault(*components: Any, **more: Any) -> str | None:
    data = {"custom_id": "m", "title": "x", "components": list(components), **more}
    return fault_of("POST /interactions/{id}/{token}/callback", {"type": 9, "data": data})


@pytest.mark.parametrize(
    "component",
    [
        label(INPUT | {"max_length": 4000, "min_length": 0, "value": "x", "placeholder": "x"}),
        label({"type": 3, "options": OPTIONS, "required": False, "min_values": 0}),
        *(label({"type": kind, "required": False}) for kind in (5, 6, 7, 8)),
        label({"type": 19, "min_values": 1, "max_values": 10}),
        label({"type": 21, "options": OPTIONS}),
        label({"type": 22, "options": OPTIONS, "min_values": 0, "required": False}),
        label({"type": 23, "default": True}),
        {"type": 10, "content": "x"},
        {"type": 1, "components": [INPUT | {"label": "x"}]},
        label(INPUT, label="x" * 45, description="x" * 100),
    ],
)
def test_good_forms(component: dict[str, Any]) -> None:
    assert fault(component) is None


@pytest.mark.parametrize(
    ("component", "place"),
    [
        (INPUT, "/type"),
        (label(INPUT, label="x" * 46), "/label"),
        (label(INPUT, description="x" * 101), "/description"),
        (label({"type": 2, "style": 1, "label": "x"}), "/component/type"),
        (label(INPUT | {"disabled": True}), "/component/disabled"),
        (label(INPUT | {"style": 3}), "/component/style"),
        (label(INPUT | {"max_length": 4001}), "/component/max_length"),
        (label(INPUT | {"min_length": 5, "max_length": 4}), "/component/min_length"),
        (label(INPUT | {"placeholder": "x" * 101}), "/component/placeholder"),
        (label(INPUT | {"custom_id": "x" * 101}), "/component/custom_id"),
        (label({"type": 3, "options": OPTIONS, "min_values": 0}), "/component/min_values"),
        (label({"type": 19, "max_values": 11}), "/component/max_values"),
        (label({"type": 21, "options": OPTIONS[:1]}), "/component/options"),
        (label({"type": 22, "options": []}), "/component/options"),
        ({"type": 1, "components": [INPUT]}, "/components/0/label"),
        ({"type": 1, "components": [{"type": 2}]}, "/components/0/type"),
    ],
)
def test_bad_forms(component: dict[str, Any], place: str) -> None:
    assert str(fault(component)).startswith(f"50035: /data/components/0{place}")


def test_forms_have_a_title_an_identifier_and_one_to_five_components() -> None:
    five = [label(INPUT | {"custom_id": str(number)}) for number in range(6)]

    assert fault(*five[:5]) is None
    assert str(fault(*five)).startswith("50035: /data/components: ")
    assert str(fault()).startswith("50035: /data/components: ")
    assert str(fault(five[0], title="x" * 46)).startswith("50035: /data/title")
    assert str(fault(five[0], custom_id="x" * 101)).startswith("50035: /data/custom_id")
    assert "duplicated" in str(fault(five[0], five[0]))
