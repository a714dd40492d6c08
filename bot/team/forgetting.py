"""Deleting what was asked, by people who may: what still runs is stopped first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from bot.app import App
from bot.domain import Deliberation, Person, Place, Tenant
from bot.errors import NotAllowed, WrongUse
from bot.ports import Scope
from bot.team.asking import Asking
from bot.untrusted import one_line

_NAME_CHARS = 60
_NOT_YOURS = "Only {}, who asked, or an admin can delete this."
# A worker in another process says goodbye in its thread before what it says it of is gone.
_GOODBYE_S = 5.0
# As many as may run at once in a workspace; what is begun after that finds nothing to write to.
_MOST_STOPPED = 100


async def forget_one(asking: Asking, person: Person, place: Place, deliberation_id: str) -> None:
    """Delete a deliberation of a channel. Raises `NotFound`, `NotAllowed`."""
    here = Scope(place.platform, place.workspace, (place.channel,))
    known = await asking.app.show(deliberation_id, within=here)
    if not person.is_admin and person.id != known.question.asker_id:
        raise NotAllowed(_NOT_YOURS.format(one_line(known.question.asker, _NAME_CHARS)))
    await _stop(asking.app, known)
    await _settle(asking)
    await asking.team.archive.forget(place.tenant, deliberation_id)


async def forget_person(asking: Asking, tenant: Tenant, person_id: str) -> int:
    """Delete what somebody asked in a workspace; return how many questions it were."""
    await _stop_all(asking.app, tenant, lambda known: known.question.asker_id == person_id)
    await _settle(asking)
    return await asking.team.archive.forget_person(tenant, person_id)


async def forget_workspace(asking: Asking, tenant: Tenant) -> None:
    """Delete all that is known of a workspace."""
    await _stop_all(asking.app, tenant, lambda _: True)
    await _settle(asking)
    await asking.team.archive.forget_workspace(tenant)


async def _settle(asking: Asking) -> None:
    """Count what councils have cost: once they are deleted nobody knows."""
    await asking.team.budgets.settle()


async def _stop_all(app: App, tenant: Tenant, is_meant: Callable[[Deliberation], bool]) -> None:
    scope = Scope(tenant.platform, tenant.workspace, is_open=True)
    running = await app.history(limit=_MOST_STOPPED, within=scope)
    async with asyncio.TaskGroup() as group:
        for known in running:
            if is_meant(known):
                group.create_task(_stop(app, known))


async def _stop(app: App, known: Deliberation) -> None:
    if not known.state.is_final:
        with suppress(WrongUse):  # it has ended in the meantime
            await app.cancel(known.id)
    # What has ended may still be on its way into its thread.
    with suppress(TimeoutError):
        async with asyncio.timeout(_GOODBYE_S):
            await app.wait(known.id)
