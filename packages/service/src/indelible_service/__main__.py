"""`python -m indelible_service` is the `indelible` command."""

from indelible_service.cli import main

main(prog_name="indelible")
