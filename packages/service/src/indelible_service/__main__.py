"""Run the `indelible` command as `python -m indelible_service`."""

from indelible_service.cli import main

if __name__ == "__main__":
    main(prog_name="indelible")
