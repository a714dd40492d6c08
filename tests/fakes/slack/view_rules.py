"""The rules of modals and Home tabs: docs.slack.dev/reference/views."""

from __future__ import annotations

from tests.fakes.shapes import as_object
from tests.fakes.slack.blocks import check_blocks
from tests.fakes.slack.rules import (
    ID,
    Invalid,
    broken,
    need,
    need_keys,
    need_plain_text,
    need_string,
    need_word,
)

PRIVATE_METADATA = 3000
TITLE = 24
_SHARED = ("type", "blocks", "private_metadata", "callback_id", "external_id")
_MODAL = ("title", "close", "submit", "clear_on_close", "notify_on_close", "submit_disabled")


def check_view(value: object, *, is_home: bool) -> None:
    """Raise Invalid where a view breaks a rule; only modals have a title, buttons and inputs.

    Slack answers `invalid_arguments`, or `invalid_blocks` for the blocks.
    """
    view = as_object(value)
    if view is None:
        broken("/view", "must be an object", "invalid_arguments")
    try:
        kind = need_word(view.get("type"), "/view/type", ("home",) if is_home else ("modal",))
        need_keys(view, "/view", _SHARED if is_home else (*_SHARED, *_MODAL))
        limits = {"private_metadata": PRIVATE_METADATA, "callback_id": ID, "external_id": ID}
        for name, most in limits.items():
            need_string(view.get(name, ""), f"/view/{name}", at_least=0, at_most=most)
        if kind == "modal":
            need_plain_text(view.get("title"), "/view/title", at_most=TITLE)
        for name in ("submit", "close"):
            if name in view:
                need_plain_text(view[name], f"/view/{name}", at_most=TITLE)
    except Invalid as invalid:
        _, pointer, reason = str(invalid).split(": ", 2)
        raise Invalid(pointer, reason, "invalid_arguments") from invalid
    need("blocks" in view, "/view/blocks", "missing required field", "invalid_arguments")
    check_blocks(view["blocks"], "/view/blocks", "home" if is_home else "modal")
    has_inputs = any(block["type"] == "input" for block in view["blocks"])
    need("submit" in view or not has_inputs, "/view/submit", "inputs need a submit button")
