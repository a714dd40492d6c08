"""assistant.threads.setStatus and agents.sessions.setStatus."""

from __future__ import annotations

from tests.fakes.shapes import Json
from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.refused import refuse


def _set_thread_status(asked: Asked) -> Json:
    channel = asked.visible_channel("channel_id")
    if channel.find(asked.text("thread_ts")) is None:
        refuse("invalid_thread_ts")
    place = channel.id, asked.text("thread_ts") or ""
    if (status := asked.text("status")) is None:
        asked.world.statuses.pop(place, None)
    else:
        asked.world.statuses[place] = status
    asked.world.changed()
    return {}


def _set_session_status(asked: Asked) -> Json:
    channel = asked.visible_channel("channel_id")
    if not channel.has_bot:
        refuse("not_authorized")
    thread_ts = asked.text("thread_ts")
    if thread_ts is None:
        refuse("thread_ts_required")
    if asked.text("initiator_user_id") is not None:
        asked.person("initiator_user_id")
    asked.world.sessions[channel.id, thread_ts] = asked.text("status") or ""
    asked.world.changed()
    return {}


METHODS = {
    "assistant.threads.setStatus": Method(_set_thread_status, ("chat:write", "assistant:write")),
    "agents.sessions.setStatus": Method(_set_session_status, ("chat:write",)),
}
