"""Deliveries over HTTP: what Slack has signed is taken, once, and nothing else is."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import aiohttp
import pytest

from adapters.slack import routes
from bot.composition.web import open_web
from bot.errors import BadConfig
from tests.adapters.slack.lobby import Lobby, open_lobby
from tests.adapters.slack.office import Office
from tests.adapters.slack.serving import serving
from tests.adapters.stage import settled
from tests.fakes.model_server import ModelServer
from tests.fakes.slack import faults
from tests.fakes.slack.deliveries import Delivery
from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.server import SlackServer
from tests.launcher import Launcher

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SIGNATURE, STAMP = "X-Slack-Signature", "X-Slack-Request-Timestamp"
CANARY = "canary-4711"


@dataclass(frozen=True)
class Front:
    """The bot's address, as anybody can reach it."""

    lobby: Lobby
    session: aiohttp.ClientSession

    async def post(
        self,
        body: bytes | AsyncIterator[bytes],
        headers: Mapping[str, str],
        content_type: str = FORM,
    ) -> tuple[int, str]:
        url = self.lobby.slack.request_url or ""
        given = {"Content-Type": content_type, **headers}
        async with self.session.post(url, data=body, headers=given) as response:
            return response.status, await response.text()

    async def signed(self, body: bytes, content_type: str = FORM) -> tuple[int, str]:
        return await self.post(body, self.lobby.slack.signed(body), content_type)

    def command(self, text: str = "Which database?", trigger_id: str | None = None) -> bytes:
        return self.delivery(text, trigger_id).body.encode()

    def delivery(self, text: str = "Which database?", trigger_id: str | None = None) -> Delivery:
        lobby = self.lobby
        return lobby.slack.prepare.command("/council", text, lobby.channel, lobby.kim, trigger_id)


@pytest.fixture
async def front(slack: SlackServer) -> AsyncGenerator[Front]:
    async with open_lobby(slack, is_by_http=True) as lobby, aiohttp.ClientSession() as session:
        yield Front(lobby, session)


async def test_what_slack_has_signed_is_taken(front: Front) -> None:
    assert await front.signed(front.command()) == (200, "")

    assert (await front.lobby.only()).question.text == "Which database?"


BAD_HEADERS: dict[str, Mapping[str, str | None]] = {
    "a forged signature": {SIGNATURE: f"v0={'0' * 64}"},
    "no signature": {SIGNATURE: None},
    "an empty signature": {SIGNATURE: ""},
    "half a signature": {SIGNATURE: "v0=abc"},
    "another version": {SIGNATURE: f"v1={'0' * 64}"},
    "a signature beyond ASCII": {SIGNATURE: "v0=é"},
    "no timestamp": {STAMP: None},
    "an empty timestamp": {STAMP: ""},
    "a word for a timestamp": {STAMP: "now"},
    "a negative timestamp": {STAMP: "-1"},
    "a huge timestamp": {STAMP: "9" * 400},
    "a fraction of a timestamp": {STAMP: "1.5e9"},
    "neither": {SIGNATURE: None, STAMP: None},
}


async def test_what_is_not_signed_is_refused(front: Front) -> None:
    body = front.command()
    statuses: dict[str, int] = {}

    for what, change in BAD_HEADERS.items():
        headers = {**front.lobby.slack.signed(body), **change}
        given = {name: value for name, value in headers.items() if value is not None}
        statuses[what], said = await front.post(body, given)
        assert "database" not in said

    assert statuses == dict.fromkeys(BAD_HEADERS, 401)
    assert await front.lobby.cost_nothing()


async def test_a_signature_holds_for_five_minutes(front: Front) -> None:
    statuses: dict[float, int] = {}

    for distance_s in (-100_000, -301, -290, 290, 301):
        body = front.command()
        headers = front.lobby.slack.signed(body, at=time.time() + distance_s)
        statuses[distance_s], _ = await front.post(body, headers)

    assert statuses == {-100_000: 401, -301: 401, -290: 200, 290: 200, 301: 401}
    assert len(await front.lobby.asked()) == 2


async def test_another_secret_signs_nothing(front: Front) -> None:
    body = front.command()

    status, _ = await front.post(body, front.lobby.slack.signed(body, secret="another"))

    assert status == 401
    assert await front.lobby.cost_nothing()


async def test_a_signature_holds_for_its_moment_only(front: Front) -> None:
    body = front.command()
    later = str(int(time.time()) + 1)

    status, _ = await front.post(body, {**front.lobby.slack.signed(body), STAMP: later})

    assert status == 401


async def test_a_signature_holds_for_its_body_only(front: Front) -> None:
    body = front.command("Which database suits us?")
    fields = parse_qsl(body.decode())
    changes = {
        "altered": body.replace(b"database", b"payroll "),
        "added": body + b"&text=more",
        "cut": body[:-1],
        "encoded anew": urlencode(fields, quote_via=quote).encode(),
        "in other order": urlencode(fields[::-1]).encode(),
    }
    assert len({body, *changes.values()}) == 6
    headers = front.lobby.slack.signed(body)

    statuses = {what: (await front.post(changed, headers))[0] for what, changed in changes.items()}

    assert statuses == dict.fromkeys(changes, 401)
    assert await front.lobby.cost_nothing()


async def test_a_request_that_comes_twice_is_one_deliberation(front: Front) -> None:
    body = front.command()
    headers = front.lobby.slack.signed(body)

    ends = await asyncio.gather(*(front.post(body, headers) for _ in range(5)))

    assert ends == [(200, "")] * 5
    await front.lobby.only()


async def test_a_request_that_comes_again_after_a_restart_is_one_deliberation(
    office: Office,
) -> None:
    office.secrets = office.by_http()
    command = office.slack.prepare.command(
        "/council", "Which database?", office.channel, office.kim, None
    )

    for _ in range(2):
        office.said.clear()
        async with office.open():
            assert (await office.slack.deliver(command)).status == 200
            await settled(office)

    assert len(await office.deliberations()) == 1


UNREADABLE = {
    "bytes that are no text": (b"text=\xff\xfe", FORM),
    "half a JSON": (b'{"type": "event_callback"', JSON),
    "a list": (b"[1, 2]", JSON),
    "a number": (b"7", JSON),
    "null": (b"null", JSON),
    "a payload that is no JSON": (b"payload=%7Bbroken", FORM),
    "a payload that is a list": (b"payload=%5B%5D", FORM),
    "a number for a team": (b'{"team": 7}', JSON),
    "a well without a bottom": (b'{"a":' * 100_000, JSON),
}


async def test_what_cannot_be_read_is_refused(front: Front) -> None:
    statuses = {what: (await front.signed(*given))[0] for what, given in UNREADABLE.items()}

    assert statuses == dict.fromkeys(UNREADABLE, 400)
    assert await front.lobby.cost_nothing()


async def test_an_empty_body_is_nothing(front: Front) -> None:
    status, _ = await front.signed(b"")

    assert status != 500
    assert await front.lobby.cost_nothing()


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_body_larger_than_any_of_slacks_is_refused(
    front: Front, *, is_announced: bool
) -> None:
    body = front.command("x" * 600_000)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 60_000):
            yield body[start : start + 60_000]

    headers = front.lobby.slack.signed(body)
    try:
        status, _ = await front.post(body if is_announced else pieces(), headers)
    except aiohttp.ClientError:
        status = 413  # it did not even wait for the rest

    assert status == 413
    assert await front.lobby.cost_nothing()


async def test_a_body_that_does_not_end_is_not_waited_for(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "_SLOWEST_S", 0.1)
    is_over = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"text="
        await is_over.wait()

    async with asyncio.timeout(5):
        status, _ = await front.post(pieces(), front.lobby.slack.signed(b"text="))
    is_over.set()

    assert status == 413


async def test_slack_may_verify_the_address(front: Front) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "say this", "token": "x"}).encode()

    status, said = await front.signed(body, JSON)
    unsigned, _ = await front.post(body, {}, JSON)

    assert (status, json.loads(said)) == (200, {"challenge": "say this"})
    assert unsigned == 401


async def test_slack_may_check_the_certificate_without_a_signature(front: Front) -> None:
    body = b"ssl_check=1&token=x"

    assert await front.signed(body) == await front.post(body, {}) == (200, "")


async def test_slack_posts_and_does_nothing_else(front: Front) -> None:
    for verb in ("GET", "PUT", "DELETE", "HEAD"):
        async with front.session.request(verb, front.lobby.slack.request_url or "") as response:
            assert response.status == 405


@pytest.mark.parametrize("host", ["127.0.0.1", "host.invalid", "256.1.1.1", "::zz"])
async def test_an_address_that_cannot_be_had_is_said(host: str) -> None:
    async with open_web([], "127.0.0.1", 0) as taken:
        with pytest.raises(BadConfig) as refused:
            async with open_web([], host, taken):
                raise AssertionError

    assert f"COUNCIL_HTTP_HOST and COUNCIL_HTTP_PORT ({host}:{taken})" in str(refused.value)


async def test_the_address_is_there_as_soon_as_it_is_told() -> None:
    async with (
        aiohttp.ClientSession() as session,
        open_web([], "127.0.0.1", 0) as port,
        session.get(f"http://127.0.0.1:{port}/anything") as response,
    ):
        assert response.status == 404
        assert "server" not in response.headers


async def test_no_body_is_ever_logged(
    launcher: Launcher, slack: SlackServer, models: ModelServer, tmp_path: Path
) -> None:
    """The program at log level debug, where libraries speak too."""
    kim, channel = slack.add_person("kim"), slack.add_channel("general")
    secrets = {
        "SLACK_BOT_TOKEN": slack.workspace.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
    }
    async with serving(launcher.start, tmp_path, slack, models, secrets) as served:
        slack.request_url = f"{served.url}/slack/events"
        await _deliver_everything(slack, channel, kim)

    assert served.text.count(" level=debug ") > 50  # all were listened to
    assert "delivery failed" in served.text
    for text in (CANARY, *secrets.values()):
        assert text not in served.text


async def _deliver_everything(slack: SlackServer, channel: Channel, kim: Person) -> None:
    """Deliver the canary in all ways, good ones and bad ones."""
    slack.retry_delays_s = ()
    command = slack.prepare.command("/council", f"Which {CANARY}?", channel, kim, None)
    for headers in (
        slack.signed(command.body, secret="another"),
        slack.signed(command.body, at=0),
        {STAMP: CANARY, SIGNATURE: CANARY},
        {},
    ):
        assert (await slack.deliver(command, headers=headers)).status == 401
    broken = replace(command, payload={"payload": f'{{"broken": "{CANARY}"'})
    assert (await slack.deliver(broken)).status == 400
    await slack.event({"type": CANARY, "text": CANARY, "event_ts": "1.0"})
    await slack.event({"type": "app_mention", "text": CANARY, "user": kim.id, "event_ts": "1.0"})
    slack.faults.add("users.info", faults.status(500))
    slack.faults.add("conversations.info", faults.error(CANARY))
    await slack.command(f"Why {CANARY}?", channel=channel, person=kim)
    await slack.open_home(kim)
    await slack.command(f"Which {CANARY}?", channel=channel, person=kim)
    await slack.until(lambda: bool(channel.pins))
    await slack.shortcut(channel.messages[0], person=kim)
