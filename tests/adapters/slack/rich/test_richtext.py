from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.rich.elements import Block, children, rows_of, text_of
from adapters.slack.rich.richtext import rich_text
from tests.adapters.slack.rich.shapes import (
    CODE,
    LIST,
    QUOTE,
    SECTION,
    a,
    bullets,
    element,
    everything_in,
    line,
    parts,
    section,
    shown_in,
    t,
)
from tests.fakes.slack.validator import fault_of, links_in, mentions_in


@pytest.mark.parametrize("markdown", ["", "\n \n", "#", "```\n\n```", "\u200b", "> ", "&#x202e;"])
def test_nothing_to_see_is_no_block(markdown: str) -> None:
    assert rich_text(markdown) == []


def test_paragraphs_have_an_empty_line_between_them_and_lines_have_none() -> None:
    assert line("one\ntwo  \nthree\\\nfour\n\n\n\nfive") == [t("one\ntwo\nthree\nfour\n\nfive")]


def test_a_major_heading_stands_apart_and_a_minor_one_above_its_text() -> None:
    assert line(
        "# Big `x`\ntext\n\n### Small\ntext\n\nmore\n\nSetext\n---\n#### Low #\n- a".replace(
            "\n- a", ""
        )
    ) == [
        t("Big ", "bold"),
        t("x", "bold", "code"),
        t("\n\ntext\n\n"),
        t("Small", "bold"),
        t("\ntext\n\nmore\n\n"),
        t("Setext", "bold"),
        t("\n\n"),
        t("Low", "bold"),
    ]


def test_a_source_by_number_stays_visible() -> None:
    assert line("As said [1].\n\n[1]: https://source.example/x") == [
        t("As said [1].\n\n[1]: "),
        a("https://source.example/x", "https://source.example/x"),
    ]


def test_lists_nest_and_keep_their_numbers() -> None:
    markdown = "Intro:\n\n- a\n  1. b\n  2. c\n     - d\n  3. e\n- f\n\nOutro\n\n7) g\n8) h"

    assert parts(markdown) == [
        section("Intro:"),
        bullets("a"),
        bullets("b", "c", indent=1, style="ordered"),
        bullets("d", indent=2),
        bullets("e", indent=1, style="ordered", offset=2),
        bullets("f"),
        section("\nOutro"),
        bullets("g", "h", style="ordered", offset=6),
    ]


def test_a_list_from_zero_counts_in_its_text() -> None:
    assert parts("0. a\n1. b") == [bullets("0. a", "1. b")]


def test_lists_deeper_than_slack_shows_stay_on_the_last_level() -> None:
    markdown = "".join(f"{'  ' * depth}- {depth}\n" for depth in range(12))

    found = parts(markdown)

    assert [each["indent"] for each in found] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8]
    assert [text_of(each) for each in found] == [str(depth) for depth in range(12)]


def test_what_is_nested_without_end_stays_readable() -> None:
    markdown = "".join(f"{'  ' * depth}- w{depth}\n" for depth in range(40)) + "- last"

    shown = "".join(text_of(each) for each in parts(markdown))

    assert all(f"w{depth}" in shown for depth in range(40))
    assert text_of(parts(markdown)[-1]) == "last"


def test_an_items_paragraphs_stay_in_it_and_code_interrupts_the_list() -> None:
    markdown = (
        "1. a\n\n   b\n\n   ```\n   c\n   ```\n\n   d\n2. e\n3. ```\n   f\n   ```\n4. > g\n5.\n"
    )

    assert parts(markdown) == [
        bullets("a\nb", style="ordered"),
        element(CODE, "c"),
        section("\nd"),
        bullets("e", " ", style="ordered", offset=1),
        element(CODE, "f"),
        bullets(" ", style="ordered", offset=3),
        element(QUOTE, "g"),
        bullets(" ", style="ordered", offset=4),
    ]


def test_tasks_have_boxes() -> None:
    assert parts("- [ ] a\n- [x] **b**\n- [X]\n- [x](https://a.example)\n- [y] c\n\n  [ ] d") == [
        bullets(
            "☐ a",
            section("☑ ", t("b", "bold")),
            "☑",
            section(a("https://a.example", "x (a.example)")),
            "[y] c\n[ ] d",
        )
    ]


def test_what_a_quote_cannot_hold_has_its_border() -> None:
    markdown = (
        "a\n> b\n>\n> ### c\n> d\n> > e\n>\n> - f\n>\n> ```\n> g\n> ```\n>\n> h\n\n> i\n\n> j\n\nk"
    )

    assert parts(markdown) == [
        section("a"),
        element(QUOTE, t("b\n\n"), t("c", "bold"), t("\nd\n\ne")),
        bullets("f", border=1),
        element(CODE, "g", border=1),
        element(QUOTE, "h"),
        section("\n"),
        element(QUOTE, "i"),
        section("\n"),
        element(QUOTE, "j"),
        section("\nk"),
    ]


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("```python\na < b\n\n  **c**\n```", "a < b\n\n  **c**"),
        ("```\na\n```", "a"),
        ("~~~c++\na\n~~~", "a"),
        ("```python\na", "a"),
        ("```this is an answer\na\n```", "this is an answer\na"),
        ("```title", "title"),
        ("```averylonglanguagename1\na\n```", "averylonglanguagename1\na"),
        ("    indented\n\n\tcode", "indented\n\ncode"),
        ("```\n<!channel> `x`\n```", "<!channel> `x`"),
    ],
)
def test_code_blocks_show_all_but_their_language(markdown: str, shown: str) -> None:
    assert parts(markdown) == [element(CODE, shown)]


def test_a_rule_divides() -> None:
    assert rich_text("a\n\n---\n- b\n  ***\n- c") == [
        element("rich_text", section("a")),
        {"type": "divider"},
        element("rich_text", bullets("b")),
        {"type": "divider"},
        element("rich_text", bullets("c")),
    ]


def test_a_table_is_a_table() -> None:
    (table,) = rich_text(
        "| a | *b* | c | d |\n|---|:-:|--:|:--|\n"
        "| <!here> | [x](https://x.example) | `1` |\n| a\\|b ||"
    )

    aligns = [("left", True), ("center", True), ("right", True), ("left", True)]
    assert table["column_settings"] == [{"align": x, "is_wrapped": y} for x, y in aligns]
    cells = [[text_of(cell) for cell in row] for row in rows_of(table)]
    assert cells == [
        ["a", "b", "c", "d"],
        ["<!here>", "x (x.example)", "1", " "],
        ["a|b", " ", " ", " "],
    ]
    assert rows_of(table)[1] == [
        {"type": "raw_text", "text": "<!here>"},
        element("rich_text", section(a("https://x.example", "x (x.example)"))),
        element("rich_text", section(t("1", "code"))),
        {"type": "raw_text", "text": " "},
    ]


def test_a_table_with_a_row_too_long_is_shown_as_it_is_written() -> None:
    source = "| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| 4 |"

    assert parts(f"> {source.replace(chr(10), chr(10) + '> ')}") == [
        element(CODE, source, border=1)
    ]


def test_a_table_in_a_list_interrupts_it() -> None:
    found = rich_text("1. a\n\n   | b |\n   |---|\n   | c |\n2. d")

    assert [each["type"] for each in found] == ["rich_text", "table", "rich_text"]
    assert children(found[2]) == [bullets("d", style="ordered", offset=1)]


def test_piles_of_marks_are_tamed_and_families_of_emoji_fall_apart() -> None:
    assert line(f"e{chr(0x301) * 20} 👨\u200d👩\u200d👧") == [t(f"e{chr(0x301) * 4} 👨👩👧")]


HOSTILE = (
    *("<!channel>", "<@U1>", "<!subteam^S1>", "@here", "<https://e.example|bank>", "&lt;!here&gt;"),
    *(
        "```",
        "```\n",
        "``",
        "`",
        "~~~",
        "*",
        "**",
        "_",
        "~~",
        "|",
        "|---|",
        "\n|a|b|\n|-|-|\n|c|d|\n",
    ),
    *(
        "[a](javascript:x)",
        "[a](https://e.example/x)",
        "![i](https://i.example/i)",
        "[",
        "](",
        ")",
        "![",
    ),
    *(
        "https://a.example/b_c",
        "a@b.example",
        "\n",
        "\n\n",
        "\n- ",
        "\n  1. ",
        "\n> ",
        "\n# ",
        "---\n",
    ),
    *(
        "word",
        "Ω",
        "東京。",
        "👨\u200d👩",
        "e\u0301",
        "\u202e",
        "\ud800",
        "\x1b[31m",
        "\x00",
        "\\",
        "$",
        "\\(",
    ),
    *(
        "&#x202e;",
        "&amp;",
        "<b>",
        " ",
        "    ",
        "\t",
        "[x] ",
        "0. ",
        "1) ",
        "===\n",
        ":",
        '"',
        "&#0;",
    ),
)
FRAGMENTS = st.lists(st.sampled_from(HOSTILE), max_size=40).map("".join)


@given(st.text(st.characters(), max_size=200) | FRAGMENTS)
@settings(max_examples=500)
def test_no_text_becomes_active_or_is_refused(markdown: str) -> None:
    blocks = rich_text(markdown)

    kinds = {str(each["type"]) for each in everything_in(blocks)}
    assert kinds <= {"rich_text", SECTION, LIST, CODE, QUOTE, "text", "link"} | {
        "table",
        "raw_text",
        "divider",
    }
    assert not mentions_in({"text": "", "blocks": blocks})
    assert all(
        link.lower().startswith(("http://", "https://", "mailto:"))
        for link in links_in({"blocks": blocks})
    )
    for each in everything_in(blocks):
        assert each["type"] != "link" or names_its_target(each)
        shown = str(each.get("text", ""))
        assert all(char in "\n\t" or unicodedata.category(char)[0] != "C" for char in shown)
    alone = [[block] for block in blocks]
    assert [fault_of("chat.postMessage", {"channel": "C1", "blocks": each}) for each in alone] == [
        None
    ] * len(alone)


LETTERS = "abcdefghijklmnopqrstuvwyzäß東京жд"  # an x in brackets becomes a box
WORD = st.text(LETTERS, min_size=21, max_size=30)  # no language of code is that long
INLINE = (
    "*",
    "**",
    "_",
    "~~",
    "`",
    "``",
    "[",
    "](",
    "](https://",
    ")",
    "![",
    "<",
    ">",
    "!",
    "(",
    "$",
)
LITERAL = (
    "\\",
    "\\(",
    "\\)",
    "://",
    "https://",
    "@",
    ":",
    "#",
    "{",
    "=",
    "|",
    "\\|",
    " ",
    "    ",
    "\t",
)
BREAKS = (
    "\n",
    "\n\n",
    "  \n",
    "\n```\n",
    "\n~~~\n",
    "\n|---|---|\n",
    "\n|-|\n",
    "\n---\n",
    "\n===\n",
)
OPENERS = ("- ", "* ", "  - ", "      - ", "> ", ">> ", "# ", "### ", "1. ", "0) ", "[ ] ", "[1]: ")
LINES = tuple(f"\n{opener}" for opener in OPENERS)
QUIET = st.sampled_from((*INLINE, *LITERAL, *BREAKS, *OPENERS, *LINES))


@given(st.lists(WORD | QUIET, max_size=60).map("".join))
@settings(max_examples=500)
def test_no_letter_is_lost(markdown: str) -> None:
    shown = iter("".join(shown_in(rich_text(markdown))))

    lost = [letter for letter in markdown if letter.isalpha() and letter not in shown]

    assert lost == []


INLINE_UNITS = (
    "[",
    "![",
    "*",
    "**a ",
    "`",
    "|",
    "<",
    "&",
    "\\",
    "$",
    "\\(",
    "_a",
    "[a](",
    "\u0301",
)
BLOCK_UNITS = ("> ", "- ", "a\n\n", "- a\n", "a|b\n-|-\n", "https://a.example/)", "```\n", "# a\n")


@pytest.mark.no_cover  # it is timed, and tracing would take most of the time
@pytest.mark.parametrize("unit", INLINE_UNITS + BLOCK_UNITS)
def test_hostile_text_takes_no_longer_than_its_length(unit: str) -> None:
    markdown = unit * (12_000 // len(unit))
    began = time.process_time()

    rich_text(markdown)

    assert time.process_time() - began < 5  # a few tenths, unless it is quadratic


def names_its_target(link: Block) -> bool:
    rest = str(link["url"]).partition(":")[2].lstrip("/")
    return (
        rest.split("/")[0].split("?")[0].casefold().removeprefix("www.")
        in str(link["text"]).casefold()
    )
