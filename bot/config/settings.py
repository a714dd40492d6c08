"""What the environment and the file say, put together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from platformdirs import user_config_path, user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.config.discord import DISCORD_SECRETS, DiscordAccess, discord_access
from bot.config.file import CouncilFile, ProviderTable, read
from bot.config.slack import SLACK_SECRETS, SlackAccess, slack_access
from bot.config.tracing import TELEMETRY, is_traced, trace_keys
from bot.errors import BadConfig
from bot.llm.providers import KNOWN, KnownProvider, Provider

_APP = "council"
_FILE = "council.toml"
_USUAL_CONCURRENCY = 32
_WANTED = {
    "COUNCIL_LOG_LEVEL": "debug, info, warning, error or critical",
    "COUNCIL_LOG_FORMAT": "logfmt or json",
    "COUNCIL_HTTP_PORT": "a number from 0 to 65535",
    "COUNCIL_ADMIN_PORT": "a number from 0 to 65535",
}


class _Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="COUNCIL_", env_ignore_empty=True, extra="ignore")

    config: Path | None = None
    slack_api_url: str | None = None
    discord_api_url: str | None = None
    discord_gateway_url: str | None = None
    discord_shards: str | None = None
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=3000, ge=0, le=65535)
    admin_host: str = "127.0.0.1"
    admin_port: int | None = Field(default=None, ge=0, le=65535)
    data_dir: Path | None = None
    log_level: Literal["debug", "info", "warning", "error", "critical"] | None = None
    log_format: Literal["logfmt", "json"] = "logfmt"

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _in_any_case(cls, given: str | None) -> str | None:
        return given and given.lower()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set. `source` is the file that was read, None if there is none."""

    data_dir: Path
    database_url: str = field(repr=False)
    log_level: str | None
    source: Path | None
    file: CouncilFile
    providers: Mapping[str, Provider]
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    secret_key: str | None = field(default=None, repr=False)
    slack_api_url: str | None = None
    discord_api_url: str | None = None
    discord_gateway_url: str | None = None
    discord_shards: str | None = None
    http_host: str = "127.0.0.1"
    http_port: int = 3000
    admin_host: str = "127.0.0.1"
    admin_port: int | None = None
    log_format: Literal["logfmt", "json"] = "logfmt"
    telemetry: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    @property
    def keys(self) -> frozenset[str]:
        """All keys and tokens, for the log to leave out."""
        keys = [provider.api_key for provider in self.providers.values()]
        keys += [*self.secrets.values(), *(self.secret_key or "").split(",")]
        keys += [*_passwords(self.database_url), *trace_keys(self.telemetry)]
        return frozenset(key for key in keys if key)

    def is_traced(self) -> bool:
        """Say whether spans are to be sent. Raises `BadConfig`."""
        return is_traced(self.telemetry)

    def slack(self) -> SlackAccess | None:
        """Return the access to Slack, None if there is none. Raises `BadConfig`."""
        has_secret_key = self.secret_key is not None
        return slack_access(self.secrets, self.slack_api_url, has_secret_key=has_secret_key)

    def discord(self) -> DiscordAccess | None:
        """Return the access to Discord, None if there is none. Raises `BadConfig`."""
        return discord_access(
            self.secrets,
            api_url=self.discord_api_url,
            gateway_url=self.discord_gateway_url,
            shards=self.discord_shards,
        )


def load() -> Settings:
    """Read the environment and `council.toml`. Raises `BadConfig`."""
    environment = _environment()
    data_dir = environment.data_dir or user_data_path(_APP, appauthor=False)
    url = _value("COUNCIL_DATABASE_URL")
    source = _source(environment.config)
    file = CouncilFile() if source is None else read(source)
    return Settings(
        data_dir=data_dir.expanduser().absolute(),
        database_url=url or _sqlite(data_dir),
        log_level=environment.log_level,
        source=source,
        file=file,
        providers=_providers(file, source),
        secrets=_secrets(),
        secret_key=_key("COUNCIL_SECRET_KEY"),
        slack_api_url=environment.slack_api_url,
        discord_api_url=environment.discord_api_url,
        discord_gateway_url=environment.discord_gateway_url,
        discord_shards=environment.discord_shards,
        http_host=environment.http_host,
        http_port=environment.http_port,
        admin_host=environment.admin_host,
        admin_port=environment.admin_port,
        log_format=environment.log_format,
        telemetry={name: os.environ.get(name, "").strip() for name in TELEMETRY},
    )


def _secrets() -> Mapping[str, str]:
    found = {name: _key(name) for name in SLACK_SECRETS}
    # What is wrong with these is said more exactly where they are needed.
    found |= {name: _value(name) or None for name in DISCORD_SECRETS}
    return {name: secret for name, secret in found.items() if secret is not None}


def _environment() -> _Environment:
    try:
        return _Environment()
    except ValidationError as error:
        name = f"COUNCIL_{str(error.errors()[0]['loc'][0]).upper()}"
        message = f"{name} must be {_WANTED.get(name, 'a path')}."
        raise BadConfig(message) from None


def _sqlite(data_dir: Path) -> str:
    return f"sqlite:///{data_dir.expanduser().absolute() / 'council.db'}"


def _passwords(url: str) -> tuple[str, ...]:
    """Return the password in an address, as it stands there and as it is meant."""
    try:
        password = urlsplit(url).password or ""
    except ValueError:  # no address at all; who opens the database says so
        return ()
    return password, unquote(password)


def _source(given: Path | None) -> Path | None:
    if given is not None:
        if not given.expanduser().is_file():
            message = f"COUNCIL_CONFIG names {given}, but there is no such file."
            raise BadConfig(message)
        return given.expanduser()
    usual = (Path(_FILE), user_config_path(_APP, appauthor=False) / _FILE)
    return next((path for path in usual if path.is_file()), None)


def _providers(file: CouncilFile, source: Path | None) -> Mapping[str, Provider]:
    names = {**dict.fromkeys(KNOWN), **dict.fromkeys(file.providers)}
    return {
        name: _provider(name, file.providers.get(name, ProviderTable()), source) for name in names
    }


def _provider(name: str, table: ProviderTable, source: Path | None) -> Provider:
    known = KNOWN.get(name)
    base_url = table.base_url or (known.base_url if known else None)
    if base_url is None:
        message = f"{source}: [providers.{name}] has no `base_url`; add the address of its API."
        raise BadConfig(message)
    if not base_url.startswith(("http://", "https://")):
        message = f"{source}: `base_url` in [providers.{name}] must begin with http:// or https://."
        raise BadConfig(message)
    key_name = _key_name(name, table, known)
    return Provider(
        name=name,
        kind=table.kind or (known.kind if known else "openai"),
        base_url=base_url.rstrip("/"),
        api_key=table.api_key.get_secret_value() if table.api_key else _key(key_name),
        key_name=key_name,
        concurrency=table.concurrency or _USUAL_CONCURRENCY,
        requests_per_minute=table.requests_per_minute,
        is_local=known is not None and known.is_local,
    )


def _key_name(name: str, table: ProviderTable, known: KnownProvider | None) -> str | None:
    if table.api_key_env is not None:
        return table.api_key_env
    if known is not None:
        return known.key_name
    usual = f"{name.upper().replace('-', '_')}_API_KEY"
    return usual if _key(usual) else None


def _key(name: str | None) -> str | None:
    """Read a key from the environment, or from the file that `NAME_FILE` names."""
    key = "" if name is None else _value(name)
    if not (key.isascii() and key.isprintable()) or " " in key:
        message = f"{name} holds characters that no key has; check how it was copied."
        raise BadConfig(message)
    return key or None


def _value(name: str) -> str:
    value = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "").strip()
    if value or not path:
        return value
    try:
        return Path(path).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{name}_FILE names {path}, which cannot be read."
        raise BadConfig(message) from error
