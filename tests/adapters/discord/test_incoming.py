"""What people write is understood as its reader sees it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.incoming import (
    Names,
    attachment,
    attachments,
    fresh_link,
    plain_text,
    remark_of,
    said,
)
from bot.domain import Attachment, Remark
from tests.adapters.discord.lobby import Lobby
from tests.fakes.shapes import Json

PEOPLE: list[Json] = [
    {"id": "1", "global_name": "Ada", "username": "ada.l"},
    {"id": "2", "global_name": "Bob", "username": "bob", "member": {"nick": "Bobby"}},
    {"id": "3", "global_name": None, "username": "<@&4> @everyone"},
]
NAMES = Names({"4": "Cooks"}.get, {"5": "general"}.get)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<@1> and <@!2>", "@Ada and @Bobby"),
        ("<@9> is nobody", "@9 is nobody"),
        ("<@3>", "@<@&4> @everyone"),
        ("<@&4> and <@&9>", "@Cooks and @9"),
        ("in <#5> or <#9>?", "in #general or #9?"),
        ("</council ask:77> it", "/council ask it"),
        ("<:yes:77> <a:dance:78>", ":yes: :dance:"),
        ("at <t:1700000000> or <t:0:R>", "at 2023-11-14 22:13 UTC or 1970-01-01 00:00 UTC"),
        ("<t:-9999999999:F>", "1653-02-10 06:13 UTC"),
        ("<t:99999999999999:R>", "<t:99999999999999:R>"),
        ("@everyone and @here", "@everyone and @here"),
        ("1 < 2 && 3 > 2 &lt;", "1 < 2 && 3 > 2 &lt;"),
        ("see <https://example.com/a?b=1>", "see <https://example.com/a?b=1>"),
        ("List<String> of vector<int>", "List<String> of vector<int>"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("< > <> <@> <#> <@&> <:> <t:> </x>", "< > <> <@> <#> <@&> <:> <t:> </x>"),
        ("**bold** _slanted_ `code` ||spoiler||", "**bold** _slanted_ `code` ||spoiler||"),
        ("  spaces \n", "spaces"),
    ],
)
def test_markup_is_read(written: str, read: str) -> None:
    assert plain_text(written, PEOPLE, NAMES) == read


@settings(max_examples=60)
@given(st.text(alphabet="<>@#!&:/t-1234567890aR \n"))
def test_whatever_is_written_can_be_read(written: str) -> None:
    assert len(plain_text(written, (), Names())) <= len(written) + 22 * written.count("<t:")


SNAPSHOT: Json = {
    "content": "Forwarded <@1>",
    "mentions": PEOPLE,
    "attachments": [{"id": "8", "filename": "b.md", "url": "https://cdn.example/b.md"}],
}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "Hello <@1>", "mentions": PEOPLE}, "Hello @Ada"),
        ({"content": ""}, ""),
        ({"content": None, "embeds": None, "components": None}, ""),
        (
            {
                "content": "Alert",
                "embeds": [
                    {
                        "title": "Disk full",
                        "description": "in <#5>",
                        "fields": [{"name": "Used", "value": "98 %"}],
                    },
                    {"image": {"url": "https://example.com"}},
                ],
            },
            "Alert\nDisk full\nin #general\nUsed: 98 %",
        ),
        (
            {
                "content": "",
                "components": [
                    {
                        "type": 17,
                        "components": [
                            {"type": 10, "content": "# Title"},
                            {"type": 9, "components": [{"type": 10, "content": "Text"}]},
                            {"type": 1, "components": [{"type": 2, "label": "Click"}]},
                        ],
                    }
                ],
            },
            "# Title\nText",
        ),
        ({"content": "", "message_snapshots": [{"message": SNAPSHOT}]}, "Forwarded @Ada"),
    ],
)
def test_the_text_of_a_message_is_found(message: Json, text: str) -> None:
    assert said(message, NAMES) == text


def test_a_remark_names_who_said_it_and_the_files() -> None:
    message: Json = {
        "id": "7",
        "channel_id": "6",
        "author": PEOPLE[1],
        "content": "Look",
        "attachments": [{"id": "9", "filename": "a.png", "url": "https://cdn.example/a.png"}],
        "message_snapshots": [{"message": SNAPSHOT}],
    }

    remark = remark_of(message, NAMES)

    assert remark == Remark("Bobby", "Look\nForwarded @Ada\n[attached: a.png, b.md]")
    assert [file.source for file in attachments(message)] == [
        "https://cdn.example/a.png#6/7/9",
        "https://cdn.example/b.md#6/7/8",
    ]


def test_a_message_that_says_nothing_is_no_remark() -> None:
    assert remark_of({"id": "7", "channel_id": "6", "author": {}, "content": " "}, NAMES) is None


@pytest.mark.parametrize(
    ("file", "read"),
    [
        ({"content_type": "image/png"}, Attachment("file", "image/png", source="u")),
        ({"filename": "a.md"}, Attachment("a.md", "text/plain", source="u")),
        (
            {"filename": "a.txt", "content_type": "text/plain; charset=utf-8"},
            Attachment("a.txt", "text/plain", source="u"),
        ),
    ],
)
def test_a_file_is_read(file: Json, read: Attachment) -> None:
    assert attachment({**file, "url": "u"}) == read


async def test_a_link_that_has_ended_is_renewed_from_its_message(lobby: Lobby) -> None:
    plan = lobby.discord.add_file("plan.md", b"# Plan")
    await lobby.mention("Why?", files=(plan,))
    (file,) = (await lobby.only()).attachments
    lobby.discord.pass_time(hours=25)

    url = await fresh_link(lobby.desk.api, file.source or "")

    assert url != (file.source or "").partition("#")[0]
    assert await lobby.desk.api.download(url, 100) == b"# Plan"


async def test_a_link_without_a_message_stays_as_it_is(lobby: Lobby) -> None:
    assert (
        await fresh_link(lobby.desk.api, "https://cdn.example/a.md") == "https://cdn.example/a.md"
    )


async def test_a_name_that_is_markup_forges_none_when_it_is_shown(lobby: Lobby) -> None:
    joker = lobby.discord.add_person("<@&1> @everyone [x](https://evil.example)")
    await lobby.ask(f"Is {joker.mention} right?")

    shown = await lobby.command("status")

    assert (await lobby.only()).text == "Is @<@&1> @everyone [x](https://evil.example) right?"
    assert shown is not None
    assert "<@&1>" not in shown
    assert "@everyone" not in shown
    assert "](https" not in shown
