"""The program `council`, at the pace of a Discord whose limits reset faster."""

from __future__ import annotations

from adapters.discord.chat import DiscordChat
from bot.__main__ import main
from bot.composition import discord as composition
from tests.adapters.stage import FastPace

if __name__ == "__main__":
    setattr(composition, "SqlPace", FastPace)  # noqa: B010 it is another class
    DiscordChat.stream_every_s = 0.1
    main()
