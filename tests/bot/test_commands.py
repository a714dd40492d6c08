from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import Ask, Cancel, Command, Help, History, Keys, Status, parse

ID = "1m84graz8bzj7zka"
COMMANDS: list[tuple[str, Command]] = [
    ("", Help()),
    ("  ", Help()),
    ("help", Help()),
    (" HELP ", Help()),
    ("status", Status()),
    ("cancel", Cancel()),
    (f"cancel {ID}", Cancel(ID)),
    (f"Cancel {ID.upper()}", Cancel(ID)),
    ("cancel nonsense", Cancel("nonsense")),
    ("cancel\n" + ID, Cancel(ID)),
    ("history", History()),
    ("history  event log", History("event log")),
    ("Which database?", Ask("Which database?")),
    ("help us choose a database", Ask("help us choose a database")),
    ("status of the project?", Ask("status of the project?")),
    ("cancel the contract or not?", Ask("cancel the contract or not?")),
    ("ask history of Rome", Ask("history of Rome")),
    ("ask  help", Ask("help")),
    ("ask", Ask("")),
    ("ask\nhistory\nof Rome", Ask("history\nof Rome")),
    ("helpful tips?", Ask("helpful tips?")),
    ("keys add openrouter sk-0123456789", Keys()),
    ("keys to success?", Ask("keys to success?")),
    ("line one\nline two", Ask("line one\nline two")),
]


@pytest.mark.parametrize(("text", "command"), COMMANDS)
def test_the_first_word_says_what_is_wanted(text: str, command: Command) -> None:
    assert parse(text) == command


@given(st.text())
def test_whatever_is_typed_is_some_command(text: str) -> None:
    command = parse(text)

    if isinstance(command, Ask) and not text.lower().lstrip().startswith("ask"):
        assert command.question == text.strip()
