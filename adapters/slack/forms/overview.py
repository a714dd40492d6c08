"""The window that shows what is set for a channel or a workspace, and leads to its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapters.slack.forms.parts import (
    MOST_OPTIONS,
    Entered,
    Input,
    Option,
    form,
    shown_option,
    warning,
)
from adapters.slack.groups import is_group, is_person
from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.blocks import (
    Block,
    actions,
    button,
    divider,
    header,
    plain_text,
    safe,
    section,
    small,
)
from bot.domain import Mode, PlaceSettings, Seat, Terms
from bot.marks import mark
from bot.team.seats import MOST_MEMBERS
from bot.team.settings.checks import WORKSPACE_ONLY
from bot.team.settings.configuring import Draft
from bot.team.settings.documents import REVISION
from bot.team.settings.parts import as_settings, said

OVERVIEW = "council_settings"
PART, SEAT, INHERIT, PRESET = "council_part", "council_seat", "council_inherit", "council_preset"
EDIT, UP, REMOVE = "edit", "up", "remove"
NEW_MEMBER, CHAIRMAN, MEMBER = "new", "chairman", "member"
THREAD, RIGHTS, LIMITS, TIMES = "thread", "rights", "limits", "times"
MODE, IS_REVISING, INHERITED = "mode", "revision", "inherited"

_MODES = {
    Mode.FAST: "fast: answers, and a final one",
    Mode.STANDARD: "standard: they also review each other",
    Mode.THOROUGH: "thorough: they review twice",
}
_REVISIONS = {
    "auto": "auto: where a review found a fault",
    "off": "off: answers stay as they are",
}
PARTS = {
    THREAD: ("What is shown and written", ("shown", "pins", "language", "instructions")),
    RIGHTS: ("Who may", ("askers", "configurers")),
    LIMITS: (
        "What it may cost",
        ("limits", "per_person", "questions_per_hour", "refuses_unknown_prices"),
    ),
    TIMES: ("Time", ("time_zone", "deadlines", "retention_days")),
}
TITLES = {
    THREAD: "What is shown",
    RIGHTS: "Who may",
    LIMITS: "What it may cost",
    TIMES: "Time",
    NEW_MEMBER: "A new member",
    CHAIRMAN: "The chairman",
    MEMBER: "A member",
}
_LABELS = {
    "shown": "In the thread",
    "pins": "Pinned answers",
    "language": "Language",
    "instructions": "Instructions",
    "askers": "Ask",
    "configurers": "Configure",
    "limits": "Limits",
    "per_person": "For each person",
    "questions_per_hour": "Questions of a person in an hour",
    "refuses_unknown_prices": "Unknown prices",
    "time_zone": "Zone",
    "deadlines": "Deadlines",
    "retention_days": "Days until questions are deleted",
}
_UNSET = {
    "pins": "the operator's number",
    "questions_per_hour": "any number",
    "retention_days": "never",
}
# They hold beside those of the workspace and the operator.
_NOT_INHERITED = frozenset({"limits", "per_person"})
_LINE_CHARS = 300
_MOST_NAMED = 20
_PERSONA_CHARS = 120
# Six models in a section; escaping makes one character up to five.
_MODEL_CHARS = 70


def title(draft: Draft) -> str:
    """Name the window."""
    return "Council of this channel" if draft.place.channel else "Council of the workspace"


def overview(
    draft: Draft,
    ticket: str,
    presets: Sequence[str] = (),
    *,
    edition: int = 0,
    fault: str = "",
    cost: str = "",
) -> Block:
    """Show what is set, what is inherited where nothing is, and what a question costs with it."""
    blocks = [
        *([warning(fault)] if fault else []),
        small(_whose(draft)),
        *([_presets(presets)] if presets else []),
        header("Who sits"),
        *_seats(draft),
        divider(),
        _mode(draft, edition),
        _revision(draft, edition),
        divider(),
        *(_part(draft, name) for name in PARTS),
        *([small(escaped(cost))] if cost else []),
    ]
    return form(title(draft), OVERVIEW, ticket, blocks, "Save")


def entered_above(settings: PlaceSettings, entered: Entered) -> PlaceSettings:
    """Return settings with what was chosen in the overview."""
    if MODE in entered:
        chosen = entered.choice(MODE)
        mode = Mode(chosen) if chosen in list(Mode) else None
        settings = replace(settings, mode=mode)
    if IS_REVISING in entered:
        settings = replace(settings, is_revising=REVISION.get(entered.choice(IS_REVISING)))
    return settings


def _whose(draft: Draft) -> str:
    if draft.place.channel:
        return f"For <#{draft.place.channel}> and its threads; the rest is the workspace's."
    return "For all channels of this workspace, as far as they set nothing themselves."


def _presets(names: Sequence[str]) -> Block:
    options = [shown_option(Option(name, name)) for name in names[:MOST_OPTIONS]]
    select: Block = {
        "type": "static_select",
        "action_id": PRESET,
        "placeholder": plain_text("Fill in a preset"),
        "options": options,
    }
    return actions(select)


def _seats(draft: Draft) -> list[Block]:
    members, council = draft.settings.members, draft.terms.council
    is_full = len(council.members) >= MOST_MEMBERS
    offered = [] if is_full else [button("Add a member", PART, NEW_MEMBER)]
    if members is not None or draft.settings.chairman is not None:
        offered.append(button("Take the inherited ones", INHERIT, INHERITED))
    own = "" if members is not None else "These are inherited; a change makes them your own here."
    return [
        *([small(own)] if own else []),
        *(_member(seat, number) for number, seat in enumerate(council.members)),
        _chairman(council.chairman, is_own=draft.settings.chairman is not None),
        *([actions(*offered)] if offered else []),
    ]


def _member(seat: Seat, number: int) -> Block:
    choices = [Option(f"{EDIT}:{number}", "Edit"), Option(f"{REMOVE}:{number}", "Remove")]
    if number:
        choices.insert(1, Option(f"{UP}:{number}", "Move up"))
    menu: Block = {
        "type": "overflow",
        "action_id": SEAT,
        "options": [shown_option(option) for option in choices],
    }
    return {**section(_seat(seat)), "block_id": f"member.{number}", "accessory": menu}


def _chairman(seat: Seat, *, is_own: bool) -> Block:
    inherited = "" if is_own else " (inherited)"
    shown = f"{_seat(seat, f' · chairman{inherited}')}"
    return {**section(shown), "accessory": button("Edit", PART, CHAIRMAN)}


def _seat(seat: Seat, role: str = "") -> str:
    lines = [f"{mark(seat.model)} *{safe(seat.name, 40)}*{role}", f"`{_code(seat.model)}`"]
    if seat.persona:
        lines.append(f"_{_plain(seat.persona)}_")
    if seat.fallbacks:
        lines.append(f"else {', '.join(f'`{_code(model)}`' for model in seat.fallbacks)}")
    return "\n".join(lines)


def _mode(draft: Draft, edition: int) -> Block:
    usual = Option(INHERITED, f"inherited: {draft.inherited.council.mode}")
    options = [usual, *(Option(str(mode), label) for mode, label in _MODES.items())]
    mode = draft.settings.mode
    chosen = INHERITED if mode is None else str(mode)
    return Input(MODE, "Mode", edition=edition, is_optional=False).select(options, chosen)


def _revision(draft: Draft, edition: int) -> Block:
    usual = _word(is_revising=draft.inherited.council.is_revising)
    options = [
        Option(INHERITED, f"inherited: {usual}"),
        *(Option(word, label) for word, label in _REVISIONS.items()),
    ]
    own = draft.settings.is_revising
    chosen = INHERITED if own is None else _word(is_revising=own)
    label = "Members revise their answers"
    return Input(IS_REVISING, label, edition=edition, is_optional=False).select(options, chosen)


def _word(*, is_revising: bool) -> str:
    return next(word for word, value in REVISION.items() if value is is_revising)


def _part(draft: Draft, name: str) -> Block:
    heading, shown = PARTS[name]
    holding = _holding(draft.terms, draft.settings)
    is_workspace = not draft.place.channel
    lines = [f"*{heading}*"]
    for field in shown:
        if field in WORKSPACE_ONLY and not is_workspace:
            continue
        own = getattr(draft.settings, field) is not None
        inherited = "" if own or field in _NOT_INHERITED else " _(inherited)_"
        lines.append(f"{_LABELS[field]}: {_value(field, holding)}{inherited}")
    return {**section("\n".join(lines)), "accessory": button("Change", PART, name)}


def _value(field: str, holding: PlaceSettings) -> str:
    if field == "askers":
        return _named(holding.askers or ()) or "everyone"
    if field == "configurers":
        return ", ".join(filter(None, ["admins", _named(holding.configurers or ())]))
    return safe(said(field, holding) or _UNSET.get(field, "none"), _LINE_CHARS)


def _named(ids: Sequence[str]) -> str:
    """Write people and user groups so that Slack shows their names."""
    shown = [_mention(one) for one in ids[:_MOST_NAMED]]
    more = [f"{len(ids) - _MOST_NAMED} more"] if len(ids) > _MOST_NAMED else []
    return ", ".join([*shown, *more])


def _mention(one: str) -> str:
    if is_group(one):
        return f"<!subteam^{escaped(one)}>"
    return f"<@{one}>" if is_person(one) else safe(one)


def _holding(terms: Terms, settings: PlaceSettings) -> PlaceSettings:
    return replace(as_settings(terms), limits=settings.limits, per_person=settings.per_person)


def _code(text: str) -> str:
    return safe(text, _MODEL_CHARS).replace("`", "'")


def _plain(text: str) -> str:
    return safe(text, _PERSONA_CHARS).replace("_", " ")
