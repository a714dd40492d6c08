"""Mentions and links in every place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.slack.validator import links_in, mentions_in

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": mrkdwn(text)}


def rich(*elements: Json) -> Json:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [*elements]}],
    }


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "a", "text": plain("Go"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": [*elements]}


def table(rows: list[list[Json]], **more: Any) -> Json:
    return {"type": "table", "rows": rows, **more}


def cell(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


USER = rich({"type": "user", "user_id": "U2"})
MENTIONS: dict[str, tuple[Json, list[str]]] = {
    "text": ({"text": "<@U1> <@U2|ada> <!here|x>"}, ["<@U1>", "<@U2|ada>", "<!here|x>"]),
    "channel": ({"text": "a <!channel>b"}, ["<!channel>"]),
    "groups": ({"text": "<!everyone> <!subteam^S1>"}, ["<!everyone>", "<!subteam^S1>"]),
    "places": ({"text": "<#C1|plans>"}, ["<#C1|plans>"]),
    "escaped": ({"text": "&lt;@U1&gt; &lt;!channel&gt; <!date^1^{date}|x> @here"}, []),
    "parted": ({"blocks": [{"type": "markdown", "text": "<\u200b!channel> <\u200b@U1>"}]}, []),
    "markdown": ({"blocks": [{"type": "markdown", "text": "`<!channel>`"}]}, ["<!channel>"]),
    "argument": ({"markdown_text": "<@U1>"}, ["<@U1>"]),
    "chunk": ({"chunks": [{"type": "markdown_text", "text": "<!here>"}]}, ["<!here>"]),
    "task": ({"chunks": [{"type": "task_update", "details": "<@U1>"}]}, ["<@U1>"]),
    "mrkdwn": ({"blocks": [section("<@U1>")]}, ["<@U1>"]),
    "plain": ({"blocks": [{"type": "header", "text": plain("<!channel>")}]}, []),
    "cell": ({"blocks": [table([[cell("<@U1>"), USER]])]}, ["<@U2>"]),
    "rich": (
        {
            "blocks": [
                rich(
                    {"type": "text", "text": "<@U9>"},
                    {"type": "usergroup", "usergroup_id": "S1"},
                    {"type": "channel", "channel_id": "C1"},
                    {"type": "broadcast", "range": "everyone"},
                )
            ]
        },
        ["<!subteam^S1>", "<#C1>", "<!everyone>"],
    ),
    "attachment": ({"attachments": [{"fallback": "<!channel>"}]}, ["<!channel>"]),
    "view": ({"view": {"type": "home", "blocks": [section("<@U1>")]}}, ["<@U1>"]),
    "names": ({"text": "@channel and a@here.org", "link_names": True}, ["@channel"]),
    "parse": ({"text": "ask @everyone", "parse": "full"}, ["@everyone"]),
}  # fmt: skip


@pytest.mark.parametrize("name", MENTIONS)
def test_mentions(name: str) -> None:
    body, expected = MENTIONS[name]

    assert mentions_in(body) == expected


LINKS: dict[str, tuple[Json, list[str]]] = {
    "named": ({"text": "<https://evil.org|https://good.org>"}, ["https://evil.org"]),
    "bare": ({"text": "see https://e.org/x or"}, ["https://e.org/x"]),
    "mail": ({"text": "<mailto:a@e.org|a>"}, ["mailto:a@e.org"]),
    "escaped": ({"text": "&lt;b&gt; plain"}, []),
    "markdown": (
        {"markdown_text": "[a](https://a.org) ![b](http://b.org/x.png 't') <https://c.org>"},
        ["https://c.org", "https://a.org", "http://b.org/x.png"],
    ),
    "reference": ({"markdown_text": "[d][1]\n\n[1]: https://d.org\n"}, ["https://d.org"]),
    "rich": ({"blocks": [rich({"type": "link", "url": "https://e.org"})]}, ["https://e.org"]),
    "button": ({"blocks": [actions(button(url="https://e.org"))]}, ["https://e.org"]),
    "image": ({"blocks": [{"type": "image", "image_url": "https://e.org"}]}, ["https://e.org"]),
    "plain": ({"blocks": [{"type": "header", "text": plain("https://e.org")}]}, []),
}  # fmt: skip


@pytest.mark.parametrize("name", LINKS)
def test_links(name: str) -> None:
    body, expected = LINKS[name]

    assert links_in(body) == expected
