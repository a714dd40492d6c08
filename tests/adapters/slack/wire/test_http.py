"""Calls, files and their errors over real connections."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable

import pytest

from adapters.slack.wire.failures import FILE_GONE, FILE_KEPT, NO_SCOPE, Refused, Throttled
from adapters.slack.wire.http import SlackHttp, open_http
from bot.errors import ChatBusy, ChatError, ChatUnclear
from tests.fakes.slack import faults
from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.server import SlackServer
from tests.fakes.sockets import Serve, reply, socket

LIMIT = 1000


@pytest.fixture
async def http(slack: SlackServer) -> AsyncGenerator[SlackHttp]:
    async with open_http(slack.api_url) as http:
        yield http


@pytest.fixture
def channel(slack: SlackServer) -> Channel:
    return slack.add_channel("general")


@pytest.fixture
def kim(slack: SlackServer) -> Person:
    return slack.add_person("kim")


def post(slack: SlackServer, http: SlackHttp, channel: Channel) -> Awaitable[object]:
    said = {"channel": channel.id, "text": "x", "unfurl_links": False, "unfurl_media": False}
    return http.call("chat.postMessage", slack.workspace.bot_token, said)


def answered(status: str, headers: str, body: bytes) -> bytes:
    size = f"Content-Length: {len(body)}\r\nConnection: close\r\n"
    return f"HTTP/1.1 {status}\r\n{size}{headers}\r\n".encode() + body


def listening(heads: list[bytes], answer: bytes | None = None) -> Serve:
    """Note the request, body and all, and answer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heads.append(head + await reader.readexactly(_length(head)))
        writer.write(answer or answered("200 OK", JSON, b'{"ok": true}'))
        await writer.drain()

    return serve


JSON = "Content-Type: application/json\r\n"
NOT_SLACKS = {
    "a page": answered("200 OK", "Content-Type: text/html\r\n", b"<html>Sign in</html>"),
    "plain text": answered("200 OK", "Content-Type: text/plain\r\n", b"upstream error"),
    "nothing": answered("200 OK", "", b""),
    "no JSON": answered("200 OK", JSON, b'{"ok": tr'),
    "no text": answered("200 OK", JSON, b'{"ok": "\xff\xfe"}'),
    "a list": answered("200 OK", JSON, b'[{"ok": true}]'),
    "null": answered("200 OK", JSON, b"null"),
    "a word": answered("200 OK", JSON, b'"ok"'),
    "half of it": answered("200 OK", JSON, b'{"ok": true}')[:-4],
    "not found": answered("404 Not Found", "Content-Type: text/html\r\n", b"<html>"),
    "bad gateway": answered("502 Bad Gateway", "Content-Type: text/html\r\n", b"<html>"),
    "in trouble": answered("503 Service Unavailable", JSON, b'{"ok": false}'),
    "no HTTP": b"220 mail ready\r\n\r\n",
    "silence": b"",
}


@pytest.mark.parametrize("what", NOT_SLACKS)
async def test_what_is_not_slacks_answer_is_unclear(what: str) -> None:
    async with (
        socket(reply(NOT_SLACKS[what])) as address,
        open_http(f"http://{address}/api") as http,
    ):
        with pytest.raises(ChatUnclear):
            await http.call("chat.postMessage", "xoxb-token", {"channel": "C1", "text": "x"})


@pytest.mark.parametrize("what", NOT_SLACKS)
async def test_a_read_is_no_different(what: str) -> None:
    async with (
        socket(reply(NOT_SLACKS[what])) as address,
        open_http(f"http://{address}/api") as http,
    ):
        with pytest.raises(ChatUnclear):
            await http.call("conversations.info", "xoxb-token", {"channel": "C1"})


async def test_a_connection_that_could_not_be_made_had_no_effect() -> None:
    async with socket(reply(b"")) as address:
        pass

    async with open_http(f"http://{address}/api/") as http:
        with pytest.raises(ChatBusy) as busy:
            await http.call("chat.postMessage", "xoxb-token", {})

    assert busy.value.retry_after_s > 0


async def test_a_name_that_is_no_host_had_no_effect() -> None:
    async with open_http("http://slack.invalid/api/") as http:
        with pytest.raises(ChatBusy):
            await http.call("chat.postMessage", "xoxb-token", {})


async def test_an_answer_that_was_lost_is_unclear_and_not_asked_for_again(
    slack: SlackServer, http: SlackHttp, channel: Channel
) -> None:
    slack.faults.add("chat.postMessage", faults.lost_after_effect())

    with pytest.raises(ChatUnclear):
        await post(slack, http, channel)

    assert len(channel.messages) == slack.count("chat.postMessage") == 1


@pytest.mark.parametrize("fault", [faults.status(503), faults.rate_limited(), faults.status(500)])
async def test_nothing_is_repeated_by_itself(
    slack: SlackServer, http: SlackHttp, channel: Channel, fault: faults.Fault
) -> None:
    slack.faults.add("chat.postMessage", fault)

    with pytest.raises(ChatError):
        await post(slack, http, channel)

    assert slack.count("chat.postMessage") == 1


async def test_an_answer_that_takes_too_long_is_unclear(
    slack: SlackServer, channel: Channel
) -> None:
    slack.faults.add("chat.postMessage", faults.silence(30, does_work=True))

    async with open_http(slack.api_url, timeout_s=0.1) as http:
        with pytest.raises(ChatUnclear):
            await post(slack, http, channel)

    assert len(channel.messages) == 1


async def test_too_fast_is_throttled_for_as_long_as_slack_says(
    slack: SlackServer, http: SlackHttp, channel: Channel
) -> None:
    slack.faults.add("chat.postMessage", faults.rate_limited(17))

    with pytest.raises(Throttled) as throttled:
        await post(slack, http, channel)

    assert throttled.value.retry_after_s == 17


async def test_a_refusal_has_its_code(
    slack: SlackServer, http: SlackHttp, channel: Channel
) -> None:
    channel.has_bot = False

    with pytest.raises(Refused) as refused:
        await post(slack, http, channel)

    assert refused.value.code == "not_in_channel"


async def test_a_token_tells_its_rights(slack: SlackServer, http: SlackHttp) -> None:
    assert await http.scopes(slack.workspace.bot_token) == set(slack.workspace.scopes)
    with pytest.raises(Refused):
        await http.scopes("xoxb-0-secret")


async def test_an_error_of_a_call_holds_neither_token_nor_address(http: SlackHttp) -> None:
    with pytest.raises(Refused) as refused:
        await http.call("auth.test", "xoxb-0-secret", {})

    assert str(refused.value).endswith("an admin must install the bot again.")


@pytest.mark.parametrize("verb", ["auth.test", "chat.postMessage", "conversations.info"])
async def test_a_token_goes_in_a_header_only(verb: str) -> None:
    heads: list[bytes] = []

    async with socket(listening(heads)) as address, open_http(f"http://{address}/api/") as http:
        await http.call(verb, "xoxb-secret", {"channel": "C1"})

    assert heads[0].count(b"xoxb-secret") == 1
    assert b"authorization: bearer xoxb-secret\r\n" in heads[0].lower()


async def test_no_cookie_goes_from_one_workspace_to_the_next() -> None:
    heads: list[bytes] = []
    answer = answered("200 OK", f"{JSON}Set-Cookie: b=1\r\n", b'{"ok": true}')

    async with (
        socket(listening(heads, answer)) as address,
        # An address of numbers would have no cookies anyway.
        open_http(f"http://{address.replace('127.0.0.1', 'localhost')}/api/") as http,
    ):
        for _ in range(2):
            await http.call("auth.test", "xoxb-1", {})

    assert b"cookie" not in heads[1].lower()


async def test_the_sdk_logs_nothing_at_any_level(
    slack: SlackServer, http: SlackHttp, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    await post(slack, http, channel)
    with pytest.raises(Refused):
        await http.call("auth.test", "xoxb-0-secret", {})

    assert "chat.postMessage" not in caplog.text
    assert slack.workspace.bot_token not in caplog.text
    assert "xoxb-0-secret" not in caplog.text


async def test_a_file_is_read_with_the_token(
    slack: SlackServer, http: SlackHttp, kim: Person
) -> None:
    file = slack.add_file("notes.txt", b"All of it.", person=kim)

    content = await http.download(file.url_private, slack.workspace.bot_token, LIMIT)

    assert content == b"All of it."


async def test_a_file_is_read_to_one_byte_past_the_limit(
    slack: SlackServer, http: SlackHttp, kim: Person
) -> None:
    file = slack.add_file("big.bin", b"x" * 5_000_000, person=kim)

    content = await http.download(file.url_private, slack.workspace.bot_token, LIMIT)

    assert content == b"x" * (LIMIT + 1)


async def test_no_more_of_a_file_is_waited_for_than_is_read() -> None:
    begun = answered("200 OK", "", b"")[:-2].replace(b"Length: 0", b"Length: 9000000")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(begun + b"\r\n" + b"x" * (LIMIT + 1))
        await writer.drain()
        await reader.read()  # the rest does not come until the bot has gone

    async with socket(serve) as address, open_http(f"http://{address}/api/", timeout_s=5) as http:
        content = await http.download(f"http://{address}/file", "xoxb-1", LIMIT)

    assert content == b"x" * (LIMIT + 1)


async def test_a_page_to_log_in_is_no_file(
    slack: SlackServer, http: SlackHttp, kim: Person
) -> None:
    file = slack.add_file("notes.txt", b"All of it.", person=kim)

    with pytest.raises(Refused) as refused:
        await http.download(file.url_private, "xoxb-without-rights", LIMIT)

    assert refused.value.code == NO_SCOPE


@pytest.mark.parametrize(
    ("disposition", "is_file"),
    [
        ('Content-Disposition: attachment; filename="page.html"\r\n', True),
        ("Content-Disposition: attachment\r\n", True),
        ("Content-Disposition: inline\r\n", False),
        ("Content-Disposition: ;;\r\n", False),
        ("", False),
    ],
)
async def test_a_page_that_somebody_attached_is_a_file(disposition: str, *, is_file: bool) -> None:
    page = answered("200 OK", f"Content-Type: text/html\r\n{disposition}", b"<html>")

    async with socket(reply(page)) as address, open_http(f"http://{address}/api/") as http:
        if is_file:
            assert await http.download(f"http://{address}/f", "xoxb-1", LIMIT) == b"<html>"
        else:
            with pytest.raises(Refused):
                await http.download(f"http://{address}/f", "xoxb-1", LIMIT)


async def test_a_file_that_was_deleted_is_gone(
    slack: SlackServer, http: SlackHttp, kim: Person
) -> None:
    file = slack.add_file("notes.txt", b"All of it.", person=kim)
    del slack.files[file.id]

    with pytest.raises(Refused) as refused:
        await http.download(file.url_private, slack.workspace.bot_token, LIMIT)

    assert refused.value.code == FILE_GONE


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.status(503), ChatUnclear),
        (faults.rate_limited(9), Throttled),
        (faults.silence(0.01), ChatUnclear),
        (faults.status(403), Refused),
    ],
)
async def test_files_fail_as_calls_do(
    slack: SlackServer, http: SlackHttp, kim: Person, fault: faults.Fault, kind: type[ChatError]
) -> None:
    file = slack.add_file("notes.txt", b"All of it.", person=kim)
    slack.faults.add("files.download", fault)

    with pytest.raises(kind):
        await http.download(file.url_private, slack.workspace.bot_token, LIMIT)


async def test_a_redirect_is_not_followed() -> None:
    seen: list[bytes] = []

    async with socket(listening(seen)) as elsewhere:
        moved = answered("302 Found", f"Location: http://{elsewhere}/file\r\n", b"")
        served = socket(listening([], moved))
        async with served as address, open_http(f"http://{address}/api/") as http:
            with pytest.raises(Refused) as refused:
                await http.download(f"http://{address}/file", "xoxb-secret", LIMIT)
            with pytest.raises(Refused):
                await http.upload(f"http://{address}/file", b"A text of ours.")

    assert refused.value.code == FILE_KEPT
    assert seen == []


HOSTILE = [
    "http://{other}/file",
    "http://{own}@{other}/file",
    "http://{own}:80@{other}/file",
    "http://{other}/http://{own}/file",
    "http://{other}?http://{own}/file",
    "http://{other}/https://files.slack.com/file",
    "http://{other}?https://files.slack.com/",
    "http://{other}#http://{own}/file",
    "http://{other}\\.slack.com/file",
    "http://files.slack.com@{other}/file",
    "//{other}/file",
    " http://{other}/file",
    "\thttp://{other}/file",
    "http:/\\{other}/file",
    # Where these lead is not known here; none may even be tried.
    "http://{own}0/file",
    "http://{own}.evil.example/file",
    "https://{own}/file",
    "HTTP://{own}x/file",
    "http://files.slack.com/file",
    "https://files.slack.com.evil.example/file",
    "https://evil.example/files.slack.com/",
    "https://evil.example?files.slack.com/",
    "https://evil.example\\files.slack.com/",
    "https://evil.example\\.slack.com/file",
    "https://files.slack.com\\@evil.example/file",
    "https://files.slack.com:x@evil.example/file",
    "https://evil.example\t.slack.com/file",
    "https://evil.example\n.slack.com/file",
    "https://evilslack.com/file",
    "https://evil.example#.slack.com/file",
    "https://evil\u3002example.slack.com/file",
    "https://files.\u0455lack.com/file",
    "https://[::1/file",
    "https://[::1].slack.com/file",
    "file:///etc/passwd",
    "",
    "https://",
    "\udcff://",
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
async def test_a_token_and_a_text_go_to_slack_only(number: int) -> None:
    seen: list[bytes] = []
    asked: list[bytes] = []

    async with socket(listening(asked)) as own, socket(listening(seen)) as other:
        url = HOSTILE[number].format(own=own, other=other)
        async with open_http(f"http://{own}/api/") as http:
            with pytest.raises(Refused) as refused:
                await http.download(url, "xoxb-secret", LIMIT)
            with pytest.raises(Refused):
                await http.upload(url, b"A text of ours.")

    assert refused.value.code == FILE_KEPT
    assert seen == asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://files.slack.com/files-pri/T1-F1/download/notes.txt",
        "https://files.slack-gov.com/files-pri/T1-F1/download/notes.txt",
        "https://acme.enterprise.slack.com/files-pri/T1-F1/notes.txt",
    ],
)
async def test_slacks_own_hosts_are_tried(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    async with socket(listening(seen)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy}")
        async with open_http("https://slack.com/api/") as http:
            with pytest.raises(ChatError):
                await http.download(url, "xoxb-secret", LIMIT)

    host = url.split("/")[2]
    assert [head.split(b"\r\n")[0] for head in seen] == [f"CONNECT {host}:443 HTTP/1.1".encode()]


async def test_an_upload_goes_where_slack_says(slack: SlackServer, http: SlackHttp) -> None:
    token = slack.workspace.bot_token
    asked = {"filename": "notes.md", "length": 3}
    ticket = await http.call("files.getUploadURLExternal", token, asked)

    await http.upload(str(ticket["upload_url"]), b"abc")

    assert slack.files[str(ticket["file_id"])].content == b"abc"


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0
