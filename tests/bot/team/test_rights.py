from __future__ import annotations

import pytest

from bot.domain import Person, Terms, Tie
from bot.errors import NotAllowed
from bot.team.rights import check_admin, check_asking, check_configuring, may_configure
from tests.fakes.council import COUNCIL

OPEN = Terms(COUNCIL)
CLOSED = Terms(COUNCIL, askers=("U2", "G1"), configurers=("U3", "G2"))


def person(user: str = "U1", tie: Tie = Tie.MEMBER, *groups: str, is_admin: bool = False) -> Person:
    return Person(user, "Kim", is_admin, groups, tie)


MAY_ASK = [
    (OPEN, person()),
    (OPEN, person(is_admin=True)),
    (CLOSED, person("U2")),
    (CLOSED, person("U1", Tie.MEMBER, "G0", "G1")),
    (CLOSED, person(is_admin=True)),
    (CLOSED, person("U2", Tie.GUEST)),
    (CLOSED, person("U2", Tie.STRANGER)),
    (CLOSED, person("U1", Tie.GUEST, "G1")),
]
MAY_NOT_ASK = [
    (CLOSED, person()),
    (CLOSED, person("U3")),
    (CLOSED, person("U1", Tie.MEMBER, "G2")),
    (OPEN, person("U1", Tie.GUEST)),
    (OPEN, person("U1", Tie.STRANGER)),
    (OPEN, person("U1", Tie.APP)),
    (OPEN, person("U1", Tie.APP, is_admin=True)),
    (CLOSED, person("U2", Tie.APP)),
]


@pytest.mark.parametrize(("terms", "who"), MAY_ASK)
def test_these_may_ask(terms: Terms, who: Person) -> None:
    check_asking(who, terms)


@pytest.mark.parametrize(("terms", "who"), MAY_NOT_ASK)
def test_these_may_not_ask_and_hear_what_to_do(terms: Terms, who: Person) -> None:
    with pytest.raises(NotAllowed, match=r"config|Apps"):
        check_asking(who, terms)


@pytest.mark.parametrize(
    ("terms", "who"),
    [
        (OPEN, person(is_admin=True)),
        (CLOSED, person("U3")),
        (CLOSED, person("U1", Tie.MEMBER, "G2")),
    ],
)
def test_these_may_configure(terms: Terms, who: Person) -> None:
    check_configuring(who, terms)


@pytest.mark.parametrize(
    ("terms", "who"),
    [
        (OPEN, person()),
        (CLOSED, person("U2")),
        (CLOSED, person("U1", Tie.MEMBER, "G1")),
        (CLOSED, person("U3", Tie.APP)),
        (OPEN, person("U1", Tie.APP, is_admin=True)),
    ],
)
def test_these_may_not_configure(terms: Terms, who: Person) -> None:
    assert not may_configure(who, terms)
    with pytest.raises(NotAllowed):
        check_configuring(who, terms)


def test_only_admins_pass_where_only_admins_may() -> None:
    check_admin(person(is_admin=True))

    for who in (person("U3"), person("U1", Tie.APP, is_admin=True)):
        with pytest.raises(NotAllowed):
            check_admin(who)
