"""Back up the database, and restore a backup."""

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from indelible_service.cli.output import Command, open_settings_store, print_result

DUMP: Final = "dump"
BASE: Final = "base"
FOLDER: Final = click.Path(path_type=Path)
EXISTING_FOLDER: Final = click.Path(path_type=Path, file_okay=False, exists=True)
EXISTING_FILE: Final = click.Path(path_type=Path, dir_okay=False, exists=True)


def refuse_blank(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse a key that is set to nothing: the backup would not be encrypted."""
    if value is not None and not value.strip():
        raise click.BadParameter("it is blank", param=parameter)
    return value


@click.command(cls=Command)
@click.argument("folder", type=FOLDER)
@click.option(
    "--method",
    type=click.Choice((DUMP, BASE)),
    default=DUMP,
    show_default=True,
    help="On PostgreSQL: a dump of the database, or the files of the whole server, to which an"
    " archived log can be added.",
)
@click.option(
    "--url",
    metavar="URL",
    help="On PostgreSQL: the same database as a role that may read everything; by default"
    " INDELIBLE_BACKUP_URL, then INDELIBLE_OWNER_URL. A base backup needs a role with REPLICATION."
    " Other users see a command line: put an address with a password into the variable.",
)
@click.option(
    "--recipient",
    metavar="KEY",
    help="A public key of age, which begins with age1: all files are encrypted to it. By default"
    " INDELIBLE_BACKUP_RECIPIENT.",
    callback=refuse_blank,
)
def backup(folder: Path, method: str, url: str | None, recipient: str | None) -> None:
    """Write a backup into the new FOLDER, while others read and write.

    FOLDER appears only when the backup is whole. Its manifest has a digest of each file, and the
    end of the feed: every change up to there is in the backup.
    """
    from indelible_service.backups.making import BackupPlan, make_backup
    from indelible_service.backups.manifest import POSTGRESQL_BASE, POSTGRESQL_DUMP
    from indelible_service.instance.record import command_settings

    settings = command_settings()
    plan = BackupPlan(
        url=url or settings.backup_url or settings.owner_url or settings.url,
        method={DUMP: POSTGRESQL_DUMP, BASE: POSTGRESQL_BASE}[method],
        recipient=recipient or settings.backup_recipient or None,
    )
    with open_settings_store() as store:
        manifest = make_backup(store, plan, folder)

    secrecy = "not encrypted" if manifest.recipient is None else "encrypted"
    text = f"{folder} is whole and {secrecy}, with every change up to {manifest.cursor}."
    print_result(manifest, text)


@click.command(cls=Command)
@click.argument("folder", type=EXISTING_FOLDER)
@click.argument("target", required=False)
@click.option(
    "--identity",
    type=EXISTING_FILE,
    help="The file with the secret key of age, for an encrypted backup; by default"
    " INDELIBLE_BACKUP_IDENTITY.",
)
@click.option(
    "--log",
    "log_folder",
    type=EXISTING_FOLDER,
    help="The folder of an archived log, which the restored server repeats at its first start.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]),
    help="With --log: the time up to which the log is repeated, such as 2026-11-25T17:00:00+0000;"
    " by default to its end.",
)
def restore(
    folder: Path,
    target: str | None,
    identity: Path | None,
    log_folder: Path | None,
    until: datetime | None,
) -> None:
    """Check every file of the backup in FOLDER, and restore it into TARGET, where nothing is.

    TARGET is the address of a new SQLite file or of an empty PostgreSQL database, or the path of a
    new data directory for a base backup; INDELIBLE_RESTORE_TARGET sets it, too. Run `indelible db
    check` and `indelible verify` then.
    """
    from indelible_service.backups.restoring import RestorePlan
    from indelible_service.backups.restoring import restore as restore_backup
    from indelible_service.settings.service import Settings, load

    settings = load()
    if target:  # the rules of the setting hold for the argument too
        settings = Settings.read({**settings.variables, "INDELIBLE_RESTORE_TARGET": target})
    if not settings.restore_target:
        raise click.UsageError("TARGET is missing, and INDELIBLE_RESTORE_TARGET is not set.")
    plan = RestorePlan(
        target=settings.restore_target,
        identity=identity or settings.backup_identity,
        log_folder=log_folder,
        until=until,
    )
    manifest = restore_backup(folder, plan)
    text = f"Restored, with every change up to {manifest.cursor}. Check it: `indelible verify`."
    print_result(manifest, text)
