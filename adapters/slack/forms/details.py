"""The windows for parts of what is set: what is shown, who may, what it may cost, when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace

from adapters.slack.forms.overview import INHERITED, LIMITS, RIGHTS, THREAD, TIMES, TITLES
from adapters.slack.forms.parts import INPUT_CHARS, Entered, Input, Option, form
from adapters.slack.groups import is_group, is_person
from adapters.slack.thread.blocks import Block, header, safe, small
from bot.domain import Deadlines, Limits, PlaceSettings, Shown
from bot.team.settings.checks import (
    LONGEST_DEADLINE_S,
    LONGEST_LANGUAGE,
    MOST_COUNCILS,
    MOST_DAYS,
    MOST_NAMED,
    MOST_PINS,
    MOST_QUESTIONS_PER_HOUR,
    MOST_USD,
)
from bot.team.settings.configuring import Draft
from bot.team.settings.documents import UNKNOWN_PRICES
from bot.team.settings.parts import as_settings, said

DETAIL = "council_detail"
GROUPS_OF = {"askers": "askers.groups", "configurers": "configurers.groups"}

_EVERYONE = "everyone"
_NOBODY = "askers.nobody"
_NONE = "-"
_SHOWN = {
    Shown.EVERYTHING: "everything: answers, reviews, standings",
    Shown.ANSWERS: "answers only",
    Shown.FINAL: "the final answer only",
}
_LIMITS = {
    "councils_day": "Councils a day",
    "councils_month": "Councils a month",
    "usd_day": "Dollars a day",
    "usd_month": "Dollars a month",
}
_DEADLINES = {
    "soft_min": "Wait for slow members, seconds",
    "call": "One model's answer, seconds",
    "deliberation": "The whole council, seconds",
}
_UNKNOWN = {"count": "counted at a cap", "refuse": "refused"}


def detail(draft: Draft, part: str, ticket: str, groups: Sequence[Option] = ()) -> Block:
    """Let somebody change a part; `groups` are the user groups that are named so far."""
    blocks = _rights(draft, groups) if part == RIGHTS else _BLOCKS[part](draft)
    return form(TITLES[part], DETAIL, ticket, blocks, "Done")


def entered_detail(draft: Draft, part: str, entered: Entered) -> PlaceSettings:
    """Return the settings with what was entered; `entered` notes what could not be read."""
    return _READERS[part](draft, entered)


def _thread(draft: Draft) -> list[Block]:
    own, usual = draft.settings, _inherited(draft)
    options = [
        Option(INHERITED, f"inherited: {usual.shown}"),
        *(Option(str(shown), label) for shown, label in _SHOWN.items()),
    ]
    chosen = INHERITED if own.shown is None else str(own.shown)
    pins = Input("pins", "Final answers that stay pinned", placeholder=_usual(draft, "pins"))
    language = Input(
        "language",
        "Language of the answers",
        hint=f"Such as German. A single {_NONE} stands for the language of the question.",
        placeholder=_usual(draft, "language"),
    )
    return [
        Input("shown", "The thread shows", is_optional=False).select(options, chosen),
        pins.number(own.pins, most=MOST_PINS),
        language.text(_shown_text(own.language), most=LONGEST_LANGUAGE),
        _instructions(draft),
    ]


def _instructions(draft: Draft) -> Block:
    written = draft.settings.instructions
    if written is not None and len(written) > INPUT_CHARS:
        return small(
            f"The instructions are longer than Slack's forms take ({INPUT_CHARS:,} characters); "
            "change them with `/council config import`."
        )
    asked = Input(
        "instructions",
        "Instructions for all members",
        hint=f"What they should know of your team and its work. A single {_NONE} stands for none.",
        placeholder=_usual(draft, "instructions"),
    )
    return asked.text(_shown_text(written), is_long=True)


def _entered_thread(draft: Draft, entered: Entered) -> PlaceSettings:
    settings, shown = draft.settings, entered.choice("shown")
    if "instructions" in entered:
        settings = replace(settings, instructions=_text(entered.text("instructions")))
    return replace(
        settings,
        shown=Shown(shown) if shown in list(Shown) else None,
        pins=entered.whole("pins"),
        language=_text(entered.text("language")),
    )


def _rights(draft: Draft, groups: Sequence[Option]) -> list[Block]:
    return [
        *_named(draft, groups, "askers", "may ask"),
        *_if_nobody(draft),
        *_named(draft, groups, "configurers", "may configure, beside admins"),
        small("Guests and people of another company may ask only where they are named."),
    ]


def _named(draft: Draft, groups: Sequence[Option], name: str, what: str) -> list[Block]:
    own: tuple[str, ...] = getattr(draft.settings, name) or ()
    people = [*filter(is_person, own)]
    chosen = [option for option in groups if option.value in own]
    usual = said(name, _inherited(draft)) if getattr(_inherited(draft), name) else ""
    hint = f"Inherited: {safe(usual or '', 200)}" if usual and not own else ""
    asked = Input(GROUPS_OF[name], f"User groups that {what}", placeholder="Search")
    return [
        Input(name, f"People who {what}", hint=hint, placeholder="Search").people(people),
        asked.search(chosen, most=MOST_NAMED),
    ]


def _if_nobody(draft: Draft) -> list[Block]:
    """Ask what naming nobody means, where it may mean two things."""
    if not draft.inherited.askers:
        return []
    options = [
        Option(INHERITED, "those who are inherited"),
        Option(_EVERYONE, "everyone"),
    ]
    chosen = _EVERYONE if draft.settings.askers == () else INHERITED
    asked = Input(_NOBODY, "If you name nobody, these may ask", is_optional=False)
    return [asked.select(options, chosen)]


def _entered_rights(draft: Draft, entered: Entered) -> PlaceSettings:
    askers, configurers = (_entered_names(draft, entered, name) for name in GROUPS_OF)
    nobody = () if entered.choice(_NOBODY) == _EVERYONE else None
    return replace(draft.settings, askers=askers or nobody, configurers=configurers or None)


def _entered_names(draft: Draft, entered: Entered, name: str) -> tuple[str, ...]:
    own: tuple[str, ...] = getattr(draft.settings, name) or ()
    # The form cannot show them. Without them, nobody would be named, and everybody might ask.
    unshown = (one for one in own if not is_person(one) and not is_group(one))
    return (*entered.people(name), *entered.choices(GROUPS_OF[name]), *unshown)


def _limits(draft: Draft) -> list[Block]:
    own = draft.settings
    blocks = [small("Empty is no limit. Days and months are those of the time zone.")]
    blocks += _limit_inputs("limits", own.limits)
    if draft.place.channel:
        return blocks
    hour = Input(
        "questions_per_hour",
        "Questions in an hour",
        placeholder=_usual(draft, "questions_per_hour", "any number"),
    )
    options = [
        Option(INHERITED, f"inherited: {said('refuses_unknown_prices', _inherited(draft))}"),
        *(Option(word, label) for word, label in _UNKNOWN.items()),
    ]
    word = next((w for w, v in UNKNOWN_PRICES.items() if v is own.refuses_unknown_prices), None)
    unknown = Input("unknown_prices", "Models of unknown price are", is_optional=False)
    return [
        header("All together"),
        *blocks,
        header("Each person"),
        *_limit_inputs("per_person", own.per_person),
        hour.number(own.questions_per_hour, least=1, most=MOST_QUESTIONS_PER_HOUR),
        header("Prices"),
        unknown.select(options, word or INHERITED),
    ]


def _limit_inputs(name: str, limits: Limits | None) -> list[Block]:
    mosts = {"councils_day": MOST_COUNCILS, "councils_month": MOST_COUNCILS}
    return [
        Input(f"{name}.{field}", label).number(
            getattr(limits or Limits(), field), most=mosts.get(field, MOST_USD)
        )
        for field, label in _LIMITS.items()
    ]


def _entered_limits(draft: Draft, entered: Entered) -> PlaceSettings:
    settings = replace(draft.settings, limits=_entered_limit(entered, "limits"))
    if draft.place.channel:
        return settings
    return replace(
        settings,
        per_person=_entered_limit(entered, "per_person"),
        questions_per_hour=entered.whole("questions_per_hour"),
        refuses_unknown_prices=UNKNOWN_PRICES.get(entered.choice("unknown_prices")),
    )


def _entered_limit(entered: Entered, name: str) -> Limits | None:
    limits = Limits(
        usd_day=entered.number(f"{name}.usd_day"),
        usd_month=entered.number(f"{name}.usd_month"),
        councils_day=entered.whole(f"{name}.councils_day"),
        councils_month=entered.whole(f"{name}.councils_month"),
    )
    return None if limits == Limits() else limits


def _times(draft: Draft) -> list[Block]:
    own = draft.settings
    zone = Input(
        "time_zone",
        "Time zone",
        hint="For scheduled questions and limits, such as Europe/Berlin.",
        placeholder=_usual(draft, "time_zone"),
    )
    usual = draft.inherited.council.deadlines
    deadlines = [
        Input(
            f"deadlines.{field}", label, placeholder=f"Inherited: {getattr(usual, field):g}"
        ).number(own.deadlines and getattr(own.deadlines, field), most=LONGEST_DEADLINE_S)
        for field, label in _DEADLINES.items()
    ]
    days = Input(
        "retention_days",
        "Days until questions and answers are deleted",
        placeholder=_usual(draft, "retention_days", "never"),
    )
    kept = [] if draft.place.channel else [days.number(own.retention_days, least=1, most=MOST_DAYS)]
    return [zone.text(own.time_zone or "", most=64), *deadlines, *kept]


def _entered_times(draft: Draft, entered: Entered) -> PlaceSettings:
    given = {field.name: entered.number(f"deadlines.{field.name}") for field in fields(Deadlines)}
    usual = draft.inherited.council.deadlines
    known = {name: value for name, value in given.items() if value is not None}
    settings = replace(
        draft.settings,
        time_zone=entered.text("time_zone") or None,
        deadlines=replace(usual, **known) if known else None,
    )
    if draft.place.channel:
        return settings
    return replace(settings, retention_days=entered.whole("retention_days"))


def _inherited(draft: Draft) -> PlaceSettings:
    return as_settings(draft.inherited)


def _usual(draft: Draft, name: str, unset: str = "none") -> str:
    return f"Inherited: {said(name, _inherited(draft)) or unset}"


def _shown_text(written: str | None) -> str:
    """Return a text as it stands in its input: that there is none, against what is inherited."""
    return _NONE if written == "" else written or ""


def _text(entered: str) -> str | None:
    return "" if entered == _NONE else entered or None


_BLOCKS: Mapping[str, Callable[[Draft], list[Block]]] = {
    THREAD: _thread,
    LIMITS: _limits,
    TIMES: _times,
}
_READERS: Mapping[str, Callable[[Draft, Entered], PlaceSettings]] = {
    THREAD: _entered_thread,
    RIGHTS: _entered_rights,
    LIMITS: _entered_limits,
    TIMES: _entered_times,
}
