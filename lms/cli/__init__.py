"""The command line, `lms …`: Click through Flask.

Each feature's commands are one module here. `lms report read` needs neither settings nor database:
Flask's application is made only for commands that ask for its context.
"""

from __future__ import annotations

import gc
import sys

import click

from lms.config import ConfigError


def main() -> None:
    """Entry point: settings that cannot be used end with their faults, not a traceback."""
    gc.disable()  # nothing that is loaded is garbage: the collector would take a fifth of the start
    from lms.cli.commands import lms  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    try:
        lms()
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
