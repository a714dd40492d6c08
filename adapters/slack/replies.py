"""What the bot says to one person alone: help, and lists of questions."""

from __future__ import annotations

from adapters.slack.caller import Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.permalinks import permalink
from bot.replies import Entry, Reply, seating

HELP = """*Ask one question, get one well-founded answer.* Several models answer on their own, \
review each other's answers without knowing whose they are, and a chairman writes the final answer.

• `/council Which database suits an event log?` asks; so does mentioning me, in a thread too, or \
writing to me directly
• _Ask the council_ in a message's menu asks about that message, with its files
• `/council status` shows what the council is working on in this channel
• `/council cancel` stops it
• `/council history event log` finds earlier questions of this channel
• `/council ask history of Rome` asks, whatever the question begins with"""


async def help_text(desk: SlackDesk, caller: Caller) -> str:
    """Say what the bot can do and who sits."""
    terms = await desk.team.terms(caller.place)
    return f"{HELP}\n\n{escaped(seating(terms.council))}"


async def shown(desk: SlackDesk, reply: Reply) -> str:
    """Return a reply in our own markup. Raises `ChatError`."""
    lines = [escaped(reply.sentence)] if reply.sentence else []
    lines += [f"• {await linked(desk, one)} · {escaped(one.more)}" for one in reply.entries]
    return "\n".join(lines)


async def linked(desk: SlackDesk, entry: Entry) -> str:
    """Return a question as a link to the message that opened its thread, once that is there.

    Raises `ChatError`.
    """
    question, place = escaped(entry.question), entry.deliberation.question.place
    if entry.root is None:
        return question
    access = await desk.api.access(place.workspace)
    link = permalink(access.url, place.channel, entry.root.message_id or "", place.thread)
    return f"<{escaped(link)}|{question}>"
