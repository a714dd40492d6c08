"""Forms, through the real discord.py."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord.library import Client, Interaction, InteractionResponse, ui
from tests.fakes.discord.records import Channel, Modal, Person
from tests.fakes.discord.sample_bot import Bot, channel_of, refusal, stored
from tests.fakes.discord.server import DiscordServer


class Form(ui.Modal, title="Settings"):
    text = ui.TextDisplay[Any]("Fill it in.")
    name: ui.Label[Any] = ui.Label(
        text="Name", component=ui.TextInput(custom_id="name", max_length=10)
    )
    mode: ui.Label[Any] = ui.Label(
        text="Mode", component=ui.Select(custom_id="mode", options=[], required=False)
    )
    files: ui.Label[Any] = ui.Label(
        text="Files", component=ui.FileUpload(custom_id="files", required=False, min_values=0)
    )
    who: ui.Label[Any] = ui.Label(
        text="Who", component=ui.UserSelect[Any](custom_id="who", required=False)
    )

    def __init__(self) -> None:
        super().__init__(custom_id="form")
        menu: Any = self.mode.component
        menu.add_option(label="Fast", value="fast", default=True)
        menu.add_option(label="Slow", value="slow")
        self.submitted = 0

    async def on_submit(self, interaction: Interaction) -> None:
        self.submitted += 1
        await interaction.response.send_message("saved", ephemeral=True)


class Choices(ui.Modal, title="Choices"):
    """What there is since 2026, and the deprecated row."""

    size: ui.Label[Any] = ui.Label(
        text="Size", component=ui.RadioGroup(custom_id="size", required=False)
    )
    days: ui.Label[Any] = ui.Label(text="Days", component=ui.CheckboxGroup(custom_id="days"))
    sure: ui.Label[Any] = ui.Label(text="Sure", component=ui.Checkbox(custom_id="sure"))
    old = ui.TextInput[Any](label="Old", custom_id="old", required=False)

    def __init__(self) -> None:
        super().__init__(custom_id="choices")
        for label in (self.size, self.days):
            group: Any = label.component
            group.add_option(label="One", value="1")
            group.add_option(label="Two", value="2")

    async def on_submit(self, interaction: Interaction) -> None:
        await interaction.response.defer()


class Opener(ui.View):
    """Opens forms."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.form = Form()
        self.choices = Choices()

    @ui.button(label="Open", custom_id="open")
    async def open(self, interaction: Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.send_modal(self.form)

    @ui.button(label="Choose", custom_id="choose")
    async def choose(self, interaction: Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.send_modal(self.choices)


@pytest.fixture
async def opener(bot: Bot, channel: Channel) -> Opener:
    view = Opener()
    await channel_of(bot, channel).send("open", view=view)
    return view


async def open_form(discord: DiscordServer, channel: Channel, ada: Person) -> Modal:
    reply = await discord.click(stored(channel), "open", person=ada)
    assert reply.kind == "modal"
    assert reply.modal is discord.modals[-1]
    return discord.modals[-1]


async def test_a_form_is_submitted(
    discord: DiscordServer, channel: Channel, ada: Person, opener: Opener
) -> None:
    modal = await open_form(discord, channel, ada)
    file = discord.add_file("a.txt", b"abc")

    reply = await discord.submit(modal, {"name": "Ada", "files": [file], "who": ada}, person=ada)

    form: Any = opener.form
    assert (modal.title, modal.custom_id, modal.is_open) == ("Settings", "form", False)
    assert form.name.component.value == "Ada"
    assert form.mode.component.values == ["fast"]
    assert [user.id for user in form.who.component.values] == [ada.id]
    assert await form.files.component.values[0].read() == b"abc"
    assert reply.kind == "message"
    with pytest.raises(AssertionError, match="the form is closed"):
        await discord.submit(modal, {"name": "Ada"}, person=ada)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, "name needs a value"),
        ({"name": "x" * 11}, "name: 11 characters, not 0 to 10"),
        ({"name": "x", "other": 1}, r"no such inputs: \['other'\]"),
        ({"name": "x", "mode": ["fast", "slow"]}, "mode: 2 values, not 1 to 1"),
    ],
)
@pytest.mark.usefixtures("opener")
async def test_the_client_lets_nobody_submit_nonsense(
    discord: DiscordServer,
    channel: Channel,
    ada: Person,
    values: dict[str, Any],
    complaint: str,
) -> None:
    modal = await open_form(discord, channel, ada)

    with pytest.raises(AssertionError, match=complaint):
        await discord.submit(modal, values, person=ada)


@pytest.mark.usefixtures("opener")
async def test_a_form_is_for_one(discord: DiscordServer, channel: Channel, ada: Person) -> None:
    grace = discord.add_person("Grace")
    modal = await open_form(discord, channel, ada)

    with pytest.raises(AssertionError, match="for somebody else"):
        await discord.submit(modal, {"name": "x"}, person=grace)


async def test_a_form_cannot_follow_a_deferral(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot, opener: Opener
) -> None:
    refusals: list[tuple[int, int]] = []

    async def answer(interaction: Interaction) -> None:
        await interaction.response.defer()
        fresh = InteractionResponse[Client](interaction)
        refusals.append(await refusal(fresh.send_modal(Form())))

    bot.answer = answer
    opener.stop()
    await discord.click(stored(channel), "open", person=ada)
    await discord.until(lambda: refusals)

    assert refusals == [(400, 40060)]


async def test_groups_boxes_and_the_old_row(
    discord: DiscordServer, channel: Channel, ada: Person, opener: Opener
) -> None:
    await discord.click(stored(channel), "Choose", person=ada)
    modal = discord.modals[-1]

    with pytest.raises(AssertionError, match="days needs a value"):
        await discord.submit(modal, {}, person=ada)
    values = {"size": "2", "days": ["1", "Two"], "sure": True, "old": "text"}
    reply = await discord.submit(modal, values, person=ada)

    form: Any = opener.choices
    assert form.size.component.value == "2"
    assert form.days.component.values == ["1", "2"]
    assert form.sure.component.value is True
    assert form.old.value == "text"
    assert (reply.kind, reply.message) == ("deferred_update", stored(channel))
