"""The program `council`, at the pace of a Slack whose limits refill faster."""

from __future__ import annotations

from adapters.slack.chat import SlackChat
from bot.__main__ import main
from bot.composition import slack as composition
from tests.adapters.stage import FastPace

if __name__ == "__main__":
    setattr(composition, "SqlPace", FastPace)  # noqa: B010 it is another class
    SlackChat.stream_every_s = 0.1
    main()
