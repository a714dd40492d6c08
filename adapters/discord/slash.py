"""What is done with each command after `/council`."""

from __future__ import annotations

from adapters.discord import importing, keys, listeners, schedules
from adapters.discord.call import Call
from adapters.discord.desk import DiscordDesk
from adapters.discord.given import Given, command_of, read
from adapters.discord.replies import Said, shown
from adapters.discord.settings.clicks import SettingsForm
from adapters.discord.suggestions import suggest


async def give(desk: DiscordDesk, call: Call) -> None:
    """Carry a command out, or open the form for it."""
    given, caller = read(call.data), call.caller
    match given.name:
        case "ask":
            asking = listeners.ask(desk, caller, given.options, call.names, call.delivery)
            await call.ask(asking, given.text("question"))
        case "schedule add" if not (given.text("when") and given.text("question")):
            await call.open(schedules.new_form(caller, schedules.plan_of(given)))
        case "schedule edit":
            await call.open(schedules.change_form(desk, caller, given.text("id")))
        case "keys add":
            await call.open(keys.add_form(caller))
        case _:
            await call.do(_done(desk, call, given))


async def complete(desk: DiscordDesk, call: Call) -> None:
    """Suggest values for the option that is being typed."""
    await call.suggest(suggest(desk, call.caller, read(call.data)))


async def _done(desk: DiscordDesk, call: Call, given: Given) -> Said:
    caller, names = call.caller, call.names
    match given.name:
        case "config edit":
            form = SettingsForm(desk, caller, names)
            return (await form.begin(is_workspace=given.is_workspace),)
        case "config seat":
            return shown(await importing.seated(desk, caller, given), names)
        case "config import":
            command = await importing.imported(desk, given)
        case "schedule add":
            plan = schedules.plan_of(given)
            return await schedules.planned(desk, caller, names, plan, call.delivery)
        case _:
            command = command_of(given)
    return await listeners.answer(desk, caller, command, names, call.delivery)
