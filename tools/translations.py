"""Catalogues of translations, one a room, so that two people never edit the same file.

    python tools/translations.py extract [ROOM ...]   bring catalogues up to date with the code
    python tools/translations.py compile              write the .mo files that the application reads
    python tools/translations.py check                tell everything missing, stale or at odds

A room is a folder of `lms/` with its folder in `templates/`; the room `shell` is everything else:
`lms/*.py`, base.html, components, errors. English is the source: docs/adr/0002-languages.md.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import extract
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "translations"
LANGUAGES = ("it",)
SHELL = "shell"
SHELL_TEMPLATES = ("components", "errors")
KEYWORDS = {
    **extract.DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
JINJA_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
# A date that stands still: extracting twice gives the same bytes.
STILL = datetime(2026, 1, 1, tzinfo=UTC)
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%%|%")
MARKUP = re.compile(r"</?[a-zA-Z][\w-]*")


def main() -> int:
    """Run one of the commands; the exit status is 1 when `check` finds a fault."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    extracting = commands.add_parser("extract")
    extracting.add_argument("rooms", nargs="*", metavar="ROOM")
    commands.add_parser("compile")
    commands.add_parser("check")
    options = parser.parse_args()
    if options.command == "extract":
        unknown = set(options.rooms) - set(rooms())
        if unknown:
            parser.error(f"no such room: {', '.join(sorted(unknown))}")
        for room in options.rooms or rooms():
            update(room)
    elif options.command == "compile":
        compile_all()
    else:
        faults = check()
        print("\n".join(faults), file=sys.stderr, end="\n" if faults else "")
        return 1 if faults else 0
    return 0


def rooms() -> list[str]:
    """The rooms there are: folders of lms/ and templates/, and the shell."""
    packages = {path.parent.name for path in (ROOT / "lms").glob("*/__init__.py")}
    folders = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    return [SHELL, *sorted(packages | (folders - set(SHELL_TEMPLATES)))]


def sources(room: str) -> Iterator[Path]:
    """The files whose messages belong to `room`, in a fixed order."""
    if room == SHELL:
        yield from sorted((ROOT / "lms").glob("*.py"))
        yield from sorted((ROOT / "templates").glob("*.html"))
        folders = [ROOT / "templates" / name for name in SHELL_TEMPLATES]
    else:
        folders = [ROOT / "lms" / room, ROOT / "templates" / room]
    for folder in folders:
        yield from sorted([*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt")])


def catalogue_path(room: str, language: str) -> Path:
    """Where the translations of a room stand."""
    return TRANSLATIONS / room / language / "LC_MESSAGES" / "messages.po"


def collect(room: str) -> Catalog:
    """Every message of a room's files, untranslated."""
    found = new_catalogue(None)
    for path in sources(room):
        is_python = path.suffix == ".py"
        messages = extract.extract_from_file(
            "python" if is_python else babel_extract,
            str(path),
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            options={} if is_python else JINJA_OPTIONS,
        )
        location = path.relative_to(ROOT).as_posix()
        for line, message, comments, context in messages:
            found.add(message, None, [(location, line)], auto_comments=comments, context=context)
    return found


def new_catalogue(language: str | None) -> Catalog:
    """An empty catalogue with our header."""
    return Catalog(
        locale=language,
        project="Percorso",
        version="1",
        msgid_bugs_address="",
        header_comment=f"# {'Translations' if language else 'Messages'} of Percorso, EUPL-1.2.",
        creation_date=STILL,
        revision_date=STILL,
        last_translator="Percorso",
        language_team="Percorso",
        fuzzy=False,
    )


def read(room: str, language: str) -> Catalog:
    """The catalogue as it stands; empty when there is none."""
    path = catalogue_path(room, language)
    if not path.exists():
        return new_catalogue(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(room: str) -> None:
    """Bring a room's catalogues up to date: translations stay, what is no longer used goes."""
    template = collect(room)
    for language in LANGUAGES:
        path, known, fresh = (
            catalogue_path(room, language),
            read(room, language),
            new_catalogue(language),
        )
        for message in template:
            if not message.id:
                continue
            old = known.get(message.id, message.context)
            same_shape = old is not None and isinstance(old.id, tuple) == message.pluralizable
            fresh.add(
                message.id,
                old.string if old is not None and same_shape else None,
                message.locations,
                auto_comments=message.auto_comments,
                user_comments=old.user_comments if old is not None else (),
                context=message.context,
            )
        if len(fresh):
            path.parent.mkdir(parents=True, exist_ok=True)
            written = path.with_suffix(".po.new")
            with written.open("wb") as file:
                write_po(file, fresh, width=100, include_lineno=False, sort_by_file=True)
            written.replace(path)
        elif path.exists():
            path.unlink()


def compile_all() -> None:
    """Write every .mo that is older than its .po, and remove those without one."""
    for po in TRANSLATIONS.glob("*/*/LC_MESSAGES/messages.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns > po.stat().st_mtime_ns:
            continue
        with po.open("rb") as file:
            catalogue = read_po(file, locale=po.parent.parent.name)
        written = po.with_name(f"messages.mo.{os.getpid()}")
        with written.open("wb") as file:
            write_mo(file, catalogue)
        written.replace(mo)
    for mo in TRANSLATIONS.glob("*/*/LC_MESSAGES/messages.mo"):
        if not mo.with_suffix(".po").exists():
            mo.unlink()


# --- checking ---------------------------------------------------------------------------------


def check() -> list[str]:
    """One sentence a fault, over all rooms and languages."""
    faults: list[str] = []
    for language in LANGUAGES:
        told: dict[object, tuple[str, object]] = {}
        for room in rooms():
            catalogue, template = read(room, language), collect(room)
            where = catalogue_path(room, language).relative_to(ROOT)
            faults.extend(f"{where}: {fault}" for fault in room_faults(catalogue, template))
            faults.extend(f"{where}: {fault}" for fault in conflicts(room, catalogue, told))
    return faults


def room_faults(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """What is missing, stale, fuzzy or at odds in one catalogue."""
    wanted = {(m.context, m.id): m for m in template if m.id}
    present = {(m.context, m.id): m for m in catalogue if m.id}
    for key in wanted.keys() - present.keys():
        yield f"{key[1]!r} is missing (run `python tools/translations.py extract`)"
    for key in present.keys() - wanted.keys():
        yield f"{key[1]!r} is no longer used (run `python tools/translations.py extract`)"
    if catalogue.obsolete:
        yield f"{len(catalogue.obsolete)} obsolete message(s) stand at its end"
    for key in sorted(wanted.keys() & present.keys(), key=str):
        message = present[key]
        if message.fuzzy:
            yield f"{key[1]!r} is marked fuzzy"
        from_template = any(name.endswith(".html") for name, _line in wanted[key].locations)
        yield from (f"{key[1]!r} {fault}" for fault in message_faults(message, from_template))


def identity(message: Message) -> str:
    """The singular of a message, which names it."""
    return message.id[0] if isinstance(message.id, tuple) else message.id


def message_faults(message: Message, from_template: bool) -> Iterator[str]:
    """What is wrong with one translation."""
    originals = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    if len(strings) != len(originals) or not all(strings):
        yield "is not translated"
        return
    for original, string in zip(originals, strings, strict=True):
        if marks(PLACEHOLDER, original) != marks(PLACEHOLDER, string):
            yield f"and its translation {string!r} have different placeholders"
        if marks(MARKUP, original) != marks(MARKUP, string):
            yield f"and its translation {string!r} have different markup"
        if (original[:1].isspace(), original[-1:].isspace()) != (
            string[:1].isspace(),
            string[-1:].isspace(),
        ):
            yield f"and its translation {string!r} differ in white space at their ends"
        if from_template and "%" in marks(PLACEHOLDER, original):
            yield "has a single %: in templates it is written %%"


def marks(pattern: re.Pattern[str], text: str) -> Counter[str]:
    """How often each placeholder or tag occurs."""
    return Counter(pattern.findall(text))


def conflicts(
    room: str, catalogue: Iterable[Message], told: dict[object, tuple[str, object]]
) -> Iterator[str]:
    """One message with two translations: at run time the rooms share one dictionary."""
    for message in catalogue:
        if not message.id:
            continue
        key = (message.context, identity(message))
        other_room, other = told.setdefault(key, (room, message.string))
        if other != message.string and message.string and other:
            yield (
                f"{key[1]!r} is {message.string!r} here and {other!r} in {other_room}: agree, "
                "or tell them apart with pgettext"
            )


if __name__ == "__main__":
    raise SystemExit(main())
