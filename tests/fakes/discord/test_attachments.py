"""Files: sent, kept, replaced, fetched by addresses that die."""

from __future__ import annotations

from io import BytesIO

import aiohttp
import pytest

from tests.fakes.discord import faults
from tests.fakes.discord.library import Embed, File
from tests.fakes.discord.records import Channel
from tests.fakes.discord.sample_bot import Bot, channel_of, refusal, stored
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.world import MEBIBYTE


def text(name: str, content: str = "abc", description: str | None = None) -> File:
    return File(BytesIO(content.encode()), name, description=description)


async def test_a_file_comes_with_a_message(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    sent = await channel_of(rest, channel).send("x", file=text("a.md", description="notes"))

    [file] = stored(channel).attachments
    assert (file.name, file.content, file.description) == ("a.md", b"abc", "notes")
    assert await sent.attachments[0].read() == b"abc"
    assert sent.attachments[0].description == "notes"
    assert discord.calls[-2].body["content"] == "x"


async def test_an_edit_keeps_and_adds_files(channel: Channel, rest: Bot) -> None:
    sent = await channel_of(rest, channel).send(files=[text("a.md"), text("b.md")])

    await sent.edit(attachments=[sent.attachments[1], text("c.md", "new")])

    assert [(f.name, f.content) for f in stored(channel).attachments] == [
        ("b.md", b"abc"),
        ("c.md", b"new"),
    ]


async def test_an_embed_may_show_a_file(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    embed = Embed(title="x").set_image(url="attachment://a.png")

    await channel_of(rest, channel).send(embed=embed, file=text("a.png"))

    [file] = stored(channel).attachments
    assert stored(channel).embeds[0]["image"]["url"].startswith(file.url.split("?")[0])
    discord.pass_time(hours=25)
    fetched = await channel_of(rest, channel).fetch_message(stored(channel).id)
    assert fetched.embeds[0].image.url == file.url
    assert await refusal(channel_of(rest, channel).send(embed=embed)) == (400, 50035)
    assert "there is no file attachment://a.png" in discord.violations[0]
    discord.violations.clear()


async def test_a_link_dies_and_the_message_has_a_new_one(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    sent = await channel_of(rest, channel).send(file=text("a.md"))
    discord.pass_time(hours=25)

    with pytest.raises(Exception, match="asset not found"):
        await sent.attachments[0].read()

    fetched = await channel_of(rest, channel).fetch_message(sent.id)
    assert await fetched.attachments[0].read() == b"abc"


async def test_links_must_be_signed(discord: DiscordServer) -> None:
    file = discord.add_file("a.md", b"abc")

    async with aiohttp.ClientSession() as session:
        forged = await session.get(file.url.replace("hm=", "hm=0"))
        good = await session.get(file.url)

    assert (forged.status, good.status) == (404, 200)


async def test_fetching_fails_too(discord: DiscordServer) -> None:
    file = discord.add_file("a.md", b"abc")
    discord.faults.add("cdn", faults.status(503))

    async with aiohttp.ClientSession() as session, session.get(file.url) as response:
        assert response.status == 503

    assert discord.count("cdn") == 1


@pytest.mark.parametrize(
    ("sizes", "code"),
    [([1000], None), ([1001], "40005"), ([900, 900, 800], "40005"), ([0] * 11, "30015")],
)
async def test_files_have_limits(
    discord: DiscordServer, channel: Channel, sizes: list[int], code: str | None
) -> None:
    assert (discord.largest_file, discord.largest_request) == (10 * MEBIBYTE, 25 * MEBIBYTE)
    discord.largest_file, discord.largest_request = 1000, 2500
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", '{"allowed_mentions": {"parse": []}}')
    for number, size in enumerate(sizes):
        form.add_field(f"files[{number}]", b"x" * size, filename=f"{number}.txt")
    url = f"{discord.api_url}/channels/{channel.id}/messages"
    headers = {"Authorization": f"Bot {discord.token}"}

    async with aiohttp.ClientSession(headers=headers) as session:
        response = await session.post(url, data=form)

    assert response.status == {None: 200, "40005": 413, "30015": 400}[code]
    codes = [violation.split(": ")[1] for violation in discord.violations]
    assert codes == ([code] if code else [])
    discord.violations.clear()
