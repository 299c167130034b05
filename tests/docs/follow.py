"""Follow the tutorial literally, with its installation: `python -m tests.docs.follow`."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.architecture.sources import ROOT
from tests.docs.examples import INSTALLATION, examples, outputs
from tests.docs.shell import run_in_shell

TUTORIAL = ROOT / "docs" / "tutorials" / "to-a-diff.md"


def main() -> None:
    """Run the tutorial in an empty directory next to a checkout, and compare its outputs."""
    with TemporaryDirectory() as directory:
        os.chdir(directory)
        Path("indelible").symlink_to(ROOT)
        for example in examples(TUTORIAL):
            if example.environment == INSTALLATION:
                run_in_shell(example.text)

        os.chdir("lessons")
        for example, output in outputs(TUTORIAL):
            if not example.matches(output):
                raise SystemExit(f"{example.text}\nprinted\n{output}")


if __name__ == "__main__":
    main()
