"""The program `council`, at the pace of a Discord whose limits reset faster.

So many times faster as `TEST_SPEED` in the environment says, if it says so.
"""

from __future__ import annotations

import os

from adapters.discord.chat import DiscordChat
from bot.__main__ import main
from bot.composition import discord as composition
from tests.adapters.stage import SPEED, FastPace

if __name__ == "__main__":
    FastPace.speed = float(os.environ.get("TEST_SPEED", SPEED))
    setattr(composition, "SqlPace", FastPace)  # noqa: B010 it is another class
    DiscordChat.stream_every_s = 0.1
    main()
