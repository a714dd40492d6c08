"""A served process as its operator sees it: figures after a council, and a socket that breaks."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.adapters.slack.serving import serving
from tests.adapters.stage import CHAIR, MEMBERS
from tests.fakes.model_server import ModelServer, Script
from tests.fakes.slack.server import SlackServer
from tests.launcher import Launcher
from tests.scraping import Figures, Operator

SILENT = MEMBERS[1]
NOT_CONNECTED = "No socket to Slack is open; it is tried again every second."


@asynccontextmanager
async def served_to(
    launcher: Launcher, slack: SlackServer, models: ModelServer, folder: Path
) -> AsyncGenerator[Operator]:
    settings = {
        "SLACK_BOT_TOKEN": slack.workspace.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "COUNCIL_ADMIN_PORT": "0",
    }
    async with serving(launcher.start, folder, slack, models, settings) as served:
        yield Operator.of(served.lines)


def outcomes(figures: Figures, model: str) -> dict[str, float]:
    names = ("answered", "server_error")
    calls = "council_model_calls_total"
    return {name: figures.value(calls, model=f"work/{model}", outcome=name) for name in names}


async def test_the_figures_are_right_after_a_council_with_a_silent_member(
    launcher: Launcher, slack: SlackServer, models: ModelServer, tmp_path: Path
) -> None:
    channel, kim = slack.add_channel("canary-room"), slack.add_person("canary-kim")
    models.scripts[SILENT] = Script(fault="500")

    async with served_to(launcher, slack, models, tmp_path) as operator:
        ready = await operator.health()
        await slack.command("canary-question?", channel=channel, person=kim)
        await slack.until(lambda: bool(channel.pins), patience_s=60)

        async def is_over() -> bool:
            figures = await operator.figures()
            return figures.value("council_post_seconds_count") == 7

        await operator.until(is_over)
        figures = await operator.figures()

    assert ready == (200, {"process": "ok", "database": "ok", "slack": "ok", "engine": "ok"})
    ended = "council_deliberations_ended_total"
    assert figures.value(ended) == figures.value(ended, platform="slack", outcome="done") == 1
    assert figures.value("council_deliberation_seconds_count", outcome="done") == 1
    assert outcomes(figures, MEMBERS[0]) == {"answered": 2, "server_error": 0}
    assert outcomes(figures, SILENT) == {"answered": 0, "server_error": 3}
    assert outcomes(figures, CHAIR) == {"answered": 1, "server_error": 0}
    assert figures.value("council_model_calls_total") == models.calls()
    assert figures.value("council_model_retries_total", model=f"work/{SILENT}") == 2
    assert figures.value("council_member_failures_total", kind="server_error") == 1
    assert figures.value("council_model_call_seconds_count", purpose="review") == 2
    assert figures.value("council_post_seconds_count", platform="slack") == 7
    assert figures.value("council_posts_given_up_total") == 0
    for name in ("canary", slack.workspace.team_id, channel.id, kim.id):
        assert name not in figures.text


async def test_a_socket_that_breaks_is_red_until_there_is_another(
    launcher: Launcher, slack: SlackServer, models: ModelServer, tmp_path: Path
) -> None:
    async with served_to(launcher, slack, models, tmp_path) as operator:
        await slack.drop_sockets(1.5)
        found = await operator.until_ready(503)
        again = await operator.until_ready(200)

    assert found["slack"] == NOT_CONNECTED
    assert again["slack"] == "ok"
