"""The image and the compose file keep what docs/operate.md promises of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar, cast

import pytest
import yaml

from adapters.console.commandline import parse
from adapters.console.requests import EVERY_ROLE, Serve

_ROOT = Path(__file__).parent.parent
_LONGEST_DRAIN_S = 25


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of a Dockerfile, with its lines put together."""

    word: str
    rest: str


def _steps() -> list[Step]:
    text = (_ROOT / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [Step(*line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def _last_stage() -> list[Step]:
    steps = _steps()
    begins = [place for place, step in enumerate(steps) if step.word == "FROM"]
    return steps[begins[-1] :]


def _only(word: str) -> str:
    (found,) = [step.rest for step in _last_stage() if step.word == word]
    return found


def _image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in _only("ENV").split())


def _services() -> Mapping[str, dict[str, object]]:
    return yaml.safe_load((_ROOT / "compose.yaml").read_text())["services"]


def _ours() -> dict[str, dict[str, object]]:
    return {name: each for name, each in _services().items() if each.get("image") == "council"}


def test_the_image_is_built_from_the_lock_on_the_python_that_the_checks_run_on() -> None:
    steps = _steps()

    (base,) = [step.rest for step in steps if step.word == "ARG"]
    (project,) = (
        tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["requires-python"],
    )
    runs = [step.rest for step in steps if step.word == "RUN"]
    assert re.fullmatch(r"PYTHON=3\.\d+-slim-\w+", base)
    assert project == ">=" + base.removeprefix("PYTHON=").partition("-")[0]
    assert [step.rest for step in steps if step.word == "FROM"] == [
        "python:${PYTHON} AS build",
        "python:${PYTHON}",
    ]
    installs = [run for run in runs if "pip install" in run]
    assert installs == [
        "pip install --require-hashes -r requirements.lock",
        "pip install --no-deps --no-build-isolation .",
    ]


def test_all_that_the_program_is_made_of_reaches_the_build() -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text())
    packages: list[str] = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    steps = _steps()
    copied = [
        source
        for step in steps
        if step.word == "COPY" and not step.rest.startswith("--from")
        for source in step.rest.split()[:-1]
    ]
    let_in = [
        line.removeprefix("!")
        for line in (_ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]

    assert set(copied) == set(let_in)
    assert all((_ROOT / source).exists() for source in copied)
    assert {*packages, "requirements.lock", "pyproject.toml", "README.md", "LICENSE"} == set(copied)


def test_the_program_runs_as_nobody_in_particular_and_hears_signals() -> None:
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", _only("USER"))
    assert json.loads(_only("ENTRYPOINT")) == ["council"]
    assert parse(json.loads(_only("CMD"))) == Serve()
    assert _only("STOPSIGNAL") == "SIGTERM"
    assert not [step for step in _last_stage() if step.word in {"ADD", "VOLUME"}]


def test_nothing_secret_lies_in_the_image_and_every_setting_is_documented() -> None:
    told = (_ROOT / "docs" / "configuration.md").read_text()
    names = [name for name in _image_environment() if name.startswith("COUNCIL_")]
    for service in _ours().values():
        names += [
            name.removesuffix("_FILE") for name in cast("dict[str, str]", service["environment"])
        ]

    assert [name for name in names if name not in told] == []
    assert [name for name in names if "KEY" in name or "TOKEN" in name] == []


class _Answering(BaseHTTPRequestHandler):
    status: ClassVar[HTTPStatus]
    asked: ClassVar[list[str]]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
        pass


@contextmanager
def _answering(status: HTTPStatus) -> Generator[tuple[int, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (_Answering,), {"status": status, "asked": asked})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1], asked
        finally:
            server.shutdown()
            thread.join()


def _check_health(port: int) -> int:
    words = json.loads(_only("HEALTHCHECK").partition("CMD ")[2])
    assert words.pop(0) == "python"
    environment = {
        **os.environ,
        "COUNCIL_ADMIN_PORT": str(port),
        "http_proxy": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-IS", *words]
    ended = subprocess.run(command, env=environment, check=False, stderr=subprocess.DEVNULL)  # noqa: S603 - our own code
    return ended.returncode


def test_a_container_is_healthy_if_the_program_says_so() -> None:
    with _answering(HTTPStatus.OK) as (port, asked):
        assert _check_health(port) == 0
    with _answering(HTTPStatus.SERVICE_UNAVAILABLE) as (busy, _):
        assert _check_health(busy) == 1
    assert _check_health(port) == 1
    assert asked == ["/healthz"]


def test_every_role_is_served_and_work_goes_on_without_one_of_the_workers() -> None:
    served = {name: parse(cast("list[str]", each["command"])) for name, each in _ours().items()}

    assert all(isinstance(request, Serve) for request in served.values())
    roles = [request.roles for request in served.values() if isinstance(request, Serve)]
    assert sorted(map(sorted, roles)) == sorted([role] for role in EVERY_ROLE)
    assert cast("dict[str, int]", _ours()["worker"]["deploy"])["replicas"] >= 2
    assert [name for name, each in _ours().items() if each.get("profiles")] == ["web"]


@pytest.mark.parametrize("name", _ours())
def test_a_service_may_do_nothing_but_its_work(name: str) -> None:
    service = _ours()[name]

    assert service["read_only"] is True
    assert service["init"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [entry.partition(":")[0] for entry in cast("list[str]", service["tmpfs"])] == ["/tmp"]  # noqa: S108
    assert int(str(service["stop_grace_period"]).removesuffix("s")) > _LONGEST_DRAIN_S
    assert service["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert service["restart"] == "unless-stopped"
    ports = cast("Sequence[str]", service.get("ports", ()))
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_passwords_come_from_files_and_the_database_is_reached_by_nobody_else() -> None:
    document = yaml.safe_load((_ROOT / "compose.yaml").read_text())
    database = document["services"]["database"]

    assert document["secrets"].keys() == {"database_url", "database_password"}
    assert {
        name: value for name, value in database["environment"].items() if "PASSWORD" in name
    } == {"POSTGRES_PASSWORD_FILE": "/run/secrets/database_password"}
    assert "ports" not in database
    assert re.fullmatch(r"postgres:1[78]-\w+", database["image"])
    assert database["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
