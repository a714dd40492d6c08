"""Deleting rows: deliberations with all that repeats them, and what else is known of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    exists,
    func,
    select,
    text,
    update,
)

from bot.app import COUNCIL
from bot.domain import Remark, Tenant
from bot.reports import ROOT
from bot.storage.statements import FINAL_STATES
from bot.storage.tables import (
    councils,
    deliberations,
    feedback,
    installations,
    metadata,
    paces,
    pins,
    posts,
    syntheses,
    tickets,
)
from bot.storage.team_tables import (
    departures,
    owned,
    place_settings,
    presets,
    provider_keys,
    reservations,
    schedules,
    settings_changes,
    spending,
)

# All tables that something is deleted from.
TABLES = tuple(sorted(metadata.tables))
# From UTC+14 to UTC-12: so much later a day ends in the last time zone than in the first. Whoever
# changes the zone finds what was spent on that day, or in that month.
_AROUND_THE_WORLD = timedelta(hours=26)
_FORGOTTEN = "somebody who was forgotten"
# What belongs to a workspace, besides deliberations and the bot's access to it.
_WORKSPACES_OWN = (place_settings, settings_changes, presets, provider_keys, schedules, pins)
_ROW = deliberations.c


def oldest(connection: Connection, *conditions: ColumnElement[bool], limit: int) -> tuple[str, ...]:
    """Return the ids of the oldest deliberations of which something holds."""
    found = select(_ROW.id).where(*conditions).order_by(_ROW.created_at, _ROW.id).limit(limit)
    return tuple(connection.scalars(found))


def ended_before(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of deliberations that began and ended before a moment."""
    is_over = _ROW.state.in_(FINAL_STATES)
    return (_ROW.created_at < moment, is_over, func.coalesce(_ROW.ended_at, moment) <= moment)


def erase(connection: Connection, ids: Collection[str]) -> int:
    """Delete deliberations with all their parts; return how many were there.

    Follow-ups lose what they repeat of them: the question and the final answer.
    """
    rows = select(_ROW.id, _ROW.platform, _ROW.workspace, _ROW.channel).where(_ROW.id.in_(ids))
    by_channel: dict[tuple[str, ...], list[str]] = defaultdict(list)
    # Locked in the order in which all writers do, so that none waits for another in a circle.
    for row in connection.execute(rows.order_by(_ROW.id).with_for_update()):
        by_channel[row.platform, row.workspace, row.channel].append(row.id)
    for (platform, workspace, channel), here in by_channel.items():
        near = (*owned(deliberations, Tenant(platform, workspace)), _ROW.channel == channel)
        _hush_followers(connection, near, here)
    settled = reservations.c.is_settled, reservations.c.deliberation_id.in_(ids)
    connection.execute(delete(reservations).where(*settled))
    return connection.execute(delete(deliberations).where(_ROW.id.in_(ids))).rowcount


def erase_orphans(connection: Connection) -> None:
    """Delete the councils that no deliberation refers to any more."""
    if connection.dialect.name == "postgresql":
        # Whoever stores a deliberation in this moment refers to a council that must stay.
        connection.execute(text("LOCK TABLE councils IN SHARE ROW EXCLUSIVE MODE"))
    is_used = exists().where(_ROW.council_digest == councils.c.digest)
    connection.execute(delete(councils).where(~is_used))


def erase_person(connection: Connection, tenant: Tenant, person_id: str) -> None:
    """Delete somebody's thumbs, schedules and open forms, and their name from notes on changes."""
    here = select(_ROW.id).where(*owned(deliberations, tenant))
    thumbs = feedback.c.person == person_id, feedback.c.deliberation_id.in_(here)
    connection.execute(delete(feedback).where(*thumbs))
    theirs = *owned(schedules, tenant), schedules.c.owner_id == person_id
    connection.execute(delete(schedules).where(*theirs))
    changed = *owned(settings_changes, tenant), settings_changes.c.person_id == person_id
    nobody = {"person_id": "", "person": _FORGOTTEN}
    connection.execute(update(settings_changes).where(*changed).values(nobody))
    forms = _mentions(tenant.workspace), _mentions(person_id)
    connection.execute(delete(tickets).where(*forms))


def erase_workspace(connection: Connection, tenant: Tenant, now: datetime) -> None:
    """Delete what is known of a workspace besides its deliberations.

    The bot's access stays as long as it is there: it goes with a workspace that left.
    """
    for table in _WORKSPACES_OWN:
        connection.execute(delete(table).where(*owned(table, tenant)))
    connection.execute(delete(tickets).where(_mentions(tenant.workspace)))
    its_pace = f"{tenant.platform}:{tenant.workspace}:"
    connection.execute(delete(paces).where(paces.c.key.startswith(its_pace, autoescape=True)))
    settled = *owned(reservations, tenant), reservations.c.is_settled
    connection.execute(delete(reservations).where(*settled))
    over = *owned(spending, tenant), spending.c.resets_at <= now - _AROUND_THE_WORLD
    connection.execute(delete(spending).where(*over))
    has_left = exists().where(*owned(departures, tenant))
    connection.execute(delete(installations).where(*owned(installations, tenant), has_left))
    connection.execute(delete(departures).where(*owned(departures, tenant)))


def erase_stale(connection: Connection, now: datetime) -> None:
    """Delete what nobody asks for any more: sums that were reset, forms out of time."""
    connection.execute(delete(spending).where(spending.c.resets_at <= now - _AROUND_THE_WORLD))
    connection.execute(delete(tickets).where(tickets.c.expires_at < now))
    is_kept = exists().where(_ROW.id == reservations.c.deliberation_id)
    connection.execute(delete(reservations).where(reservations.c.is_settled, ~is_kept))


def _hush_followers(
    connection: Connection, near: Iterable[ColumnElement[bool]], ids: Sequence[str]
) -> None:
    """Take what deliberations said out of the context of those that follow them in a thread."""
    threads, said = _told(connection, ids)
    if not threads:
        return
    others = *near, _ROW.thread.in_(threads), _ROW.id.not_in(ids)
    followers = select(_ROW.id, _ROW.context).where(*others).order_by(_ROW.id)
    for row in connection.execute(followers).all():
        kept = tuple(remark for remark in row.context if remark not in said)
        if kept != row.context:
            connection.execute(update(deliberations).where(_ROW.id == row.id).values(context=kept))


def _told(connection: Connection, ids: Sequence[str]) -> tuple[set[str], set[Remark]]:
    """Return the threads of deliberations, and what follow-ups in them may repeat."""
    root = (posts.c.deliberation_id == _ROW.id) & (posts.c.slot == ROOT)
    rows = connection.execute(
        select(
            _ROW.asker,
            _ROW.question,
            _ROW.thread,
            posts.c.thread.label("opened"),
            syntheses.c.text.label("concluded"),
        )
        .outerjoin(posts, root)
        .outerjoin(syntheses, syntheses.c.deliberation_id == _ROW.id)
        .where(_ROW.id.in_(ids))
    ).all()
    threads = {thread for row in rows for thread in (row.thread, row.opened) if thread is not None}
    said = {Remark(row.asker, row.question) for row in rows}
    said |= {Remark(COUNCIL, row.concluded) for row in rows if row.concluded is not None}
    return threads, said


def _mentions(name: str) -> ColumnElement[bool]:
    """Say that a form was about somebody or somewhere; what it keeps is JSON."""
    return tickets.c.content.contains(f'"{name}"', autoescape=True)
