"""Where addresses that people enter may lead: to public hosts, and nowhere else.

What an address says is judged when it is saved, what its name resolves to at every connection.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

# Returns the addresses that a host's name stands for. Raises `OSError`.
LookUp = Callable[[str], Awaitable[Sequence[str]]]

PRIVATE = "leads into a private network, where the council does not go"
_NO_TLS = "must begin with https://"
_NOT_PLAIN = "must be a plain one, such as https://models.example.com/v1"
_PORTS = frozenset({443, 8443})  # where web services answer; no mail, no database, no shell

_LONGEST_NAME = 253
# One strict form, ASCII alone: what different parsers read differently is not let in.
_URL = re.compile(
    r"https://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?:/[a-z0-9._~/-]*)?",
    re.ASCII | re.IGNORECASE,
)
# The last label begins with a letter: `127.1`, `0x7f000001` and `0177.0.0.1` are numbers to some.
_NAME = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.ASCII | re.IGNORECASE,
)
# RFC 6761, RFC 6762, RFC 8375, and what ICANN set aside: never a public host's.
_INNER_NAMES = (".localhost", ".local", ".internal", ".home.arpa")

# https://www.iana.org/assignments/iana-ipv6-special-registry: all public IPv6 hosts are in here.
_PUBLIC_IPV6 = IPv6Network("2000::/3")
# Beyond what `ipaddress` knows as not global: what wraps another address, what belongs to the
# network's own workings, and where clouds keep their metadata under addresses that look public.
_REFUSED = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",
            "192.88.99.0/24",
            "168.63.129.16/32",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
        ),
    )
)


class ForbiddenAddressError(OSError):
    """A connection would have led where the council does not go."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges addresses; `networks` are let in besides the public ones.

    `look_up` resolves names, None for the system's way.
    """

    ports: frozenset[int] = _PORTS
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    look_up: LookUp | None = None

    def fault(self, url: str) -> str | None:
        """Say what is wrong with an address as it is written, after "Its address"; None if nothing.

        Nothing is looked up.
        """
        if not url.lower().startswith("https://"):
            return _NO_TLS
        parts = _URL.fullmatch(url)
        if parts is None:
            return _NOT_PLAIN
        if int(parts["port"] or 443) not in self.ports:
            return f"must have port {_listed(self.ports)}"
        return self._host_fault(parts["host"].lower())

    def admits(self, address: str) -> bool:
        """Say whether a connection to an IP address may be made."""
        try:
            known = ip_address(address)
        except ValueError:
            return False
        return _is_public(known) or any(known in network for network in self.networks)

    def check(self, addresses: Sequence[str], port: int) -> None:
        """Raise `ForbiddenAddressError` unless a connection may be made to each of these."""
        if port not in self.ports or not all(map(self.admits, addresses)):
            raise ForbiddenAddressError

    def _host_fault(self, host: str) -> str | None:
        if _NAME.fullmatch(host):
            if len(host) > _LONGEST_NAME:
                return _NOT_PLAIN
            return PRIVATE if host.endswith(_INNER_NAMES) else None
        try:
            ip_address(host.strip("[]"))
        except ValueError:
            return PRIVATE if host == "localhost" else _NOT_PLAIN
        return None if self.admits(host.strip("[]")) else PRIVATE


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6:
        return False
    return not any(address in network for network in _REFUSED)


def _listed(ports: frozenset[int]) -> str:
    return " or ".join(str(port) for port in sorted(ports))
