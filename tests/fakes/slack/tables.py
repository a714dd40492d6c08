"""The rules of tables: docs.slack.dev/reference/block-kit/blocks/table-block, /data-table-block."""

from __future__ import annotations

from collections.abc import Collection

from tests.fakes.shapes import Json, as_object
from tests.fakes.slack.rich_text import check_rich_text
from tests.fakes.slack.rules import (
    need,
    need_keys,
    need_list,
    need_number,
    need_object,
    need_string,
    need_word,
)

MOST_ROWS = 100
MOST_COLUMNS = 20


def check_table(block: Json, pointer: str) -> None:
    """Raise Invalid where a table breaks a rule: its rows must have the same length."""
    need_keys(block, pointer, ("type", "block_id", "rows", "column_settings"))
    _check_rows(block, pointer, most_rows=MOST_ROWS)
    place = f"{pointer}/column_settings"
    settings = block.get("column_settings", [])
    columns = need_list(settings, place, at_least=0, at_most=MOST_COLUMNS)
    for number, column in enumerate(columns):
        if (found := as_object(column)) is not None:  # null leaves a column as it is
            need_keys(found, f"{place}/{number}", ("align", "is_wrapped"))
            aligned = found.get("align", "left")
            need_word(aligned, f"{place}/{number}/align", ("left", "center", "right"))


def check_data_table(block: Json, pointer: str) -> None:
    """Raise Invalid where a data table breaks a rule: caption, 2 to 101 rows, a plain header."""
    keys = ("caption", "rows", "page_size", "row_header_column_index")
    need_keys(block, pointer, ("type", "block_id", *keys))
    need_string(block.get("caption"), f"{pointer}/caption")
    need_number(block.get("page_size", 5), f"{pointer}/page_size", least=1, most=100)
    rows = _check_rows(block, pointer, most_rows=101)
    need(len(rows) >= 2, f"{pointer}/rows", "fewer than 2 rows")
    for number, cell in enumerate(rows[0]):
        is_plain = cell["type"] != "rich_text"
        need(is_plain, f"{pointer}/rows/0/{number}", "rich_text is not allowed in the header")


def _check_rows(block: Json, pointer: str, *, most_rows: int) -> list[list[Json]]:
    rows = need_list(block.get("rows"), f"{pointer}/rows", at_most=most_rows)
    lengths: set[int] = set()
    for number, row in enumerate(rows):
        place = f"{pointer}/rows/{number}"
        cells = need_list(row, place, at_most=MOST_COLUMNS)
        lengths.add(len(cells))
        for position, cell in enumerate(cells):
            _check_cell(cell, f"{place}/{position}", ("raw_text", "rich_text", "raw_number"))
    need(len(lengths) == 1, f"{pointer}/rows", "rows have different lengths")
    return rows


def _check_cell(value: object, pointer: str, kinds: Collection[str]) -> None:
    cell = need_object(value, pointer)
    kind = need_word(cell.get("type"), f"{pointer}/type", kinds)
    if kind == "rich_text":
        check_rich_text(cell, pointer)
    elif kind == "raw_text":
        need_keys(cell, pointer, ("type", "text"))
        need_string(cell.get("text"), f"{pointer}/text")
    else:
        need_keys(cell, pointer, ("type", "value", "text"))
        need_number(cell.get("value"), f"{pointer}/value", least=-1e15, most=1e15)
