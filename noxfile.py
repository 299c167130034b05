"""`nox -s tests` is the whole gate; `nox -s up` starts everything; `nox -l` lists the rest."""

import os
import shutil
import subprocess
from pathlib import Path

import nox

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
    "indelible-wordllama": "packages/adapters/wordllama",
    "indelible-web": "packages/web",
    "indelible-workers": "packages/workers",
    "indelible-service": "packages/service",
}
GATE_PYTHON = "3.11"
OTHER_PYTHONS = ("3.12", "3.13", "3.14")
ABSENT = {"3.14": {"indelible-wordllama"}}  # of what is not made for that Python
SEEDS = {"pip", "setuptools", "wheel"}  # virtualenv puts them there


@nox.session
def up(session: nox.Session) -> None:
    """Start everything on embedded defaults; `-- --full` for real servers in processes of their own."""
    _install(session)
    _run_to_its_end(session, "indelible", "up")


@nox.session
def demo(session: nox.Session) -> None:
    """Run the demonstrations against a running instance."""
    _install(session)
    _run_to_its_end(session, "indelible", "demo")


@nox.session(python=GATE_PYTHON)
def tests(session: nox.Session) -> None:
    """Everything that guards main, pytest last; `-- ARGUMENTS` go to that pytest."""
    _install(session, "dev")
    _lint(session)
    _types(session)
    _imports(session)
    _docs(session)
    _wheels(session)
    _other_pythons(session)
    session.run("python", "-m", "pytest", "-m", "", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style and print its metrics; look for code that was written twice."""
    _install(session, "lint")
    _lint(session)


@nox.session
def types(session: nox.Session) -> None:
    """Let mypy and pyright check the types, both strictly."""
    _install(session, "dev")
    _types(session)


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
    _wheels(session)


@nox.session
def browser(session: nox.Session) -> None:
    """Look at the console in a real Chromium, which the machine must have (`apt-get install chromium`)."""
    _install(session, "test", "browser")
    session.run("python", "-m", "pytest", "tests/browser", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure beside others: `-- --write` for the page, `-- edits` for a part, `-- --profile` for where time goes."""
    _install(session, "test")
    _run_to_its_end(session, "python", "-m", "tests.bench")


@nox.session
def chaos(session: nox.Session) -> None:
    """Break what is under a store, and kill what works with it: `-- --minutes M --seed N`, or doses by name."""
    _install(session, "test")
    _run_to_its_end(session, "python", "-m", "tests.chaos")


@nox.session
def mutation(session: nox.Session) -> None:
    """Change lifecycle, history and rules, and see whether a test notices: `-- --children 2`, `-- --only-report`."""
    _install(session, "mutation")
    _run_to_its_end(session, "python", "-m", "tests.mutation")


@nox.session
def fuzz(session: nox.Session) -> None:
    """Run big doses of generated and hostile requests: `-- --requests N --seed S`, or `-- --minutes M --seed S`."""
    _install(session, "test")
    _run_to_its_end(session, "python", "-m", "tests.fuzz")


def _install(session: nox.Session, *groups: str) -> None:
    session.install("--quiet", "--constraint", str(PINS), "uv")
    _install_editable(session, Path(session.bin) / "python", GATE_PYTHON, *groups)


def _install_editable(session: nox.Session, python: Path, version: str, *groups: str) -> None:
    _uv_install(session, python, "hatchling", "editables")
    folders = [folder for name, folder in PACKAGES.items() if name not in ABSENT.get(version, ())]
    editables = [option for folder in folders for option in ("--editable", folder)]
    wanted = [option for group in groups for option in ("--group", group)]
    _uv_install(session, python, "--compile-bytecode", "--no-build-isolation", *editables, *wanted)
    unpinned = set(_freeze(session, python)) - set(PINS.read_text().splitlines())
    if unknown := sorted(line for line in unpinned if line.partition("==")[0] not in SEEDS):
        session.error(f"{PINS.relative_to(ROOT)} does not pin {', '.join(unknown)}")


def _run_to_its_end(session: nox.Session, *command: str) -> None:
    """Run a command that stops its own children when Ctrl-C comes, and give it the time for that."""
    session.run(*command, *session.posargs, interrupt_timeout=60, terminate_timeout=30)


def _uv_install(session: nox.Session, python: Path, *wanted: str | Path) -> None:
    _uv(session, "pip", "install", "--python", python, "--constraint", PINS, *wanted)


def _freeze(session: nox.Session, python: Path) -> list[str]:
    """What is installed there, as `name==version`, without what comes from this repository."""
    frozen = session.run(
        "uv", "pip", "freeze", "--quiet", "--python", python, silent=True, log=False
    )
    return [line for line in str(frozen).splitlines() if "==" in line]


def _uv(session: nox.Session, *arguments: str | Path) -> None:
    session.run("uv", *arguments, "--quiet", env={"UV_PYTHON_DOWNLOADS": "never"})


def _lint(session: nox.Session) -> None:
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("python", "-m", "tests.architecture.style")
    session.run("python", "-m", "tests.architecture.clones")


def _types(session: nox.Session) -> None:
    session.run("mypy")
    session.run("pyright")


def _imports(session: nox.Session) -> None:
    session.run("lint-imports", "--no-cache")


def _docs(session: nox.Session) -> None:
    if (ROOT / "docs" / "conf.py").exists():
        session.run(
            "sphinx-build",
            "--quiet",
            "--fail-on-warning",
            "--keep-going",
            "docs",
            "docs/_build/html",
        )


def _wheels(session: nox.Session) -> None:
    place = Path(session.create_tmp()).resolve()
    built = place / "wheels"
    shutil.rmtree(built, ignore_errors=True)
    python = Path(session.bin) / "python"
    for folder in PACKAGES.values():
        _uv(
            session,
            "build",
            "--wheel",
            "--no-build-isolation",
            "--python",
            python,
            "--out-dir",
            built,
            folder,
        )
    session.run("check-wheel-contents", built)
    wheels = {name: next(built.glob(f"{name.replace('-', '_')}-*.whl")) for name in PACKAGES}

    core = _empty(session, place / "core", wheels["indelible"])
    brought = {line.partition("==")[0] for line in _freeze(session, core)}
    if brought != {"attrs", "cattrs", "typing-extensions"}:
        session.error(f"the core wheel brings {', '.join(sorted(brought))}")
    _import_everything(session, core, "indelible")

    sql = _empty(session, place / "sql", wheels["indelible"], wheels["indelible-sql"])
    _import_everything(session, sql, "indelible_sql")
    (place / "concepts.db").unlink(missing_ok=True)
    with session.chdir(place):
        _run_isolated(session, sql, "first_steps.py")

    web = _empty(session, place / "web", wheels["indelible"], wheels["indelible-web"])
    _import_everything(session, web, "indelible_web")

    workers = _empty(session, place / "workers", wheels["indelible"], wheels["indelible-workers"])
    _import_everything(session, workers, "indelible_workers")

    extras = [wheels.pop(name) for name in ("indelible-wordllama", "indelible-evm")]
    service = _empty(session, place / "service", *wheels.values())
    _import_everything(session, service, "indelible_service")
    session.run(service.with_name("indelible"), "--help", external=True, silent=True)
    with_extra = f"indelible-service[chain,embedding] @ {wheels['indelible-service'].as_uri()}"
    extra = _empty(session, place / "extra", *wheels.values(), *extras, with_extra)
    _import_everything(session, extra, "indelible_wordllama")
    _import_everything(session, extra, "indelible_evm")
    _run_isolated(session, extra, "embedding.py")
    session.run("python", "-m", "tests.docs.follow")  # the tutorial, installation and all


def _empty(session: nox.Session, place: Path, *wheels: Path | str) -> Path:
    _uv(session, "venv", "--clear", "--python", Path(session.bin) / "python", place)
    _uv_install(session, place / "bin" / "python", *wheels)
    return place / "bin" / "python"


def _import_everything(session: nox.Session, python: Path, package: str) -> None:
    _run_isolated(session, python, "import_everything.py", package)


def _run_isolated(session: nox.Session, python: Path, script: str, *arguments: str) -> None:
    session.run(
        python, "-I", "-W", "error", ROOT / "tests" / "wheels" / script, *arguments, external=True
    )


def _other_pythons(session: nox.Session) -> None:
    """Run the core and SQLite suites on every other interpreter that is here."""
    found = {version: path for version in OTHER_PYTHONS if (path := _interpreter(version))}
    for version, path in found.items():
        place = Path(session.create_tmp()).resolve() / version
        _uv(session, "venv", "--clear", "--python", path, place)
        _install_editable(session, place / "bin" / "python", version, "test")
        command = ("-m", "pytest", "tests/core", "tests/conformance", "-k", "not postgres")
        session.run(place / "bin" / "python", *command, external=True)
    absent = ", ".join(version for version in OTHER_PYTHONS if version not in found)
    ran = ", ".join(found) or "no other Python"
    print(
        f"The core and SQLite suites ran on {ran}; not on this machine: {absent or 'none'}.",
        flush=True,
    )


def _interpreter(version: str) -> Path | None:
    """A Python of this version that starts, of pyenv's or on the path."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = sorted(pyenv.glob(f"{version}.*/bin/python{version}"))
    if on_path := shutil.which(f"python{version}"):
        candidates.append(Path(on_path))
    for candidate in candidates:  # a shim on the path may stand for nothing
        if subprocess.run((candidate, "-c", ""), check=False, capture_output=True).returncode == 0:
            return candidate
    return None
