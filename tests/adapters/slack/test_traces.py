"""A council in Slack is one trace: its run, and in it each call to a model."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from bot.composition.service import open_service
from tests.adapters.slack.office import Office
from tests.adapters.stage import settled
from tests.fakes.collector import collecting

CANARY = "canary-f00dfeed"


async def test_a_council_is_one_trace_without_a_word_of_what_was_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        settings = replace(
            office.settings(), telemetry={"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        )
        async with open_service(settings, office.said.append):
            await office.ask(f"Which database suits {CANARY}?")
            (deliberation,) = await settled(office)

    (run,) = collector.named("deliberation")
    calls = collector.named("chat ")
    purposes = Counter(str(call.attributes["council.purpose"]) for call in calls)
    assert run.attributes["council.deliberation"] == deliberation.id
    assert {call.parent for call in calls} == {run.id}
    assert purposes == Counter(call.purpose for call in deliberation.calls)
    assert {str(call.attributes["gen_ai.provider.name"]) for call in calls} == {"work"}
    workspace = office.slack.workspace
    secrets = (CANARY, "a-key-of-the-operator", workspace.bot_token, workspace.team_id, "kim")
    said = b"".join(collector.bodies)
    assert [secret for secret in secrets if secret.encode() in said] == []
