from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.rich.document import document
from adapters.discord.rich.pages import pages
from tests.adapters.discord.rich.reading import ACTIVE, Node, everything_in, read, shown
from tests.adapters.discord.rich.shapes import ROOM, ZW, said, seen
from tests.fakes.discord.validator import mentions_in


def kinds(markdown: str) -> list[str]:
    """Return the kinds of what a text is read as, at the outermost level and without gaps."""
    return [node.kind for node in read(said(markdown)) if node.text.strip() or node.parts]


@pytest.mark.parametrize("markdown", ["", "\n \n", "#", "```\n\n```", "\u200b", "> ", "&#x202e;"])
def test_nothing_to_see_is_no_block(markdown: str) -> None:
    assert document(markdown) == []


def test_headings_are_discords_and_what_is_deeper_is_bold() -> None:
    markdown = (
        "a\n# One `x` **b**\ntext\n\n## Two\n### Three\n#### Four #\nmore\n\nSetext\n---\n- b"
    )

    assert said(markdown) == (
        "a\n## One `x` b\ntext\n## Two\n### Three\n**Four**\nmore\n## Setext\n- b"
    )
    assert "#" not in "".join(node.text for node in read(said("##### a\n###### b")))


def test_a_heading_keeps_a_number_sign_at_its_end() -> None:
    (heading,) = read(said("# C\\#"))

    assert heading == Node("heading", parts=[Node("text", f"C#{ZW}")], more="2")


def test_what_is_too_long_for_a_heading_is_a_bold_paragraph() -> None:
    assert said(f"# {'word ' * 50}") == f"**{('word ' * 50).strip()}**"


def test_lists_nest_and_keep_their_numbers() -> None:
    markdown = (
        "Intro:\n\n- a\n  1. b\n  2. c\n     - d\n  3. e\n- f\n\nOutro\n\n7) g\n8) h\n\n* i\n+ j"
    )

    assert said(markdown) == (
        "Intro:\n- a\n  1. b\n  2. c\n     - d\n  3. e\n- f\n\nOutro\n7. g\n8. h\n\n- i\n\n- j"
    )
    assert [node.more for node in read(said(markdown)) if node.kind == "list"] == ["", "7", "", ""]


def test_a_list_from_zero_counts_in_its_text() -> None:
    assert said("0. a\n1. b") == "- 0\\. a\n- 1\\. b"


def test_lists_that_follow_each_other_stay_apart() -> None:
    found = read(said("- a\n\n1. b\n\n\n<!-- -->\n\n1. c"))

    assert [node.kind for node in found if node.kind == "list"] == ["list"] * 3


def test_lists_deeper_than_discord_shows_stay_on_the_last_level() -> None:
    markdown = "".join(f"{'  ' * depth}- w{depth}\n" for depth in range(40)) + "- last"

    found = said(markdown)

    assert all(f"w{depth}" in found for depth in range(40))
    assert max(len(line) - len(line.lstrip()) for line in found.split("\n")) == 20
    assert found.endswith("\n- last")


def test_an_items_paragraphs_stay_in_it_and_code_interrupts_the_list() -> None:
    markdown = (
        "1. a\n\n   b\n\n   ```\n   c\n   ```\n\n   d\n2. e\n3. ```\n   f\n   ```\n4. > g\n5.\n"
    )

    assert said(markdown) == (
        f"1. a\n   b\n```\nc\n```\nd\n2. e\n3. {ZW}\n```\nf\n```\n4. \\> g\n5. {ZW}"
    )
    lists = [node for node in read(said(markdown)) if node.kind == "list"]
    assert [node.more for node in lists] == ["1", "2", "4"]


def test_tasks_have_boxes() -> None:
    assert said("- [ ] a\n- [x] **b**\n- [X]\n- [x](https://a.example)\n- [y] c\n\n  [ ] d") == (
        "- ☐ a\n- ☑ **b**\n- ☑\n- [x](<https://a.example>) (a.example)\n- \\[y] c\n  \\[ ] d"
    )


def test_a_quote_holds_what_is_in_it() -> None:
    markdown = (
        "a\n> b\n>\n> ### c\n> d\n> > e\n>\n> - f\n>   g\n>\n> ```\n> h\n> ```\n>\n> i\n\n> j\n\nk"
    )

    assert said(markdown) == (
        "a\n\n> b\n> \n> **c**\n> d\n> \n> e\n> - f\n>   g\n> ```\n> h\n> ```\n> i\n\n> j\n\nk"
    )
    assert kinds(markdown) == ["text", "quote", "quote", "text"]


def test_a_quote_in_a_list_is_a_part_of_its_item() -> None:
    assert said("- a\n\n  > b\n  > c\n- > d\n  - e") == "- a\n  \\> b\n  c\n- \\> d\n  - e"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("```python\na < b\n\n  **c**\n```", "```python\na < b\n\n  **c**\n```"),
        ("```\na\n```", "```\na\n```"),
        ("~~~c++\na\n~~~", "```c++\na\n```"),
        ("```python\na", "```python\na\n```"),
        ("```this is an answer\na\n```", "```\nthis is an answer\na\n```"),
        ("```title", "```\ntitle\n```"),
        ("```averylonglanguagename1\na\n```", "```\naverylonglanguagename1\na\n```"),
        ("    indented\n\n\tcode", "```\nindented\n\ncode\n```"),
        ("```\n<@1> @here `x` \\*\n```", f"```\n<{ZW}@1> @{ZW}here `x` \\*\n```"),
        ("````\n```py\na\n```\n````", f"```\n`{ZW}``py\na\n`{ZW}``\n```"),
    ],
)
def test_code_blocks_keep_their_language_and_end_where_they_should(
    markdown: str, text: str
) -> None:
    assert said(markdown) == text
    assert kinds(markdown) == ["fence"]


def test_code_that_looks_like_the_end_of_a_label_is_no_part_of_one() -> None:
    assert kinds("[a](https://e.example) `x](y)`\n```\nx](y)\n```") == [
        "link",
        "text",
        "code",
        "fence",
    ]


def test_a_rule_divides() -> None:
    assert pages(document("a\n\n---\n- b\n  ***\n- c\n\n***\n---"), ROOM) == [("a", "- b", "- c")]


def test_a_narrow_table_is_aligned() -> None:
    head = "| a | *b* | right | mid |\n|---|---|--:|:-:|\n"

    assert said(f"{head}| 東京 | e\u0301 | <@1> | `1` |\n| x\\|y ||") == (
        f"```\na     b  right  mid\n────  ─  ─────  ───\n東京  e\u0301   <{ZW}@1>   1\nx|y\n```"
    )


WORDS = "several words that take their place"


def test_a_wide_table_is_a_list_with_every_cell() -> None:
    markdown = (
        f"| Option | Good | Bad |\n|---|---|---|\n| **A** | {WORDS} | {WORDS} `x` |\n| B | | c |"
    )

    assert said(markdown) == (
        f"**Option: A**\n- Good: {WORDS}\n- Bad: {WORDS} `x`\n\n**Option: B**\n- Good: -\n- Bad: c"
    )


def test_a_table_with_links_is_a_list_since_code_has_none() -> None:
    assert said("| | l |\n|---|---|\n| a | [b](https://b.example) |\n| | https://c.example |") == (
        "**a**\n- l: [b](<https://b.example>) (b.example)\n\n**-**\n- l: <https://c.example>"
    )


def test_a_table_without_rows_shows_its_head() -> None:
    assert said(f"| {WORDS} | {WORDS} |\n|---|---|") == f"**{WORDS}**\n- {WORDS}"


def test_a_table_with_a_row_too_long_is_shown_as_it_is_written() -> None:
    source = "| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| 4 |"

    assert said(f"> {source.replace(chr(10), chr(10) + '> ')}") == (
        f"> ```\n> {source.replace(chr(10), chr(10) + '> ')}\n> ```"
    )


def test_a_table_in_a_list_is_a_part_of_it() -> None:
    markdown = f"1. a\n\n   | b | d |\n   |---|---|\n   | c | {WORDS} {WORDS} |\n2. e"

    found = said(markdown)

    assert found == f"1. a\n   **b: c**\n   - d: {WORDS} {WORDS}\n2. e"
    (whole,) = read(found)
    assert [node.kind for node in everything_in([whole])].count("item") == 3


HOSTILE = (
    *("<@1>", "<@!2>", "<@&3>", "<#4>", "</ask:5>", "<id:browse>", "<t:1700000000:R>", "<:x:6>"),
    *("@everyone", "@here", ":smile:", "||", "-# ", "> ", ">>> ", "# ", "#### ", "- ", "* ", "+ "),
    *("1. ", "0. ", "1) ", "\n", "\n\n", "  \n", "**", "*", "_", "__", "~~", "`", "``", "```py\n"),
    *("\n```\n", "\n~~~\n", "[", "](", "](https://e.example/x)", ")", "![", "|", "\n---\n"),
    *("[l](https://e.example/a_b*c)", "[x](https://e.example/(a))", "https://a.example/b_c"),
    *("https://a@b.example/", "http://", "\n|a|b|\n|-|-|\n|c|d|\n", "\n===\n", "word", "東京。"),
    *("👨\u200d👩", "e\u0301", "\u202e", "\ud800", "\x1b[31m", "\\", "$", "&#x202e;", "&lt;@1&gt;"),
    *("<b>", " ", "    ", "\t", "[x] ", ":", "C#", "<", "@", "(", "mailto:a@b.example", "😀"),
)
FRAGMENTS = st.lists(st.sampled_from(HOSTILE), max_size=30).map("".join)


@given(st.text(max_size=150) | FRAGMENTS)
@settings(max_examples=200)
def test_no_text_becomes_active_or_breaks_out(markdown: str) -> None:
    texts = [text for page in pages(document(markdown), ROOM) for text in page]

    for text in texts:
        message = {"components": [{"type": 10, "content": text}]}
        nodes = list(everything_in(read(text)))
        assert text.strip()
        assert text.encode()
        assert not {node.kind for node in nodes} & (ACTIVE | {"u", "spoiler", "small", "preview"})
        assert not mentions_in(message)
        targets = [node.more.lower() for node in nodes if node.kind == "link"]
        assert all(target.startswith(("http://", "https://")) for target in targets)


LETTERS = "abcdefghijklmnopqrstuvwyzäß東京жд"  # an x in brackets becomes a box
WORD = st.text(LETTERS, min_size=21, max_size=30)  # no language of code is that long
QUIET = st.sampled_from(
    (
        *("*", "**", "_", "~~", "`", "``", "[", "](", "](https://", ")", "![", "<", ">", "(", "$"),
        *("\\", "\\(", "://", "https://", "@", ":", "#", "{", "|", "\\|", " ", "    ", "\t"),
        *("\n", "\n\n", "  \n", "\n```\n", "\n~~~\n", "\n|---|---|\n", "\n|-|\n", "\n---\n"),
        *("- ", "\n- ", "\n  - ", "> ", "\n> ", "\n>> ", "# ", "\n### ", "1. ", "\n0) ", "[ ] "),
    )
)


@given(st.lists(WORD | QUIET, max_size=40).map("".join))
@settings(max_examples=200)
def test_no_letter_is_lost(markdown: str) -> None:
    written, visible = Counter(filter(str.isalpha, markdown)), Counter(seen(markdown))

    assert written - visible == Counter()  # a table as a list says its heads more than once


UNITS = (
    *("[", "![", "*", "**a ", "`", "|", "<", "&", "\\", "$", "_a", "[a](", "\u0301", "> ", "- "),
    *("a\n\n", "- a\n", "a|b\n-|-\n", "https://a.example/)", "```\n", "# a\n", ":a:", "](", "1. "),
)


@pytest.mark.parametrize("unit", UNITS)
def test_hostile_text_takes_no_longer_than_its_length(unit: str) -> None:
    markdown = unit * (4_000 // len(unit))
    began = time.process_time()

    pages(document(markdown), ROOM)

    assert time.process_time() - began < 3  # less than a tenth, unless it is quadratic


def test_what_is_shown_is_what_was_written() -> None:
    text = "Snake_case, 2 * 3, a ~ b, [1], <tag>, #1, C:\\dir, 12:30:45 and |x|."

    assert shown(read(said(text))) == text
