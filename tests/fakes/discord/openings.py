"""How sessions begin and go on: IDENTIFY with its rules, and RESUME."""

from __future__ import annotations

import secrets

from tests.fakes.discord.audience import shard_of
from tests.fakes.discord.connection import Connection, Refusal, Session
from tests.fakes.discord.intents import KNOWN, PRIVILEGED, Intent, application_flags
from tests.fakes.discord.records import Guild
from tests.fakes.discord.traffic import Identify
from tests.fakes.discord.wire import wire_of_new_guild, wire_of_own_user
from tests.fakes.discord.world import World
from tests.fakes.shapes import Json

VERSION = 10


class Openings:
    """Opens sessions, and adds them to those that there are."""

    def __init__(self, world: World, sessions: list[Session], speed: float) -> None:
        self._world = world
        self._sessions = sessions
        self._speed = speed

    def identify(self, connection: Connection, data: Json) -> None:
        """Start a session: op 2."""
        world, now_s = self._world, self._world.clock.now_s()
        if connection.session is not None:
            raise Refusal(4005)
        if data.get("token") != world.token:
            raise Refusal(4004)
        shard, shards = data.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            raise Refusal(4010)
        intents = _intents(data, world.allowed_intents)
        guilds = [g for g in world.guilds if g.has_bot and shard_of(g, shards) == shard]
        if len(guilds) > world.guilds_per_shard:
            raise Refusal(4011)
        if not self._may_identify(shard, shards, now_s):
            connection.send({"op": 9, "d": False})
            return
        session = Session(secrets.token_hex(16), shard, shards, intents, now_s)
        session.connection, connection.session = connection, session
        self._sessions.append(session)
        self._greet(session, guilds)

    def resume(self, connection: Connection, data: Json) -> None:
        """Go on with a session, replaying what was missed: op 6."""
        if data.get("token") != self._world.token:
            raise Refusal(4004)
        session = next((s for s in self._sessions if s.id == data.get("session_id")), None)
        if session is None or not self._is_resumable(session):
            connection.send({"op": 9, "d": False})
            return
        sequence = data.get("seq")
        if not isinstance(sequence, int) or sequence > len(session.events):
            raise Refusal(4007)
        if session.connection is not None:
            session.connection.session = None
            session.connection.close(4000)
        session.connection, connection.session = connection, session
        session.lost_at_s = None
        session.resumes += 1
        for document in session.events[sequence:]:
            connection.send(document)
        session.tell("RESUMED", {"_trace": []})

    def _may_identify(self, shard: int, shards: int, now_s: float) -> bool:
        """Keep the rules for starting sessions: so many a day, one each 5 s in a bucket."""
        world = self._world
        if world.identifies_left() <= 0:
            world.violate("IDENTIFY", f"identify_limit: {world.most_identifies} within 24 hours")
            world.token = f"{world.application.id}.{secrets.token_urlsafe(34)}"
            for session in self._sessions:
                if session.connection is not None:
                    session.connection.close(4004)
            return False
        bucket = shard % world.max_concurrency
        interval_s = world.identify_interval_s / self._speed
        early = [
            earlier
            for earlier in world.identifies
            if earlier.shard % world.max_concurrency == bucket and now_s - earlier.at_s < interval_s
        ]
        world.identifies.append(Identify(now_s, shard, shards))
        if early:
            reason = f"shard {shard} {now_s - early[-1].at_s:.3f} s after shard {early[-1].shard}"
            world.violate("IDENTIFY", f"identify_too_soon: {reason}")
        return not early

    def _greet(self, session: Session, guilds: list[Guild]) -> None:
        world = self._world
        application: Json = {
            "id": str(world.application.id),
            "flags": application_flags(world.allowed_intents),
        }
        address = world.origin.replace("http", "ws", 1)
        ready: Json = {
            "v": VERSION,
            "user": wire_of_own_user(world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "private_channels": [],
            "session_type": "normal",
            "session_id": session.id,
            "resume_gateway_url": f"{address}/gateway/resume",
            "shard": [session.shard, session.shards],
            "application": application,
        }
        session.tell("READY", ready)
        for guild in guilds:
            if guild.is_available and Intent.GUILDS in session.intents:
                session.tell("GUILD_CREATE", wire_of_new_guild(guild, world.bot))

    def _is_resumable(self, session: Session) -> bool:
        if not session.is_valid or session.lost_at_s is None:
            return session.is_valid
        age_s = self._world.clock.now_s() - session.lost_at_s
        session.is_valid = age_s <= self._world.session_lifetime_s
        return session.is_valid


def _intents(data: Json, allowed: Intent) -> Intent:
    value = data.get("intents")
    if not isinstance(value, int) or value & ~int(KNOWN):
        raise Refusal(4013)
    intents = Intent(value)
    if intents & PRIVILEGED & ~allowed:
        raise Refusal(4014)
    return intents
