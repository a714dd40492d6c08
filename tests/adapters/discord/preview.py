"""Components as a page, near enough to what Discord shows to judge how a thread reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from tests.adapters.discord.rich.reading import Node, read

Json = Mapping[str, Any]

_STYLE = """
body{font:16px/1.375 'gg sans',Inter,'Noto Sans','DejaVu Sans',sans-serif;color:#dbdee1;
background:#313338;margin:0;width:760px;padding:8px 0}
.message{display:flex;padding:10px 16px;gap:16px}.icon{width:40px;height:40px;border-radius:50%;
background:#5865f2;color:#fff;flex:none;display:flex;align-items:center;justify-content:center;
font-weight:700}.body{min-width:0;flex:1}.who{font-weight:600;color:#f2f3f5}
.app{background:#5865f2;color:#fff;font-size:10px;font-weight:600;padding:1px 4px;border-radius:3px;
margin:0 6px}.when{font-size:12px;color:#949ba4}
.container{background:#2b2d31;border:1px solid #3f4147;border-left:4px solid #3f4147;
border-radius:8px;padding:12px 16px;margin:4px 0;max-width:600px;display:flex;
flex-direction:column;gap:8px}.text{white-space:pre-wrap;overflow-wrap:anywhere}
h1,h2,h3{color:#f2f3f5;margin:8px 0 4px;line-height:1.375}h1{font-size:24px}h2{font-size:20px}
h3{font-size:16px}h1:first-child,h2:first-child,h3:first-child{margin-top:0}
.small{font-size:13px;color:#949ba4;line-height:1.4}b{font-weight:700;color:#f2f3f5}
.small b{color:#b5bac1}ul,ol{margin:4px 0 0;padding-left:24px;white-space:normal}
li{margin-bottom:4px;white-space:pre-wrap}blockquote{margin:0;display:flex;white-space:pre-wrap}
blockquote::before{content:'';width:4px;border-radius:4px;background:#4e5058;flex:none;
margin-right:12px}pre{background:#1e1f22;border:1px solid #1a1b1e;border-radius:4px;padding:8px;
margin:6px 0 0;font:14px/1.3 'Noto Sans Mono','DejaVu Sans Mono',monospace;white-space:pre-wrap}
code{background:#1e1f22;border-radius:4px;font:14px 'Noto Sans Mono',monospace;padding:1px 3px}
a{color:#00a8fc}.mention{background:#3c4270;color:#c9cdfb;border-radius:3px;padding:0 2px}
hr{border:0;border-top:1px solid #3f4147;margin:4px 0;width:100%}.row{display:flex;gap:8px}
.button{background:#4e5058;color:#fff;border-radius:8px;padding:6px 14px;font-size:14px;
font-weight:500}.style1{background:#5865f2}.style3{background:#248046}.style4{background:#da373c}.file{background:#2b2d31;
border:1px solid #3f4147;border-radius:8px;padding:12px 16px;color:#00a8fc}
.off{opacity:.5}.menu,.input{background:#1e1f22;border:1px solid #3f4147;border-radius:6px;
padding:9px 12px;width:376px;display:flex;justify-content:space-between;font-size:15px;
box-sizing:border-box;gap:4px}.menu i{margin-left:auto}.form{background:#313338;border:1px solid
#1e1f22;border-radius:8px;padding:16px 24px;margin:16px;width:440px;display:flex;
flex-direction:column;gap:6px;box-shadow:0 4px 16px #0008}.form .menu,.form .input{width:100%}
.form label{font-weight:600;margin-top:8px}.star{color:#f23f42}.input{white-space:pre-wrap;
min-height:40px}.tall{min-height:88px}.empty{color:#87898c}
.pin{font-size:13px;color:#949ba4;padding:4px 16px 0 72px}
"""


def page(messages: Sequence[Sequence[Json]], *, pinned: int | None = None) -> str:
    """Return a thread as a page; a message is its components, `pinned` is which one is pinned."""
    shown = "".join(
        _message(components, is_pinned=number == pinned)
        for number, components in enumerate(messages)
    )
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>{shown}"


def form(modal: Json) -> str:
    """Return a form as HTML, with its buttons."""
    ends = "<div class=row><span class='button style2'>Cancel</span>"
    ends += "<span class='button style1'>Submit</span></div>"
    title = f"<h2>{escape(modal['title'])}</h2>"
    return f"<div class=form>{title}{blocks(modal['components'])}{ends}</div>"


def blocks(components: Sequence[Json]) -> str:
    """Return components as HTML. Raises KeyError for one that this page does not know."""
    return "".join(_COMPONENTS[component["type"]](component) for component in components)


def html(markdown: str) -> str:
    """Return Discord's Markdown as HTML; text goes on right below a block of code."""
    return "".join(map(_node, read(markdown))).replace("</pre>\n", "</pre>")


def _message(components: Sequence[Json], *, is_pinned: bool) -> str:
    pin = "<div class=pin>📌 <b>Council</b> pinned a message to this channel.</div>"
    return (
        f"<div class=message><div class=icon>C</div><div class=body><span class=who>Council</span>"
        f"<span class=app>APP</span><span class=when>12:00</span>{blocks(components)}</div></div>"
        f"{pin if is_pinned else ''}"
    )


def _node(node: Node) -> str:
    inner = escape(node.text) + "".join(map(_node, node.parts))
    match node.kind:
        case "heading":
            shown = f"<h{node.more}>{inner}</h{node.more}>"
        case "list":
            shown = f"<ol start={node.more}>{inner}</ol>" if node.more else f"<ul>{inner}</ul>"
        case "link" | "preview":
            shown = f"<a title='{escape(node.more)}'>{inner}</a>"
        case "small":
            shown = f"<div class=small>{inner}</div>"
        case "quote":
            shown = f"<blockquote><div>{inner}</div></blockquote>"
        case "mention":
            shown = "<span class=mention>@Kim</span>"
        case _:
            tag = _TAGS[node.kind]
            shown = f"<{tag}>{inner}</{tag}>" if tag else inner
    return shown


def _container(component: Json) -> str:
    colour = component.get("accent_color")
    bar = "" if colour is None else f" style='border-left-color:#{colour:06x}'"
    return f"<div class=container{bar}>{blocks(component['components'])}</div>"


def _text(component: Json) -> str:
    return f"<div class=text>{html(component['content'])}</div>"


def _row(component: Json) -> str:
    shown = "".join(_IN_ROWS[part["type"]](part) for part in component["components"])
    return f"<div class=row>{shown}</div>"


def _button(component: Json) -> str:
    label = escape(component.get("label") or component["emoji"]["name"])
    arrow = " ↗" if "url" in component else ""
    off = " off" if component.get("disabled") else ""
    return f"<span class='button style{component['style']}{off}'>{label}{arrow}</span>"


def _menu(component: Json) -> str:
    chosen = [option for option in component["options"] if option.get("default")]
    return _closed(chosen[0]["label"] if chosen else component.get("placeholder") or "")


def _mentionables(component: Json) -> str:
    chosen = component.get("default_values") or ()
    names = "".join(
        f"<span class=mention>@{'Cooks' if one['type'] == 'role' else 'Kim'}</span> "
        for one in chosen
    )
    return f"<div class=menu>{names or escape(component['placeholder'])}<i>⌄</i></div>"


def _closed(label: str) -> str:
    return f"<div class=menu>{escape(label)}<i>⌄</i></div>"


def _label(component: Json) -> str:
    inner = component["component"]
    star = "<b class=star> *</b>" if inner.get("required") else ""
    hint = escape(component.get("description") or "")
    return (
        f"<label>{escape(component['label'])}{star}</label><div class=small>{hint}</div>"
        f"{_ANSWERS[inner['type']](inner)}"
    )


def _text_input(component: Json) -> str:
    value, placeholder = component.get("value"), component.get("placeholder") or ""
    tall = " tall" if component["style"] == _PARAGRAPH else ""
    shown = escape(value) if value else f"<span class=empty>{escape(placeholder)}</span>"
    return f"<div class='input{tall}'>{shown}</div>"


def _file(component: Json) -> str:
    name = component["file"]["url"].removeprefix("attachment://")
    return f"<div class=file>📄 {escape(name)}</div>"


_TAGS = {
    "text": "",
    "strong": "b",
    "em": "i",
    "u": "u",
    "s": "s",
    "spoiler": "mark",
    "code": "code",
    "fence": "pre",
    "item": "li",
}
_PARAGRAPH = 2
_IN_ROWS: Mapping[int, Callable[[Json], str]] = {2: _button, 3: _menu, 7: _mentionables}
_ANSWERS: Mapping[int, Callable[[Json], str]] = {3: _menu, 4: _text_input}
_COMPONENTS: Mapping[int, Callable[[Json], str]] = {
    18: _label,
    1: _row,
    10: _text,
    13: _file,
    14: lambda _: "<hr>",
    17: _container,
}
