from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.rich.untrusted import escaped, streamed
from bot.untrusted import harmless
from tests.fakes.slack.validator import mentions_in

SIGNS = "<>!@[]():|&#\n \u200b\ud800"
SEQUENCES = (
    "\x1b[",
    "channel",
    "here",
    "U1",
    "https://e.example",
    "a",
    "&lt;",
    "<!channel>",
    "<@U1>",
    "<!subteam^S1|x>",
    "<#C1>",
    "[a](b)",
    "![a](b)",
    "@everyone",
    "[a]: b",
)
MARKUP = st.lists(st.sampled_from((*SIGNS, *SEQUENCES)), max_size=30)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("<https://e.example|bank>", "&lt;https://e.example|bank&gt;"),
        ("&lt;", "&amp;lt;"),
        ("@channel @here @EVERYONE", "@\u200bchannel @\u200bhere @\u200bEVERYONE"),
        ("@\u200bchannel", "@\u200bchannel"),
        ("a@b.example @alice", "a@b.example @alice"),
        ("\"quotes\" and 'more' *bold*", "\"quotes\" and 'more' *bold*"),
        ("right\u202eleft \ud800 \x07", "rightleft  "),
    ],
)
def test_in_mrkdwn_only_control_characters_are_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown


@given(st.text() | MARKUP.map("".join))
def test_escaped_text_shows_what_was_said_and_mentions_nobody(text: str) -> None:
    shown = escaped(text)

    assert html.unescape(shown).replace("\u200b", "") == harmless(text)
    assert not mentions_in({"text": shown, "link_names": True})
    assert not set(shown) & set("<>")


@pytest.mark.parametrize(
    "pieces",
    [
        ["<!chan", "nel>"],
        ["<", "!channel>"],
        ["<@", "U1>"],
        ["<https://evil.example", "|bank>"],
        ["@", "here"],
        ["[bank]", "(https://evil.example)"],
        ["[bank", "](https://evil.example)"],
        ["[bank]\u200b", "\u200b(https://evil.example)"],
        ["!", "[x](https://evil.example/x.png)"],
        ["[bank]\n\n[bank]", ": https://evil.example"],
    ],
)
def test_a_stream_cannot_be_completed_to_markup(pieces: list[str]) -> None:
    said = "".join(map(streamed, pieces))

    assert not re.search(r"<[!@#h]|@here|\]\(|\]:|!\[", said)
    assert said.replace("\u200b", "") == "".join(pieces).replace("\u200b", "")


def test_prose_in_a_stream_stays_as_it_is() -> None:
    piece = "Hello! **Bold**, `code`, [alder, birch] and https://a.example/x?y=1 (see below): a & b"

    assert streamed(piece) == piece


@given(MARKUP, st.data())
def test_however_a_stream_is_cut_nothing_in_it_is_markup(
    parts: list[str], data: st.DataObject
) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    said = "".join(map(streamed, pieces))

    assert not re.search(r"<[^\u200b]|@[^\u200b]|\]\(|\]:|!\[|[<@]\Z", said)
    chunk = {"type": "markdown_text", "text": said}
    assert not mentions_in({"chunks": [chunk], "link_names": True})
