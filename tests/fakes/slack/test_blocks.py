"""Every limit of blocks, one below and one above."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.slack.sample_app import MODAL
from tests.fakes.slack.validator import fault_of

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": mrkdwn(text)}


def rich(*elements: Json) -> Json:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [*elements]}],
    }


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "a", "text": plain("Go"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": [*elements]}


def table(rows: list[list[Json]], **more: Any) -> Json:
    return {"type": "table", "rows": rows, **more}


def cell(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def posted(*blocks: Json) -> str | None:
    return fault_of("chat.postMessage", {"channel": "C1", "text": "x", "blocks": [*blocks]})


def text_style(**style: object) -> Json:
    return {"type": "text", "text": "x", "style": style}


def listed(**more: Any) -> Json:
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_list", "elements": [item], **more}],
    }


CHART: Json = {
    "type": "data_visualization",
    "title": "Votes",
    "chart": {"type": "pie", "segments": [{"label": "alder", "value": 3}]},
}
BARS: Json = {
    "type": "data_visualization",
    "title": "Votes",
    "chart": {
        "type": "bar",
        "series": [{"name": "votes", "data": [{"label": "alder", "value": 3}]}],
        "axis_config": {"categories": ["alder"]},
    },
}
FEEDBACK: Json = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "rate",
            "positive_button": {"text": plain("Good"), "value": "good"},
            "negative_button": {"text": plain("Bad"), "value": "bad"},
        },
        {"type": "icon_button", "icon": "trash", "text": plain("Away"), "value": "x"},
    ],
}
TASK: Json = {"type": "task_card", "task_id": "1", "title": "Task", "status": "pending"}
CARD: Json = {"type": "card", "title": mrkdwn("Title"), "body": mrkdwn("Body")}

GOOD: dict[str, list[Json]] = {
    "fifty blocks": [{"type": "divider"}] * 50,
    "section": [section("x" * 3000)],
    "fields": [{"type": "section", "fields": [mrkdwn("x" * 900)] * 10}],
    "header": [{"type": "header", "text": plain("x" * 150)}],
    "context": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "actions": [actions(*(button(action_id=str(n)) for n in range(25)))],
    "button": [actions(button(text=plain("x" * 75), value="x" * 2000, url="https://e.org/"))],
    "same action in two blocks": [actions(button()), actions(button())],
    "feedback": [FEEDBACK],
    "markdown": [{"type": "markdown", "text": "x" * 12_000}],
    "table": [table([[cell(), rich({"type": "text", "text": "x"})]] * 20)],
    "table with settings": [table([[cell()]], column_settings=[None, {"align": "right"}])],
    "pie": [CHART],
    "bars": [BARS],
    "data table": [
        {
            "type": "data_table",
            "caption": "Ranks",
            "rows": [[cell()], [{"type": "raw_number", "value": 1}]],
        }
    ],
    "alert": [{"type": "alert", "text": plain("x"), "level": "error"}],
    "task": [TASK],
    "plan": [{"type": "plan", "title": "Plan", "tasks": [TASK]}],
    "card": [CARD],
    "carousel": [{"type": "carousel", "elements": [CARD] * 10}],
    "container": [{"type": "container", "title": plain("x"), "child_blocks": [section("x")]}],
    "image": [{"type": "image", "alt_text": "x", "image_url": "https://e.org/x.png"}],
    "rich text": [
        rich(
            text_style(bold=True, italic=True, strike=True, code=False),
            {"type": "link", "url": "mailto:a@e.org", "text": "x"},
            {"type": "user", "user_id": "U1"},
            {"type": "channel", "channel_id": "C1"},
            {"type": "usergroup", "usergroup_id": "S1"},
            {"type": "broadcast", "range": "here"},
            {"type": "emoji", "name": "tada"},
            {"type": "date", "timestamp": 1_700_000_000, "format": "{date}", "fallback": "x"},
            {"type": "color", "value": "#ffffff"},
        )
    ],
    "list": [listed(style="ordered", indent=8, offset=3, border=1)],
    "quote and code": [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "x"}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}]},
            ],
        }
    ],
}

BAD: dict[str, tuple[list[Json], str]] = {
    "51 blocks": ([{"type": "divider"}] * 51, "invalid_blocks: /blocks: more than 50"),
    "no type": ([{}], "invalid_blocks: /blocks/0/type"),
    "unknown type": ([{"type": "marquee"}], "invalid_blocks: /blocks/0/type"),
    "unknown key": ([{"type": "divider", "color": 1}], "invalid_blocks: /blocks/0: invalid additi"),
    "long section": ([section("x" * 3001)], "invalid_blocks: /blocks/0/text: more than 3000"),
    "empty section": ([section("")], "invalid_blocks: /blocks/0/text: fewer than 1"),
    "section of nothing": ([{"type": "section"}], "invalid_blocks: /blocks/0: needs text or"),
    "long field": (
        [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
        "invalid_blocks: /blocks/0/fields/0: more than 2000",
    ),
    "11 fields": (
        [{"type": "section", "fields": [mrkdwn("x")] * 11}],
        "invalid_blocks: /blocks/0/fields: more than 10",
    ),
    "long header": (
        [{"type": "header", "text": plain("x" * 151)}],
        "invalid_blocks: /blocks/0/text: more than 150",
    ),
    "header in mrkdwn": (
        [{"type": "header", "text": mrkdwn("x")}],
        "invalid_blocks: /blocks/0/text/type",
    ),
    "11 in context": (
        [{"type": "context", "elements": [mrkdwn("x")] * 11}],
        "invalid_blocks: /blocks/0/elements: more than 10",
    ),
    "button in context": (
        [{"type": "context", "elements": [button()]}],
        "invalid_blocks: /blocks/0/elements/0/type",
    ),
    "26 actions": (
        [actions(*(button(action_id=str(n)) for n in range(26)))],
        "invalid_blocks: /blocks/0/elements: more than 25",
    ),
    "no actions": ([actions()], "invalid_blocks: /blocks/0/elements: fewer than 1"),
    "same action twice": ([actions(button(), button())], "invalid_blocks: /blocks/0: action_id"),
    "same block_id twice": (
        [{"type": "divider", "block_id": "b"}] * 2,
        "invalid_blocks: /blocks/1/block_id: 'b' is not unique",
    ),
    "long block_id": (
        [{"type": "divider", "block_id": "b" * 256}],
        "invalid_blocks: /blocks/0/block_id: more than 255",
    ),
    "long action_id": (
        [actions(button(action_id="a" * 256))],
        "invalid_blocks: /blocks/0/elements/0/action_id: more than 255",
    ),
    "long label": (
        [actions(button(text=plain("x" * 76)))],
        "invalid_blocks: /blocks/0/elements/0/text: more than 75",
    ),
    "label in mrkdwn": (
        [actions(button(text=mrkdwn("x")))],
        "invalid_blocks: /blocks/0/elements/0/text/type",
    ),
    "long value": (
        [actions(button(value="x" * 2001))],
        "invalid_blocks: /blocks/0/elements/0/value: more than 2000",
    ),
    "long url": (
        [actions(button(url="https://e.org/" + "x" * 2987))],
        "invalid_blocks: /blocks/0/elements/0/url: more than 3000",
    ),
    "url of a script": (
        [actions(button(url="javascript:alert(1)"))],
        "invalid_blocks: /blocks/0/elements/0/url: must be a URL",
    ),
    "style of a button": (
        [actions(button(style="loud"))],
        "invalid_blocks: /blocks/0/elements/0/style",
    ),
    "6 feedbacks": (
        [{"type": "context_actions", "elements": FEEDBACK["elements"] * 3}],
        "invalid_blocks: /blocks/0/elements: more than 5",
    ),
    "button among feedback": (
        [{"type": "context_actions", "elements": [button()]}],
        "invalid_blocks: /blocks/0/elements/0/type",
    ),
    "6 in an overflow": (
        [
            actions(
                {
                    "type": "overflow",
                    "action_id": "a",
                    "options": [{"text": plain("x"), "value": str(n)} for n in range(6)],
                }
            )
        ],
        "invalid_blocks: /blocks/0/elements/0/options: more than 5",
    ),
    "input in a message": ([MODAL["blocks"][0]], "invalid_blocks: /blocks/0: input is not"),
    "long markdown": (
        [{"type": "markdown", "text": "x" * 12_001}],
        "invalid_blocks: /blocks/0/text: more than 12000",
    ),
    "much markdown": (
        [{"type": "markdown", "text": "x" * 6001}] * 2,
        "invalid_blocks: /blocks: markdown blocks hold more than 12000",
    ),
    "two tables": ([table([[cell()]])] * 2, "invalid_attachments: /blocks: only_one_table"),
    "101 rows": ([table([[cell()]] * 101)], "invalid_blocks: /blocks/0/rows: more than 100"),
    "21 columns": ([table([[cell()] * 21])], "invalid_blocks: /blocks/0/rows/0: more than 20"),
    "ragged table": (
        [table([[cell()], [cell(), cell()]])],
        "invalid_blocks: /blocks/0/rows: rows have different lengths",
    ),
    "empty cell": ([table([[cell("")]])], "invalid_blocks: /blocks/0/rows/0/0/text: fewer"),
    "plain cell": ([table([[plain("x")]])], "invalid_blocks: /blocks/0/rows/0/0/type"),
    "empty rich text": ([rich({"type": "text", "text": ""})], "invalid_blocks: /blocks/0/elements"),
    "no user": (
        [rich({"type": "user"})],
        "invalid_blocks: /blocks/0/elements/0/elements/0: missing",
    ),
    "unknown part": (
        [{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}],
        "invalid_blocks: /blocks/0/elements/0/type",
    ),
    "unknown inline": (
        [rich({"type": "image"})],
        "invalid_blocks: /blocks/0/elements/0/elements/0",
    ),
    "unknown style": ([rich(text_style(loud=True))], "invalid_blocks: /blocks/0/elements/0/elem"),
    "style of no boolean": ([rich(text_style(bold=1))], "invalid_blocks: /blocks/0/elements/0/el"),
    "link to a file": (
        [rich({"type": "link", "url": "file:///etc/passwd"})],
        "invalid_blocks: /blocks/0/elements/0/elements/0/url: must be a URL",
    ),
    "list style": ([listed(style="dots")], "invalid_blocks: /blocks/0/elements/0/style"),
    "deep list": ([listed(style="bullet", indent=9)], "invalid_blocks: /blocks/0/elements/0/ind"),
    "list from below 1": (
        [listed(style="ordered", offset=-1)],
        "invalid_blocks: /blocks/0/elements/0/offset",
    ),
    "7 segments": (
        [CHART | {"chart": {"type": "pie", "segments": CHART["chart"]["segments"] * 7}}],
        "invalid_blocks: /blocks/0/chart/segments: more than 6",
    ),
    "other categories": (
        [BARS | {"chart": BARS["chart"] | {"axis_config": {"categories": ["birch"]}}}],
        "invalid_blocks: /blocks/0/chart/series/0/data: labels differ",
    ),
    "status of a task": ([TASK | {"status": "done"}], "invalid_blocks: /blocks/0/status"),
    "whole text": (
        [section("x" * 2900)] * 5,
        "msg_blocks_too_long: /blocks: 14500 characters of t",
    ),
    "whole JSON": (
        [rich(*({"type": "text", "text": "x"} for _ in range(500)))],
        "msg_blocks_too_long: /blocks: 13",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_blocks_pass(name: str) -> None:
    assert posted(*GOOD[name]) is None


@pytest.mark.parametrize("name", BAD)
def test_bad_blocks_are_named(name: str) -> None:
    blocks, expected = BAD[name]

    assert (posted(*blocks) or "").startswith(expected)
