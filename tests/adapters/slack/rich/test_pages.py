from __future__ import annotations

import json
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.rich.elements import Block, children, text_of
from adapters.slack.rich.pages import LEAST_JSON, MESSAGE_JSON, fallback, pages, plain
from adapters.slack.rich.richtext import rich_text
from tests.adapters.slack.rich.shapes import (
    CODE,
    LIST,
    SECTION,
    a,
    bullets,
    element,
    everything_in,
    section,
    shown_in,
    t,
)
from tests.fakes.slack.validator import fault_of

SENTENCE = "The quick brown fox jumps over the lazy dog. "
EMPTY = "no_text: : neither text nor blocks"
TABLE = "| a | b |\n|---|--:|\n| 1 | 2 |\n\n"


def block(*elements: Block) -> Block:
    return element("rich_text", *elements)


def size(blocks: list[Block]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))


def paged(markdown: str, reserved: int = 0) -> list[list[Block]]:
    """Return the pages of Markdown, all of which fit."""
    found = pages(rich_text(markdown), reserved=reserved)
    for page in found:
        most = max(MESSAGE_JSON - reserved, LEAST_JSON)
        assert size(page) <= most
        assert size(fallback(page)) <= most + 500  # a table's text takes a few blocks more
        assert len(page) <= 40
        assert not [each for each in fallback(page) if each["type"] == "table"]
        for blocks in (page, fallback(page)):
            assert fault_of("chat.postMessage", {"channel": "C1", "blocks": blocks}) in {
                None,
                EMPTY,
            }
            texts = [len(text_of(each)) for each in blocks if each["type"] == "rich_text"]
            assert max(texts, default=0) <= 3000
    return found


def pieces(found: list[list[Block]]) -> list[str]:
    """Return the text of each block on its own."""
    return [text_of(each) for page in found for each in page]


def test_what_fits_is_one_page_as_it_is() -> None:
    blocks = rich_text(
        f"# a\n\nb **c**\n\n- d\n  1. e\n\nf\n\n{TABLE}\n\n---\n> g\n\n> h\n\n```\ni\n```"
    )

    assert pages(blocks) == [blocks]


def test_nothing_is_one_empty_page() -> None:
    assert pages([]) == [[]]


def test_what_the_caller_reserves_is_left_free() -> None:
    text = (SENTENCE * 4 + "\n\n") * 60

    assert len(paged(text)) == 2
    assert len(paged(text, reserved=6000)) == 3
    assert len(paged(text, reserved=50_000)) == len(paged(text, reserved=MESSAGE_JSON - LEAST_JSON))


def test_a_full_page_ends_before_a_paragraph() -> None:
    first, second = paged("\n\n".join(f"{number} {SENTENCE * 8}".strip() for number in range(40)))

    assert text_of(second[0]).split(" ", 1)[0].isdecimal()
    assert size(first) > 9_000


def test_a_heading_moves_on_with_its_text() -> None:
    text = SENTENCE * 60
    first, second = paged(f"{text}\n\n{text}\n\n{text}\n\n## One\n\n### Two\n\n{text}\n\n{text}")

    assert not plain(first).endswith(("One", "Two"))
    assert plain(second).startswith("One\n\nTwo\nThe quick")


def test_a_page_begins_with_a_heading_if_one_is_near() -> None:
    markdown = (
        SENTENCE * 15 + "\n\n"
    ) * 13 + f"## Head\n\n{SENTENCE}\n\n- {SENTENCE * 20}\n\n{SENTENCE * 30}"

    first, second = paged(markdown)

    assert plain(second).startswith("Head\n\nThe")
    assert len(first) == 4


def test_headings_alone_fill_pages_too() -> None:
    found = paged("## Head and more of it\n\n" * 700)

    assert sum(plain(page).count("Head") for page in found) == 700


def test_the_introduction_of_a_list_moves_on_with_it() -> None:
    text = f"{(SENTENCE * 15).strip()}\n\n" * 13
    _, second = paged(f"{text}Steps:\n\n" + f"1. {SENTENCE * 10}\n" * 8)

    assert plain(second).startswith("Steps:\n1. The")


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    found = paged(SENTENCE * 300)

    assert all(piece.strip().endswith("dog.") for piece in pieces(found))
    assert "".join(pieces(found)) == (SENTENCE * 300).strip()


@pytest.mark.parametrize(
    ("unit", "ends"),
    [
        ("word ", " "),
        ("one line\n", "\n"),
        ("東京は大きい。", "。"),
        ("「東京。」", "」"),
        ("xyz", "z"),
        ("e\u0301", "\u0301"),
        ("👍🏽", "🏽"),
        ("क्षि", "ि"),
    ],
)
def test_a_long_text_is_cut_between_lines_sentences_words_or_characters(
    unit: str, ends: str
) -> None:
    text = unit * (10_000 // len(unit))

    found = pieces(pages([block(section(text))]))

    assert "".join(found) == text
    assert len(found) > 1
    assert all(piece.endswith(ends) for piece in found)


def test_nothing_but_marks_is_cut_anyhow() -> None:
    assert "".join(pieces(pages([block(section("\u0301" * 9000))]))) == "\u0301" * 9000


def test_a_link_is_not_cut() -> None:
    link = f"[one two](https://a.example/{'x' * 100}) "
    blocks = rich_text(link * 400)

    found = pages(blocks)

    whole = a(f"https://a.example/{'x' * 100}", "one two (a.example)")
    assert [each for each in everything_in(found) if each["type"] == "link"] == [whole] * 400


def test_a_cut_finds_the_last_sentence_before_many_styles() -> None:
    found = paged(f"It ends here. {'**b** `c` ' * 20}d " * 60)

    assert len(found) > 3
    assert all(piece.endswith("here. ") for piece in pieces(found)[:-1])
    assert "".join(pieces(found)) == (f"It ends here. {'b c ' * 20}d " * 60).strip()


def test_a_mark_after_a_link_does_not_cut_it() -> None:
    link = a("https://a.example", "l" * 10)

    found = pages([block(section("x" * 2990, link, "\u0301" * 50))])

    assert [each for each in everything_in(found) if each["type"] == "link"] == [link]


def test_a_link_too_long_by_itself_becomes_text() -> None:
    found = paged(f"a [{'b' * 4000}](https://c.example/d) e")

    assert not [each for each in everything_in(found) if each["type"] == "link"]
    assert "".join(pieces(found)) == f"a {'b' * 4000} (c.example) https://c.example/d e"


def test_an_address_too_long_for_a_small_page_becomes_text() -> None:
    url = f"https://a.example/{'b' * 970}"

    assert (
        "".join(pieces(paged(f"[a]({url}) {url}", reserved=9000))) == f"a (a.example) {url} {url}"
    )


def test_styles_survive_a_cut() -> None:
    found = paged(f"**{(SENTENCE * 200).strip()}**")

    texts = [each for each in everything_in(found) if each["type"] == "text"]
    assert {json.dumps(each.get("style")) for each in texts} == {'{"bold": true}'}


def test_much_markup_counts_as_much() -> None:
    found = paged("**a** `b` " * 1000)

    assert "".join(pieces(found)).split() == ["a", "b"] * 1000
    assert len(found) > 5


def test_code_is_cut_at_its_lines() -> None:
    code = "".join(f"{'  ' * (number % 4)}line {number}\n" for number in range(1000)) + "\n\nend"

    found = paged(f"```py\n{code}\n```")

    codes = [text_of(each) for each in everything_in(found) if each["type"] == CODE]
    assert "\n".join(codes) == code
    assert len(codes) > 3


def test_code_in_small_messages_is_one_in_each() -> None:
    found = paged("```\n" + "a line of code\n" * 400 + "```", reserved=9000)

    assert len(found) > 3
    for page in found:
        assert [each["type"] for each in children(page[0])] == [CODE]


def test_a_line_of_code_that_is_too_long_is_cut_anywhere() -> None:
    quotes = '"' * 7000  # each takes two characters of JSON
    code = f"short\n{'x' * 7000}\n\n{quotes}"

    found = pieces(paged(f"```\n{code}\n```"))

    assert "".join(found).replace("\n", "") == code.replace("\n", "")
    assert found[0] == "short"


def test_a_list_goes_on_with_its_numbers() -> None:
    found = paged("3. " + "\n1. ".join([SENTENCE * 3] * 90) + "\n   - nested")

    lists = [each for each in everything_in(found) if each["type"] == LIST]
    *ordered, nested = lists
    assert [each["style"] for each in ordered] == ["ordered"] * len(ordered)
    assert ordered[0]["offset"] == 2
    for before, after in pairwise(ordered):
        assert after["offset"] == int(str(before["offset"])) + len(children(before))
    assert nested == bullets("nested", indent=1)


def test_the_rest_of_an_item_too_long_is_no_item() -> None:
    found = paged(f"1. {SENTENCE * 100}\n2. b\n3. c")

    kinds = [each["type"] for each in everything_in(found) if each["type"] in {LIST, SECTION}]
    assert kinds == [LIST, SECTION, SECTION, LIST, SECTION, SECTION]
    assert plain(found[-1]).endswith("2. b\n3. c")


def test_each_table_has_a_message_of_its_own() -> None:
    found = paged(f"one\n\n{TABLE}two\n\n{TABLE}\n\n## Head\n\n{TABLE}")

    assert [[each["type"] for each in page] for page in found] == [
        ["rich_text", "table", "rich_text"],
        ["table"],
        ["rich_text", "table"],
    ]


def test_a_heading_stays_where_its_table_is() -> None:
    found = paged(f"one\n\n## Head\n\n{TABLE}two\n\n{TABLE}")

    assert [plain(page).replace("\n\n", "\n") for page in found] == [
        "one\nHead\na | b\n1 | 2\ntwo",
        "a | b\n1 | 2",
    ]


@pytest.mark.parametrize(("rows", "columns"), [(101, 2), (3, 21), (60, 15)])
def test_a_table_too_large_becomes_aligned_text(rows: int, columns: int) -> None:
    cells = [[f"{row}.{column}" for column in range(columns)] for row in range(rows)]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    markdown = "\n".join([lines[0], "|:-:|" + "--:|" * (columns - 1), *lines[1:]])

    found = paged(markdown)

    codes = [text_of(each) for each in everything_in(found) if each["type"] == CODE]
    shown = "\n".join(codes).split("\n")
    assert [[cell.strip() for cell in each.split("|")] for each in (shown[0], *shown[2:])] == cells
    assert set(shown[1]) == set("-+")
    assert len({len(each) for each in shown if not each.endswith(" ")}) == 1


def test_too_much_text_for_a_table_becomes_preformatted() -> None:
    found = paged(f"| a | b |\n|---|---|\n| {'x' * 6000} | {'y' * 4100} |")

    assert [each["type"] for page in found for each in page].count("table") == 0


def test_aligned_text_counts_wide_characters_twice_and_keeps_links() -> None:
    markdown = (
        "| 東京 | e\u0301 | right | mid |\n|---|---|--:|:-:|\n"
        "| a | [b](https://b.example) | **c** | d |\n| ef | g | | |\n"
        "| | | | [h](https://h.example) |"
    )

    assert fallback(rich_text(markdown)) == [
        block(
            element(
                CODE,
                "東京 | e\u0301             | right |      mid\n"
                "-----+---------------+-------+--------------\n"
                "a    | ",
                a("https://b.example", "b (b.example)"),
                " |     c |       d\n"
                "ef   | g             |       |\n"
                "     |               |       | ",
                a("https://h.example", "h (h.example)"),
            )
        )
    ]


def test_a_table_whose_padding_would_burst_it_is_not_aligned() -> None:
    row = " | ".join(f"{'w' * 40}{number}" for number in range(10))
    markdown = f"| {row} |\n{'|-' * 10}|\n" + "| a |\n" * 20
    blocks = rich_text(markdown)

    (found,) = fallback(blocks)

    assert size([found]) <= size(blocks)
    assert text_of(found).split("\n")[0] == row


def test_a_table_that_is_smaller_than_its_padding_is_not_aligned() -> None:
    wide = " | ".join(["w" * 40] * 20)
    markdown = f"| {wide} |\n{'|-' * 20}|\n" + f"|{'x|' * 20}\n" * 16
    blocks = rich_text(markdown)

    (found,) = fallback(blocks)

    assert size([found]) <= size(blocks)
    assert text_of(found).split("\n")[1] == " | ".join(["x"] * 20)


def test_a_table_that_others_made_may_lack_cells_and_settings() -> None:
    cells: list[list[Block]] = [
        [{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}],
        [{"type": "raw_text", "text": "c"}],
    ]
    blocks: list[Block] = [{"type": "table", "rows": cells}]

    found = fallback(blocks)

    assert found == [block(element(CODE, "a | b\n--+--\nc"))]


def test_blocks_of_others_are_never_cut() -> None:
    large: Block = {"type": "markdown", "text": "x" * 12_000}
    small: Block = {"type": "divider"}
    mention = block(section("by ", {"type": "user", "user_id": "U1"}))

    assert pages([small, large, mention]) == [[small], [large], [mention]]


def test_rich_text_of_others_keeps_its_gaps() -> None:
    blocks = [
        block(
            section("a\n\n"),
            section("b"),
            section("c", t("\nd", "bold"), "\n\ne\n"),
            element(CODE, "f"),
        )
    ]

    assert plain(pages(blocks)[0]) == "a\nb\nc\nd\n\ne\n\nf"


def test_many_blocks_need_many_pages() -> None:
    found = paged("a\n\n---\n\n" * 100)

    assert [len(page) for page in found] == [40, 40, 40, 40, 40]


def test_plain_text_is_what_is_visible() -> None:
    markdown = (
        f"# a\n\n- b\n- [c](https://c.example)\n\n4. d\n\n> e\n\n```\nf\n```\n\n{TABLE}---\ng"
    )

    assert plain(rich_text(markdown)) == ("a\n• b\n• c (c.example)\n4. d\ne\nf\na | b\n1 | 2\ng")


def test_without_tables_blocks_are_their_own_fallback() -> None:
    blocks = rich_text("# a\n\n- b\n\n---")

    assert fallback(blocks) == blocks


FRAGMENTS = (
    *(
        "word ",
        "Sentence. ",
        "東京。",
        "\n",
        "\n\n",
        "\n- ",
        "\n  1. ",
        "\n> ",
        "\n# ",
        "\n### ",
        "---\n",
        "`x`",
    ),
    *(
        "**",
        "[a](https://e.example/x) ",
        "https://a.example/b_c ",
        "\n```\n",
        "    ",
        '"',
        "\\",
        "e\u0301",
    ),
    *("\n|a|b|\n|-|-|\n|c|d|\n|[e](https://e.example)|**f**|\n", "\n\n|a|\n|-|\n" + "|b|\n" * 120),
    *(
        SENTENCE * 100,
        "x" * 3500,
        "\n\n".join([SENTENCE * 9] * 9),
        "- item\n" * 60,
        "> " * 40,
        "1. a\n" * 99,
    ),
)


@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join) | st.text(max_size=300),
    st.sampled_from([0, 500, 3000, 20_000]),
)
@settings(max_examples=150)
def test_every_page_fits_and_nothing_is_lost(markdown: str, reserved: int) -> None:
    blocks = rich_text(markdown)

    found = paged(markdown, reserved)

    shown = iter("".join(shown_in([each for page in found for each in page])))
    said = "".join("".join(shown_in(blocks)).split())
    if not any(each["type"] == "table" for each in blocks):
        assert "".join("".join(pieces(found)).split()) == "".join(
            "".join(map(text_of, blocks)).split()
        )
    assert [letter for letter in said if letter.isalnum() and letter not in shown] == []
    assert all(page for page in found) or not blocks


@pytest.mark.no_cover  # it is timed, and tracing would take most of the time
@pytest.mark.parametrize(
    "unit", ["a\n\n", "# a\n", "- a\n", "**a** `b` ", "x", "```\na\n", "|a|\n"]
)
def test_hostile_text_is_cut_in_a_time_like_its_length(unit: str) -> None:
    began = time.process_time()

    found = paged(unit * (10_000 // len(unit)))

    assert found
    assert time.process_time() - began < 5  # a few tenths, unless it is quadratic
