"""Follows a tutorial literally, installation and all, in an empty directory: `python -m tests.docs.follow`."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.architecture.sources import ROOT
from tests.docs.examples import INSTALLS, examples, outputs
from tests.docs.shell import in_a_shell

TUTORIAL = ROOT / "docs" / "tutorials" / "to-a-diff.md"


def main() -> None:
    """Do what the page says, beside a checkout, and compare what comes of it."""
    with TemporaryDirectory() as directory:
        os.chdir(directory)
        Path("indelible").symlink_to(ROOT)
        for example in examples(TUTORIAL):
            if example.place == INSTALLS:
                in_a_shell(example.text)
        os.chdir("lessons")
        for example, out in outputs(TUTORIAL):
            if not example.is_as_said(out):
                raise SystemExit(f"{example.text}\nprinted\n{out}")


if __name__ == "__main__":
    main()
