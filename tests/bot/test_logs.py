from __future__ import annotations

import json
import logging

import pytest
import structlog

from bot import logs

CANARY = "canary-key-0123456789"


def _refuse() -> None:
    """Raise what foreign libraries raise: a chain of errors, each with the key in its text."""
    try:
        try:
            raise KeyError(f"unread {CANARY}")  # noqa: EM102
        finally:
            raise OSError(f"bad header {CANARY}")  # noqa: EM102
    except OSError as error:
        raise ValueError(f"refused {CANARY}") from error  # noqa: EM102


@pytest.mark.parametrize("is_json", [False, True])
def test_a_key_never_reaches_the_log(capsys: pytest.CaptureFixture[str], *, is_json: bool) -> None:
    logs.configure("debug", [CANARY], is_json=is_json)
    log = structlog.get_logger()
    try:
        _refuse()
    except ValueError:
        event = f"sent {CANARY}"
        log.warning(event, exc_info=True, key=CANARY, headers={"x-api-key": CANARY})
    logging.getLogger("httpx").warning("Authorization: Bearer %s", CANARY)

    printed = capsys.readouterr()

    assert printed.out == ""
    assert "refused [key]" in printed.err
    assert "bad header [key]" in printed.err
    assert "unread [key]" in printed.err
    assert "Bearer [key]" in printed.err
    assert CANARY not in printed.err


def test_a_line_may_be_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", [CANARY], is_json=True)

    structlog.get_logger().info("ended", outcome="done", seconds=1.5, said=f'"Zoë"\n{CANARY}')

    (line,) = capsys.readouterr().err.splitlines()
    fields = json.loads(line)
    assert fields.pop("timestamp").endswith("Z")
    assert fields == {
        "level": "info",
        "event": "ended",
        "outcome": "done",
        "seconds": 1.5,
        "said": '"Zoë"\n[key]',
    }


@pytest.mark.parametrize(
    "shape", ["sk-proj-abcdefghijklmnop1234", "gsk_abcdefghijklmnop1234", "AIzaSyA1234567890abcdef"]
)
def test_what_looks_like_a_key_is_left_out(shape: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", [])

    structlog.get_logger().info("refused", reply=f"invalid key {shape}.")

    assert shape not in capsys.readouterr().err


@pytest.mark.parametrize(
    "headers", [{"x-api-key": CANARY}, f"X-API-Key: {CANARY}", f"x-api-key={CANARY}"]
)
def test_a_header_with_a_key_is_left_out(
    headers: object, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", [])

    structlog.get_logger().info("sent", headers=headers)

    assert CANARY not in capsys.readouterr().err


def test_a_key_that_is_learnt_later_is_left_out_from_then_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.hide(CANARY)  # before there is a log: nothing to leave it out of
    logs.configure("debug", [])

    logs.hide(CANARY)
    logs.hide("the")
    structlog.get_logger().info(f"the reply said {CANARY}", reply=f"<{CANARY}>")
    logging.getLogger("foreign").warning("%s", CANARY)

    printed = capsys.readouterr().err
    assert CANARY not in printed
    assert "the reply said [key]" in printed


def test_as_many_keys_as_a_process_works_with_are_remembered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("info", [])
    for number in range(3000):
        logs.hide(f"key-of-workspace-{number:04}")

    structlog.get_logger().info("first key-of-workspace-0000, last key-of-workspace-2999")

    assert "first key-of-workspace-0000, last [key]" in capsys.readouterr().err


def test_only_warnings_are_printed_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("warning", [])

    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud", count=3)
    logging.getLogger("asyncio").error("Task exception was never retrieved")

    printed = capsys.readouterr().err
    assert "quiet" not in printed
    assert "Task exception" not in printed
    assert "level=warning event=loud count=3" in printed


def test_what_is_said_to_the_operator_may_be_a_line_like_all_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("info", [], is_json=True)

    logs.say("Council is ready.")

    assert json.loads(capsys.readouterr().err)["event"] == "Council is ready."
