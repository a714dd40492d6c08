"""views.* and blocks.validate: modals and Home tabs."""

from __future__ import annotations

from tests.fakes.shapes import Json, as_list, as_object
from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.methods.chat import named_blocks
from tests.fakes.slack.records import View
from tests.fakes.slack.refused import refuse
from tests.fakes.slack.validator import fault_of
from tests.fakes.slack.wire import wire_of_view
from tests.fakes.slack.world import World

LARGEST_VIEW = 250_000  # bytes, the page of views.open: view_too_large


def document_of(world: World, view: Json) -> Json:
    """Give the content that an app sent for a view, each block with an id."""
    return {**view, "blocks": named_blocks(world, view.get("blocks"))}


def _document(asked: Asked) -> Json:
    view = asked.arguments["view"]
    if len(str(view).encode()) > LARGEST_VIEW:
        refuse("view_too_large")
    return document_of(asked.world, view)


def _open(asked: Asked) -> Json:
    trigger = asked.world.triggers.exchange(asked.text("trigger_id"))
    return _shown(asked, asked.world.views.open(trigger.person, _document(asked)))


def _push(asked: Asked) -> Json:
    """Push a modal, which only what happened in a modal can do."""
    trigger = asked.world.triggers.exchange(asked.text("trigger_id"))
    if trigger.view is None or not asked.world.views.stack(trigger.person):
        refuse("invalid_trigger_id")
    return _shown(asked, asked.world.views.push(trigger.person, _document(asked)))


def _update(asked: Asked) -> Json:
    external_id = asked.text("external_id")
    view = asked.world.views.by_id.get(asked.text("view_id") or "")
    if view is None and external_id is not None:
        named = (v for v in asked.world.views if v.document.get("external_id") == external_id)
        view = next(named, None)
    if view is None or not view.is_open or not asked.token.reaches(view.workspace):
        refuse("not_found")
    document = _document(asked)
    return _shown(asked, asked.world.views.update(view, document, asked.text("hash")))


def _publish(asked: Asked) -> Json:
    person = asked.person("user_id")
    document = _document(asked)
    return _shown(asked, asked.world.views.publish(person, document, asked.text("hash")))


def _shown(asked: Asked, view: View) -> Json:
    asked.world.changed()
    return {"view": wire_of_view(view)}


def _validate(asked: Asked) -> Json:
    """Slack lists every issue; this server the first one, which is no violation here."""
    given = [name for name in ("blocks", "message", "view") if name in asked.arguments]
    if len(given) != 1:
        refuse("invalid_arguments")
    value = asked.arguments[given[0]]
    view = as_object(value) or {}
    checks: dict[str, tuple[str, Json]] = {
        "blocks": ("chat.postMessage", {"blocks": as_list(value), "text": "-"}),
        "message": ("chat.postMessage", dict(view)),
        "view": (
            "views.publish" if view.get("type") == "home" else "views.open",
            {"view": value, "trigger_id": "-", "user_id": "-"},
        ),
    }
    method, body = checks[given[0]]
    if (fault := fault_of(method, {"channel": "-", **body})) is not None:
        _, pointer, reason = fault.split(": ", 2)
        refuse(f"invalid_{given[0]}", errors=[{"pointer": pointer, "message": reason}])
    return {}


METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
    "blocks.validate": Method(_validate),
}
