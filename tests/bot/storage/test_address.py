"""Where the database is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BadConfig, StorageError
from bot.storage.address import make_folder, parse_address


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("sqlite:///council.db", "sqlite"),
        ("sqlite+aiosqlite:////var/council.db", "sqlite"),
        ("postgres://me@host/council", "postgresql+psycopg"),
        ("postgresql://me:p%40ss@host:5433/council", "postgresql+psycopg"),
        ("postgresql+psycopg://host/council?sslmode=require", "postgresql+psycopg"),
    ],
)
def test_an_address_as_people_write_it_is_made_fit(written: str, driver: str) -> None:
    assert parse_address(written).drivername == driver


@pytest.mark.parametrize(
    "written", ["", "council.db", "mysql://host/x", "sqlite://", "sqlite:///:memory:"]
)
def test_an_address_that_is_none_of_ours_is_bad_config(written: str) -> None:
    with pytest.raises(BadConfig, match="must be like"):
        parse_address(written)


def test_the_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    make_folder(parse_address(f"sqlite:///{tmp_path}/new/council.db"))

    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match="cannot be made"):
        make_folder(parse_address(f"sqlite:///{tmp_path}/file/council.db"))
