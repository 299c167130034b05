"""A missing distribution, and one of another version, is an error with its remedy."""

import json
import shlex
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from tests.architecture.sources import PACKAGES, ROOT, SOURCES

from indelible.kernel.distributions import (
    CORE,
    DISTRIBUTIONS,
    OPTIONAL_DISTRIBUTIONS,
    SERVICE,
    DistributionMissing,
    DistributionVersionsDiffer,
    OptionalDistribution,
    check_versions,
    installed_versions,
)

ABSENT: Final = OptionalDistribution(
    name="indelible-absent[extra]",
    folder="packages/adapters/absent[extra]",
    modules=("json", "indelible_absent"),
    needed_by="a test",
)


def projects() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the folder and the `project` table of each distribution, by its name."""
    result: dict[str, tuple[str, dict[str, Any]]] = {}
    for path in PACKAGES.rglob("pyproject.toml"):
        project: dict[str, Any] = tomllib.loads(path.read_text())["project"]
        result[project["name"]] = str(path.parent.relative_to(ROOT)), project
    return result


def plant(folder: Path, name: str, version: str | None, origin: str | None = None) -> None:
    """Write what an installer writes for a distribution."""
    information = folder / f"{name.replace('-', '_')}-{version or '0'}.dist-info"
    information.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}"]
    if version is not None:
        lines.append(f"Version: {version}")
    (information / "METADATA").write_text("\n".join([*lines, ""]))
    if origin is not None:
        (information / "direct_url.json").write_text(origin)


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that Python searches first."""
    folder = tmp_path / "planted"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    return folder


def test_the_names_are_those_of_the_packages() -> None:
    assert sorted(DISTRIBUTIONS) == sorted(projects())


def test_the_distributions_have_one_version_and_pin_each_other_to_it() -> None:
    tables = {name: project for name, (_, project) in projects().items()}
    (version,) = {table["version"] for table in tables.values()}

    needed: set[str] = set()
    for table in tables.values():
        needed.update(table["dependencies"])
        for lines in table.get("optional-dependencies", {}).values():
            needed.update(line.partition(";")[0] for line in lines)
    siblings = {line for line in needed if line.partition("==")[0] in tables}

    assert siblings == {f"{name}=={version}" for name in tables if name != SERVICE}


@pytest.mark.parametrize("package", SOURCES.values(), ids=SOURCES)
def test_a_distribution_says_that_it_is_typed(package: Path) -> None:
    assert (package / "py.typed").exists()


def test_an_optional_distribution_is_as_its_project_says() -> None:
    known = projects()
    for optional in OPTIONAL_DISTRIBUTIONS:
        name, _, extra = optional.name.removesuffix("]").partition("[")
        folder, project = known[name]
        excluded = project["requires-python"].removeprefix(">=3.11").strip(",")

        assert optional.folder == folder + optional.name.removeprefix(name)
        assert optional.modules[0] == name.replace("-", "_")
        assert not extra or extra in project["optional-dependencies"]
        assert (optional.requires_python or "") == excluded


def test_what_is_installed_is_not_missing() -> None:
    for optional in OPTIONAL_DISTRIBUTIONS:
        optional.check()


def test_a_missing_module_is_an_error_with_the_commands() -> None:
    with pytest.raises(DistributionMissing) as caught:
        ABSENT.check()
    error = caught.value
    checkout, index = shlex.split(error.from_checkout), shlex.split(error.from_index)
    pip = [sys.executable, "-m", "pip", "install"]

    assert (error.needed_by, error.module) == ("a test", "indelible_absent")
    assert checkout[:-1] == [*pip, "--constraint", str(ROOT / "tests" / "constraints.txt")]
    assert checkout[-1] == str(ROOT / ABSENT.folder)
    assert index == [*pip, f"{ABSENT.name}=={projects()[CORE][1]['version']}"]


def test_a_module_that_is_missing_below_is_the_same_error() -> None:
    message = "module no_such_module is not"
    with pytest.raises(DistributionMissing, match=message), ABSENT.required():
        import_module("no_such_module")


@pytest.mark.parametrize(
    "origin",
    [None, "{", "{}", '{"url": "https://example.org/indelible.whl"}', '{"url": "file:///a/b/c"}'],
)
def test_without_a_checkout_its_folder_is_relative(origin: str | None, planted: Path) -> None:
    plant(planted, CORE, "7.0", origin)
    command = shlex.split(ABSENT.missing("x").from_checkout)

    assert command[-2:] == ["tests/constraints.txt", f"./{ABSENT.folder}"]


def test_the_checkout_may_have_spaces_in_its_path(planted: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "my checkout"
    (checkout / "tests").mkdir(parents=True)
    (checkout / "tests" / "constraints.txt").touch()
    plant(planted, CORE, "7.0", json.dumps({"url": (checkout / "packages" / "core").as_uri()}))

    assert shlex.split(ABSENT.missing("x").from_checkout)[-1] == str(checkout / ABSENT.folder)


def test_one_version_is_accepted() -> None:
    check_versions(SERVICE)


@pytest.mark.parametrize("version", ["0.0.9", "99.0", None])
def test_another_version_is_refused_with_both(version: str | None, planted: Path) -> None:
    own = projects()[SERVICE][1]["version"]
    plant(planted, "indelible-stripe", version)
    plant(planted, "indelible-evm", version)
    got = version or "without a version"

    with pytest.raises(DistributionVersionsDiffer) as caught:
        check_versions(SERVICE)

    assert caught.value.expected == f"indelible-service {own}"
    assert caught.value.others == (f"indelible-evm {got}", f"indelible-stripe {got}")


def test_a_backport_that_finds_no_version_is_another_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: str) -> str:
        raise KeyError("Version")

    monkeypatch.setattr("indelible.kernel.distributions.metadata.version", fail)

    assert {version for _, version in installed_versions()} == {"without a version"}


def test_the_version_of_a_program_that_is_not_installed_is_not_compared(planted: Path) -> None:
    plant(planted, "indelible-stripe", "0.0.9")

    check_versions("indelible-of-a-host")
