from __future__ import annotations

import pytest

from adapters.slack.rich.elements import text_of
from tests.adapters.slack.rich.shapes import a, line, t


def test_styles_nest() -> None:
    assert line("**a *b `c` ~~d~~* e** *f* _g_ __h__") == [
        t("a ", "bold"),
        t("b ", "bold", "italic"),
        t("c", "bold", "code", "italic"),
        t(" ", "bold", "italic"),
        t("d", "bold", "italic", "strike"),
        t(" e", "bold"),
        t(" "),
        t("f", "italic"),
        t(" "),
        t("g", "italic"),
        t(" "),
        t("h", "bold"),
    ]


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("`` a`b ``", "a`b"),
        ("` `` `", "``"),
        ("`<!channel> **x** &lt;`", "<!channel> **x** &lt;"),
    ],
)
def test_code_is_literal(markdown: str, shown: str) -> None:
    assert line(markdown) == [t(shown, "code")]


@pytest.mark.parametrize(
    "literal",
    [
        "<!channel> <@U1> <#C1> <!subteam^S1>",
        "@channel :tada: &unknown;",
        "<b>List<int></b> <!-- comment --> <img src=x onerror=alert(1)>",
        "$a_i * b_i * c$ and $$\\sum_{i}*x*$$ and \\(a*b*c\\) and \\[x\n= *y*\\]",
        "a * b * c, 2 ** 3, snake_case_name, [alder, birch], [^1], f(x)[0](1) and g[0]() or ![]()",
        "[a](javascript:alert(1)) [b](data:text/html,x) [c](file:///etc/passwd) <slack://open>",
        "[d](slack://channel) [e](/relative) [f](#anchor) [g](//host.example) [h](vbscript:x)",
        "[i](https://good.example@evil.example) ![j](cid:1) [k](http:) [l](https://-bad-)",
        "https://good.example:x@evil.example and https:// and xhttps://a.example",
        "“Zürich” 東京 שלום мир 👍🏽 🇨🇭",
    ],
)
def test_what_is_no_markup_is_shown_as_it_is(literal: str) -> None:
    assert line(literal) == [t(literal)]


def test_a_formula_in_a_link_is_literal_too() -> None:
    assert line("[$a*b*c$](https://a.example)") == [a("https://a.example", "$a*b*c$ (a.example)")]


def test_prices_are_no_formula() -> None:
    assert line("costs $5, **not** $6") == [t("costs $5, "), t("not", "bold"), t(" $6")]


def test_entities_and_escapes_become_their_character_unless_it_is_invisible() -> None:
    assert line("&lt;&amp;&copy; \\*x\\* a&#x202e;b&#8203;c&#xd800;") == [t("<&© *x* abc\ufffd")]


@pytest.mark.parametrize(
    ("markdown", "url", "shown"),
    [
        (
            "[click here](https://evil.example/a?b=c)",
            "https://evil.example/a?b=c",
            "click here (evil.example)",
        ),
        (
            "[evil.example docs](https://evil.example/x)",
            "https://evil.example/x",
            "evil.example docs",
        ),
        ("[Example.com](https://www.example.com)", "https://www.example.com", "Example.com"),
        (
            "[bank.example](https://evil.example)",
            "https://evil.example",
            "bank.example (evil.example)",
        ),
        (
            "[https://bank.example/?evil.example](https://evil.example)",
            "https://evil.example",
            "https://bank.example/?evil.example (evil.example)",
        ),
        (
            "[not evil.example.bank.example](https://evil.example)",
            "https://evil.example",
            "not evil.example.bank.example (evil.example)",
        ),
        ("[x](http://127.0.0.1:80/)", "http://127.0.0.1:80/", "x (127.0.0.1)"),
        ("[x](http://localhost)", "http://localhost", "x (localhost)"),
        ("[](https://a.example)", "https://a.example", "https://a.example"),
        ("[a\nb](https://a.example)", "https://a.example", "a b (a.example)"),
        (
            "[\u0430pple.com](https://\u0430pple.com)",
            "https://xn--pple-43d.com",
            "\u0430pple.com (xn--pple-43d.com)",
        ),
        (
            "https://\u0430pple.com",
            "https://xn--pple-43d.com",
            "https://\u0430pple.com (xn--pple-43d.com)",
        ),
        ("<https://a.example/x>", "https://a.example/x", "https://a.example/x"),
        ("<b@a.example>", "mailto:b@a.example", "b@a.example"),
        (
            "[write](mailto:b@a.example?subject=x)",
            "mailto:b@a.example?subject=x",
            "write (b@a.example)",
        ),
        (
            "![alt *text*](https://i.example/p.png?q=secret)",
            "https://i.example/p.png?q=secret",
            "alt text (i.example)",
        ),
        ("![](https://i.example/p.png)", "https://i.example/p.png", "https://i.example/p.png"),
        ("HTTPS://A.EXAMPLE/x", "HTTPS://A.EXAMPLE/x", "HTTPS://A.EXAMPLE/x"),
        ("https://a.example/b_c_(d)", "https://a.example/b_c_(d)", "https://a.example/b_c_(d)"),
        ("[&#x202e;moc&#8203;](https://a.example)", "https://a.example", "moc (a.example)"),
        ("[ü](https://a.example/ü?ö)", "https://a.example/%C3%BC?%C3%B6", "ü (a.example)"),
    ],
)
def test_a_link_says_where_it_leads(markdown: str, url: str, shown: str) -> None:
    assert line(markdown) == [a(url, shown)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("see ", "."),
        ("(", ")"),
        ("“", "”"),
        ("", ", and"),
        ("请看", "。好"),
        ("", "…"),
        ('"', '"!'),
    ],
)
def test_an_address_in_a_sentence_becomes_a_link_without_the_sentences_signs(
    before: str, after: str
) -> None:
    url = "https://a.example/x"
    around = [t(each) for each in (before, after)]
    expected = [around[0], a(url, url), around[1]]

    # Letters of any script may belong to an address, so one begins where no letter stands.
    found = line(f"{before} {url}{after}" if before.isalpha() else f"{before}{url}{after}")

    assert "".join(map(text_of, found)).replace(" ", "") == f"{before}{url}{after}".replace(" ", "")
    assert [each for each in found if each["type"] == "link"] == [expected[1]]


def test_a_link_keeps_the_style_that_all_of_it_has() -> None:
    assert line("**[*a* b](https://a.example)** [`c`](https://c.example)") == [
        a("https://a.example", "a b (a.example)", "bold"),
        t(" "),
        a("https://c.example", "c (c.example)", "code"),
    ]


def test_a_links_title_and_an_image_in_a_link_are_not_lost() -> None:
    markdown = '[a](https://a.example "T *x*") [![i](https://i.example/i)](https://b.example)'

    assert line(markdown) == [
        a("https://a.example", "a (a.example)"),
        t(" “T *x*” "),
        a("https://i.example/i", "i (i.example)"),
        a("https://b.example", "https://b.example"),
    ]


def test_an_address_too_long_for_a_link_is_text() -> None:
    url = f"https://a.example/{'x' * 3000}"

    assert line(f"[a]({url})") == [t(f"[a]({url})")]
    assert line(url) == [t(url)]
