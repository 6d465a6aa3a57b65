"""Every table is decided about: whoever adds one says how it is exported and erased."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import ForeignKey

from lms.extensions import db
from lms.personal import NOBODY, Erase, Export, Left, holdings, periods
from lms.privacy.exporting import sections
from lms.privacy.retention import as_markdown

ABOUT_SOMEBODY = {"person", "account", "enrolment", "certificate", "user_session"}
SECRETS = ("token", "hash", "sealed", "secret", "code_hash", "public_key", "challenge", "password")
# Who acted, not whom it is about.
ACTORS = {"_by_id", "author_id", "actor_id"}
DOCS = Path(__file__).parents[2] / "docs" / "retention.md"


def test_every_table_is_declared_and_none_that_is_not_there(app: Flask) -> None:
    assert set(holdings()) == set(db.metadata.tables)


def points_to_somebody(key: ForeignKey) -> bool:
    target, _dot, _column = key.target_fullname.partition(".")
    return target in ABOUT_SOMEBODY and not any(key.parent.name.endswith(each) for each in ACTORS)


def test_what_points_to_somebody_is_never_called_impersonal(app: Flask) -> None:
    for table in db.metadata.sorted_tables:
        if table.name in {"person_merge", "not_duplicate"} or any(
            points_to_somebody(key) for key in table.foreign_keys
        ):
            declared = holdings()[table.name]
            assert NOBODY not in (declared.export, declared.erase), table.name


def test_a_new_table_would_be_seen(app: Flask) -> None:
    from sqlalchemy import Column, Integer, Table

    new = Table(
        "diary", db.metadata, Column("id", Integer, primary_key=True),
        Column("person_id", ForeignKey("person.id")),
    )  # fmt: skip
    try:
        assert set(holdings()) != set(db.metadata.tables)
    finally:
        db.metadata.remove(new)


def test_what_is_left_out_says_why(app: Flask) -> None:
    for declared in holdings().values():
        for decision in (declared.export, declared.erase):
            assert isinstance(decision, Export | Erase | Left)
            if isinstance(decision, Left):
                assert len(decision.reason) > 20, declared.table


def test_no_section_exports_a_secret(app: Flask) -> None:
    from lms.personal import Whose

    who = Whose(1, 1, ("ada@example.org",))
    names = [export.name for export in sections()]
    assert len(names) == len(set(names))
    allowed = {"has_password", "must_change_password", "code", "sha256", "cycle_code"}
    for export in sections():
        columns = {column.name for column in export.rows(who).selected_columns}
        if export.name == "tax_code":
            continue  # opened for its owner, whose data it is
        assert not {name for name in columns - allowed if any(word in name for word in SECRETS)}, (
            export.name
        )


def test_the_table_in_the_docs_is_the_one_in_force(app: Flask) -> None:
    assert as_markdown() in DOCS.read_text(encoding="utf-8")
    assert all(one.keeps.days >= 0 for one in periods())
