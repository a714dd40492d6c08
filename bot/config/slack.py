"""How the bot gets into Slack: the environment's tokens, checked only where they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    if not any(name in secrets for name in SLACK_SECRETS):
        return None
    if fault := _fault(secrets, has_secret_key=has_secret_key):
        raise BadConfig(fault)
    return SlackAccess(
        api_url=api_url or USUAL_API_URL,
        bot_token=secrets.get("SLACK_BOT_TOKEN"),
        app_token=secrets.get("SLACK_APP_TOKEN"),
        signing_secret=secrets.get("SLACK_SIGNING_SECRET", ""),
        client_id=secrets.get("SLACK_CLIENT_ID"),
        client_secret=secrets.get("SLACK_CLIENT_SECRET", ""),
    )


def _fault(secrets: Mapping[str, str], *, has_secret_key: bool) -> str | None:
    client = [name for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET") if name in secrets]
    has_bot_token = "SLACK_BOT_TOKEN" in secrets
    if has_bot_token and client:
        return _TWO_ACCESSES
    if not has_bot_token and len(client) < 2:  # noqa: PLR2004 both halves
        return _NO_ACCESS
    if not {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"} & secrets.keys():
        return _NO_WAY_IN
    return _wrong_shape(secrets) or (_NO_KEY if client and not has_secret_key else None)


def _wrong_shape(secrets: Mapping[str, str]) -> str | None:
    """Notice a token in the wrong place; they are easily mixed up."""
    shapes = {"SLACK_BOT_TOKEN": "xoxb-", "SLACK_APP_TOKEN": "xapp-"}
    for name, prefix in shapes.items():
        # Tokens that are renewed begin with xoxe.
        if name in secrets and not secrets[name].startswith((prefix, f"xoxe.{prefix}")):
            return f"{name} must begin with `{prefix}`; check which token was copied."
    return None
