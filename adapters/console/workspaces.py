"""The commands for all that is known of a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.console.requests import Export, Forget, Request
from bot.domain import Tenant

_Workspace = Annotated[
    str,
    typer.Option(
        "--workspace",
        "-w",
        metavar="PLATFORM:WORKSPACE",
        help="Such as slack:T0123456789, or discord: and a server's id.",
    ),
]


def export(
    *,
    workspace: _Workspace,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Else to standard output."),
    ] = None,
) -> Request:
    """Write all that is known of a workspace as JSON lines, without keys.

    What it has set comes first, then its deliberations, the oldest first.

    \b
    Example:
      council export --workspace slack:T0123456789 --output acme.jsonl
    """  # noqa: D301 - \b is typer's mark for lines that keep their breaks
    return Export(_tenant(workspace), output)


def forget(
    *,
    workspace: _Workspace,
    is_sure: Annotated[bool, typer.Option("--yes", help="Really: this cannot be undone.")] = False,
) -> Request:
    """Delete all that is known of a workspace, at once.

    The messages in its chat stay. `council export` keeps a copy.

    \b
    Example:
      council forget --workspace slack:T0123456789 --yes
    """  # noqa: D301 - as above
    tenant = _tenant(workspace)
    if not is_sure:
        message = f"this deletes all that is known of {workspace}; add --yes if you mean it."
        raise typer.BadParameter(message)
    return Forget(tenant)


def _tenant(written: str) -> Tenant:
    platform, _, workspace = written.partition(":")
    if not (platform and workspace):
        message = "--workspace must be like slack:T0123456789."
        raise typer.BadParameter(message)
    return Tenant(platform.lower(), workspace)
