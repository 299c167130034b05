"""`nox -s tests` guards main, `nox -s proofs` repeats proofs; `nox -l` lists the rest."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nox
from nox.logger import logger

nox.needs_version = ">=2026.10"
nox.options.sessions = ["tests"]
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
PINS = ROOT / "tests" / "constraints.txt"
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
BROWSER_TESTS = "tests/doses/browser"  # they need a Chromium, so a session of their own runs them
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"  # of nox and its sessions
EXTRAS = {
    "indelible-service": "[dask]",  # `--dask`
    "indelible-workers": "[rabbitmq]",  # INDELIBLE_BROKER_URL
    "indelible-stripe": "[simulator]",  # `indelible demo` plays against the simulator
}
TESTED_PYTHONS = ("3.11", "3.12", "3.13")
OTHER_POSTGRESQL = ("14",)  # the oldest; the other tests run on the newest
SMALL_DOSES = {"INDELIBLE_TEST_DOSES": "small"}  # tests/dose_sizes.py
ABSENT = {"3.14": {"indelible-wordllama"}}  # its dependency has no wheels for that Python
NEED_NUMPY = (
    "indelible_sql.captures.numpy_vectors",
    "indelible_sql.captures.space_vectors",
)
NEEDS_PIKA = "indelible_workers.rabbitmq.*"
NEEDS_HYPOTHESIS = "indelible.testing.own.machines"
NEEDS_SIMULATORS = "indelible_service.simulation.*"  # of Stripe and of a chain
NO_DOWNLOADS = {"UV_PYTHON_DOWNLOADS": "never"}
MAX_LINES_SAID_AGAIN = 60  # of the output of a failed command
SEEDS = {"pip", "wheel"}  # virtualenv installs them


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
def tests(session: nox.Session) -> None:
    """Run what guards main; `-- ARGUMENTS` go to pytest, and paths among them replace its folders.

    One process of pytest collects, and later several often wait for the processes that they start;
    imports, types and wheels are checked in that time.
    """
    _install(session, "dev")
    _check_style(session)
    _run_pytest(session, "not proof", lambda: _imports_types_and_wheels(session))


@nox.session
def proofs(session: nox.Session) -> None:
    """Repeat what `tests` proves, on other versions and in other ways; for pytest as in `tests`."""
    interpreters = _other_interpreters(session)
    _install(session, "dev")
    choice = "proof and not large"
    _run_pytest(session, choice, lambda: _installations_and_versions(session, interpreters))


@nox.session
def doses(session: nox.Session) -> None:
    """Run the proofs that the gate leaves out, since smaller doses of them stay in it."""
    _install(session, "dev")
    _run_pytest(session, "large", list)


@nox.session
def dev(session: nox.Session) -> None:
    """Install every distribution from this checkout, and every tool, into .nox/dev."""
    _install(session, "dev")
    print(f"Activate it: . {os.path.relpath(session.bin)}/activate", flush=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style and print its metrics; look for code that was written twice."""
    _install(session, "lint")
    _lint(session)


@nox.session
def types(session: nox.Session) -> None:
    """Check the types with mypy and pyright, both strict."""
    _install(session, "dev")
    session.run("mypy")
    session.run("pyright")


@nox.session
def imports(session: nox.Session) -> None:
    """Check who imports whom."""
    _install(session, "lint")
    _imports(session)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into docs/_build."""
    _install(session, "docs")
    _docs(session)


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheels, and try each in an empty environment."""
    _install(session, "build")
    wheels = _build_wheels(session)
    _check_core(session, wheels)
    _try_installations(session, wheels)


@nox.session
def versions(session: nox.Session) -> None:
    """Run the SQL suites on other releases of PostgreSQL: `-- 15 16 17`."""
    _install(session, "dev")
    for server in _servers(session, session.posargs or OTHER_POSTGRESQL):
        print(_run_on_server(session, server), flush=True)


@nox.session
def pythons(session: nox.Session) -> None:
    """Run the core and SQLite suites on other Pythons: `-- 3.12 3.13`."""
    interpreters = _other_interpreters(session, *session.posargs)
    _install(session, "dev")
    for version, interpreter in interpreters.items():
        print(_run_on_python(session, version, interpreter), flush=True)


@nox.session
def browser(session: nox.Session) -> None:
    """Test the console in Chromium, which must be installed (`apt-get install chromium`)."""
    _install(session, "test", "browser")
    session.run("python", "-m", "pytest", BROWSER_TESTS, *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Compare with other libraries: `-- --write` the page, `-- edits` a part, `-- --profile`."""
    _install(session, "test")
    _run_to_its_end(session, "python", "-m", "tests.doses.bench")


@nox.session
def chaos(session: nox.Session) -> None:
    """Break databases, kill processes: `-- --minutes M --seed N`, or doses by name."""
    _install(session, "test")
    _run_to_its_end(session, "python", "-m", "tests.doses.chaos")


@nox.session
def cluster(session: nox.Session) -> None:
    """Fail over three nodes under Patroni and etcd: `-- --seed N --failovers N`."""
    _install(session, "test")
    _run_to_its_end(session, "python", "-m", "tests.doses.cluster")


@nox.session
def drills(session: nox.Session) -> None:
    """Break databases and restore them by the commands: `-- [DRILL] --seed N --instants K`."""
    _install(session, "test")
    _run_to_its_end(session, "python", "-m", "tests.doses.drills")


@nox.session
def runbooks(session: nox.Session) -> None:
    """Execute the steps of all runbooks against their faults: `-- [--neglect] [NUMBER ...]`."""
    _install(session, "dev")
    _run_to_its_end(session, "python", "-m", "tests.runbooks")


@nox.session
def rehearsal(session: nox.Session) -> None:
    """Let a person recover from drawn faults: `-- --folder F --seed N --faults K`."""
    _install(session, "dev")
    _run_to_its_end(session, "python", "-m", "tests.runbooks.rehearsal")


@nox.session
def simulate(session: nox.Session) -> None:
    """Simulate installations: `-- --days 30 --seed 1`; the options are those of the command."""
    _install(session, "dev")
    _run_to_its_end(session, "indelible", "simulate")


@nox.session
def absence(session: nox.Session) -> None:
    """Simulate 20 absences of 14 days, or observe an instance: `-- --real-days N --url URL`."""
    _install(session, "dev")
    if "--real-days" in session.posargs:
        _run_to_its_end(session, "python", "-m", "tests.absence")
    else:
        command = ("indelible", "simulate", "--absence", "--days", "14", "--seeds", "1-20")
        _run_to_its_end(session, *command)


@nox.session
def mutation(session: nox.Session) -> None:
    """Mutate lifecycle, history and rules: `-- --children 2`, `-- --only-report`."""
    _install(session, "mutation")
    _run_to_its_end(session, "python", "-m", "tests.doses.mutation")


@nox.session
def guards(session: nox.Session) -> None:
    """Repeat each row of tests/guards/measured.md and each flip; the gate repeats a part."""
    _install(session, "test")
    command = ("python", "-m", "pytest", "-m", "", "tests/guards", *session.posargs)
    session.run(*command, env={"INDELIBLE_TEST_GUARDS": "every"})


@nox.session
def fuzz(session: nox.Session) -> None:
    """Send hostile input: `-- [DOSE] --minutes M --seed S`, or `--requests N`, `--number N`."""
    _install(session, "test")
    _run_to_its_end(session, "python", "-m", "tests.doses.fuzz")


def _test_folders() -> list[str]:
    """Return every folder with tests: plain `pytest` leaves some of them out, the gate does not."""
    folders: list[str] = []
    for path in sorted((ROOT / "tests").iterdir()):
        folder = f"tests/{path.name}"
        if folder != BROWSER_TESTS and any(path.rglob("test_*.py")):
            folders.append(folder)

    return folders


def _install(session: nox.Session, *groups: str) -> None:
    session.install("--quiet", "--constraint", str(PINS), "uv")
    python = Path(session.bin) / "python"
    _install_editable(session, python, THIS_PYTHON, *groups, compile_all=True)


def _install_editable(
    session: nox.Session, python: Path, version: str, *groups: str, compile_all: bool = False
) -> None:
    """Install our packages and groups; without `compile_all`, imports compile what they need."""
    _uv_install(session, python, "hatchling", "editables", "setuptools")  # ydiff needs it
    options = ["--no-build-isolation"]
    if compile_all:
        options.append("--compile-bytecode")
    for name, folder in PACKAGES.items():
        if name not in ABSENT.get(version, ()):
            options += ["--editable", f"{folder}{EXTRAS.get(name, '')}"]
    for group in groups:
        options += ["--group", group]
    _uv_install(session, python, *options)

    unpinned = set(_freeze(session, python)) - set(PINS.read_text().splitlines())
    unknown = sorted(line for line in unpinned if line.partition("==")[0] not in SEEDS)
    if unknown:
        session.error(f"{PINS.relative_to(ROOT)} does not pin {', '.join(unknown)}")


def _run_to_its_end(session: nox.Session, *command: str) -> None:
    """Run a command that stops its own children on Ctrl-C, and give it the time to do so."""
    session.run(*command, *session.posargs, interrupt_timeout=60, terminate_timeout=30)


def _uv_install(session: nox.Session, python: Path, *packages: str | Path) -> None:
    options = ("--quiet", "--python", python, "--constraint", PINS)
    session.run_install("uv", "pip", "install", *options, *packages, env=NO_DOWNLOADS)


def _freeze(session: nox.Session, python: Path) -> list[str]:
    """Return the installed packages as `name==version`, without those of this repository."""
    command = ("uv", "pip", "freeze", "--quiet", "--python", python)
    output = session.run_install(*command, silent=True, log=False)
    return [line for line in str(output).splitlines() if "==" in line]


def _uv(session: nox.Session, *arguments: str | Path) -> None:
    session.run("uv", *arguments, "--quiet", env=NO_DOWNLOADS)


def _lint(session: nox.Session) -> None:
    """Check the style."""
    _check_style(session)


def _check_style(session: nox.Session) -> None:
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("hadolint", "Dockerfile")


def _imports(session: nox.Session) -> None:
    session.run("lint-imports", "--no-cache")


def _docs(session: nox.Session) -> None:
    options = ("--quiet", "--fail-on-warning", "--keep-going")
    session.run("sphinx-build", *options, "docs", "docs/_build/html")


def _run_pytest(session: nox.Session, choice: str, check: Callable[[], list[str]]) -> None:
    """Run the tests of a session, and at the same time a check that returns lines to print.

    Plain `pytest` leaves some folders out, no session does. What failed is said again as the last
    lines: a check often fails long before the tests end.
    """
    has_paths = any(argument.startswith("tests/") for argument in session.posargs)
    folders = [] if has_paths else _test_folders()
    command = ("python", "-m", "pytest", "-m", choice, *folders, *session.posargs)
    # Of a fresh clone, one process compiles the tests and finds Hypothesis' constants; each of the
    # others would do the same at the same time, and takes a third of the time now.
    session.run(*command, "--collect-only", "-qq", "-n0", silent=True)
    with _failures_said_again():
        with ThreadPoolExecutor() as executor:
            beside = executor.submit(check)
            session.run(*command, "--costs")

        print("\n".join(beside.result()), flush=True)


@contextmanager
def _failures_said_again() -> Generator[None]:
    """Repeat what nox says about failed commands, each with its last lines, after the block."""
    said: list[str] = []

    class Errors(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append("\n".join(record.getMessage().splitlines()[-MAX_LINES_SAID_AGAIN:]))

    handler = Errors(level=logging.ERROR)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        print("\n".join(said), flush=True)


def _imports_types_and_wheels(session: nox.Session) -> list[str]:
    """Check what can be checked beside the tests; the output is shown if a check fails.

    The proofs check the types again, with pyright. There is nothing to print.
    """
    session.run("lint-imports", "--no-cache", silent=True)
    session.run("mypy", silent=True)
    wheels = _build_wheels(session)
    _check_core(session, wheels)

    return []


def _installations_and_versions(session: nox.Session, interpreters: dict[str, Path]) -> list[str]:
    """Check types and documentation, try each installation, and run suites for other versions.

    Returns a line for each suite.

    Each suite runs in one process: more of them would import and compile everything again.
    """
    session.run("pyright", silent=True)
    _docs(session)
    _try_installations(session, _build_wheels(session))
    lines: list[str] = []
    for server in _servers(session, OTHER_POSTGRESQL):
        lines.append(_run_on_server(session, server, "-n0", choice="--gate"))
    for version, interpreter in interpreters.items():
        lines.append(_run_on_python(session, version, interpreter))

    return lines


def _try_installations(session: nox.Session, wheels: dict[str, Path]) -> None:
    """Try each wheel in an environment of its own, and follow the tutorial from its first step."""
    folder = _folder(session)
    _check_sql(session, folder, wheels)
    python = _empty(session, folder / "web", wheels["indelible"], wheels["indelible-web"])
    _import_everything(session, python, "indelible_web")
    _check_workers(session, folder, wheels)
    _check_service(session, folder, wheels)

    session.run("python", "-m", "tests.docs.follow")


def _folder(session: nox.Session) -> Path:
    return Path(session.create_tmp()).resolve()


def _build_wheels(session: nox.Session) -> dict[str, Path]:
    target = _folder(session) / "wheels"
    shutil.rmtree(target, ignore_errors=True)
    python = Path(session.bin) / "python"
    options = ("--wheel", "--no-build-isolation", "--python", python, "--out-dir", target)
    for folder in PACKAGES.values():
        _uv(session, "build", *options, folder)
    session.run("check-wheel-contents", target)

    wheels: dict[str, Path] = {}
    for name in PACKAGES:
        (wheels[name],) = target.glob(f"{name.replace('-', '_')}-*.whl")

    return wheels


def _check_core(session: nox.Session, wheels: dict[str, Path]) -> None:
    python = _empty(session, _folder(session) / "core", wheels["indelible"])
    installed = {line.partition("==")[0] for line in _freeze(session, python)}
    if installed != {"attrs", "cattrs", "typing-extensions"}:
        session.error(f"the core wheel installs {', '.join(sorted(installed))}")

    _import_everything(session, python, "indelible", NEEDS_HYPOTHESIS)


def _check_sql(session: nox.Session, folder: Path, wheels: dict[str, Path]) -> None:
    with_numpy = f"indelible-sql[numpy] @ {wheels['indelible-sql'].as_uri()}"
    python = _empty(session, folder / "numpy", wheels["indelible"], with_numpy)
    _import_everything(session, python, "indelible_sql")

    python = _empty(session, folder / "sql", wheels["indelible"], wheels["indelible-sql"])
    _import_everything(session, python, "indelible_sql", *NEED_NUMPY)

    (folder / "concepts.db").unlink(missing_ok=True)
    first_steps = ROOT / "tests" / "wheels" / "first_steps.py"
    _run_isolated(session, python, "in_folder.py", folder, first_steps)


def _check_workers(session: nox.Session, folder: Path, wheels: dict[str, Path]) -> None:
    """Try the workers without RabbitMQ's client, then with it."""
    python = _empty(session, folder / "workers", wheels["indelible"], wheels["indelible-workers"])
    _import_everything(session, python, "indelible_workers", NEEDS_PIKA)

    with_pika = f"indelible-workers[rabbitmq] @ {wheels['indelible-workers'].as_uri()}"
    python = _empty(session, folder / "rabbitmq", wheels["indelible"], with_pika)
    _import_everything(session, python, "indelible_workers")


def _check_service(session: nox.Session, folder: Path, wheels: dict[str, Path]) -> None:
    """Try the service without its extras, then with them."""
    extras = ("indelible-wordllama", "indelible-evm", "indelible-stripe")
    required = [wheel for name, wheel in wheels.items() if name not in extras]
    python = _empty(session, folder / "service", *required)
    _import_everything(session, python, "indelible_service", NEEDS_SIMULATORS)
    _import_everything(session, python, "indelible_git")
    session.run(python.with_name("indelible"), "--help", external=True, silent=True)

    service = wheels["indelible-service"].as_uri()
    with_extras = f"indelible-service[chain,embedding,payments] @ {service}"
    python = _empty(session, folder / "extra", *wheels.values(), with_extras)
    _import_everything(session, python, "indelible_wordllama")
    _import_everything(session, python, "indelible_evm")
    _import_everything(session, python, "indelible_stripe")
    _import_everything(session, python, "indelible_service")
    _run_isolated(session, python, "embedding.py")


def _empty(session: nox.Session, environment: Path, *wheels: Path | str) -> Path:
    """Create an environment that contains only the wheels, and return its Python."""
    _uv(session, "venv", "--clear", "--python", Path(session.bin) / "python", environment)
    python = environment / "bin" / "python"
    _uv_install(session, python, *wheels)

    return python


def _import_everything(session: nox.Session, python: Path, package: str, *optional: str) -> None:
    """Import every module of a package; the optional ones must need what is not installed."""
    _run_isolated(session, python, "import_everything.py", package, *optional)


def _run_isolated(session: nox.Session, python: Path, script: str, *arguments: str | Path) -> None:
    path = ROOT / "tests" / "wheels" / script
    session.run(python, "-I", "-W", "error", path, *arguments, external=True)


def _other_interpreters(session: nox.Session, *versions: str) -> dict[str, Path]:
    """Return these Pythons, or all tested ones but this; fail if one is not on the machine."""
    wanted = versions or tuple(name for name in TESTED_PYTHONS if name != THIS_PYTHON)
    interpreters: dict[str, Path] = {}
    for version in wanted:
        interpreter = _interpreter(version)
        if interpreter is not None:
            interpreters[version] = interpreter

    missing = [version for version in wanted if version not in interpreters]
    if missing:
        session.error(f"not on this machine: Python {', '.join(missing)}")
    return interpreters


def _run_on_python(session: nox.Session, version: str, interpreter: Path) -> str:
    """Run the core and SQLite suites on an interpreter, in an environment of its own."""
    environment = _folder(session) / version
    python = environment / "bin" / "python"
    _uv(session, "venv", "--clear", "--python", interpreter, environment)
    _install_editable(session, python, version, "test")

    arguments = ("-n0", "tests/core", "tests/conformance", "-k", "not postgres")
    line = _run_silently(session, python, *arguments, env=SMALL_DOSES)
    return f"Core and SQLite suites on Python {version}: {line}"


def _servers(session: nox.Session, releases: Sequence[str]) -> list[str]:
    """Install each major release of PostgreSQL; return their INDELIBLE_TEST_POSTGRESQL."""
    folder = _folder(session) / "postgresql"
    servers: list[str] = []
    for release in releases:
        command = ("-m", "tests.postgresql_programs", release, folder)
        output = session.run("python", *command, silent=True)
        servers.append(str(output).splitlines()[-1])

    return servers


def _run_on_server(
    session: nox.Session, server: str, *options: str, choice: str | None = None
) -> str:
    """Run the SQL suites on a server, a value of INDELIBLE_TEST_POSTGRESQL.

    `choice` is the option of `python -m tests.each_version` that leaves out some.
    """
    command = ["python", "-m", "tests.each_version"]
    if choice is not None:
        command.append(choice)
    parts = str(session.run(*command, silent=True)).split()
    marked = "each_version"
    if "=" in server:  # programs that are not from the wheel
        marked += " and not pgvector"
    arguments = (*options, "-m", marked, "-k", "not sqlite", *parts)
    env = {"INDELIBLE_TEST_POSTGRESQL": server, **SMALL_DOSES}
    line = _run_silently(session, "python", *arguments, env=env)
    return f"SQL suites on PostgreSQL {server.partition('=')[0]}: {line}"


def _run_silently(
    session: nox.Session,
    python: Path | str,
    *arguments: str,
    env: dict[str, str] | None = None,
) -> str:
    """Run pytest and return its closing line; print its output only if tests fail."""
    command = (python, "-m", "pytest", *arguments)
    output = str(session.run(*command, env=env, external=True, silent=True))
    return output.splitlines()[-1].strip("= ")


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
