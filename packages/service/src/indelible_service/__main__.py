"""`python -m indelible_service` is the `indelible` command."""

from indelible_service.cli import main

if __name__ == "__main__":
    main(prog_name="indelible")
