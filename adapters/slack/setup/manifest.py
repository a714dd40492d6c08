"""The app's manifest: what an admin pastes into Slack, with the reason for each right.

https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

from collections.abc import Mapping

EVENTS_PATH = "/slack/events"
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"

# Each scope that the bot asks for, and why; docs/slack.md tells the same.
SCOPES: Mapping[str, str] = {
    "app_mentions:read": "to hear when somebody mentions it",
    "channels:history": "to read what was said before a mention, or since a scheduled question, in "
    "a public channel; to find its own message there again after a crash",
    "channels:read": "to see whether it may answer in a public channel; for the Home tab",
    "chat:write": "to post, edit and stream messages",
    "commands": "to offer /council and the message shortcut",
    "files:read": "to read files that come with a question",
    "files:write": "to attach a text that is too long for messages",
    "groups:history": "to read what was said before a mention, or since a scheduled question, in a "
    "private channel; to find its own message there again after a crash",
    "groups:read": "to see whether it may answer in a private channel; for the Home tab",
    "im:history": "to read what people write to it directly",
    "im:read": "to see that it may answer in a direct message",
    "mpim:history": "to find its own message again in a group message after a crash",
    "mpim:read": "to see that it may answer in a group message",
    "pins:write": "to pin final answers and unpin its oldest",
    "usergroups:read": "to see who is in a user group that may ask or configure",
    "users:read": "to show who asked, and to see who is an admin, a guest or a stranger",
}
_EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.im",
    "tokens_revoked",
)
_DESCRIPTION = "One well-founded answer from several models"
_LONG_DESCRIPTION = (
    "Ask one question, get one well-founded answer. Several language models answer on their own, "
    "review each other's answers without knowing whose they are, and a chairman writes the final "
    "answer: with the dissent, and with what stays unresolved. Answers and reviews appear in a "
    "thread as they arrive; the final answer is pinned. Answers of models can be wrong."
)
_COLOUR = "#1f3a5f"


def manifest(url: str | None) -> Mapping[str, object]:
    """Return the manifest for deliveries to an address (`https://…`), or by Socket Mode if None."""
    origin = None if url is None else url.rstrip("/")
    address = None if origin is None else f"{origin}{EVENTS_PATH}"
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "Council",
            "description": _DESCRIPTION,
            "long_description": _LONG_DESCRIPTION,
            "background_color": _COLOUR,
        },
        "features": _features(address),
        "oauth_config": _oauth(origin),
        "settings": _settings(address),
    }


def _features(address: str | None) -> Mapping[str, object]:
    command = {
        "command": "/council",
        "description": "Ask a council of language models",
        "usage_hint": "your question, or: help, config, schedule, history, budget",
        "should_escape": True,  # so that a channel or a person who is named comes with the id
    }
    shortcut = {
        "name": "Ask the council",  # Slack takes 24 characters at most
        "type": "message",
        "callback_id": "ask_council",
        "description": "Several models answer and review each other",
    }
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Council", "always_online": True},
        "shortcuts": [shortcut],
        "slash_commands": [command if address is None else {**command, "url": address}],
    }


def _oauth(origin: str | None) -> Mapping[str, object]:
    scopes = {"bot": sorted(SCOPES)}
    if origin is None:
        return {"scopes": scopes}
    return {"redirect_urls": [f"{origin}{REDIRECT_PATH}"], "scopes": scopes}


def _settings(address: str | None) -> Mapping[str, object]:
    events: dict[str, object] = {"bot_events": list(_EVENTS)}
    interactivity: dict[str, object] = {"is_enabled": True}
    if address is not None:
        events["request_url"] = address
        interactivity["request_url"] = address
    return {
        "event_subscriptions": events,
        "interactivity": interactivity,
        "org_deploy_enabled": True,
        "socket_mode_enabled": address is None,
        "token_rotation_enabled": False,
    }
