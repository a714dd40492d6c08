"""files.*: the three steps of an upload, and what is known of a file."""

from __future__ import annotations

import mimetypes

from tests.fakes.shapes import Json, as_list, as_object
from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.methods.chat import find_thread, new_message
from tests.fakes.slack.records import File
from tests.fakes.slack.refused import refuse
from tests.fakes.slack.wire import wire_of_file


def _get_upload_url(asked: Asked) -> Json:
    length = asked.number("length", 0)
    if length == 0:
        refuse("missing_argument")
    name = asked.text("filename") or ""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    workspace = asked.workspace
    file = File(asked.world.stamps.id("F"), name, name, b"", kind, workspace.bot_user_id, workspace)
    file.is_uploaded = False
    file.alt_text = asked.text("alt_txt")
    asked.world.keep_file(file)
    url = f"{asked.world.origin}/upload/v1/{file.id}?length={length}"
    return {"upload_url": url, "file_id": file.id}


def _complete_upload(asked: Asked) -> Json:
    files = [_uploaded(asked, entry) for entry in as_list(asked.arguments["files"]) or []]
    if not files:
        refuse("invalid_arguments")
    places = [asked.text("channel_id"), *(asked.text("channels") or "").split(",")]
    for place in filter(None, places):
        _share(asked, files, place)
    asked.world.changed()
    return {"files": [wire_of_file(file) for file in files]}


def _uploaded(asked: Asked, entry: object) -> File:
    given = as_object(entry) or {}
    file = asked.world.files.get(str(given.get("id")))
    if file is None or not file.is_uploaded or not asked.token.reaches(file.workspace):
        refuse("file_not_found")
    file.title = str(given.get("title") or file.name)
    return file


def _share(asked: Asked, files: list[File], place: str) -> None:
    """Post the files as a message of the bot, with the initial comment as its text."""
    there = Asked(
        asked.world,
        asked.method,
        {**asked.arguments, "channel": place, "text": asked.text("initial_comment")},
        asked.token,
    )
    channel = there.writable_channel()
    message = new_message(there, channel, thread_ts=find_thread(there, channel))
    message.files, message.subtype = files, "file_share"
    asked.world.post(message)


def _info(asked: Asked) -> Json:
    file = asked.world.files.get(asked.text("file") or "")
    if file is None or not asked.token.reaches(file.workspace):
        refuse("file_not_found")
    return {"file": wire_of_file(file), "comments": [], "response_metadata": {"next_cursor": ""}}


METHODS = {
    "files.getUploadURLExternal": Method(_get_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(_complete_upload, ("files:write",)),
    "files.info": Method(_info, ("files:read",)),
}
