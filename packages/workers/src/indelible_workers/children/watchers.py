"""Shells that kill processes when this process ends, even by SIGKILL."""

import os
import subprocess


def start_watcher(program: str, pid: int) -> "subprocess.Popen[bytes]":
    """Start a shell that runs the program, in which `$0` is the pid.

    The program begins with `read -r _`: it reads from a pipe of ours, which the system closes when
    this process ends. A fork of this process that starts no program of its own holds the pipe too:
    the shell then waits for the end of both.
    """
    return subprocess.Popen(  # noqa: S603 - our own program, and a number
        ("/bin/sh", "-c", program, str(pid)),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.defpath},
        start_new_session=True,
    )


def end_watcher(watcher: "subprocess.Popen[bytes]") -> None:
    """End the shell before it kills anything, and wait for it."""
    watcher.kill()
    watcher.communicate()
