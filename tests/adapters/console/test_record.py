from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.console.record import Entry, Record

ENTRY = Entry("key1", "root", "one\ntwo \u2028 three")


def test_what_was_added_is_found_by_another_process(tmp_path: Path) -> None:
    Record(tmp_path / "console").add("d1", ENTRY)

    assert Record(tmp_path / "console").find("d1", "key1") == ENTRY
    assert Record(tmp_path / "console").find("d1", "key2") is None
    assert Record(tmp_path / "console").entries("d2") == ()


def test_a_message_is_one_json_line(tmp_path: Path) -> None:
    record = Record(tmp_path)
    record.add("d1", ENTRY)
    record.add("d1", Entry("key2", "standings", ""))

    lines = (tmp_path / "d1.jsonl").read_text().splitlines()

    assert [json.loads(line)["slot"] for line in lines] == ["root", "standings"]


def test_a_torn_line_is_no_message(tmp_path: Path) -> None:
    Record(tmp_path).add("d1", ENTRY)
    with (tmp_path / "d1.jsonl").open("a") as file:
        file.write('{"key": "key2", "slo')

    assert Record(tmp_path).entries("d1") == (ENTRY,)


def test_a_message_after_a_torn_line_is_found(tmp_path: Path) -> None:
    (tmp_path / "d1.jsonl").write_text('{"key": "key1", "slo')
    Record(tmp_path).add("d1", ENTRY)

    assert Record(tmp_path).entries("d1") == (ENTRY,)


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    Record(tmp_path).add("d1", ENTRY)

    assert (tmp_path / "d1.jsonl").stat().st_mode & 0o077 == 0


def test_an_id_names_no_other_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        Record(tmp_path).entries("../passwd")
