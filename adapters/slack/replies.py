"""What the bot says to one person alone, as messages: help, lists, files, answers shown again."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack.caller import Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.rich.elements import CODE, holder, rich_text_block, text
from adapters.slack.rich.filling import BLOCK_TEXT
from adapters.slack.rich.untrusted import escaped, named
from adapters.slack.thread.again import again
from adapters.slack.thread.blocks import Block, lines
from adapters.slack.thread.messages import File, Message
from adapters.slack.thread.permalinks import permalink
from bot.domain import Deliberation, Post
from bot.domain.reports import SynthesisReport
from bot.replies import Entry, Reply, seating
from bot.reports import ROOT, SYNTHESIS, report
from bot.untrusted import harmless

HELP = """*Ask one question, get one well-founded answer.* Several models answer on their own, \
review each other's answers without knowing whose they are, and a chairman writes the final answer.

*Ask*
• `/council Which database suits an event log?` or a mention of me, in a thread too, or a direct \
message
• `/council ask history of Rome` asks, whatever the question begins with
• _Ask the council_ in a message's menu asks about that message, with its files

*Look*
• `/council status` shows what the council is working on here, `/council cancel` stops it
• `/council history event log` finds earlier questions, `/council show ID` shows one again
• `/council stats` shows how the members fared, `/council budget` what is left

*Set up*
• `/council config` opens what is set here: who sits, who may ask, what it may cost
• `/council config show | changes | use PRESET | save NAME | copy #channel | export | \
import | reset`
• `/council config workspace` does so for all channels, `/council keys` for your own providers
• `/council schedule add "weekdays 09:00" What should we watch today?` repeats a question; \
`/council schedule` lists them; after it, `pause | resume | run | skip | edit | remove ID` \
changes one

*Forget*
• `/council forget ID` or `/council forget me` deletes what was asked"""

_MOST_TEXT = 12_000
_IN_FILE = "It is too long for a message, so I send it to you directly as a file."


async def help_text(desk: SlackDesk, caller: Caller) -> str:
    """Say what the bot can do and who sits."""
    terms = await desk.team.terms(caller.place)
    return f"{HELP}\n\n{escaped(seating(terms.council))}"


async def shown(desk: SlackDesk, reply: Reply) -> tuple[Message, ...]:
    """Return a reply as messages, one with a file last. Raises `ChatError`."""
    told = reply.deliberation
    if told is not None and told.synthesis is not None:
        answer = report(told, SYNTHESIS)
        if isinstance(answer, SynthesisReport):
            return again(told, answer, await _link(desk, told))
    said = [escaped(reply.sentence)] if reply.sentence else []
    said += [f"• {await linked(desk, one)} · {escaped(one.more)}" for one in reply.entries]
    said += [f"• {named(line)}" for line in reply.lines]
    if reply.file is not None:
        return _with_file(said, *reply.file)
    return _texts(said)


async def linked(desk: SlackDesk, entry: Entry) -> str:
    """Return a question as a link to the message that opened its thread, once that is there.

    Raises `ChatError`.
    """
    question = escaped(entry.question)
    if entry.root is None:
        return question
    link = await _permalink(desk, entry.deliberation, entry.root)
    return f"<{escaped(link)}|{question}>"


async def _link(desk: SlackDesk, deliberation: Deliberation) -> str | None:
    posts = await desk.outbox.owed(deliberation.id)
    roots = (post for post in posts if post.slot == ROOT and post.message_id is not None)
    root = next(roots, None)
    return None if root is None else await _permalink(desk, deliberation, root)


async def _permalink(desk: SlackDesk, deliberation: Deliberation, root: Post) -> str:
    place = deliberation.question.place
    access = await desk.api.access(place.workspace)
    return permalink(access.url, place.channel, root.message_id or "", place.thread)


def _texts(said: Sequence[str]) -> tuple[Message, ...]:
    """Cut lines into as many messages as they need."""
    texts: list[str] = []
    for line in said:
        if texts and len(texts[-1]) + 1 + len(line) <= _MOST_TEXT:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return tuple(Message("", each) for each in texts)


def _with_file(said: Sequence[str], name: str, content: str) -> tuple[Message, ...]:
    """Show a text as code if it fits, so that it can be copied, or else as a file."""
    content = harmless(content)
    if len(content) > BLOCK_TEXT:
        return (*_texts([*said, _IN_FILE]), Message(name, name, file=File(name, content)))
    code = rich_text_block([holder(CODE, [text(content)])])
    blocks: list[Block] = [*lines(said), code]
    return (Message(name, "\n".join([*said, escaped(name)]), blocks, blocks),)
