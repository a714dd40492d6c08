from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.sse import LINE_BYTES, EventReader, LineTooLongError

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=8)


def read(*chunks: bytes) -> list[str]:
    reader = EventReader()
    events = [event for chunk in chunks for event in reader.feed(chunk)]
    return [*events, *reader.end()]


@given(texts=TEXTS, size=st.integers(1, 40), end=st.sampled_from([b"\n", b"\r\n"]))
def test_events_do_not_depend_on_how_the_bytes_were_cut(texts: list[str], size: int, end: bytes):
    stream = b"".join(
        b"data: " + json.dumps(text, ensure_ascii=False).encode() + end + end for text in texts
    )
    chunks = [stream[start : start + size] for start in range(0, len(stream), size)]

    assert [json.loads(event) for event in read(*chunks)] == texts


def test_comments_and_other_fields_are_passed_over():
    assert read(b": hello\n\nevent: x\nid: 1\ndata: a\n\n:\n\nretry: 3\n\n") == ["a"]


def test_data_of_several_lines_is_one_event():
    assert read(b"data: a\ndata:b\n\n") == ["a\nb"]


def test_an_event_without_its_blank_line_counts_at_the_end():
    assert read(b"data: a\n\ndata: [DONE]") == ["a", "[DONE]"]


def test_bytes_that_are_no_text_are_an_error():
    with pytest.raises(UnicodeDecodeError):
        read(b"data: caf\xe9\n\n")


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_line_without_measure_is_refused(end: bytes):
    with pytest.raises(LineTooLongError):
        read(b"data: " + b"x" * LINE_BYTES + end)
