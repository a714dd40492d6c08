"""The words after `council`, read into a request; typer writes the help."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, cast

import typer
from typer.exceptions import TyperException

from adapters.console.requests import (
    EVERY_ROLE,
    Ask,
    Cancel,
    DiscordInvite,
    Doctor,
    GoOn,
    Halt,
    History,
    ListModels,
    Migrate,
    NewKey,
    Request,
    Resume,
    Role,
    Serve,
    Show,
    SlackManifest,
)
from adapters.console.workspaces import export, forget
from bot.domain import Mode

WRONG_USE = 2


# Plain help (no rich) starts in half the time, and \b keeps the examples' line breaks.
_app = typer.Typer(
    name="council",
    help="Ask a council of language models: they answer independently, review each other "
    "anonymously, and a chairman writes the final answer.",
    rich_markup_mode=None,
    add_completion=False,
)
_slack = typer.Typer(help="Set Slack up.", rich_markup_mode=None, no_args_is_help=True)
_app.add_typer(_slack, name="slack")
_discord = typer.Typer(help="Set Discord up.", rich_markup_mode=None, no_args_is_help=True)
_app.add_typer(_discord, name="discord")
_Id = Annotated[str, typer.Argument(metavar="ID", help="As printed by `council history`.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the final answer alone.")]


def parse(words: Sequence[str]) -> Request | int:
    """Read the command line; an exit code where there is nothing left to do (help, wrong use)."""
    try:
        shown = list(words) or ["--help"]
        return cast("Request | int", _app(shown, prog_name="council", standalone_mode=False))
    except TyperException as error:
        message = error.format_message().replace("Value error, ", "")
        sys.stderr.write(f"council: {message}\nTry `council --help`.\n")
        return WRONG_USE


@_app.command()
def ask(  # noqa: PLR0913 - one argument an option
    *,
    question: Annotated[
        str,
        typer.Argument(metavar="QUESTION", help="The question; - reads it from standard input."),
    ],
    mode: Annotated[
        Mode | None, typer.Option(help="fast: no reviews; thorough: each member reviews twice.")
    ] = None,
    member: Annotated[
        list[str] | None,
        typer.Option(
            "--member",
            "-m",
            metavar="MODEL",
            help="A model that sits, as provider/model-id; may be repeated.",
        ),
    ] = None,
    chairman: Annotated[
        str | None, typer.Option(metavar="MODEL", help="The model that writes the final answer.")
    ] = None,
    attach: Annotated[
        list[Path] | None,
        typer.Option(
            "--attach", "-a", metavar="FILE", help="A text, a PDF or an image; may be repeated."
        ),
    ] = None,
    is_json: _Json = False,
    is_quiet: _Quiet = False,
) -> Request:
    """Put a question to the council and follow it to the final answer.

    \b
    Examples:
      council ask "Which database suits an event log of 2 TB?"
      council ask --mode thorough --attach plan.md "What is wrong with this plan?"
      council ask -m openai/gpt-6.1-terra -m anthropic/claude-sonnet-5-5 "Is P = NP?"
      git diff | council ask --quiet - > review.md

    Ctrl-C cancels the deliberation; a second one ends the program at once.
    """  # noqa: D301 - \b is typer's mark for lines that keep their breaks
    members, attachments = tuple(member or ()), tuple(attach or ())
    return Ask(question, mode, members, chairman, attachments, is_json, is_quiet)


@_app.command()
def show(deliberation_id: _Id, *, is_json: _Json = False) -> Request:
    """Print a deliberation, from the question to the final answer.

    \b
    Examples:
      council show 01k9x3v0q8ab
      council show 01k9x3v0q8ab --json
    """  # noqa: D301 - as above
    return Show(deliberation_id, is_json)


@_app.command()
def history(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORDS]", help="Only those that hold all of these words."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 20,
) -> Request:
    """List the latest deliberations, newest first.

    \b
    Examples:
      council history
      council history database
    """  # noqa: D301 - as above
    return History(" ".join(words or ()), limit)


@_app.command()
def resume(deliberation_id: _Id, *, is_json: _Json = False, is_quiet: _Quiet = False) -> Request:
    """Go on with a deliberation that stopped, failed or was cancelled.

    What was answered is not asked again.

    \b
    Example:
      council resume 01k9x3v0q8ab
    """  # noqa: D301 - as above
    return Resume(deliberation_id, is_json, is_quiet)


@_app.command()
def cancel(deliberation_id: _Id) -> Request:
    """Stop a deliberation, wherever it runs.

    \b
    Example:
      council cancel 01k9x3v0q8ab
    """  # noqa: D301 - as above
    return Cancel(deliberation_id)


@_app.command()
def models(
    provider: Annotated[
        str | None, typer.Argument(metavar="[PROVIDER]", help="Only this provider's.")
    ] = None,
) -> Request:
    """List the models that can sit, with their prices.

    Prices are in US dollars per million tokens.

    \b
    Examples:
      council models
      council models openrouter
    """  # noqa: D301 - as above
    return ListModels(provider)


@_app.command()
def doctor() -> Request:
    """Check configuration, database and providers.

    Each line says what to mend; exit 1 if anything is wrong.

    \b
    Example:
      council doctor
    """  # noqa: D301 - as above
    return Doctor()


@_app.command()
def migrate(
    to: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION",
            help="Go back to the tables of an older version, such as 0003, before you start it. "
            "What only newer versions keep is lost.",
        ),
    ] = None,
) -> Request:
    """Bring the database to this version's tables.

    Every start does so by itself.

    \b
    Examples:
      council migrate
      council migrate --to 0003
    """  # noqa: D301 - as above
    return Migrate(to)


@_app.command()
def serve(
    role: Annotated[
        list[Role] | None,
        typer.Option(help="What this process does, if not all of it; may be given several times."),
    ] = None,
) -> Request:
    """Run the bot in the chat platforms that are set up, until Ctrl-C or SIGTERM.

    What is running then goes on with the next start, or in another process at once. With
    PostgreSQL any number of processes share the work: gateway takes what comes by the platforms'
    sockets, web what comes by HTTP, worker runs councils, scheduler asks daily questions.

    \b
    Examples:
      DISCORD_TOKEN=… council serve
      SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… council serve
      council serve --role gateway --role scheduler
    """  # noqa: D301 - as above
    return Serve(frozenset(role) if role else EVERY_ROLE)


@_app.command()
def key() -> Request:
    """Print a new key for COUNCIL_SECRET_KEY, under which tokens are kept.

    \b
    Example:
      export COUNCIL_SECRET_KEY=$(council key)
    """  # noqa: D301 - as above
    return NewKey()


@_app.command()
def halt(
    reason: Annotated[
        str, typer.Argument(metavar="REASON", help="What people are told who want to ask.")
    ],
) -> Request:
    """Stop all spending in the chat platforms: no council begins, none asks a model.

    What was answered so far is kept, and calls that are out are broken off within a second. This
    holds for every process on the database, until `council go-on`.

    \b
    Example:
      council halt "The bill is being looked at; ask again tomorrow."
    """  # noqa: D301 - as above
    if not reason.strip():
        message = "say why, since people are told so."
        raise typer.BadParameter(message)
    return Halt(" ".join(reason.split()))


@_app.command("go-on")
def go_on() -> Request:
    """Let councils be held again after `council halt`.

    \b
    Example:
      council go-on
    """  # noqa: D301 - as above
    return GoOn()


_app.command()(export)
_app.command()(forget)


@_slack.command("manifest")
def slack_manifest(
    *,
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where Slack reaches the bot: https://…, no path."),
    ] = None,
    is_socket: Annotated[
        bool, typer.Option("--socket", help="By Socket Mode, without an address (the default).")
    ] = False,
) -> Request:
    """Print the manifest to paste where Slack asks for one.

    \b
    Examples:
      council slack manifest
      council slack manifest --url https://council.example.com
    """  # noqa: D301 - as above
    if is_socket and url is not None:
        message = "--socket and --url exclude each other."
        raise typer.BadParameter(message)
    if url is not None and not url.startswith("https://"):
        message = "--url must begin with https://, since Slack calls nothing else."
        raise typer.BadParameter(message)
    return SlackManifest(url)


@_discord.command("invite")
def discord_invite(
    *,
    application: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The application's id; DISCORD_TOKEN tells it otherwise."),
    ] = None,
) -> Request:
    """Print the link by which somebody who manages a server lets the bot in.

    \b
    Examples:
      council discord invite
      council discord invite --application 123456789012345678
    """  # noqa: D301 - as above
    if application is not None and not (application.isascii() and application.isdecimal()):
        message = "--application must be a number, as the Developer Portal shows it."
        raise typer.BadParameter(message)
    return DiscordInvite(application)
