"""Italian is complete in every room, and the tool that says so can say no."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lms.config import PROJECT_ROOT

TOOL = PROJECT_ROOT / "tools" / "translations.py"
TEMPLATE = '{{ _("Hello %(name)s", name=n) }}{{ ngettext("%(num)s hour", "%(num)s hours", 2) }}'


def test_every_message_of_every_room_is_translated() -> None:
    done = subprocess.run(
        [sys.executable, TOOL, "check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project of two rooms with the real tool in it."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "translations.py").write_bytes(TOOL.read_bytes())
    for room in ("one", "two"):
        (tmp_path / "lms" / room).mkdir(parents=True)
        (tmp_path / "lms" / room / "__init__.py").write_text("")
    (tmp_path / "templates" / "one").mkdir(parents=True)
    (tmp_path / "templates" / "one" / "page.html").write_text(TEMPLATE)
    return tmp_path


def run(project: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, project / "tools" / "translations.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def catalogue(project: Path, room: str = "one") -> Path:
    return project / "translations" / room / "it" / "LC_MESSAGES" / "messages.po"


def translate(project: Path, old: str, new: str, room: str = "one") -> None:
    path = catalogue(project, room)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def translated(project: Path) -> None:
    run(project, "extract")
    translate(project, 'Hello %(name)s"\nmsgstr ""', 'Hello %(name)s"\nmsgstr "Ciao %(name)s"')
    translate(
        project,
        'msgstr[0] ""\nmsgstr[1] ""',
        'msgstr[0] "%(num)s ora"\nmsgstr[1] "%(num)s ore"',
    )


def test_a_complete_catalogue_passes_and_extracting_again_changes_no_byte(project: Path) -> None:
    translated(project)
    assert run(project, "check") == (0, "")
    before = catalogue(project).read_bytes()
    run(project, "extract", "one")
    assert catalogue(project).read_bytes() == before
    assert not catalogue(project, "two").exists()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Ciao %(name)s", "", "is not translated"),
        ("Ciao %(name)s", "Ciao %(nome)s", "different placeholders"),
        ("%(num)s ore", "ore", "different placeholders"),
        ("Ciao %(name)s", "<b>Ciao</b> %(name)s", "different markup"),
        ("Ciao %(name)s", "Ciao %(name)s ", "white space at their ends"),
        ("#, python-format", "#, fuzzy, python-format", "is marked fuzzy"),
        ('msgid "Hello %(name)s"', 'msgid "Bye %(name)s"', "is missing"),
        ('msgid "Hello %(name)s"', 'msgid "Bye %(name)s"', "no longer used"),
        ('#: templates/one/page.html\n#, python-format\nmsgid "H', '#~ msgid "H', "obsolete"),
    ],
)
def test_each_fault_is_told(project: Path, old: str, new: str, fault: str) -> None:
    translated(project)
    translate(project, old, new)
    if new.startswith("#~"):
        translate(project, 'msgstr "Ciao', '#~ msgstr "Ciao')
    status, told = run(project, "check")
    assert status == 1
    assert fault in told
    assert told.startswith("translations/one/it/LC_MESSAGES/messages.po: ")


def test_a_lone_percent_in_a_template_is_told(project: Path) -> None:
    (project / "templates" / "one" / "page.html").write_text('{{ _("80 % of hours") }}')
    run(project, "extract")
    translate(project, 'hours"\nmsgstr ""', 'hours"\nmsgstr "80 % delle ore"')
    assert "in templates it is written %%" in run(project, "check")[1]


def test_two_rooms_may_not_translate_one_message_differently(project: Path) -> None:
    (project / "templates" / "one" / "page.html").write_text('{{ _("Open") }}')
    (project / "lms" / "two" / "views.py").write_text('_l("Open")\n')
    run(project, "extract")
    translate(project, 'Open"\nmsgstr ""', 'Open"\nmsgstr "Apri"')
    translate(project, 'Open"\nmsgstr ""', 'Open"\nmsgstr "Aperto"', room="two")
    status, told = run(project, "check")
    assert status == 1
    assert "'Open' is 'Aperto' here and 'Apri' in one" in told


def test_extracting_keeps_translations_and_drops_what_is_unused(project: Path) -> None:
    translated(project)
    page = project / "templates" / "one" / "page.html"
    page.write_text('{{ _("Hello %(name)s", name=n) }}{{ _("New") }}')
    run(project, "extract", "one")
    with catalogue(project).open("rb") as file:
        found = read_po(file)
    assert found["Hello %(name)s"].string == "Ciao %(name)s"
    assert found["New"].string == ""
    assert "%(num)s hour" not in found


def test_compiling_follows_the_catalogues(project: Path) -> None:
    translated(project)
    compiled = catalogue(project).with_suffix(".mo")
    run(project, "compile")
    first = compiled.read_bytes()
    assert b"Ciao %(name)s" in first
    translate(project, "Ciao %(name)s", "Salve %(name)s")
    run(project, "compile")
    assert b"Salve %(name)s" in compiled.read_bytes()
    catalogue(project).unlink()
    run(project, "compile")
    assert not compiled.exists()
