"""Buttons, menus and layouts, through the real discord.py."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from tests.fakes.discord.kinds import Flag, MessageType
from tests.fakes.discord.library import AllowedMentions, File, Interaction, ui
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, channel_of, refusal, stored
from tests.fakes.discord.server import DiscordServer


class Buttons(ui.View):
    """Buttons and menus that outlive a process."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.used: list[Any] = []

    @ui.button(label="Change", custom_id="change")
    async def change(self, interaction: Interaction, button: ui.Button[Any]) -> None:
        button.disabled = True
        await interaction.response.edit_message(content="changed", view=self)

    @ui.button(label="Later", custom_id="later")
    async def later(self, interaction: Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="later")

    @ui.select(custom_id="pick", placeholder="Pick", max_values=2, options=[])
    async def pick(self, interaction: Interaction, menu: ui.Select[Any]) -> None:
        self.used.append(menu.values)
        await interaction.response.send_message("picked", ephemeral=True)

    @ui.select(cls=ui.UserSelect[Any], custom_id="people", placeholder="People")
    async def people(self, interaction: Interaction, menu: ui.UserSelect[Any]) -> None:
        self.used.append([user.id for user in menu.values])
        await interaction.response.defer()


@pytest.fixture
async def buttons(bot: Bot, channel: Channel) -> Buttons:
    view = Buttons()
    view.pick.add_option(label="One", value="1")
    view.pick.add_option(label="Two", value="2")
    await channel_of(bot, channel).send("choose", view=view)
    return view


@pytest.mark.usefixtures("buttons")
async def test_a_button_changes_its_message(
    discord: DiscordServer, channel: Channel, ada: Person
) -> None:
    message = stored(channel)

    reply = await discord.click(message, "Change", person=ada)

    assert (reply.kind, reply.message) == ("update", message)
    assert [version.content for version in message.versions] == ["choose", "changed"]
    with pytest.raises(AssertionError, match="'change' is disabled"):
        await discord.click(message, "change", person=ada)
    with pytest.raises(AssertionError, match="there is: Change, Later, Pick, People"):
        await discord.click(message, "Other", person=ada)


@pytest.mark.usefixtures("buttons")
async def test_an_update_may_be_deferred(
    discord: DiscordServer, channel: Channel, ada: Person
) -> None:
    reply = await discord.click(stored(channel), "later", person=ada)

    assert reply.kind == "deferred_update"
    await discord.until(lambda: stored(channel).content == "later")


async def test_menus_take_values_labels_and_people(
    discord: DiscordServer, channel: Channel, ada: Person, buttons: Buttons
) -> None:
    message = stored(channel)

    reply = await discord.click(message, "pick", person=ada, values=["1", "Two"])
    await discord.click(message, "People", person=ada, values=[ada])

    assert buttons.used == [["1", "2"], [ada.id]]
    assert reply.message in discord.ephemerals
    assert reply.message is not None
    assert (reply.message.type, reply.message.replied_to) == (MessageType.REPLY, message)
    with pytest.raises(AssertionError, match="0 values, not 1 to 2"):
        await discord.click(message, "pick", person=ada)
    with pytest.raises(AssertionError, match="pick offers"):
        await discord.click(message, "pick", person=ada, values=["3"])


class Layout(ui.LayoutView):
    """Components of the second version."""

    def __init__(self, text: str) -> None:
        super().__init__(timeout=None)
        box = ui.Container[Any](ui.TextDisplay[Any](text), ui.Separator[Any]())
        button: ui.Button[Any] = ui.Button(label="Go", custom_id="go")
        box.add_item(ui.Section("More", accessory=button))
        self.add_item(box)


async def test_a_layout_is_posted_edited_and_clicked(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    sent = await channel_of(bot, channel).send(view=Layout("one"))
    message = stored(channel)
    await sent.edit(view=Layout("two"), allowed_mentions=AllowedMentions.none())

    async def answer(interaction: Interaction) -> None:
        await interaction.response.edit_message(view=Layout("three"))

    bot.answer = answer
    await discord.click(message, "Go", person=ada)

    texts = [version.components[0]["components"][0]["content"] for version in message.versions]
    assert texts == ["one", "two", "three"]
    assert message.flags == Flag.IS_COMPONENTS_V2
    numbers = [part["id"] for part in message.components[0]["components"]]
    assert numbers == [2, 3, 4]


async def test_content_has_no_place_in_a_layout(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    sent = await channel_of(rest, channel).send(view=Layout("one"))
    plain = await channel_of(rest, channel).send("plain")

    assert await refusal(sent.edit(content="text")) == (400, 50035)
    quiet = AllowedMentions.none()
    assert await refusal(plain.edit(view=Layout("two"), allowed_mentions=quiet)) == (400, 50035)
    await plain.edit(content=None, view=Layout("two"))
    assert stored(channel).content == ""
    codes = [violation.split(": ")[1] for violation in discord.violations]
    assert codes == ["50035", "50035"]
    discord.violations.clear()


async def test_discord_py_lets_an_edited_layout_mention_all(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    """Without `content` its Message.edit leaves out the client's `allowed_mentions`."""
    sent = await channel_of(rest, channel).send(view=Layout("one"))
    await sent.edit(view=Layout("two"))

    [violation] = discord.violations
    assert violation.split(": ")[1] == "mentions_allowed"
    discord.violations.clear()


async def test_a_layout_shows_files(channel: Channel, rest: Bot) -> None:
    layout = ui.LayoutView()
    layout.add_item(ui.File[Any]("attachment://a.md"))

    sent = await channel_of(rest, channel).send(view=layout, file=File(BytesIO(b"abc"), "a.md"))

    [shown] = stored(channel).components
    assert (shown["name"], shown["size"]) == ("a.md", 3)
    assert sent.components[0].media.url.startswith("http://127.0.0.1")


async def test_ephemeral_buttons_are_for_one(
    discord: DiscordServer, channel: Channel, ada: Person, buttons: Buttons
) -> None:
    grace = discord.add_person("Grace")
    reply = await discord.click(stored(channel), "pick", person=ada, values=["1"])

    assert buttons.used
    assert reply.message is not None
    with pytest.raises(AssertionError, match="only its person"):
        await discord.click(reply.message, "pick", person=grace)
