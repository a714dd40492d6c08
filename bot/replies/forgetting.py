"""Deleting what was asked: `ID`, `me`, somebody who is mentioned, or `workspace`."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from bot.desk import Desk
from bot.domain import Person, Place
from bot.errors import NotFound, WrongUse
from bot.replies.reply import Reply
from bot.team.forgetting import forget_one, forget_person, forget_workspace
from bot.team.rights import check_admin

_ME = "me"
_WORKSPACE = "workspace"
# As Slack and Discord write somebody who is mentioned.
_MENTION = re.compile(r"<@!?(\w+)(?:\|[^<>]*)?>")
_TICKET = "forget-workspace"
_TICKET_LIFETIME = timedelta(minutes=10)

_STAYS = (
    "The messages in this chat stay: whoever may delete messages here can delete them, and the "
    "models' providers keep what they were sent as their own terms say."
)
_ONE = f"Deleted, with its answers and reviews. {_STAYS}"
_PERSONS = (
    "Deleted: {} {}, with answers and reviews, and all schedules and thumbs. "
    "What others asked stays, with what they took along from the chat. "
)
_NOTHING = "There was no question {}; all schedules and thumbs are deleted."
_SURE = (
    "This deletes everything that I know of this workspace: all questions with their answers, "
    "settings, presets, schedules and keys. It cannot be undone. If that is what you want, write "
    "this within ten minutes: /council forget {}-{}"
)
_ALL = f"Everything that I knew of this workspace is deleted. {_STAYS}"
_TOO_LATE = "Nothing was deleted: this is not yours, or ten minutes have passed. Begin again."
_UNKNOWN = (
    "There is no such question in this channel. /council history lists them with their ids; "
    "/council forget me deletes all that you asked."
)


async def forget(desk: Desk, person: Person, place: Place, what: str) -> Reply:
    """Delete a deliberation, what a person asked, or, when asked twice, all of a workspace.

    Raises `NotAllowed`, `NotFound`, `WrongUse`.
    """
    what = what.strip()
    first, _, ticket = what.partition("-")
    if first.lower() == _WORKSPACE:
        check_admin(person)
        return await (_everything if ticket else _asked_twice)(desk, person, place, ticket)
    if what.lower() == _ME:
        return await _person(desk, person, place, person.id)
    if (mention := _MENTION.fullmatch(what)) is not None:
        return await _person(desk, person, place, mention[1])
    return await _one(desk, person, place, what.lower())


async def _one(desk: Desk, person: Person, place: Place, deliberation_id: str) -> Reply:
    try:
        await forget_one(desk.asking, person, place, deliberation_id)
    except NotFound as error:
        raise NotFound(_UNKNOWN) from error
    return Reply(_ONE)


async def _person(desk: Desk, by: Person, place: Place, person_id: str) -> Reply:
    if person_id != by.id:
        check_admin(by)
    count = await forget_person(desk.asking, place.tenant, person_id)
    whose = "of yours" if person_id == by.id else "of this person"
    if not count:
        return Reply(_NOTHING.format(whose))
    questions = "one question" if count == 1 else f"{count:,} questions"
    return Reply(_PERSONS.format(questions, whose) + _STAYS)


async def _asked_twice(desk: Desk, person: Person, place: Place, _: str) -> Reply:
    content = json.dumps({"workspace": place.workspace, "user": person.id})
    ticket = await desk.tickets.issue(_TICKET, content, _TICKET_LIFETIME)
    return Reply(_SURE.format(_WORKSPACE, ticket))


async def _everything(desk: Desk, person: Person, place: Place, ticket: str) -> Reply:
    whose = {"workspace": place.workspace, "user": person.id}
    if await desk.kept(_TICKET, ticket, **whose) is None:
        raise WrongUse(_TOO_LATE)
    await desk.tickets.redeem(_TICKET, ticket)
    await forget_workspace(desk.asking, place.tenant)
    return Reply(_ALL)
