"""The link by which somebody who manages a server lets the bot in."""

from __future__ import annotations

from urllib.parse import urlencode

from adapters.discord.setup.rights import permissions

_AUTHORIZE = "https://discord.com/oauth2/authorize"
_SCOPES = "bot applications.commands"


def invitation(application: str) -> str:
    """Return the link for an application's id: https://docs.discord.com/developers/topics/oauth2.

    It asks for the rights that the bot needs and for no others.
    """
    asked = {"client_id": application, "scope": _SCOPES, "permissions": permissions().value}
    return f"{_AUTHORIZE}?{urlencode(asked)}"
