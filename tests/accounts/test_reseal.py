"""`lms tax-codes reseal` on a database of its own."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from lms.accounts import tax_codes
from lms.cli.tax_codes import tax_codes as command
from lms.extensions import db
from tests import factories
from tests.accounts.codes import ROSSI


def test_the_command_seals_everything_anew_and_then_nothing(app: Flask) -> None:
    tax_codes.set_tax_code(factories.person("Mario", "Rossi"), ROSSI, by=None)
    db.session.commit()
    settings = app.config["SETTINGS"]
    try:
        keys = ("n" * 43, *settings.encryption_keys)
        app.config["SETTINGS"] = replace(settings, encryption_keys=keys)
        first, second = (app.test_cli_runner().invoke(command, ["reseal"]) for _ in range(2))
        assert (first.exit_code, second.exit_code) == (0, 0)
        assert first.output.endswith("1 tax codes sealed again; the others were up to date.\n")
        assert second.output.startswith("0 tax codes")
        app.config["SETTINGS"] = replace(settings, encryption_keys=keys[:1])
        assert tax_codes.person_by_tax_code(ROSSI) is not None
    finally:
        app.config["SETTINGS"] = settings
