"""What people write is understood as its reader sees it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.incoming import as_markup, plain_text, said
from adapters.slack.people import People
from tests.adapters.slack.lobby import Lobby


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("&quot; &#39;", "&quot; &#39;"),
        ("in <#C024BE7LR|general>?", "in #general?"),
        ("in <#C024BE7LR|>?", "in #C024BE7LR?"),
        ("<!here> and <!channel>", "@here and @channel"),
        ("<!subteam^S024BE7LR|@devs>", "@devs"),
        ("<!subteam^S024BE7LR>", "@subteam"),
        ("<!date^1392734382^{date_num}|2014-02-18>", "2014-02-18"),
        ("see <https://example.com/a?b=1&amp;c=2>", "see https://example.com/a?b=1&c=2"),
        ("see <https://example.com|this page>", "see this page (https://example.com)"),
        ("see <http://example.com|example.com>", "see http://example.com"),
        ("to <mailto:a@example.com|a@example.com>", "to a@example.com"),
        ("List<String> of vector<int>", "List<String> of vector<int>"),
        ("std::vector<std::string>", "std::vector<std::string>"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("< > <> <| <@> <#> <!>", "< > <> <| <@> <#> <!>"),
        ("*bold* _slanted_ `code`", "*bold* _slanted_ `code`"),
    ],
)
async def test_markup_is_read(lobby: Lobby, written: str, read: str) -> None:
    assert await lobby.desk.plain(written, lobby.slack.workspace.team_id) == read


async def test_people_are_read_by_name(lobby: Lobby) -> None:
    ada = lobby.slack.add_person("Ada Lovelace")
    joker = lobby.slack.add_person("<!channel>")
    text = f"<@{ada.id}>, <@{joker.id}|joker> or <@{joker.id}> or <@U0NOBODY>?"

    read = await lobby.desk.plain(text, lobby.slack.workspace.team_id)

    assert read == "@Ada Lovelace, @joker or @<!channel> or @U0NOBODY?"


async def test_a_name_that_is_markup_mentions_nobody_when_it_is_shown(lobby: Lobby) -> None:
    joker = lobby.slack.add_person("<!channel>")
    await lobby.command(f"Is <@{joker.id}> right?")

    shown = await lobby.command("status")

    assert shown is not None
    assert "Is @&lt;!channel&gt; right?" in shown


async def test_many_names_cost_few_calls(lobby: Lobby) -> None:
    text = " ".join(f"<@U{number}>" for number in range(50))

    read = await lobby.desk.plain(text, lobby.slack.workspace.team_id)

    assert read.startswith("@U0 @U1")
    assert lobby.slack.count("users.info") == 5


async def test_names_cost_nothing_where_nothing_may_be_asked(lobby: Lobby) -> None:
    lobby.channel.is_archived = True

    await lobby.command(f"Is <@{lobby.kim.id}> right?")

    assert lobby.slack.count("users.info") == 0


class Nobody(People):
    """Knows nobody, and needs no Slack."""

    def __init__(self) -> None:
        pass


NO_PERSON = re.compile(r"^(?!.*<@[UW])", re.DOTALL)


@given(st.text())
async def test_what_is_typed_in_a_form_is_taken_literally(typed: str) -> None:
    assert await plain_text(as_markup(typed), Nobody(), "T1") == typed.strip()


@given(st.text(alphabet="<>|@#!&;ltgmpC1: https/\n").filter(NO_PERSON.match))
async def test_whatever_is_written_can_be_read(written: str) -> None:
    read = await plain_text(written, Nobody(), "T1")

    assert len(read) <= len(written) + written.count("|") * 3


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"text": "Hello"}, "Hello"),
        ({"text": ""}, ""),
        ({"text": None, "attachments": None}, ""),
        ({"text": "", "attachments": [{"fallback": "Disk full"}]}, "Disk full"),
        (
            {
                "text": "Alert",
                "attachments": [{"title": "Disk full", "text": "98 %", "fallback": "x"}],
            },
            "Alert\nDisk full\n98 %",
        ),
    ],
)
def test_the_text_of_an_apps_message_is_found(message: dict[str, object], text: str) -> None:
    assert said(message) == text
