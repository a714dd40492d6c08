"""Who may give which command, the same on every platform.

Somebody who is none of these people has asked and scheduled what `{id}` and `{schedule}` name;
`{other}` mentions them. What is set names askers and configurers for the whole workspace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


class Who(StrEnum):
    """Somebody who gives a command."""

    ADMIN = "admin"
    CONFIGURER = "somebody who is named to configure"
    CONFIGURING_GROUP = "somebody of a group or role that is named to configure"
    ASKER = "somebody who is named to ask"
    ASKING_GROUP = "somebody of a group or role that is named to ask"
    MEMBER = "a member who is named nowhere"
    GUEST = "a guest"
    STRANGER = "somebody of another workspace"
    APP = "an app"


class Need(StrEnum):
    """What a command asks of whoever gives it."""

    NOTHING = "nothing"
    ASKING = "the right to ask"
    CONFIGURING = "the right to configure"
    BOTH = "the right to ask and to configure"
    ADMIN = "an admin"


# As it is typed after /council or a mention; `config` by itself opens the form for settings.
COMMANDS: Mapping[str, Need] = {
    "ask Which one, and why?": Need.ASKING,
    "help": Need.NOTHING,
    "status": Need.NOTHING,
    "history": Need.NOTHING,
    "show {id}": Need.NOTHING,
    "stats": Need.NOTHING,
    "budget": Need.NOTHING,
    "cancel {id}": Need.ADMIN,
    "forget me": Need.NOTHING,
    "forget {id}": Need.ADMIN,
    "forget {other}": Need.ADMIN,
    "forget workspace": Need.ADMIN,
    "config": Need.CONFIGURING,
    "config workspace": Need.CONFIGURING,
    "config show": Need.NOTHING,
    "config changes": Need.NOTHING,
    "config export": Need.CONFIGURING,
    "config import pins = 3": Need.CONFIGURING,
    "config use quick": Need.CONFIGURING,
    "config save ours": Need.CONFIGURING,
    "config drop ours": Need.CONFIGURING,
    "config copy {channel}": Need.CONFIGURING,
    "config reset": Need.CONFIGURING,
    "config workspace import pins = 3": Need.CONFIGURING,
    "config workspace reset": Need.CONFIGURING,
    'schedule add "daily 09:00" What is new?': Need.ASKING,
    "schedule list": Need.NOTHING,
    "schedule run {schedule}": Need.ASKING,
    "schedule pause {schedule}": Need.BOTH,
    "schedule resume {schedule}": Need.BOTH,
    "schedule skip {schedule}": Need.BOTH,
    'schedule edit {schedule} "daily 10:00"': Need.BOTH,
    "schedule remove {schedule}": Need.BOTH,
    "keys": Need.ADMIN,
    "keys list": Need.ADMIN,
    "keys remove ours": Need.ADMIN,
}

_CONFIGURERS = frozenset({Who.ADMIN, Who.CONFIGURER, Who.CONFIGURING_GROUP})
_NAMED = frozenset({Who.ADMIN, Who.ASKER, Who.ASKING_GROUP})
_EVERYONE = frozenset(Who) - {Who.APP}
# Guests and strangers ask only where they are named.
_UNNAMED = _EVERYONE - {Who.GUEST, Who.STRANGER}

# What somebody is told who may not.
REFUSAL = re.compile(
    r"(^|\n)(Only [^\n]{1,80} (may|can) |Guests may ask|People of another workspace may ask"
    r"|Apps and bots cannot)"
)


def allowed(need: Need, *, is_closed: bool) -> frozenset[Who]:
    """Return who may; in a closed workspace only those who are named may ask."""
    askers = _NAMED if is_closed else _UNNAMED
    match need:
        case Need.NOTHING:
            return _EVERYONE
        case Need.ASKING:
            return askers
        case Need.CONFIGURING:
            return _CONFIGURERS
        case Need.BOTH:
            return askers & _CONFIGURERS
        case Need.ADMIN:
            return frozenset({Who.ADMIN})
