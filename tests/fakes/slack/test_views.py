"""Modals and Home tabs, through the real slack_sdk."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.fakes.slack.hosting import hosted
from tests.fakes.slack.records import Person
from tests.fakes.slack.sample_app import MODAL, error_of, refusal
from tests.fakes.slack.server import SlackServer

HOME: dict[str, Any] = {"type": "home", "blocks": [{"type": "divider"}]}


async def test_triggers_are_good_once_and_for_a_while(
    slack: SlackServer, client: Any, ada: Person
) -> None:
    trigger = slack.triggers.issue(ada)

    await client.views_open(trigger_id=trigger, view=MODAL)

    open_again = client.views_open(trigger_id=trigger, view=MODAL)
    assert await error_of(open_again) == "exchanged_trigger_id"
    invented = client.views_open(trigger_id="1.2.3", view=MODAL)
    assert await error_of(invented) == "invalid_trigger_id"
    slack.triggers.lifetime_s = -1
    late = client.views_open(trigger_id=slack.triggers.issue(ada), view=MODAL)
    assert await error_of(late) == "expired_trigger_id"


async def test_views_are_updated_if_the_hash_is_right(
    slack: SlackServer, client: Any, ada: Person
) -> None:
    opened = await client.views_open(trigger_id=slack.triggers.issue(ada), view=MODAL)
    view = opened["view"]
    place = {"view_id": view["id"], "view": MODAL}

    updated = await client.views_update(**place, hash=view["hash"])

    assert updated["view"]["hash"] != view["hash"]
    assert await error_of(client.views_update(**place, hash=view["hash"])) == "hash_conflict"
    unknown = client.views_update(view_id="V000", view=MODAL)
    assert await error_of(unknown) == "not_found"
    assert len(slack.views.top(ada).versions) == 2
    assert opened["view"]["state"] == {"values": {}}
    assert opened["view"]["root_view_id"] == view["id"]


async def test_three_modals_may_lie_upon_each_other(
    slack: SlackServer, client: Any, ada: Person
) -> None:
    await client.views_open(trigger_id=slack.triggers.issue(ada), view=MODAL)

    async def push() -> None:
        trigger = slack.triggers.issue(ada, view=slack.views.top(ada))
        await client.views_push(trigger_id=trigger, view=MODAL)

    await push()
    await push()

    assert len(slack.views.stack(ada)) == 3
    assert await error_of(push()) == "push_limit_reached"
    elsewhere = client.views_push(trigger_id=slack.triggers.issue(ada), view=MODAL)
    assert await error_of(elsewhere) == "invalid_trigger_id"


async def test_a_home_is_published(slack: SlackServer, client: Any, ada: Person) -> None:
    first = await client.views_publish(user_id=ada.id, view=HOME)
    stale = first["view"]["hash"]
    await client.views_publish(user_id=ada.id, view=HOME, hash=stale)

    home = slack.views.home(ada)

    assert home is not None
    assert len(home.versions) == 2
    again = client.views_publish(user_id=ada.id, view=HOME, hash=stale)
    assert await error_of(again) == "hash_conflict"


async def test_blocks_can_be_validated(client: Any) -> None:
    await client.blocks_validate(blocks=[{"type": "divider"}])
    await client.blocks_validate(view=MODAL)

    refused = await refusal(client.blocks_validate(blocks=[{"type": "divider"}, {"type": "no"}]))

    assert refused["error"] == "invalid_blocks"
    assert refused["errors"][0]["pointer"] == "/blocks/1/type"


async def test_external_ids_are_unique(slack: SlackServer, client: Any, ada: Person) -> None:
    grace = slack.add_person("Grace")
    named = MODAL | {"external_id": "mine"}
    await client.views_open(trigger_id=slack.triggers.issue(ada), view=named)

    again = client.views_open(trigger_id=slack.triggers.issue(grace), view=named)

    assert await error_of(again) == "duplicate_external_id"
    await client.views_update(external_id="mine", view=named)
    assert len(slack.views.top(ada).versions) == 2


async def test_a_view_may_be_too_large(client: Any, ada: Person) -> None:
    sections = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 90
    large = {"type": "home", "blocks": sections}

    assert await error_of(client.views_publish(user_id=ada.id, view=large)) == "view_too_large"


@pytest.mark.parametrize(
    ("answer", "violation"),
    [
        ({"response_action": "errors", "errors": {"other": "x"}}, "invalid_errors"),
        ({"response_action": "push", "view": {"type": "modal"}}, "invalid_arguments"),
        ({"response_action": "dance"}, "invalid_action"),
    ],
)
async def test_bad_answers_to_a_submission_are_violations(
    slack: SlackServer, ada: Person, answer: dict[str, Any], violation: str
) -> None:
    view = slack.views.open(ada, MODAL)

    async with answering(slack, answer):
        await slack.submit(view, {"word": {"word": "x"}}, person=ada)

    assert slack.violations[0].startswith(f"view_submission: {violation}")
    slack.violations.clear()


@pytest.mark.parametrize(
    ("answer", "depth"),
    [({"response_action": "push", "view": MODAL}, 2), ({"response_action": "clear"}, 0)],
)
async def test_answers_to_a_submission_are_carried_out(
    slack: SlackServer, ada: Person, answer: dict[str, Any], depth: int
) -> None:
    view = slack.views.open(ada, MODAL)

    async with answering(slack, answer):
        await slack.submit(view, {"word": {"word": "x"}}, person=ada)

    assert len(slack.views.stack(ada)) == depth


@asynccontextmanager
async def answering(slack: SlackServer, answer: dict[str, Any]) -> AsyncGenerator[None]:
    """Answer everything with a document."""

    async def endpoint(_: Request) -> JSONResponse:
        return JSONResponse(answer)

    async with hosted(Starlette(routes=[Route("/", endpoint, methods=["POST"])])) as url:
        slack.request_url = f"{url}/"
        yield
