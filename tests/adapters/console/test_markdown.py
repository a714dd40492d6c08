from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from adapters.console.markdown import Markdown, split_blocks
from adapters.console.render import THEME
from bot.untrusted import harmless


def shown(text: str, width: int = 80) -> str:
    out = io.StringIO()
    Console(file=out, width=width, theme=THEME, markup=False).print(Markdown(text))
    return out.getvalue()


def test_html_is_shown_as_it_stands() -> None:
    assert "List<int> and <script>alert(1)</script>" in shown(
        "List<int> and <script>alert(1)</script>"
    )


def test_a_link_shows_where_it_leads() -> None:
    assert "my bank (https://evil.example/login)" in shown("[my bank](https://evil.example/login)")


def test_rich_markup_is_no_markup() -> None:
    assert "[bold red]x[/bold red]" in shown("[bold red]x[/bold red]")


def test_code_is_shown_without_colours_of_its_own_background() -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, theme=THEME, force_terminal=True)
    console.print(Markdown("`a` and\n\n```python\nprint(1)\n```"))

    assert "\x1b[4" not in out.getvalue()


@pytest.mark.parametrize(
    ("text", "done", "rest"),
    [
        ("", "", ""),
        ("one", "", "one"),
        ("one\n\ntwo", "one\n\n", "two"),
        ("# title\ntext", "# title\n", "text"),
        ("- a\n- b\n\n```py\nx = 1\n\ny", "- a\n- b\n\n", "```py\nx = 1\n\ny"),
        ("a | b\n--|--\n1 | 2\n", "", "a | b\n--|--\n1 | 2\n"),
    ],
)
def test_only_the_last_block_may_still_grow(text: str, done: str, rest: str) -> None:
    assert split_blocks(text) == (done, rest)


@given(st.text(alphabet="ab \n#-*>`|1.[]()<!_=~", max_size=120))
def test_splitting_loses_nothing(text: str) -> None:
    done, rest = split_blocks(text)

    assert done + rest == text


@given(st.text(alphabet=st.sampled_from("ab \n#-*>`|1.[]()<!_=~:/\\&;é東\t"), max_size=200))
def test_any_markdown_can_be_shown(text: str) -> None:
    assert shown(harmless(text), 40) is not None
