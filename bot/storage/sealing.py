"""Secrets at rest: AES-256-GCM, bound to the row they belong to, under keys that can be changed.

The associated data is the row's owner, so that a value copied to another row does not open. A
sealed value names its key, so that old values stay readable while a new key seals.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import BadConfig, StorageError

_KEY_BYTES = 32
_NONCE_BYTES = 12  # NIST SP 800-38D, 8.2
_KEY_ID_CHARS = 8
_VERSION = "1"


class Seal:
    """Seals with the first of its keys and opens with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = next(iter(self._ciphers))

    def seal(self, secret: str, owner: Sequence[str]) -> str:
        """Return a secret as a text that only `open` can read, and only for the same owner."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, secret.encode(), _bound(owner))
        return f"{_VERSION}.{self._current}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, owner: Sequence[str]) -> str:
        """Return the secret. Raises `StorageError` if no key opens it for this owner."""
        _, _, rest = sealed.partition(".")
        key_id, _, text = rest.partition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            message = (
                "Credentials in the database were sealed with a key that COUNCIL_SECRET_KEY no "
                "longer holds; add that key after the new one."
            )
            raise StorageError(message)
        data = base64.b64decode(text)
        try:
            return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _bound(owner)).decode()
        except InvalidTag as error:
            message = "Credentials in the database do not belong to their row and were not used."
            raise StorageError(message) from error

    def is_current(self, sealed: str) -> bool:
        """Say whether a secret is sealed with the first key."""
        return sealed.startswith(f"{_VERSION}.{self._current}.")


def new_key() -> str:
    """Return a key as it is written in settings."""
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def parse_keys(text: str) -> tuple[bytes, ...]:
    """Read keys, separated by commas, the one that seals first. Raises `BadConfig`."""
    try:
        keys = [base64.b64decode(part.strip(), validate=True) for part in text.split(",")]
    except ValueError:
        keys = []
    if not keys or any(len(key) != _KEY_BYTES for key in keys):
        message = (
            "COUNCIL_SECRET_KEY must be 32 random bytes in Base64; `council key` makes one. "
            "Several are separated by commas, the newest first."
        )
        raise BadConfig(message)
    return tuple(keys)


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"council key id:" + key).hexdigest()[:_KEY_ID_CHARS]


def _bound(owner: Sequence[str]) -> bytes:
    # Lengths keep ("a", "bc") and ("ab", "c") apart.
    return b"".join(f"{len(part.encode())}:".encode() + part.encode() for part in owner)
