"""The program `council`, at the pace of a faster platform, which may kill itself.

`python -m tests.e2e.crash_service "any 37" serve` dies where it crosses a port for the 37th time;
see `crash_program`. With `NEVER` nothing of the kind happens, and `OLD` is another version of it.
"""

from __future__ import annotations

import os
import sys

from bot.__main__ import main
from bot.work import launch, workflows
from tests.adapters.stage import FastPace
from tests.e2e.crash_program import Fate, compose

NEVER = "never 1"
OLD = "old"


def hurry() -> None:
    """Keep to the limits of the fake platforms, which refill faster than the real ones."""
    if "DISCORD_TOKEN" in os.environ:
        from adapters.discord.chat import DiscordChat  # noqa: PLC0415  only what is served
        from bot.composition import discord  # noqa: PLC0415

        setattr(discord, "SqlPace", FastPace)  # noqa: B010 it is another class
        DiscordChat.stream_every_s = 0.1
    if "SLACK_BOT_TOKEN" in os.environ:
        from adapters.slack.chat import SlackChat  # noqa: PLC0415
        from bot.composition import slack  # noqa: PLC0415

        setattr(slack, "SqlPace", FastPace)  # noqa: B010 it is another class
        SlackChat.stream_every_s = 0.1


if __name__ == "__main__":
    at = sys.argv.pop(1)
    hurry()
    if at == OLD:
        setattr(workflows, "VERSION", "council-0")  # noqa: B010 it is another constant
        setattr(launch, "VERSION", "council-0")  # noqa: B010 it is another constant
    elif at != NEVER:
        compose(Fate(at))
    main()
