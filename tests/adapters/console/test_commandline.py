from __future__ import annotations

from pathlib import Path

import pytest

from adapters.console.commandline import parse
from adapters.console.requests import (
    EVERY_ROLE,
    Ask,
    Cancel,
    Doctor,
    Export,
    Forget,
    History,
    ListModels,
    Migrate,
    Resume,
    Role,
    Serve,
    Show,
)
from bot.domain import Mode, Tenant

COMMANDS = [
    "ask",
    "show",
    "history",
    "resume",
    "cancel",
    "models",
    "doctor",
    "migrate",
    "serve",
    "export",
    "forget",
]


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        (["ask", "Why?"], Ask("Why?", None, (), None, (), is_json=False, is_quiet=False)),
        (
            [
                *("ask", "--mode", "fast", "--member", "a/b", "--member", "c/d"),
                *("--chairman", "e/f", "--attach", "x.md", "--json", "--quiet", "-"),
            ],
            Ask(
                "-", Mode.FAST, ("a/b", "c/d"), "e/f", (Path("x.md"),), is_json=True, is_quiet=True
            ),
        ),
        (["ask", "--", "--why?"], Ask("--why?", None, (), None, (), is_json=False, is_quiet=False)),
        (["show", "01a", "--json"], Show("01a", is_json=True)),
        (["history"], History("", 20)),
        (["history", "two", "words", "--limit", "3"], History("two words", 3)),
        (["resume", "01a", "-q"], Resume("01a", is_json=False, is_quiet=True)),
        (["cancel", "01a"], Cancel("01a")),
        (["models"], ListModels(None)),
        (["models", "ollama"], ListModels("ollama")),
        (["doctor"], Doctor()),
        (["migrate"], Migrate()),
        (["serve"], Serve(EVERY_ROLE)),
        (
            ["serve", "--role", "gateway", "--role", "worker", "--role", "gateway"],
            Serve(frozenset({Role.GATEWAY, Role.WORKER})),
        ),
        (["export", "--workspace", "slack:T1"], Export(Tenant("slack", "T1"), None)),
        (
            ["export", "-w", "Discord:12", "-o", "all.jsonl"],
            Export(Tenant("discord", "12"), Path("all.jsonl")),
        ),
        (["forget", "-w", "slack:T1", "--yes"], Forget(Tenant("slack", "T1"))),
    ],
)
def test_words_become_a_request(words: list[str], request_: object) -> None:
    assert parse(words) == request_


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parse([command, "--help"]) == 0

    assert f"\n    council {command}" in capsys.readouterr().out


def test_no_words_print_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse([]) == 0

    assert all(command in capsys.readouterr().out for command in ["Usage"])


@pytest.mark.parametrize(
    "words",
    [
        ["ask"],
        ["guess"],
        ["ask", "Why?", "--mode", "slow"],
        ["ask", "Why?", "more"],
        ["ask", "--nonsense"],
        ["show"],
        ["export"],
        ["export", "-w", "slack"],
        ["export", "-w", ":T1"],
        ["forget", "-w", "slack:T1"],
        ["history", "--limit", "0"],
        ["ask", "{}%s", "--attach"],
        ["serve", "--role", "cook"],
        ["serve", "--role"],
    ],
)
def test_wrong_use_is_said_on_stderr(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert parse(words) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("council: ")
    assert printed.err.endswith("Try `council --help`.\n")
