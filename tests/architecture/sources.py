"""Where the sources are, for the tests that read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = {
    "indelible": ROOT / "packages" / "core" / "src" / "indelible",
    "indelible_sql": ROOT / "packages" / "adapters" / "sql" / "src" / "indelible_sql",
    "indelible_evm": ROOT / "packages" / "adapters" / "evm" / "src" / "indelible_evm",
    "indelible_wordllama": ROOT
    / "packages"
    / "adapters"
    / "wordllama"
    / "src"
    / "indelible_wordllama",
    "indelible_web": ROOT / "packages" / "web" / "src" / "indelible_web",
    "indelible_workers": ROOT / "packages" / "workers" / "src" / "indelible_workers",
    "indelible_service": ROOT / "packages" / "service" / "src" / "indelible_service",
}


def modules(*packages: str) -> Iterator[Path]:
    """Every Python file of the packages; of all of them when none is named."""
    for package in packages or SOURCES:
        yield from sorted(SOURCES[package].rglob("*.py"))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
