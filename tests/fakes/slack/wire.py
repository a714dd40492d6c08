"""People, channels, messages, files and views as Slack writes them in JSON."""

from __future__ import annotations

from tests.fakes.shapes import Json
from tests.fakes.slack.records import (
    Channel,
    File,
    Message,
    Person,
    UserGroup,
    View,
    Workspace,
)

_CREATED = 1_700_000_000
_BERLIN_OFFSET_S = 3600


def wire_of_person(person: Person) -> Json:
    """Write a user as users.info does; in an organisation they have a part of their own for it."""
    enterprise = person.workspace.enterprise_id
    of_organisation: Json = {
        "id": person.id,
        "enterprise_id": enterprise,
        "enterprise_name": "Enterprise",
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "teams": [person.workspace.team_id],
    }
    return {
        **({"enterprise_user": of_organisation} if enterprise else {}),
        "id": person.id,
        "team_id": person.workspace.team_id,
        "name": person.name.lower().replace(" ", "."),
        "real_name": person.name,
        "deleted": person.is_deactivated,
        "tz": person.timezone,
        "tz_offset": _BERLIN_OFFSET_S,
        "profile": {
            "real_name": person.name,
            "display_name": person.name,
            "team": person.workspace.team_id,
        },
        "is_admin": person.is_admin,
        "is_owner": person.is_owner,
        "is_primary_owner": False,
        "is_restricted": person.is_guest,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": _CREATED,
        "locale": "en-US",
    }


def wire_of_bot_user(workspace: Workspace) -> Json:
    """Write the app's own bot as a user."""
    return {
        "id": workspace.bot_user_id,
        "team_id": workspace.team_id,
        "name": "council",
        "real_name": "Council",
        "deleted": not workspace.is_installed,
        "profile": {
            "real_name": "Council",
            "display_name": "",
            "bot_id": workspace.bot_id,
            "api_app_id": workspace.app_id,
            "team": workspace.team_id,
        },
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": True,
        "is_app_user": False,
        "updated": _CREATED,
    }


def wire_of_group(group: UserGroup, *, with_users: bool) -> Json:
    """Write a user group as usergroups.list does."""
    document: Json = {
        "id": group.id,
        "team_id": group.workspace.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": _CREATED,
        "date_update": _CREATED,
        "date_delete": _CREATED if group.is_disabled else 0,
        "auto_type": None,
        "auto_provision": False,
        "created_by": "USLACKBOT",
        "updated_by": "USLACKBOT",
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
        "user_count": len(group.people),
    }
    return document | ({"users": list(group.people)} if with_users else {})


def wire_of_channel(channel: Channel, *, with_count: bool = False) -> Json:
    """Write a conversation as conversations.info does."""
    if channel.person is not None:
        return {
            "id": channel.id,
            "created": _CREATED,
            "is_im": True,
            "is_archived": False,
            "is_org_shared": False,
            "user": channel.person.id,
            "context_team_id": channel.workspace.team_id,
        }
    document: Json = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": _CREATED,
        "creator": channel.members[0] if channel.members else "U00000000",
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": False,
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": channel.has_bot,
        "context_team_id": channel.workspace.team_id,
        "shared_team_ids": [channel.workspace.team_id],
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
    if with_count:
        document["num_members"] = len(channel.members) + channel.has_bot
    return document


def wire_of_message(message: Message, *, with_metadata: bool = False) -> Json:
    """Write a message as it stands, as conversations.history does."""
    if message.is_deleted:
        return _tombstone(message)
    document: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": message.channel.workspace.team_id,
    }
    if message.bot_id is not None:
        document |= _bot_fields(message)
    optional = {
        "subtype": message.subtype or ("thread_broadcast" if message.is_broadcast else None),
        "blocks": message.blocks or None,
        "files": [wire_of_file(file) for file in message.files] or None,
        "username": message.username,
        "metadata": message.metadata if with_metadata else None,
        "edited": {"user": message.user, "ts": message.edited_ts} if message.edited_ts else None,
        "reactions": [
            {"name": name, "users": [message.channel.workspace.bot_user_id], "count": 1}
            for name in message.reactions
        ]
        or None,
    }
    document |= {name: value for name, value in optional.items() if value is not None}
    return document | _thread_fields(message)


def _bot_fields(message: Message) -> Json:
    workspace = message.channel.workspace
    return {
        "bot_id": message.bot_id,
        "app_id": message.app_id,
        "bot_profile": {
            "id": message.bot_id,
            "app_id": message.app_id,
            "name": message.username or "Council",
            "deleted": False,
            "updated": _CREATED,
            "team_id": workspace.team_id,
        },
    }


def _thread_fields(message: Message) -> Json:
    if message.thread_ts is not None:
        root = next((m for m in message.channel.messages if m.ts == message.thread_ts), None)
        return {"thread_ts": message.thread_ts, "parent_user_id": root.user if root else None}
    replies = [m for m in message.channel.thread(message.ts) if m is not message]
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "reply_users": people,
        "is_locked": False,
    }


def _tombstone(message: Message) -> Json:
    return {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "hidden": True,
        "ts": message.ts,
        **_thread_fields(message),
    }


def wire_of_file(file: File) -> Json:
    """Write a file as files.info does."""
    channel = [file.channel.id] if file.channel is not None else []
    is_direct = file.channel is not None and file.channel.is_direct
    return {
        "id": file.id,
        "created": _CREATED,
        "timestamp": _CREATED,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2] or "binary",
        "user": file.user,
        "user_team": file.workspace.team_id,
        "size": len(file.content),
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(channel) and not is_direct,
        "url_private": file.url_private,
        "url_private_download": file.url_private.replace("/files-pri/", "/files-pri-download/"),
        "permalink": f"{file.workspace.url}files/{file.user}/{file.id}/{file.name}",
        "channels": [] if is_direct else channel,
        "groups": [],
        "ims": channel if is_direct else [],
        "file_access": "visible",
        "alt_txt": file.alt_text,
    }


def wire_of_view(view: View) -> Json:
    """Write a view with the fields that Slack adds to what the app sent."""
    workspace = view.workspace
    empty = {
        "private_metadata": "",
        "callback_id": "",
        "title": None,
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
        "external_id": "",
    }
    return {
        **empty,
        **view.document,
        "id": view.id,
        "team_id": workspace.team_id,
        "state": {"values": {}},
        "hash": view.hash,
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": workspace.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
    }
