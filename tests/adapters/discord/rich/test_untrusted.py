from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.rich.untrusted import escaped, safe, size
from bot.untrusted import harmless, one_line
from tests.adapters.discord.rich.reading import ACTIVE, everything_in, read, shown
from tests.adapters.discord.rich.shapes import ZW
from tests.fakes.discord.validator import mentions_in

SIGNS = "<>!@[]()*_~`|#&:\\.\n \u200b\ud800-+1"
SEQUENCES = (
    *("everyone", "here", "<@1>", "<@&2>", "<#3>", "</a:4>", "<t:5>", "<:x:6>", ":smile:", "-# "),
    *("https://e.example/a_b", "https://a@b.example", "[a](https://b.example)", "\n# ", "\n> "),
    *("```", "||", "word", "東京", "😀"),
)
MARKUP = st.lists(st.sampled_from((*SIGNS, *SEQUENCES)), max_size=25).map("".join)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a *b* _c_ ~d~ `e` |f|", "a \\*b\\* \\_c\\_ \\~d\\~ \\`e\\` \\|f\\|"),
        ("<@1> @everyone", f"\\<{ZW}@1> @{ZW}everyone"),
        ("[a](https://b.example)", "\\[a]\\(<https://b.example>)"),
        ("# a\n-# b\n> c\n1. d\n- e", "\\# a\n\\-# b\n\\> c\n1\\. d\n\\- e"),
        ("right\u202eleft \ud800 \x07", "rightleft  "),
        ("see https://e.example/a_b.", "see <https://e.example/a_b>."),
        ("https://ß.example/ü", "<https://ß.example/ü>"),
        ("https://e.example/a**b", f"https:{ZW}//e.example/a\\*\\*b"),
    ],
)
def test_all_that_is_markup_is_escaped(text: str, markdown: str) -> None:
    assert escaped(text) == markdown


@given(st.text(max_size=60) | MARKUP)
def test_escaped_text_shows_what_was_said_and_does_nothing(text: str) -> None:
    markdown = escaped(text)

    nodes = list(everything_in(read(markdown)))
    assert {node.kind for node in nodes} <= {"text", "link"}
    assert not {node.kind for node in nodes} & ACTIVE
    assert not mentions_in({"components": [{"type": 10, "content": markdown}]})
    letters = [char for char in shown(nodes).replace("%40", "@") if char.isascii()]
    assert letters == [char for char in harmless(text) if char.isascii()]


@given(st.text(max_size=80) | MARKUP, st.integers(1, 60))
def test_a_safe_line_is_one_line_and_no_longer_than_allowed(text: str, limit: int) -> None:
    line = safe(text, limit)

    assert "\n" not in line
    assert size(line) <= limit
    if size(escaped(one_line(text))) <= limit:
        assert line == escaped(one_line(text))


def test_astral_characters_count_twice() -> None:
    assert size("a😀") == 3
