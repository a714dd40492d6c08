"""Modals as a page, near enough to what Slack shows to judge how a form reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from tests.adapters.slack.preview import blocks

Json = Mapping[str, Any]

_STYLE = """
body{font:15px/1.46 Lato,Inter,'DejaVu Sans',sans-serif;color:#1d1c1d;margin:0;padding:16px;
background:#888}
.modal{background:#fff;width:520px;border-radius:8px;margin-bottom:16px}
.title{font-size:20px;font-weight:900;padding:18px 24px 10px}
.blocks{padding:0 24px}.foot{padding:16px 24px;text-align:right}
.context{color:#616061;font-size:13px;margin:8px 0}
.text{white-space:pre-wrap;overflow-wrap:anywhere}
.header{font-size:18px;font-weight:900;margin:14px 0 4px}hr{border:0;border-top:1px solid #ddd}
.row{display:flex;justify-content:space-between;gap:12px;margin:10px 0;align-items:flex-start}
.label{font-weight:700;margin:14px 0 4px}.optional{color:#616061;font-weight:400}
.input{border:1px solid #868686;border-radius:4px;padding:8px 12px;min-height:20px;
white-space:pre-wrap;overflow-wrap:anywhere}
.input.long{min-height:70px}.placeholder{color:#8d8d8d}.hint{color:#616061;font-size:13px;margin-top:3px}
.select::after{content:'⌄';float:right;color:#616061}
.chip{background:#e8f5fa;border-radius:3px;padding:1px 6px;margin-right:4px;display:inline-block}
.button{border:1px solid #ccc;border-radius:4px;padding:5px 12px;font-weight:700;font-size:13px;
display:inline-block;margin:4px 6px 4px 0;flex:none}.danger{border-color:#e01e5a;color:#e01e5a}
.submit{background:#007a5a;color:#fff;border-color:#007a5a}
code{background:#f8f8f8;border:1px solid #ddd;border-radius:3px;color:#c01343;font:12px monospace;
padding:1px 3px}.mention{background:#e8f5fa;color:#1264a3;padding:0 2px;border-radius:3px}
"""


def page(views: Sequence[Json]) -> str:
    """Return modals as a page, one below the other."""
    shown = "".join(map(_modal, views))
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>{shown}"


def _modal(view: Json) -> str:
    inner = "".join(map(_block, view["blocks"]))
    buttons = f"<span class=button>{escape(view['close']['text'])}</span>"
    if "submit" in view:
        buttons += f"<span class='button submit'>{escape(view['submit']['text'])}</span>"
    return (
        f"<div class=modal><div class=title>{escape(view['title']['text'])}</div>"
        f"<div class=blocks>{inner}</div><div class=foot>{buttons}</div></div>"
    )


def _block(block: Json) -> str:
    if block["type"] == "input":
        return _input(block)
    if block["type"] == "actions":
        return f"<div>{''.join(map(_element, block['elements']))}</div>"
    if "accessory" in block:
        plain = {name: value for name, value in block.items() if name != "accessory"}
        return f"<div class=row>{blocks([plain])}{_element(block['accessory'])}</div>"
    return blocks([block])


def _input(block: Json) -> str:
    optional = " <span class=optional>(optional)</span>" if block.get("optional") else ""
    hint = f"<div class=hint>{escape(block['hint']['text'])}</div>" if "hint" in block else ""
    label = escape(block["label"]["text"])
    return f"<div class=label>{label}{optional}</div>{_element(block['element'])}{hint}"


def _element(element: Json) -> str:
    return _ELEMENTS[element["type"]](element)


def _button(element: Json) -> str:
    kind = " danger" if element.get("style") == "danger" else ""
    return f"<span class='button{kind}'>{escape(element['text']['text'])}</span>"


def _overflow(_element: Json) -> str:
    return "<span class=button>⋯</span>"


def _text_input(element: Json) -> str:
    kind = " long" if element.get("multiline") else ""
    return f"<div class='input{kind}'>{_value(element, element.get('initial_value'))}</div>"


def _select(element: Json) -> str:
    option = element.get("initial_option")
    return f"<div class='input select'>{_value(element, option and option['text']['text'])}</div>"


def _several(element: Json) -> str:
    names = [option["text"]["text"] for option in element.get("initial_options", ())]
    names += [f"@{user}" for user in element.get("initial_users", ())]
    chips = "".join(f"<span class=chip>{escape(name)}</span>" for name in names)
    return f"<div class='input select'>{chips or _value(element, None)}</div>"


def _checkboxes(element: Json) -> str:
    chosen = element.get("initial_options", ())
    return "".join(
        f"<div>{'☑' if option in chosen else '☐'} {escape(option['text']['text'])}</div>"
        for option in element["options"]
    )


def _value(element: Json, value: str | None) -> str:
    if value:
        return escape(value)
    placeholder: Json = element.get("placeholder") or {"text": ""}
    return f"<span class=placeholder>{escape(placeholder['text'])}</span>"


_ELEMENTS: Mapping[str, Callable[[Json], str]] = {
    "button": _button,
    "overflow": _overflow,
    "plain_text_input": _text_input,
    "number_input": _text_input,
    "static_select": _select,
    "external_select": _select,
    "multi_static_select": _several,
    "multi_external_select": _several,
    "multi_users_select": _several,
    "checkboxes": _checkboxes,
}
