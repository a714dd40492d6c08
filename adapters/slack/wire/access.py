"""The bot's access to workspaces: one by a token of the operator's, or many by installation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from adapters.slack.wire.failures import NOT_INSTALLED, Refused
from adapters.slack.wire.http import SlackHttp


@dataclass(frozen=True, slots=True)
class Access:
    """What acting in a workspace takes; `url` is its address, with a slash at the end.

    `workspace` is the team's id, or the organisation's if the bot is installed in all of its teams.
    """

    workspace: str
    name: str
    url: str
    bot_user: str
    bot_id: str
    token: str = field(repr=False)


class Tokens(Protocol):
    """Gives access to workspaces. Methods raise `ChatError`, `StorageError`."""

    async def of(self, workspace: str) -> Access:
        """Return the access to a workspace. Raises `Refused` where the bot is not installed."""
        ...

    def forget(self, workspace: str) -> None:
        """Look again the next time: Slack no longer takes this token."""
        ...


class OneWorkspace:
    """Implements `Tokens` with a bot token from the environment."""

    def __init__(self, access: Access) -> None:
        self.access = access

    async def of(self, workspace: str) -> Access:
        """Return the access to the one workspace."""
        if workspace != self.access.workspace:
            raise Refused(NOT_INSTALLED)
        return self.access

    def forget(self, workspace: str) -> None:
        """Keep it: there is no other token."""


async def examined(http: SlackHttp, token: str) -> Access:
    """Return what a token gives access to, as Slack says. Raises `ChatError`."""
    answer = await http.call("auth.test", token, {})
    return Access(
        workspace=workspace_of(
            answer.get("enterprise_id"),
            answer.get("team_id"),
            is_org_wide=bool(answer.get("is_enterprise_install")),
        ),
        name=str(answer.get("team") or answer.get("enterprise") or ""),
        url=str(answer.get("url") or ""),
        bot_user=str(answer.get("user_id") or ""),
        bot_id=str(answer.get("bot_id") or ""),
        token=token,
    )


def workspace_of(enterprise: str | None, team: str | None, *, is_org_wide: bool) -> str:
    """Return under which name a workspace is kept: an organisation's channels span its teams."""
    return (enterprise if is_org_wide else None) or team or enterprise or ""
