from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.rich.blocks import Kind
from adapters.discord.rich.document import document
from adapters.discord.rich.pages import MOST_TEXTS, Page, pages
from adapters.discord.rich.untrusted import size
from tests.adapters.discord.rich.reading import everything_in, read, shown
from tests.adapters.discord.rich.shapes import ROOM, ZW

SENTENCE = "The quick brown fox jumps over the lazy dog. "
SMALL = 1_000


def paged(markdown: str, most: int = ROOM) -> list[Page]:
    """Return the pages of Markdown, all of which fit."""
    found = pages(document(markdown), most)
    for page in found:
        assert sum(map(size, page)) <= most
        assert len(page) <= MOST_TEXTS
        assert all(text.strip() for text in page)
        for text in page:
            text.encode()
            assert text.count("```") % 2 == 0
    return found


def plain(page: Page) -> str:
    return "\n".join(shown(read(text)) for text in page)


def kinds(page: Page) -> list[str]:
    return [node.kind for text in page for node in read(text)]


def test_nothing_is_one_empty_page() -> None:
    assert pages([], ROOM) == [()]


def test_a_small_room_takes_more_pages() -> None:
    text = (SENTENCE * 4 + "\n\n") * 60

    assert len(paged(text)) == 3
    assert len(paged(text, 2_000)) == 6


def test_a_full_page_ends_before_a_paragraph() -> None:
    first, second, *_ = paged("\n\n".join(f"{n} {SENTENCE * 8}".strip() for n in range(40)))

    assert plain(second).split(" ", 1)[0].isdecimal()
    assert size(first[0]) > ROOM - 500


def test_a_heading_moves_on_with_its_text() -> None:
    text = SENTENCE * 25
    first, second = paged(f"{text}\n\n{text}\n\n{text}\n\n## One\n\n### Two\n\n{text}\n\n{text}")

    assert not first[0].endswith(("One", "Two"))
    assert second[0].startswith("## One\n### Two\nThe quick")


def test_a_page_begins_with_a_heading_if_one_is_near() -> None:
    paragraph = (SENTENCE * 9).strip()
    markdown = (
        f"{paragraph}\n\n" * 8 + f"## Head\n\n{SENTENCE}\n\n- {SENTENCE * 9}\n\n{SENTENCE * 9}"
    )

    _, second = paged(markdown)

    assert second[0].startswith("## Head\nThe")


def test_headings_alone_fill_pages_too() -> None:
    found = paged("## Head and more of it\n\n" * 400)

    assert sum(plain(page).count("Head") for page in found) == 400


def test_the_introduction_of_a_list_moves_on_with_it() -> None:
    text = f"{(SENTENCE * 9).strip()}\n\n" * 8
    _, second = paged(f"{text}Steps:\n\n" + f"1. {SENTENCE * 9}\n" * 3)

    assert second[0].startswith("Steps:\n1. The")


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    found = paged(SENTENCE * 300)

    assert all(plain(page).strip().endswith("dog.") for page in found)
    assert "".join(map(plain, found)).strip() == (SENTENCE * 300).strip()


@pytest.mark.parametrize(
    ("unit", "ends"),
    [
        ("word ", "word"),
        ("one line\n", "line"),
        ("東京は大きい。", "。"),
        ("「東京。」", "」"),
        ("xyz", ("x", "y", "z")),
        ("e\u0301", "\u0301"),
        ("👍🏽", "🏽"),
        ("क्षि", "ि"),
        ("🇩🇪.", "."),
        ("\\*", "*"),
        ("\\_\\\\", ("\\_", "\\\\")),
        (":a:", (":", "a")),
    ],
)
def test_a_long_text_is_cut_between_lines_sentences_words_or_characters(
    unit: str, ends: str | tuple[str, ...]
) -> None:
    found = paged(unit * (9_000 // len(unit)))

    assert len(found) > 2
    assert all(page[0].rstrip().endswith(ends) for page in found)
    expected = re.sub(r"\\([*_\\])", r"\1", unit).strip()
    assert "".join(map(plain, found)).count(expected) >= 9_000 // len(unit) - len(found)


def test_an_escape_is_not_torn() -> None:
    found = paged("x" + "\\*" * 5_000)

    assert "".join(map(plain, found)) == "x" + "*" * 5_000


def test_what_begins_a_line_after_a_cut_is_still_text() -> None:
    found = paged("word - 1. # > -# " * 500)

    assert len(found) > 2
    assert {kind for page in found for kind in kinds(page)} == {"text"}


def test_links_and_code_are_not_cut() -> None:
    url = f"https://a.example/{'x' * 100}"
    found = paged(f"[one two]({url}) `some code` {url} " * 100)

    nodes = [node for page in found for text in page for node in everything_in(read(text))]
    assert [node.more for node in nodes if node.kind == "link"] == [url] * 200
    assert [node.text for node in nodes if node.kind == "code"] == ["some code"] * 100


def test_a_whole_too_long_for_a_page_becomes_text() -> None:
    found = paged(f"a [{'b' * 4_000}](https://c.example/d) `{'e' * 4_000}` f", SMALL)

    text = "".join(map(plain, found))
    assert text == f"a {'b' * 4_000} (https:{ZW}//c.example/d) {'e' * 4_000} f"


def test_styles_survive_a_cut() -> None:
    found = paged(f"**{(SENTENCE * 200).strip()}**")

    assert len(found) > 1
    assert {kind for page in found for kind in kinds(page)} <= {"strong", "text"}
    assert all(text.startswith("**") for page in found for text in page)


def test_much_markup_counts_as_much() -> None:
    found = paged("**a** `b` " * 1_000)

    assert "".join(map(plain, found)).split() == ["a", "b"] * 1_000


def test_code_that_fits_a_page_is_whole() -> None:
    code = "".join(f"line {number}\n" for number in range(250))
    first, second = paged(f"{SENTENCE * 50}\n\n```py\n{code}```")

    assert kinds(first) == ["text"]
    assert second[0] == f"```py\n{code}```"


def test_longer_code_is_cut_at_its_lines_and_opened_again_with_its_language() -> None:
    code = "".join(f"{'  ' * (number % 4)}line {number}\n" for number in range(1_000)) + "\n\nend"
    found = paged(f"Intro\n\n```py\n{code}\n```\n\nOutro")

    fences = [
        node for page in found for text in page for node in read(text) if node.kind == "fence"
    ]
    assert {fence.more for fence in fences} == {"py"}
    assert "\n".join(fence.text for fence in fences).split() == code.split()
    assert all(kinds(page).count("fence") == 1 for page in found)
    assert found[0][0].startswith("Intro\n```py\nline 0")
    assert found[-1][0].endswith("end\n```\nOutro")


def test_a_line_of_code_that_is_too_long_is_cut_anywhere() -> None:
    found = paged(f"```\nshort\n{'x' * 7_000}\n\n{'😀' * 3_000}\n```")

    shown_code = "".join(map(plain, found)).replace("\n", "")
    assert shown_code == f"short{'x' * 7_000}{'😀' * 3_000}"


def test_a_list_goes_on_with_its_numbers() -> None:
    found = paged("3. " + "\n1. ".join([SENTENCE * 3] * 90) + "\n   - nested")

    lists = [node for page in found for text in page for node in read(text) if node.kind == "list"]
    starts = [int(each.more) for each in lists]
    assert starts[0] == 3
    assert (
        starts[1:]
        == [start + len(each.parts) for start, each in zip(starts, lists, strict=True)][:-1]
    )
    assert lists[-1].parts[-1].parts[-1].kind == "list"


def test_a_nested_list_begins_a_page_at_the_margin() -> None:
    found = paged("- a\n" + f"  - {SENTENCE * 3}\n" * 60 + "- b")

    assert all(page[0].startswith(("- a", "- The")) for page in found)
    assert found[-1][0].endswith("\n- b")


def test_the_rest_of_an_item_too_long_is_no_item() -> None:
    found = paged(f"1. {SENTENCE * 150}\n2. b\n3. c")

    assert [line[:2] for page in found for line in page[0].split("\n")] == ["1.", "Th", "2.", "3."]


def test_quotes_stay_quotes_over_pages() -> None:
    found = paged(f"> {SENTENCE * 100}\n>\n> {SENTENCE * 30}\n>\n> ```\n> code\n> ```")

    assert len(found) == 2
    assert all(line.startswith("> ") for page in found for line in page[0].split("\n"))
    assert {kind for page in found for kind in kinds(page)} == {"quote"}


def test_many_rules_need_many_pages() -> None:
    found = paged("a\n\n---\n\n" * 30)

    assert [len(page) for page in found] == [12, 12, 6]


def test_a_long_table_goes_on_on_the_next_page() -> None:
    rows = "".join(f"| row {number} | {'x' * 20} |\n" for number in range(300))
    found = paged(f"| a | b |\n|---|---|\n{rows}")

    assert all(kinds(page) == ["fence"] for page in found)
    assert all(f"row {number} " in "".join(map(plain, found)) for number in range(300))


FRAGMENTS = (
    *("word ", "Sentence. ", "東京。", "\n", "\n\n", "\n- ", "\n  1. ", "\n> ", "\n# ", "---\n"),
    *("`x`", "**", "*", "[a](https://e.example/x) ", "https://a.example/b_c ", "\n```py\n", "    "),
    *("\\", "e\u0301", "😀", "\n|a|b|\n|-|-|\n|c|d|\n|[e](https://e.example)|**f**|\n", "@here"),
    *(SENTENCE * 30, "x" * 2_500, "\n\n".join([SENTENCE * 9] * 4), "- item\n" * 60, "> " * 20),
    *("1. a\n" * 60, "😀" * 1_500, "*_" * 800, "| a | b |\n|-|-|\n" + "|c|d|\n" * 200),
)


@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join) | st.text(max_size=200),
    st.sampled_from([SMALL, 2_500, ROOM]),
)
@settings(max_examples=60)
def test_every_page_fits_and_nothing_is_lost(markdown: str, most: int) -> None:
    blocks = document(markdown)

    found = paged(markdown, most)

    uncut = "".join(text for page in pages(blocks, 10**9) for text in page)
    cut = iter("".join(text for page in found for text in page))
    assert [letter for letter in uncut if letter.isalnum() and letter not in cut] == []
    assert all(found) or not [block for block in blocks if block.kind is not Kind.RULE]


@pytest.mark.parametrize("most", range(SMALL, SMALL + 6))
def test_no_character_that_people_see_is_cut(most: int) -> None:
    found = paged("👩🏽e\u0301🇩🇪-" * 400, most)

    assert len(found) > 3
    for page in found:
        assert unicodedata.category(page[0][0])[0] != "M"
        assert page[0][0] not in {"🏽", "🇪"}
