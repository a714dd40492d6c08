from __future__ import annotations

import logging

import pytest
import structlog

from bot import logs

CANARY = "canary-key-0123456789"


def test_a_key_never_reaches_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("debug", [CANARY])
    log = structlog.get_logger()
    try:
        raise ValueError(f"refused {CANARY}")  # noqa: EM102, TRY301 - a foreign library's
    except ValueError:
        event = f"sent {CANARY}"
        log.warning(event, exc_info=True, key=CANARY, headers={"x-api-key": CANARY})
    logging.getLogger("httpx").warning("Authorization: Bearer %s", CANARY)

    printed = capsys.readouterr()

    assert printed.out == ""
    assert "refused [key]" in printed.err
    assert "Bearer [key]" in printed.err
    assert CANARY not in printed.err


@pytest.mark.parametrize(
    "shape", ["sk-proj-abcdefghijklmnop1234", "gsk_abcdefghijklmnop1234", "AIzaSyA1234567890abcdef"]
)
def test_what_looks_like_a_key_is_left_out(shape: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", [])

    structlog.get_logger().info("refused", reply=f"invalid key {shape}.")

    assert shape not in capsys.readouterr().err


def test_only_warnings_are_printed_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("warning", [])

    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud", count=3)
    logging.getLogger("asyncio").error("Task exception was never retrieved")

    printed = capsys.readouterr().err
    assert "quiet" not in printed
    assert "Task exception" not in printed
    assert "level=warning event=loud count=3" in printed
