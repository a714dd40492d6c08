"""A desk whose parts are all in memory."""

from __future__ import annotations

from bot.app import App
from bot.desk import Desk
from bot.team.asking import Asking, Team
from tests.fakes.records import FakeOutbox, FakeRecords
from tests.fakes.rooms import FakeRooms
from tests.fakes.work import FakeWork
from tests.fakes.workspaces import FakeFeedback, FakeTickets


def fake_desk(records: FakeRecords, work: FakeWork, team: Team) -> Desk:
    """Return a desk in Slack."""
    asking = Asking(App(records=records, work=work, platforms=["slack"]), team)
    return Desk(
        app=asking.app,
        outbox=FakeOutbox(records),
        feedback=FakeFeedback(records),
        tickets=FakeTickets(),
        asking=asking,
        rooms=FakeRooms(),
    )
