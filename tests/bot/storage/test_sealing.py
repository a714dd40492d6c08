from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadConfig, StorageError
from bot.storage.sealing import Seal, new_key, parse_keys

OWNER = ("slack", "T1")
OLD, NEW = new_key(), new_key()


def seal(*keys: str) -> Seal:
    return Seal(parse_keys(",".join(keys)))


@given(st.text(), st.lists(st.text(), max_size=3))
def test_what_was_sealed_opens_for_its_owner(secret: str, owner: list[str]) -> None:
    sealing = seal(NEW)
    try:
        (secret + "".join(owner)).encode()
    except UnicodeEncodeError:
        return

    assert sealing.open(sealing.seal(secret, owner), owner) == secret


@pytest.mark.parametrize("other", [("slack", "T2"), ("slackT", "1"), ("slack",), ("T1", "slack")])
def test_it_opens_for_nobody_else(other: tuple[str, ...]) -> None:
    sealed = seal(NEW).seal("secret", OWNER)

    with pytest.raises(StorageError, match="do not belong to their row"):
        seal(NEW).open(sealed, other)


def test_the_same_secret_is_never_sealed_alike() -> None:
    assert len({seal(NEW).seal("secret", OWNER) for _ in range(10)}) == 10


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    before = seal(OLD).seal("secret", OWNER)
    both = seal(NEW, OLD)

    assert both.open(before, OWNER) == "secret"
    assert not both.is_current(before)
    assert both.is_current(both.seal("secret", OWNER))


def test_a_key_that_was_taken_away_is_named() -> None:
    sealed = seal(OLD).seal("secret", OWNER)

    with pytest.raises(StorageError, match="COUNCIL_SECRET_KEY no longer holds"):
        seal(NEW).open(sealed, OWNER)


def test_a_changed_byte_is_noticed() -> None:
    version, key_id, text = seal(NEW).seal("secret", OWNER).split(".")
    data = bytearray(base64.b64decode(text))
    data[-1] ^= 1

    with pytest.raises(StorageError):
        seal(NEW).open(f"{version}.{key_id}.{base64.b64encode(bytes(data)).decode()}", OWNER)


@pytest.mark.parametrize("text", ["", "short", "not base64!", "{key},", "AAAA", "A{key}"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadConfig, match="council key"):
        parse_keys(text.format(key=NEW))
