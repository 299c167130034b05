"""The check of settings accepts what compose.yaml, the Dockerfile and the documents set."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values
from tests.architecture.sources import ROOT

from indelible_service.contexts.chains import TokenSettings
from indelible_service.contexts.projects import ProjectSettings
from indelible_service.settings.environment import VARIABLE, setting_fields
from indelible_service.settings.service import Settings, load

COMPOSE = (ROOT / "compose.yaml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("indelible:")]
INTERPOLATION = re.compile(r"(?<!\$)\$\{(\w+)[^}]*\}")
IMAGE_VARIABLE = re.compile(r"^(?:ENV)? +(\w+)=(\S+)", re.MULTILINE)
NAME = re.compile(r"\bINDELIBLE_[A-Z_]+[A-Z]\b")
GENERATED_NAMES = re.compile(".*_PASSWORD|INDELIBLE_SECRET")


def generated(name: str) -> str:
    """Return a secret of its own for each name, in the form of `openssl rand -hex 32`."""
    return sha256(name.encode()).hexdigest()


def written_env_file() -> dict[str, str]:
    """Return the variables of `.env` as docs/how-to/run-with-compose.md writes it."""
    variables: dict[str, str] = {}
    for name, text in dotenv_values(ROOT / ".env.example").items():
        variables[name] = generated(name) if GENERATED_NAMES.fullmatch(name) else text or ""

    return variables


def environment_of(service: str) -> dict[str, str]:
    """Return the environment of a container: that of the image, and that of Compose."""
    variables = dict(IMAGE_VARIABLE.findall((ROOT / "Dockerfile").read_text()))
    env_file = written_env_file()
    for name, template in SERVICES[service]["environment"].items():
        variables[name] = INTERPOLATION.sub(lambda match: env_file[match[1]], template)

    return variables


def documented_names() -> list[str]:
    """Return the names with our prefix in the files and pages that a user copies from."""
    files = [ROOT / name for name in ("compose.yaml", "Dockerfile", ".env.example", "README.md")]
    names: set[str] = set()
    for file in (*files, *(ROOT / "docs").rglob("*.md")):
        names.update(NAME.findall(file.read_text(encoding="utf-8")))

    return sorted(names)


@pytest.mark.parametrize("service", OURS)
def test_the_environment_of_each_container_is_accepted(service: str) -> None:
    variables = environment_of(service)
    settings = Settings.read(variables)

    assert settings.database_url == variables["DATABASE_URL"]
    assert set(variables) - {"TZ", "PYTHONUNBUFFERED"} >= settings.chosen


@pytest.mark.parametrize("service", ["web", "worker", "scheduler"])
@pytest.mark.parametrize("section", [ProjectSettings, TokenSettings])
def test_every_setting_of_a_context_reaches_the_container(service: str, section: type) -> None:
    names = {attribute.metadata[VARIABLE] for attribute in setting_fields(section)}

    assert names - environment_of(service).keys() == set()


def test_a_command_beside_the_env_file_of_compose_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [f"{name}={text}" for name, text in written_env_file().items()]
    (tmp_path / ".env").write_text("\n".join(lines))

    assert load().secret == generated("INDELIBLE_SECRET").encode()


@pytest.mark.parametrize("name", documented_names())
def test_no_documented_variable_is_unknown(name: str) -> None:
    Settings.read({name: " "})  # blank: only the name is checked
