"""Conversations, people, pins and the forms of a call, through the real slack_sdk."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.sample_app import MODAL, QUIET, error_of, post, refusal
from tests.fakes.slack.server import SlackServer

JSON = {"Content-Type": "application/json; charset=utf-8"}


@pytest.fixture(autouse=True)
def unhurried(slack: SlackServer) -> None:
    slack.is_throttling = False


async def test_who_the_token_is(slack: SlackServer, client: Any) -> None:
    answer = await client.auth_test()

    assert answer["team_id"] == slack.workspace.team_id
    assert answer["user_id"] == slack.workspace.bot_user_id
    assert answer["bot_id"] == slack.workspace.bot_id
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_tokens_die(slack: SlackServer, client: Any) -> None:
    second = slack.add_workspace("Second")

    nobody: Any = AsyncWebClient(base_url=slack.api_url)
    assert await error_of(nobody.auth_test()) == "not_authed"
    assert await error_of(client.auth_test(token="xoxb-no")) == "invalid_auth"
    assert await error_of(client.auth_test(token=slack.app_token)) == "not_allowed_token_type"
    opening = client.apps_connections_open(app_token=slack.workspace.bot_token)
    assert await error_of(opening) == "not_allowed_token_type"
    slack.revoke(slack.workspace)
    assert await error_of(client.auth_test()) == "token_revoked"
    await client.auth_test(token=second.bot_token)
    await client.auth_revoke(token=second.bot_token)
    assert await error_of(client.auth_test(token=second.bot_token)) == "token_revoked"


async def test_missing_scopes_are_named(slack: SlackServer, client: Any) -> None:
    narrow = slack.add_workspace("Narrow", scopes=("commands", "channels:read"))
    place = slack.add_channel("x", workspace=narrow)
    hidden = slack.add_channel("x", workspace=narrow, is_private=True)

    refused = await refusal(
        client.chat_postMessage(token=narrow.bot_token, channel=place.id, text="x", **QUIET)
    )

    assert refused["needed"] == "chat:write"
    assert refused["provided"] == "commands,channels:read"
    info = client.conversations_info(token=narrow.bot_token, channel=hidden.id)
    assert await error_of(info) == "missing_scope"
    await client.conversations_info(token=narrow.bot_token, channel=place.id)


async def test_arguments_come_in_every_form(slack: SlackServer, channel: Channel) -> None:
    blocks = json.dumps([{"type": "divider"}])
    fields = {"channel": channel.id, "text": "x", "blocks": blocks}
    fields |= {"unfurl_links": "false", "unfurl_media": "0"}
    url = f"{slack.api_url}chat.postMessage"
    bearer = {"Authorization": f"Bearer {slack.workspace.bot_token}"}
    spare = fields | {"token": slack.workspace.bot_token}

    async with aiohttp.ClientSession() as session:
        answers = [
            await (await session.post(url, data=fields, headers=bearer)).json(),
            await (await session.post(url, data=spare)).json(),
            await (await session.post(url, params=fields, headers=bearer)).json(),
            await (await session.get(url, params=spare)).json(),
            await (await session.post(url, data="{", headers=bearer | JSON)).json(),
            await (await session.post(url, data=fields | {"blocks": "["}, headers=bearer)).json(),
        ]

    errors = [answer.get("error") for answer in answers]
    assert errors == [None] * 4 + ["invalid_json", "invalid_blocks_format"]
    assert [m.blocks[0]["type"] for m in channel.messages] == ["divider"] * 4


async def test_conversations_are_described(slack: SlackServer, client: Any, ada: Person) -> None:
    channel = slack.add_channel("plans", is_private=True, is_shared=True, members=[ada])

    answer = await client.conversations_info(channel=channel.id, include_num_members=True)

    described = answer["channel"]
    assert (described["is_private"], described["is_member"]) == (True, True)
    assert described["is_ext_shared"]
    assert described["num_members"] == 2
    direct = await client.conversations_open(users=[ada.id])
    info = await client.conversations_info(channel=direct["channel"]["id"])
    assert info["channel"]["is_im"]
    assert info["channel"]["user"] == ada.id
    unknown = await error_of(client.conversations_open(users=["U000"]))
    assert unknown == "user_not_found"


async def test_lists_are_paged(slack: SlackServer, client: Any) -> None:
    places = [slack.add_channel(f"c{n}") for n in range(5)]
    slack.add_channel("old", is_archived=True)
    slack.add_channel("secret", is_private=True, has_bot=False)
    slack.add_channel("elsewhere", has_bot=False)

    names: list[str] = []
    types = "public_channel,private_channel"
    async for page in await client.conversations_list(limit=2, types=types, exclude_archived=True):
        names += [channel["name"] for channel in page["channels"]]
    mine = await client.users_conversations(exclude_archived=True)

    assert names == [*(place.name for place in places), "elsewhere"]
    assert [c["name"] for c in mine["channels"]] == [place.name for place in places]
    assert await error_of(client.conversations_list(cursor="x")) == "invalid_cursor"
    assert await error_of(client.conversations_list(types="x")) == "invalid_types"


async def test_members_are_listed(slack: SlackServer, client: Any, ada: Person) -> None:
    channel = slack.add_channel("c", members=[ada])

    answer = await client.conversations_members(channel=channel.id)

    assert answer["members"] == [ada.id, slack.workspace.bot_user_id]


async def test_a_bot_joins_public_channels(slack: SlackServer, client: Any) -> None:
    channel = slack.add_channel("public", has_bot=False)
    assert await error_of(client.conversations_history(channel=channel.id)) == "not_in_channel"

    await client.conversations_join(channel=channel.id)

    assert channel.has_bot
    private = slack.add_channel("private", is_private=True)
    error = await error_of(client.conversations_join(channel=private.id))
    assert error == "method_not_supported_for_channel_type"


async def test_threads_are_read_page_by_page(channel: Channel, client: Any) -> None:
    tag = {"event_type": "council", "event_payload": {"seq": 1}}
    root = await post(client, channel)
    replies = [await post(client, channel, thread_ts=root.ts, metadata=tag) for _ in range(4)]

    read: list[str] = []
    async for page in await client.conversations_replies(channel=channel.id, ts=root.ts, limit=2):
        read += [message["ts"] for message in page["messages"]]
        assert "metadata" not in page["messages"][-1]
    later = await client.conversations_replies(
        channel=channel.id,
        ts=replies[0].ts,
        oldest=replies[1].ts,
        include_all_metadata=True,
    )
    same = await client.conversations_replies(
        channel=channel.id, ts=root.ts, oldest=replies[3].ts, inclusive=True
    )

    assert read == [root.ts, *(reply.ts for reply in replies)]
    assert [m["ts"] for m in later["messages"]] == [reply.ts for reply in replies[2:]]
    assert later["messages"][0]["metadata"] == tag
    assert later["messages"][0]["thread_ts"] == root.ts
    assert [m["ts"] for m in same["messages"]] == [replies[3].ts]


async def test_distributed_apps_read_fifteen_messages(
    slack: SlackServer, channel: Channel, client: Any
) -> None:
    slack.is_distributed = True
    root = await post(client, channel)
    for _ in range(20):
        await post(client, channel, thread_ts=root.ts)

    page = await client.conversations_replies(channel=channel.id, ts=root.ts, limit=200)

    assert len(page["messages"]) == 15
    assert page["has_more"]


async def test_people_and_bots(slack: SlackServer, client: Any, ada: Person) -> None:
    owner = slack.add_person("Owner", is_owner=True)
    guest = slack.add_person("Guest", is_guest=True)
    bot = slack.add_person("Robot", is_bot=True)

    users = [(await client.users_info(user=p.id))["user"] for p in (ada, owner, guest, bot)]

    assert [user["is_admin"] for user in users] == [False, True, False, False]
    assert [user["is_restricted"] for user in users] == [False, False, True, False]
    assert [user["is_bot"] for user in users] == [False, False, False, True]
    own = await client.users_info(user=slack.workspace.bot_user_id)
    assert own["user"]["profile"]["bot_id"] == slack.workspace.bot_id
    listed = await client.users_list()
    assert len(listed["members"]) == 5
    info = await client.bots_info(bot=slack.workspace.bot_id)
    assert info["bot"]["user_id"] == slack.workspace.bot_user_id
    team = await client.team_info()
    assert team["team"]["name"] == "Acme"
    await client.api_test()
    assert await error_of(client.users_info(user="U000")) == "user_not_found"
    assert await error_of(client.bots_info(bot="B000")) == "bot_not_found"
    assert await error_of(client.team_info(team="T000")) == "team_not_found"


async def test_pins(slack: SlackServer, channel: Channel, client: Any) -> None:
    messages = [await post(client, channel) for _ in range(101)]
    place = {"channel": channel.id}

    for message in messages[:100]:
        await client.pins_add(**place, timestamp=message.ts)

    assert channel.pins == [message.ts for message in messages[:100]]
    last = messages[100].ts
    assert await error_of(client.pins_add(**place, timestamp=last)) == "too_many_pins"
    again = client.pins_add(**place, timestamp=messages[0].ts)
    assert await error_of(again) == "already_pinned"
    assert await error_of(client.pins_remove(**place, timestamp=last)) == "no_pin"
    unknown = client.pins_add(**place, timestamp="1700000000.000000")
    assert await error_of(unknown) == "message_not_found"
    await client.pins_remove(**place, timestamp=messages[0].ts)
    slack.delete(messages[1])
    listed = await client.pins_list(**place)
    assert [item["message"]["ts"] for item in listed["items"]] == channel.pins[::-1]
    assert len(channel.pins) == 98


async def test_a_reply_can_be_pinned_and_reacted_to(channel: Channel, client: Any) -> None:
    root = await post(client, channel)
    reply = await post(client, channel, thread_ts=root.ts)

    await client.pins_add(channel=channel.id, timestamp=reply.ts)
    await client.reactions_add(channel=channel.id, name="eyes", timestamp=reply.ts)

    assert channel.pins == [reply.ts]
    assert reply.reactions == ["eyes"]
    again = client.reactions_add(channel=channel.id, name="eyes", timestamp=reply.ts)
    assert await error_of(again) == "already_reacted"


async def test_workspaces_do_not_see_each_other(slack: SlackServer, client: Any) -> None:
    other = slack.add_workspace("Other")
    person = slack.add_person("Grace", workspace=other)

    assert await error_of(client.users_info(user=person.id)) == "user_not_found"
    assert (await client.auth_test(token=other.bot_token))["team"] == "Other"


async def test_an_organisation_shares_one_token(slack: SlackServer, client: Any) -> None:
    first = slack.add_workspace("First", enterprise_id="E1", is_org_wide=True)
    second = slack.add_workspace("Second", enterprise_id="E1", is_org_wide=True)
    slack.add_channel("there", workspace=second)

    identity = await client.auth_test(token=first.bot_token)
    listed = await client.conversations_list(token=first.bot_token, team_id=second.team_id)

    assert first.bot_token == second.bot_token
    assert identity["is_enterprise_install"]
    assert [c["name"] for c in listed["channels"]] == ["there"]
    unsaid = client.conversations_list(token=first.bot_token)
    assert await error_of(unsaid) == "missing_argument"
    foreign = client.conversations_list(token=first.bot_token, team_id=slack.workspace.team_id)
    assert await error_of(foreign) == "team_not_found"
    event = slack.prepare.event({"type": "x"}, workspace=second).payload
    assert event["authorizations"][0]["is_enterprise_install"]
    assert event["authorizations"][0]["team_id"] is None


async def test_direct_messages_are_opened_again(
    slack: SlackServer, channel: Channel, client: Any, ada: Person
) -> None:
    direct = slack.direct(ada)

    answer = await client.conversations_open(channel=direct.id, return_im=True)

    assert answer["channel"]["user"] == ada.id
    assert await error_of(client.conversations_open(channel=channel.id)) == "channel_not_found"
    group = client.conversations_open(users=[ada.id, "U2"])
    assert await error_of(group) == "invalid_user_combination"
    assert slack.violations == ["conversations.open: not_here: this server has no groups of people"]
    slack.violations.clear()


async def test_archived_channels_stay_as_they_are(channel: Channel, client: Any) -> None:
    message = await post(client, channel)
    channel.is_archived = True

    pin = client.pins_add(channel=channel.id, timestamp=message.ts)

    assert await error_of(pin) == "is_archived"
    assert await error_of(client.conversations_join(channel=channel.id)) == "is_archived"


async def test_pins_need_membership_and_a_message_of_someone(
    slack: SlackServer, client: Any, ada: Person
) -> None:
    elsewhere = slack.add_channel("elsewhere", has_bot=False)
    there = slack.add_channel("there")
    said = (await slack.say("x", channel=elsewhere, person=ada)).message
    joined = (await slack.say("Ada joined", channel=there, person=ada)).message
    assert said is not None
    assert joined is not None
    joined.subtype = "channel_join"

    outside = client.pins_add(channel=elsewhere.id, timestamp=said.ts)
    join = client.pins_add(channel=there.id, timestamp=joined.ts)

    assert await error_of(outside) == "not_in_channel"
    assert await error_of(join) == "not_pinnable"


async def test_some_things_need_a_further_scope(slack: SlackServer) -> None:
    narrow = slack.add_workspace("Narrow", scopes=("chat:write",))
    wide = slack.add_workspace("Wide", scopes=("chat:write", "chat:write.public"))
    here = slack.add_channel("here", workspace=narrow)
    public = slack.add_channel("public", workspace=wide, has_bot=False)

    as_alder = client_of(slack, narrow.bot_token).chat_postMessage(
        channel=here.id, text="x", username="Alder", **QUIET
    )
    await post(client_of(slack, wide.bot_token), public)

    assert (await refusal(as_alder))["needed"] == "chat:write.customize"
    assert len(public.messages) == 1


async def test_people_from_outside_are_seen_in_shared_channels(
    slack: SlackServer, client: Any
) -> None:
    other = slack.add_workspace("Other")
    grace = slack.add_person("Grace", workspace=other)
    shared = slack.add_channel("shared", is_shared=True)
    said = (await slack.say("x", channel=shared, person=grace)).message
    assert said is not None

    event = slack.prepare.mention(said).payload

    assert (await client.users_info(user=grace.id))["user"]["team_id"] == other.team_id
    assert event["is_ext_shared_channel"]
    assert event["event"]["user_team"] == other.team_id
    assert event["team_id"] == slack.workspace.team_id


async def test_interactions_name_the_enterprise(slack: SlackServer) -> None:
    grid = slack.add_workspace("Grid", enterprise_id="E1")
    ada = slack.add_person("Ada", workspace=grid)
    channel = slack.add_channel("c", workspace=grid)

    command = slack.prepare.command("/council", "x", channel, ada, None).payload
    click = slack.prepare.click_view(slack.views.open(ada, MODAL), "more", ada).payload

    assert command["enterprise_id"] == click["enterprise"]["id"] == "E1"
    assert command["is_enterprise_install"] == "false"
    assert click["team"]["enterprise_id"] == "E1"
    team = await client_of(slack, grid.bot_token).team_info()
    assert team["team"]["enterprise_id"] == "E1"


def client_of(slack: SlackServer, token: str) -> Any:
    return AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[])


async def test_other_bodies_are_not_understood(slack: SlackServer) -> None:
    bearer = {"Authorization": f"Bearer {slack.workspace.bot_token}"}

    async with aiohttp.ClientSession(headers=bearer) as session:
        url = f"{slack.api_url}auth.test"
        listed = await (await session.post(url, json=[])).json()
        plain = await (await session.post(url, data=b"x")).json()

    assert listed["error"] == "json_not_object"
    assert plain["error"] == "invalid_form_data"


async def test_limits_of_a_page_are_numbers(channel: Channel, client: Any) -> None:
    call = client.conversations_history(channel=channel.id, limit="many")

    assert await error_of(call) == "invalid_limit"
