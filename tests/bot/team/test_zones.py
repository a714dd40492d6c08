from __future__ import annotations

import pytest

from bot.team.zones import zone_or_utc


@pytest.mark.parametrize(
    "name", ["", "Europe", "Nowhere/Else", "../etc", "/etc/hosts", "a\0b", "é"]
)
def test_a_zone_that_is_not_known_counts_as_utc(name: str) -> None:
    assert zone_or_utc(name).key == "UTC"


def test_a_zone_that_is_known_is_that_zone() -> None:
    assert zone_or_utc("Asia/Kathmandu").key == "Asia/Kathmandu"
