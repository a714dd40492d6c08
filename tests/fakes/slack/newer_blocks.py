"""The rules of the blocks that came with agents: charts, cards, plans, alerts.

Their pages are newer than most clients; figures are from docs.slack.dev/reference/block-kit/blocks
and, where those differ, the smaller ones of slack.md 1.4.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.fakes.shapes import Json
from tests.fakes.slack.elements import check_element
from tests.fakes.slack.rich_text import check_rich_text
from tests.fakes.slack.rules import (
    need,
    need_keys,
    need_list,
    need_number,
    need_object,
    need_plain_text,
    need_string,
    need_text,
    need_url,
    need_word,
)
from tests.fakes.slack.tables import check_data_table

TASK_STATUSES = ("pending", "in_progress", "complete", "error")
CHART_LABEL = 20


def _check_alert(block: Json, pointer: str) -> None:
    need_keys(block, pointer, ("type", "block_id", "text", "level"))
    need_text(block.get("text"), f"{pointer}/text", at_most=200)
    levels = ("default", "info", "warning", "error", "success")
    need_word(block.get("level", "default"), f"{pointer}/level", levels)


def _check_card(block: Json, pointer: str) -> None:
    lengths = {"title": 150, "subtitle": 150, "body": 200, "subtext": 200}
    keys = ("hero_image", "icon", "actions", "slack_icon", *lengths)
    need_keys(block, pointer, ("type", "block_id", *keys))
    shown = ("hero_image", "title", "actions", "body")
    need(any(name in block for name in shown), pointer, f"needs one of {', '.join(shown)}")
    for name, most in lengths.items():
        if name in block:
            need_text(block[name], f"{pointer}/{name}", at_most=most)
    actions = need_list(block.get("actions", []), f"{pointer}/actions", at_least=0, at_most=3)
    for number, action in enumerate(actions):
        place = f"{pointer}/actions/{number}"
        check_element(need_object(action, place), place, ("button",))


def _check_carousel(block: Json, pointer: str) -> None:
    need_keys(block, pointer, ("type", "block_id", "elements"))
    for number, card in enumerate(
        need_list(block.get("elements"), f"{pointer}/elements", at_most=10)
    ):
        place = f"{pointer}/elements/{number}"
        need_word(need_object(card, place).get("type"), f"{place}/type", ("card",))
        _check_card(card, place)


def _check_container(block: Json, pointer: str) -> None:
    keys = ("title", "rich_text_title", "subtitle", "child_blocks", "width", "icon")
    more = ("is_collapsible", "default_collapsed", "has_header_divider")
    need_keys(block, pointer, ("type", "block_id", *keys, *more))
    need("title" in block or "rich_text_title" in block, pointer, "needs a title")
    for name in ("title", "subtitle"):
        if name in block:
            need_plain_text(block[name], f"{pointer}/{name}", at_most=150)
    children = need_list(block.get("child_blocks"), f"{pointer}/child_blocks", at_most=10)
    for number, child in enumerate(children):
        need_object(child, f"{pointer}/child_blocks/{number}")


def check_task(block: Json, pointer: str) -> None:
    """Raise Invalid where a task card breaks a rule."""
    keys = ("task_id", "title", "details", "output", "sources", "status")
    need_keys(block, pointer, ("type", "block_id", *keys))
    need_string(block.get("task_id"), f"{pointer}/task_id")
    need_string(block.get("title"), f"{pointer}/title")
    need_word(block.get("status"), f"{pointer}/status", TASK_STATUSES)
    for name in ("details", "output"):
        if name in block:
            text = need_object(block[name], f"{pointer}/{name}")
            check_rich_text(text, f"{pointer}/{name}")
    check_sources(block, pointer)


def check_sources(task: Json, pointer: str) -> None:
    """Raise Invalid where the sources of a task are not addresses with a text."""
    for number, source in enumerate(task.get("sources") or []):
        place = f"{pointer}/sources/{number}"
        found = need_object(source, place)
        need_word(found.get("type"), f"{place}/type", ("url",))
        need_url(found.get("url"), f"{place}/url")
        need_string(found.get("text"), f"{place}/text")


def _check_plan(block: Json, pointer: str) -> None:
    need_keys(block, pointer, ("type", "block_id", "title", "tasks"))
    need_string(block.get("title"), f"{pointer}/title")
    for number, task in enumerate(block.get("tasks") or []):
        place = f"{pointer}/tasks/{number}"
        check_task(need_object(task, place), place)


def _check_chart(block: Json, pointer: str) -> None:
    need_keys(block, pointer, ("type", "block_id", "title", "chart"))
    need_string(block.get("title"), f"{pointer}/title", at_most=50)
    place = f"{pointer}/chart"
    chart = need_object(block.get("chart"), place)
    kind = need_word(chart.get("type"), f"{place}/type", ("pie", "line", "bar", "area"))
    if kind == "pie":
        need_keys(chart, place, ("type", "segments"))
        _check_points(chart.get("segments"), f"{place}/segments", at_most=6, least=0)
        return
    need_keys(chart, place, ("type", "series", "axis_config"))
    axis = need_object(chart.get("axis_config"), f"{place}/axis_config")
    categories = need_list(axis.get("categories"), f"{place}/axis_config/categories", at_most=20)
    for number, series in enumerate(need_list(chart.get("series"), f"{place}/series", at_most=6)):
        _check_series(series, f"{place}/series/{number}", categories)


def _check_series(value: object, pointer: str, categories: list[object]) -> None:
    series = need_object(value, pointer)
    need_keys(series, pointer, ("name", "data"))
    need_string(series.get("name"), f"{pointer}/name", at_most=CHART_LABEL)
    labels = _check_points(series.get("data"), f"{pointer}/data", at_most=20)
    need(labels == categories, f"{pointer}/data", "labels differ from the axis' categories")


def _check_points(
    value: object, pointer: str, *, at_most: int, least: float = -1e15
) -> list[object]:
    points = need_list(value, pointer, at_most=at_most)
    for number, point in enumerate(points):
        place = f"{pointer}/{number}"
        found = need_object(point, place)
        need_keys(found, place, ("label", "value"))
        need_string(found.get("label"), f"{place}/label", at_most=CHART_LABEL)
        need_number(found.get("value"), f"{place}/value", least=least, most=1e15)
    return [point["label"] for point in points]


NEWER_BLOCKS: dict[str, Callable[[Json, str], None]] = {
    "alert": _check_alert,
    "card": _check_card,
    "carousel": _check_carousel,
    "container": _check_container,
    "task_card": check_task,
    "plan": _check_plan,
    "data_table": check_data_table,
    "data_visualization": _check_chart,
}
