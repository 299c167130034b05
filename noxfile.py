"""`nox -s tests` and `nox -s gate` guard main; `nox -l` lists what is run by hand.

All sessions share the environment `.nox/dev`.
"""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nox

nox.needs_version = ">=2026.10"
nox.options.sessions = ["tests"]
nox.options.default_venv_backend = "none"

ROOT = Path(__file__).parent
PINS = ROOT / "tests" / "constraints.txt"
ENVIRONMENT = ROOT / ".nox" / "dev"
BIN = ENVIRONMENT / "bin"
WORK = ROOT / ".nox" / "work"  # wheels, other environments and servers
PACKAGES = {
    "indelible": "packages/core",
    "indelible-sql": "packages/adapters/sql",
    "indelible-evm": "packages/adapters/evm",
    "indelible-git": "packages/adapters/git",
    "indelible-stripe": "packages/adapters/stripe",
    "indelible-wordllama": "packages/adapters/wordllama",
    "indelible-web": "packages/web",
    "indelible-workers": "packages/workers",
    "indelible-service": "packages/service",
}
EXTRAS = {
    "indelible-service": "[dask]",  # `--dask`
    "indelible-stripe": "[simulator]",  # `indelible demo` plays against the simulator
}
TESTED_PYTHONS = ("3.11", "3.12", "3.13")
OLDEST_POSTGRESQL = "14"
FAST = "not slow and not dose"  # as in pyproject.toml
SLOW = "slow and not dose"
KERNEL_ON_POSTGRESQL = "tests/conformance/test_stores.py::TestPostgresqlKernel"
NO_DOWNLOADS = {"UV_PYTHON_DOWNLOADS": "never"}
SEEDS = {"pip", "setuptools"}  # `venv` installs them


@nox.session
def tests(session: nox.Session) -> None:
    """Check style, imports and types, and run every fast test; `-- ARGUMENTS` go to pytest."""
    _install(session)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("hadolint", "Dockerfile")
    session.run("lint-imports", "--no-cache", silent=True)
    with ThreadPoolExecutor() as executor:
        types = executor.submit(session.run, "mypy", silent=True)
        session.run("pytest", "-m", FAST, *session.posargs)

    types.result()


@nox.session
def gate(session: nox.Session) -> None:
    """Run what `tests` leaves to the gate: slow tests, documentation, wheels, other versions."""
    _install(session)
    with ThreadPoolExecutor() as executor:
        others = executor.submit(_check_beside_slow_tests, session)
        session.run("pytest", "-m", SLOW, *session.posargs)

    others.result()


def _check_beside_slow_tests(session: nox.Session) -> None:
    """Check what needs no tests, or small ones in another version; one after the other."""
    session.run("pyright", silent=True)
    _build_documentation(session)
    _try_wheels(session)
    _run_on_python(session, TESTED_PYTHONS[-1], "tests/core")
    _run_on_postgresql(session, OLDEST_POSTGRESQL, KERNEL_ON_POSTGRESQL)


@nox.session
def doses(session: nox.Session) -> None:
    """Repeat proofs in large doses, by hand: `-- FOLDER --seed N`, or all without a folder."""
    _install(session)
    folders, options = _folders_and_options(session.posargs)
    for folder in folders or _dose_folders():
        paths = [
            path for path in (f"tests/doses/{folder}", f"tests/{folder}") if Path(path).is_dir()
        ]
        if not paths:
            session.error(f"there is no folder tests/doses/{folder} and no tests/{folder}")
        session.run("pytest", "-m", "dose", *paths, *options)


def _folders_and_options(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Split the arguments at the first option."""
    for number, argument in enumerate(arguments):
        if argument.startswith("-"):
            return arguments[:number], arguments[number:]

    return arguments, []


def _dose_folders() -> list[str]:
    """Return the folders of tests/doses, and those of tests that have a dose among other tests."""
    names: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        first, second, *_ = path.relative_to(ROOT / "tests").parts
        if first == "doses":
            names.add(second)
        elif "mark.dose" in path.read_text("utf-8"):
            names.add(first)
    return sorted(names)


@nox.session
def versions(session: nox.Session) -> None:
    """Run the suites on other Pythons and PostgreSQLs, by hand: `-- 3.12 15 17`."""
    _install(session)
    for version in session.posargs or (*TESTED_PYTHONS, OLDEST_POSTGRESQL):
        if "." in version:
            _run_on_python(
                session, version, "tests/core", "tests/conformance", "-k", "not postgres"
            )
        else:
            _run_on_postgresql(
                session, version, "tests/conformance", "tests/sql", "-k", "not sqlite"
            )


@nox.session
def dev(session: nox.Session) -> None:
    """Install every distribution from this checkout, and every tool, into .nox/dev."""
    _install(session)
    print(f"Activate it: . {os.path.relpath(BIN)}/activate", flush=True)


@nox.session
def up(session: nox.Session) -> None:
    """Start everything on embedded defaults; `-- --full` for servers in separate processes."""
    _install(session)
    _run_to_its_end(session, "indelible", "up")


@nox.session
def demo(session: nox.Session) -> None:
    """Run the demonstrations against a running instance."""
    _install(session)
    _run_to_its_end(session, "indelible", "demo")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into docs/_build."""
    _install(session)
    _build_documentation(session)


@nox.session
def bench(session: nox.Session) -> None:
    """Compare with other libraries: `-- --write` the page, `-- edits` a part, `-- --profile`."""
    _install(session)
    _run_to_its_end(session, "python", "-m", "tests.doses.bench")


@nox.session
def mutation(session: nox.Session) -> None:
    """Mutate lifecycle, history and rules: `-- --children 2`, `-- --only-report`."""
    _install(session, "mutation")
    _run_to_its_end(session, "python", "-m", "tests.doses.mutation")


def _install(session: nox.Session, *groups: str) -> None:
    """Make the environment current, and let the session's commands run in it."""
    if not (BIN / "pip").exists():  # `venv` makes it last
        session.run_install(sys.executable, "-m", "venv", ENVIRONMENT)
    os.environ["PATH"] = os.pathsep.join((str(BIN), os.environ["PATH"]))  # nox looks there, too
    os.environ["VIRTUAL_ENV"] = str(ENVIRONMENT)
    pip = (BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    session.run_install(*pip, "--constraint", PINS, "uv")
    _install_editable(session, BIN / "python", "dev", *groups)

    unpinned = set(_freeze(session, BIN / "python")) - set(PINS.read_text().splitlines())
    unknown = sorted(line for line in unpinned if line.partition("==")[0] not in SEEDS)
    if unknown:
        session.error(f"{PINS.relative_to(ROOT)} does not pin {', '.join(unknown)}")


def _install_editable(session: nox.Session, python: Path, *groups: str) -> None:
    """Install our packages and groups."""
    _uv_install(session, python, "hatchling", "editables", "setuptools")  # ydiff needs it
    options: list[str] = ["--no-build-isolation", "--compile-bytecode"]
    for name, folder in PACKAGES.items():
        options += ["--editable", f"{folder}{EXTRAS.get(name, '')}"]
    for group in groups:
        options += ["--group", group]
    _uv_install(session, python, *options)


def _uv_install(session: nox.Session, python: Path, *packages: str | Path) -> None:
    options = ("--quiet", "--python", python, "--constraint", PINS)
    session.run_install("uv", "pip", "install", *options, *packages, env=NO_DOWNLOADS)


def _freeze(session: nox.Session, python: Path) -> list[str]:
    """Return the installed packages as `name==version`, without those of this repository."""
    command = ("uv", "pip", "freeze", "--quiet", "--python", python)
    output = session.run_install(*command, silent=True, log=False)
    return [line for line in str(output).splitlines() if "==" in line]


def _run_to_its_end(session: nox.Session, *command: str) -> None:
    """Run a command that stops its own children on Ctrl-C, and give it the time to do so."""
    session.run(*command, *session.posargs, interrupt_timeout=60, terminate_timeout=30)


def _build_documentation(session: nox.Session) -> None:
    options = ("--quiet", "--fail-on-warning", "--keep-going")
    session.run("sphinx-build", *options, "docs", "docs/_build/html")


def _try_wheels(session: nox.Session) -> None:
    """Build the wheels, and try them in empty environments as a user would."""
    target = WORK / "wheels"
    shutil.rmtree(target, ignore_errors=True)
    options = ("--quiet", "--wheel", "--no-build-isolation", "--python", BIN / "python")
    for folder in PACKAGES.values():
        session.run("uv", "build", *options, "--out-dir", target, folder, env=NO_DOWNLOADS)
    session.run("check-wheel-contents", target)
    wheels: dict[str, Path] = {}
    for name in PACKAGES:
        (wheels[name],) = target.glob(f"{name.replace('-', '_')}-*.whl")

    python = _create_environment(session, "core", wheels["indelible"])
    installed = {line.partition("==")[0] for line in _freeze(session, python)}
    if installed != {"attrs", "cattrs", "typing-extensions"}:
        session.error(f"the core wheel installs {', '.join(sorted(installed))}")

    python = _create_environment(session, "sql", wheels["indelible"], wheels["indelible-sql"])
    (WORK / "concepts.db").unlink(missing_ok=True)
    first_steps = ROOT / "tests" / "wheels" / "first_steps.py"
    _run_isolated(session, python, "in_folder.py", WORK, first_steps)

    python = _create_environment(session, "all", *wheels.values())
    session.run(python.with_name("indelible"), "--help", silent=True)
    _run_isolated(session, python, "embedding.py")


def _create_environment(session: nox.Session, name: str, *wheels: Path) -> Path:
    """Create an environment that contains only the wheels, and return its Python."""
    environment = WORK / name
    session.run("uv", "venv", "--quiet", "--clear", "--python", BIN / "python", environment)
    python = environment / "bin" / "python"
    _uv_install(session, python, *wheels)

    return python


def _run_isolated(session: nox.Session, python: Path, script: str, *arguments: str | Path) -> None:
    path = ROOT / "tests" / "wheels" / script
    session.run(python, "-I", "-W", "error", path, *arguments)


def _run_on_python(session: nox.Session, version: str, *arguments: str) -> None:
    """Run fast tests on another Python, in an environment of its own."""
    environment = WORK / f"python-{version}"
    interpreter = _interpreter(version)
    if interpreter is None:
        session.error(f"not on this machine: Python {version}")
    session.run("uv", "venv", "--quiet", "--clear", "--python", interpreter, environment)
    python = environment / "bin" / "python"
    _install_editable(session, python, "test")
    session.run(python, "-m", "pytest", "-n0", "-q", "-m", FAST, *arguments)


def _run_on_postgresql(session: nox.Session, release: str, *arguments: str) -> None:
    """Run tests on another release of PostgreSQL."""
    command = ("python", "-m", "tests.postgresql_programs", release, WORK / "postgresql")
    output = str(session.run(*command, silent=True))
    env = {"INDELIBLE_TEST_POSTGRESQL": output.splitlines()[-1]}
    session.run("pytest", "-n1", "-q", "-m", "not dose and not newest", *arguments, env=env)


def _interpreter(version: str) -> Path | None:
    """Return a Python of this version that starts, from pyenv or from the path."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = sorted(pyenv.glob(f"{version}.*/bin/python{version}"))
    on_path = shutil.which(f"python{version}")
    if on_path:
        candidates.append(Path(on_path))

    for candidate in candidates:  # pyenv leaves shims on the path that start nothing
        attempt = subprocess.run((candidate, "-c", ""), check=False, capture_output=True)
        if attempt.returncode == 0:
            return candidate

    return None
