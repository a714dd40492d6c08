"""Block Kit as a page, near enough to what Slack shows to judge how a thread reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape, unescape
from typing import Any

Json = Mapping[str, Any]

_STYLE = """
body{font:15px/1.46 Lato,Inter,'DejaVu Sans',sans-serif;color:#1d1c1d;margin:0;width:760px}
.message{display:flex;padding:8px 20px;gap:8px}.message.reply{margin-left:24px}
.icon{width:36px;height:36px;border-radius:6px;background:#1f3a5f;color:#fff;flex:none;
display:flex;align-items:center;justify-content:center;font-weight:700}
.who{font-weight:900}.app{background:#e8e8e8;font-size:10px;padding:1px 3px;border-radius:2px;
color:#616061;margin:0 4px}.when{font-size:12px;color:#616061}.body{min-width:0;flex:1}
.context{color:#616061;font-size:13px;margin:4px 0}.section{margin:4px 0}
.header{font-size:18px;font-weight:900;margin:8px 0 4px}
blockquote{border-left:4px solid #ddd;margin:4px 0;padding-left:12px}
pre{background:#f8f8f8;border:1px solid #ddd;border-radius:4px;padding:8px;font:12px/1.5 monospace;
white-space:pre-wrap;margin:4px 0}code{background:#f8f8f8;border:1px solid #ddd;border-radius:3px;
color:#c01343;font:12px monospace;padding:1px 3px}a{color:#1264a3;text-decoration:none}
ul,ol{margin:2px 0;padding-left:26px}table{border-collapse:collapse;margin:6px 0;font-size:14px}
td{border:1px solid #ddd;padding:5px 10px}tr:first-child td{font-weight:700;background:#f8f8f8}
.button{border:1px solid #ccc;border-radius:4px;padding:5px 12px;font-weight:700;font-size:13px;
display:inline-block;margin:4px 6px 4px 0}.danger{border-color:#e01e5a;color:#e01e5a}
.mention{background:#e8f5fa;color:#1264a3;padding:0 2px;border-radius:3px}
.pin{background:#fef6e6;font-size:12px;color:#616061;padding:2px 20px 0 44px}
hr{border:0;border-top:1px solid #ddd}.text{white-space:pre-wrap;overflow-wrap:anywhere}
"""
_MARKUP = re.compile(
    r"<(?P<target>[^|>]+)(?:\|(?P<label>[^>]*))?>|\*(?P<b>[^*\n]+)\*|_(?P<i>[^_\n]+)_|`(?P<c>[^`\n]+)`"
)


def page(messages: Sequence[Json], *, pinned: int | None = None) -> str:
    """Return a thread as a page: the root message first, `pinned` is which one is pinned."""
    shown = "".join(
        _message(message, is_reply=number > 0, is_pinned=number == pinned)
        for number, message in enumerate(messages)
    )
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>{shown}"


def blocks(given: Sequence[Json]) -> str:
    """Return blocks as HTML. Raises KeyError for one that this page does not know."""
    return "".join(_BLOCKS[block["type"]](block) for block in given)


def _message(message: Json, *, is_reply: bool, is_pinned: bool) -> str:
    pin = "<div class=pin>📌 Pinned by Council</div>" if is_pinned else ""
    return (
        f"{pin}<div class='message{' reply' if is_reply else ''}'><div class=icon>C</div>"
        "<div class=body><span class=who>Council</span><span class=app>APP</span>"
        f"<span class=when>12:00</span>{blocks(message['blocks'])}</div></div>"
    )


def _mrkdwn(text: str) -> str:
    def marked(found: re.Match[str]) -> str:
        if found["target"]:
            target, label = unescape(found["target"]), found["label"]
            if target.startswith("@"):
                return f"<span class=mention>@{escape(target[1:])}</span>"
            return f"<a>{label or escape(target)}</a>"
        for name, tag in (("b", "b"), ("i", "i"), ("c", "code")):
            if found[name]:
                return f"<{tag}>{found[name]}</{tag}>"
        return found[0]

    return f"<span class=text>{_MARKUP.sub(marked, text)}</span>"


def _text(given: Json) -> str:
    if given["type"] == "plain_text":
        return escape(str(given["text"]))
    return _mrkdwn(str(given["text"]))


def _inline(element: Json) -> str:
    style = element.get("style", {})
    label = escape(str(element.get("text") or element.get("url") or ""))
    shown = (
        f"<a title='{escape(str(element['url']))}'>{label}</a>"
        if element["type"] == "link"
        else label
    )
    for name, tag in (("code", "code"), ("bold", "b"), ("italic", "i"), ("strike", "s")):
        if style.get(name):
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _inlines(element: Json) -> str:
    return "".join(_inline(each) for each in element["elements"])


def _rich(block: Json) -> str:
    return "".join(_rich_element(element) for element in block["elements"])


def _rich_element(element: Json) -> str:
    match element["type"]:
        case "rich_text_preformatted":
            return f"<pre>{_inlines(element)}</pre>"
        case "rich_text_quote":
            return f"<blockquote class=text>{_inlines(element)}</blockquote>"
        case "rich_text_list":
            tag = "ol" if element["style"] == "ordered" else "ul"
            start = element.get("offset", 0) + 1
            items = "".join(f"<li class=text>{_inlines(item)}</li>" for item in element["elements"])
            indent = element.get("indent", 0) * 24
            return f"<{tag} start={start} style='margin-left:{indent}px'>{items}</{tag}>"
        case _:
            return f"<div class=text>{_inlines(element)}</div>"


def _table(block: Json) -> str:
    columns: list[Json] = block.get("column_settings") or []
    rows = ""
    for row in block["rows"]:
        cells = ""
        for number, cell in enumerate(row):
            column: Json = (columns[number] or {}) if number < len(columns) else {}
            shown = escape(str(cell["text"])) if cell["type"] == "raw_text" else _rich(cell)
            cells += f"<td style='text-align:{column.get('align', 'left')}'>{shown}</td>"
        rows += f"<tr>{cells}</tr>"
    return f"<table>{rows}</table>"


def _actions(block: Json) -> str:
    shown = ""
    for element in block["elements"]:
        if element["type"] == "feedback_buttons":
            shown += "<span class=button>👍</span><span class=button>👎</span>"
        else:
            kind = " danger" if element.get("style") == "danger" else ""
            shown += f"<span class='button{kind}'>{_text(element['text'])}</span>"
    return f"<div>{shown}</div>"


def _header(block: Json) -> str:
    return f"<div class=header>{_text(block['text'])}</div>"


def _section(block: Json) -> str:
    return f"<div class=section>{_text(block['text'])}</div>"


def _context(block: Json) -> str:
    return f"<div class=context>{' '.join(_text(each) for each in block['elements'])}</div>"


def _divider(_block: Json) -> str:
    return "<hr>"


_BLOCKS: Mapping[str, Callable[[Json], str]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "divider": _divider,
    "rich_text": _rich,
    "table": _table,
    "actions": _actions,
    "context_actions": _actions,
}
