"""Follow the tutorial literally, with its installation: `python -m tests.docs.follow`."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.architecture.sources import ROOT
from tests.docs.examples import INSTALLATION, examples
from tests.docs.reader import Shell

TUTORIAL = ROOT / "docs" / "tutorials" / "to-a-diff.md"


def main() -> None:
    """Run the tutorial in an empty directory next to a checkout, and compare its outputs."""
    with TemporaryDirectory() as directory, TemporaryDirectory() as files:
        parent = Path(directory)
        (parent / "indelible").symlink_to(ROOT)
        shell = Shell(parent, Path(files), os.environ)
        for example in examples(TUTORIAL):
            if example.file not in ("", INSTALLATION):
                (parent / "lessons" / example.file).write_text(example.text, encoding="utf-8")
                continue

            output = shell.run(example.text)
            if not example.matches(output):
                raise SystemExit(f"{example.text}\nprinted\n{output}")
        shell.close()


if __name__ == "__main__":
    main()
