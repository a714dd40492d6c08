"""Settings that come as a file or as options of a command, without the form."""

from __future__ import annotations

from dataclasses import replace

from adapters.discord.caller import Caller
from adapters.discord.desk import DiscordDesk
from adapters.discord.given import Given
from adapters.discord.incoming import attachment, fresh_link
from adapters.discord.settings import changes
from adapters.discord.settings.editing import CHAIRMAN, NEW, begun
from bot.commands import Config
from bot.domain import Attachment, Council, Seat
from bot.errors import WrongUse
from bot.replies import Reply
from bot.team.settings.configuring import save

# More than any settings take.
_MOST_BYTES = 200_000

_NOT_TEXT = "This file is not UTF-8 text; import takes what export gives."
_TOO_LARGE = "This file is too large to be settings; import takes what export gives."
_NOBODY = "Nobody of that name sits here; choose one from the list."


async def imported(desk: DiscordDesk, given: Given) -> Config:
    """Return the command that sets what a file says, or else a text."""
    text = given.text("text")
    if given.file is not None:
        text = await content(desk, attachment(given.file))
    return Config("import", text, given.is_workspace)


async def content(desk: DiscordDesk, file: Attachment) -> str:
    """Return the text of a file. Raises `WrongUse`, `ChatError`."""
    url = await fresh_link(desk.api, file.source or "")
    data = await desk.api.download(url, _MOST_BYTES)
    if len(data) > _MOST_BYTES:
        raise WrongUse(_TOO_LARGE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongUse(_NOT_TEXT) from error


async def seated(desk: DiscordDesk, caller: Caller, given: Given) -> Reply:
    """Add a member, or put another in a seat, and save that at once.

    Raises `NotAllowed`, `Changed`, `BadConfig`.
    """
    draft = (await begun(desk, caller, is_workspace=given.is_workspace)).draft
    key = _key(draft.terms.council, given.text("replaces"))
    seat = Seat(given.text("name"), given.text("model"), given.text("persona") or None)
    draft = replace(draft, settings=changes.seat(draft, key, seat))
    saved = await save(desk.team, caller.person, draft)
    return Reply("Saved.", lines=(*saved.lines, *saved.warnings))


def _key(council: Council, replaces: str) -> str:
    """Return the seat that is meant by a name, or that of a further member."""
    if not replaces:
        return NEW
    if replaces.lower() == CHAIRMAN:
        return CHAIRMAN
    for number, member in enumerate(council.members):
        if member.name.lower() == replaces.lower():
            return str(number)
    raise WrongUse(_NOBODY)
