"""Write the files of a new lifecycle: its declaration, its tests and a README."""

from pathlib import Path

import click

from indelible_service.cli.output import Command, print_result


@click.command(cls=Command)
@click.argument("name")
@click.option("--here", is_flag=True, help="Write into the present directory, not into ./NAME.")
def new(name: str, here: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Write a lifecycle of your own to begin with: NAME.py, test_NAME.py and README.md.

    NAME is one of the records, such as loan. The declaration has three states; the README says how
    to test, serve and print it. No file is overwritten.
    """
    from indelible_service.new_lifecycle import write_lifecycle

    directory = Path() if here else Path(name)
    paths = write_lifecycle(name, directory)
    lines = "\n".join(f"Written: {path}" for path in paths)
    readme = paths[-1]
    print_result({"files": [str(path) for path in paths]}, f"{lines}\nNext: read {readme}.")
