"""How the bot gets into Slack: the environment's tokens, checked only where they are needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.errors import BadConfig

# Read from the environment, or from the files that `NAME_FILE` names.
SLACK_SECRETS = (
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
)
USUAL_API_URL = "https://slack.com/api/"

# How each value begins, the longer one first, what it is, and where it belongs.
_BOT, _APP = "xoxb-", "xapp-"
_TOKENS = (
    (_BOT, "a bot token", "SLACK_BOT_TOKEN"),
    (_APP, "an app-level token", "SLACK_APP_TOKEN"),
    ("xoxe.xoxb-", "a bot token that ends after 12 h", None),
    ("xoxe", "a refresh or configuration token", None),
    ("xoxp-", "a token of a person", None),
)
_PLACES = {
    "SLACK_BOT_TOKEN": f"the Bot User OAuth Token ({_BOT}…) from OAuth & Permissions",
    "SLACK_APP_TOKEN": f"the app-level token ({_APP}…) from Basic Information",
    "SLACK_SIGNING_SECRET": "the Signing Secret from Basic Information",
    "SLACK_CLIENT_ID": "the Client ID (two numbers with a dot between) from Basic Information",
    "SLACK_CLIENT_SECRET": "the Client Secret from Basic Information",
}
_SECRET_SHAPE = re.compile(r"[0-9a-f]{32}")

_ROTATED = (
    "SLACK_BOT_TOKEN holds a token that ends after 12 h, since token rotation is on for this app. "
    "Set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET in its place and install the bot at "
    "/slack/install; then the bot renews it."
)
_SAME = (
    "SLACK_CLIENT_SECRET and SLACK_SIGNING_SECRET are the same; they are two different values "
    "under Basic Information."
)
_BAD_URL = (
    "COUNCIL_SLACK_API_URL must be the address of Slack's API, such as https://slack-gov.com/api/."
)
_NO_WAY_IN = (
    "Slack can reach the bot in two ways, and none is set: SLACK_APP_TOKEN for Socket Mode, or "
    "SLACK_SIGNING_SECRET for deliveries over HTTP."
)
_TWO_ACCESSES = (
    "Set SLACK_BOT_TOKEN for one workspace, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for many, "
    "not both."
)
_NO_ACCESS = (
    "Slack is set up in part: SLACK_BOT_TOKEN is missing (or SLACK_CLIENT_ID and "
    "SLACK_CLIENT_SECRET, to be installed in many workspaces)."
)
_HALF_A_CLIENT = "{missing} is missing: set it to {place}."
_NO_KEY = (
    "COUNCIL_SECRET_KEY is not set, and the tokens of installations are kept under it: set it to "
    "what `council key` prints."
)


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """What Slack gave the operator. `bot_token` is for one workspace, the client for many."""

    api_url: str
    bot_token: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str = field(default="", repr=False)
    client_id: str | None = None
    client_secret: str = field(default="", repr=False)

    @property
    def has_socket(self) -> bool:
        """Deliveries come by Socket Mode."""
        return self.app_token is not None

    @property
    def has_many_workspaces(self) -> bool:
        """Workspaces install the bot; reading threads is then limited strictly."""
        return self.client_id is not None


def slack_access(
    secrets: Mapping[str, str], api_url: str | None, *, has_secret_key: bool
) -> SlackAccess | None:
    """Return the access to Slack, None if nothing is set. Raises `BadConfig`."""
    secrets = {name: secrets[name] for name in SLACK_SECRETS if name in secrets}
    if not secrets:
        return None
    fault = _wrong_place(secrets) or _gap(secrets, has_secret_key=has_secret_key)
    if fault is not None:
        raise BadConfig(fault)
    return SlackAccess(
        api_url=_api_url(api_url),
        bot_token=secrets.get("SLACK_BOT_TOKEN"),
        app_token=secrets.get("SLACK_APP_TOKEN"),
        signing_secret=secrets.get("SLACK_SIGNING_SECRET", ""),
        client_id=secrets.get("SLACK_CLIENT_ID"),
        client_secret=secrets.get("SLACK_CLIENT_SECRET", ""),
    )


def _gap(secrets: Mapping[str, str], *, has_secret_key: bool) -> str | None:
    """Say what is missing, or stands beside what excludes it."""
    client = [name for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET") if name in secrets]
    if "SLACK_BOT_TOKEN" in secrets:
        if client:
            return _TWO_ACCESSES
    elif not client:
        return _NO_ACCESS
    elif len(client) == 1:
        (missing,) = {"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"} - set(client)
        return _HALF_A_CLIENT.format(missing=missing, place=_PLACES[missing])
    if not {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"} & secrets.keys():
        return _NO_WAY_IN
    return _NO_KEY if client and not has_secret_key else None


def _wrong_place(secrets: Mapping[str, str]) -> str | None:
    """Notice what was copied to the wrong place; five values are easily mixed up."""
    for name, secret in secrets.items():
        fault = _misplaced(name, secret)
        if fault is not None:
            return fault
    secret = secrets.get("SLACK_CLIENT_SECRET")
    return _SAME if secret is not None and secret == secrets.get("SLACK_SIGNING_SECRET") else None


def _misplaced(name: str, secret: str) -> str | None:
    wanted = f"{name} must be {_PLACES[name]}"
    for prefix, what, home in _TOKENS:
        if not secret.startswith(prefix) or home == name:
            continue
        if name == "SLACK_BOT_TOKEN" and prefix == "xoxe.xoxb-":
            return _ROTATED
        return f"{wanted}, but holds {what}" + (f", which belongs in {home}." if home else ".")
    expected = {"SLACK_BOT_TOKEN": _BOT, "SLACK_APP_TOKEN": _APP}.get(name, "")
    if not secret.startswith(expected):
        return f"{wanted}; what it holds begins otherwise."
    if name == "SLACK_CLIENT_ID" and _SECRET_SHAPE.fullmatch(secret):
        return f"{wanted}, but holds a secret."
    return None


def _api_url(given: str | None) -> str:
    if given is None:
        return USUAL_API_URL
    try:
        parts = urlsplit(given)
    except ValueError:
        raise BadConfig(_BAD_URL) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadConfig(_BAD_URL)
    return given
