from __future__ import annotations

import pytest

from tests.adapters.discord.rich.reading import Node, everything_in, read, shown
from tests.adapters.discord.rich.shapes import ZW, said


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("a *b* **c** ~~d~~ `e`", "a _b_ **c** ~~d~~ `e`"),
        ("__a__ _b_", "**a** _b_"),
        ("***a***", "**_a_**"),
        ("**a *b* c**", "**a _b_ c**"),
        ("*a **b** c*", "_a **b** c_"),
        ("**a***b*", "**a**_b_"),
        ("un*frigging*believable", f"un_frigging_{ZW}believable"),
        ("~~*a*~~", f"~~{ZW}_a_{ZW}~~"),
        ("**`a`** *`a_b`* **`a*b`**", "**`a`** `a_b` `a*b`"),
        ("*[a](https://e.example/b_c)*", "[a](<https://e.example/b_c>) (e.example)"),
    ],
)
def test_styles_are_discords_and_never_touch_so_that_they_are_misread(
    markdown: str, text: str
) -> None:
    assert said(markdown) == text


def test_nested_styles_are_read_as_they_were_meant() -> None:
    nodes = read(said("**bold *both* bold** *it **both*** ~~**s**~~ 2 * 3 * 4"))

    kinds = [node.kind for node in everything_in(nodes) if node.kind != "text"]
    assert kinds == ["strong", "em", "em", "strong", "s", "strong"]
    assert shown(nodes).replace(ZW, "") == "bold both bold it both s 2 * 3 * 4"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (
            "2 * 3 \\* 4 snake_case a~b a|b \\`c\\`",
            "2 \\* 3 \\* 4 snake\\_case a\\~b a\\|b \\`c\\`",
        ),
        ("C:\\dir \\\\ \\#", "C:\\\\dir \\\\ #"),
        ("||spoiler||", "\\|\\|spoiler\\|\\|"),
        ("see [1] and [a\\](b)", "see \\[1] and \\[a]\\(b)"),
        ("a < b <div> &lt;", "a \\< b \\<div> \\<"),
        (":warning: 12:30:45 a: b", "\\:warning: 12\\:30:45 a: b"),
        ("$x_1 * y$ and \\(a_b\\)", "$x\\_1 \\* y$ and \\\\(a\\_b\\\\)"),
    ],
)
def test_what_is_no_markup_is_escaped(markdown: str, text: str) -> None:
    assert said(markdown) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("<@1> <@!2> <@&3>", f"\\<{ZW}@1> \\<{ZW}@!2> \\<{ZW}@&3>"),
        ("@everyone @here a@b", f"@{ZW}everyone @{ZW}here a@b"),
        ("<#4> </ask:5> <id:browse>", "\\<#4> \\</ask:5> \\<id:browse>"),
        ("<t:1700000000:R>", "\\<t\\:1700000000:R>"),
        ("<:x:6> <a:y:7>", "\\<\\:x:6> \\<a\\:y:7>"),
        ("`<@1> @here`", f"`<{ZW}@1> @{ZW}here`"),
        ("&lt;@1&gt; @&#101;veryone", f"\\<{ZW}@1> @{ZW}everyone"),
    ],
)
def test_nothing_is_mentioned_drawn_or_counted_down(markdown: str, text: str) -> None:
    assert said(markdown) == text


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("\\# a", "\\# a"),
        ("\\#a", "#a"),
        ("-# a", "\\-# a"),
        ("a\n-# b", "a\n\\-# b"),
        ("a\n2. b", "a\n2\\. b"),
        ("2\\. b", "2\\. b"),
        ("\\- a", "\\- a"),
        ("a\n\\> b", "a\n\\> b"),
        ("**1. a**", "**1\\. a**"),
        ("-a 1.5 b - c # d > e", "-a 1.5 b - c # d > e"),
    ],
)
def test_no_line_of_text_begins_what_it_did_not_mean(line: str, text: str) -> None:
    assert said(line) == text
    assert {node.kind for node in read(said(line))} <= {"text", "strong"}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("`a*b_c\\`", "`a*b_c\\`"),
        ("`` a`b ``", "``a`b``"),
        ("`` `a ``", "`` `a``"),
        ("`a``b`", "`a``b`"),
        ("```` a```b ````", "a\\`\\`\\`b"),
        ("``` a`b``c ```", "a\\`b\\`\\`c"),
        ("`a`**`b`**", "`a`**`b`**"),
        ("`a]`[b](https://e.example)`](https://evil.example)`", None),
    ],
)
def test_code_shows_every_character(code: str, text: str | None) -> None:
    found = said(code)

    assert text is None or found == text
    expected = code.replace("`", "").replace("*", "") if text is None else ""
    assert [node.kind for node in read(found)].count("link") == bool(expected)


def test_code_that_touches_code_stays_two() -> None:
    assert said("*`a_b`*`c`") == f"`a_b`{ZW}`c`"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("[a b](https://evil.example/x)", "[a b](<https://evil.example/x>) (evil.example)"),
        ("[evil.example](https://evil.example/x)", "[evil.example](<https://evil.example/x>)"),
        ("[a](https://www.e.example)", "[a](<https://www.e.example>) (e.example)"),
        ("https://e.example/a_b", "<https://e.example/a_b>"),
        ("<https://e.example/a_b>", "<https://e.example/a_b>"),
        ("[https://e.example/a](https://e.example/a)", "<https://e.example/a>"),
        ("(see https://e.example/a).", "(see <https://e.example/a>)."),
        ("[`a`](https://e.example)", "[`a`](<https://e.example>) (e.example)"),
        ("[w](https://e.example/w_(x))", "[w](<https://e.example/w_%28x%29>) (e.example)"),
        ("[a](https://e.example 'tip')", "[a](<https://e.example>) (e.example) “tip”"),
        ("[](https://e.example)", "<https://e.example>"),
        ("[a](https://e.example)[b](https://e.example)", None),
    ],
)
def test_a_link_shows_where_it_leads_and_has_no_preview(markdown: str, text: str | None) -> None:
    one = "[a](<https://e.example>) (e.example)"
    assert said(markdown) == (text or one + one.replace("a]", "b]"))
    assert {node.kind for node in read(said(markdown))} <= {"link", "text"}


@pytest.mark.parametrize(
    ("label", "shown_as"),
    [
        ("https://good.example", f"https:{ZW}//good.example"),
        ("good.example/login", None),
        ("✅ ok", "✅ ok"),
        ("\\*a\\*", "\\*a\\*"),
        ("a [b] c", "a \\[b] c"),
        ("see_", "see\\_"),
        ("@everyone", f"@{ZW}everyone"),
        (":smile:", "\\:smile:"),
        ("discord.gg/x", "discord.gg/x"),
        ("a<br>b", "a\\<br>b"),
    ],
)
def test_a_label_that_discord_would_not_show_as_it_is_is_no_label(
    label: str, shown_as: str | None
) -> None:
    found = said(f"[{label}](https://e.example/x)")

    if shown_as is None:
        assert found == f"[{label}](<https://e.example/x>) (e.example)"
    else:
        assert found == f"{shown_as} (<https://e.example/x>)"
    links = [node for node in everything_in(read(found)) if node.kind == "link"]
    assert [node.more for node in links] == ["https://e.example/x"]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("![a chart](https://e.example/a.png)", "[a chart](<https://e.example/a.png>) (e.example)"),
        ("![](https://e.example/a.png)", "<https://e.example/a.png>"),
        (
            "[![a](https://i.example/a.png)](https://e.example)",
            "[a](<https://i.example/a.png>) (i.example)<https://e.example>",
        ),
        ("[mail](mailto:a@b.example)", "mail (a@b.example)"),
        ("<a@b.example>", "a@b.example"),
        ("[a](javascript:alert)", "\\[a]\\(javascript:alert)"),
        ("[a](/etc)", "\\[a]\\(/etc)"),
        ("[bank](https://bank.example@evil.example)", None),
        ("steam://run/1", f"steam:{ZW}//run/1"),
        ("https://a@b.example/c_d", f"https:{ZW}//a@b.example/c\\_d"),
        ("https://e.example/@everyone", "<https://e.example/%40everyone>"),
        ("f[0]() and [x]()", "f\\[0]\\() and \\[x]\\()"),
    ],
)
def test_images_mail_and_what_is_no_link(markdown: str, text: str | None) -> None:
    found = said(markdown)

    if text is None:
        assert not [node for node in everything_in(read(found)) if node.kind in {"link", "preview"}]
    else:
        assert found == text


def test_an_address_too_long_for_a_link_is_text() -> None:
    found = said(f"[a](https://e.example/{'b' * 1000})")

    assert found == f"\\[a]\\(https:{ZW}//e.example/{'b' * 1000})"


def test_breaks_stay_breaks() -> None:
    assert said("one\ntwo  \nthree\\\nfour\n\n\n\nfive") == "one\ntwo\nthree\nfour\n\nfive"


def test_piles_of_marks_are_tamed_and_what_cannot_be_seen_is_gone() -> None:
    text = f"e{chr(0x301) * 20} 👨\u200d👩 \u202ea\ud800\x00"

    assert read(said(text)) == [Node("text", f"e{chr(0x301) * 4} 👨👩 a")]
