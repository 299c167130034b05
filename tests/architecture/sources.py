"""Find and parse the sources of the distributions."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "packages"
ADAPTERS = PACKAGES / "adapters"
SOURCES = {
    "indelible": PACKAGES / "core" / "src" / "indelible",
    "indelible_sql": ADAPTERS / "sql" / "src" / "indelible_sql",
    "indelible_evm": ADAPTERS / "evm" / "src" / "indelible_evm",
    "indelible_git": ADAPTERS / "git" / "src" / "indelible_git",
    "indelible_stripe": ADAPTERS / "stripe" / "src" / "indelible_stripe",
    "indelible_wordllama": ADAPTERS / "wordllama" / "src" / "indelible_wordllama",
    "indelible_web": PACKAGES / "web" / "src" / "indelible_web",
    "indelible_workers": PACKAGES / "workers" / "src" / "indelible_workers",
    "indelible_service": PACKAGES / "service" / "src" / "indelible_service",
}


def modules(*packages: str) -> Iterator[Path]:
    """Yield every Python file of the named packages, or of all packages."""
    for package in packages or SOURCES:
        yield from sorted(SOURCES[package].rglob("*.py"))


def parsed(path: Path) -> ast.Module:
    """Parse a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
