"""What stands on a certificate: plain frozen values that are valid or do not exist.

The constructors clean and check every field, so a ``CertificateData`` in hand can always be
rendered. Lengths are in characters, durations in minutes.
"""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

from certificates import gate
from certificates.gate import InvalidData
from certificates.parts import MOST_MINUTES, Emblem, ModuleLine, put

__all__ = ["CertificateData", "Emblem", "InvalidData", "ModuleLine"]

LANGUAGES = ("it", "en")
# Versions that can still be made, the newest last: what was issued in one is made in that one.
LAYOUT_VERSIONS = {"classic": (1, 2), "modern": (1,), "bilingual": (1, 2)}
# The first ones know neither words of the organisers' own nor logos.
PLAIN_LAYOUTS = frozenset({("classic", 1), ("bilingual", 1)})
# Words of the organisers' own, each in the certificate's language and, `_other`, in the second.
OWN_WORDS = {"heading": 80, "introduction": 150, "closing": 400}
MOST_MODULES = 30
MOST_EMBLEMS = 8

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Line = TypeVar("Line", "ModuleLine", "Emblem")


@dataclass(frozen=True, kw_only=True)
class CertificateData:
    """Everything one certificate says; raises ``InvalidData`` naming the first wrong field.

    ``layout_version`` 0 asks for the newest; what exists states the version it got.
    """

    serial: str
    code: str
    verify_url: str
    language: str
    holder: str
    organisation: str = ""
    track_title: str
    cycle_title: str
    modules: tuple[ModuleLine, ...]
    minutes_attended: int
    minutes_planned: int
    completed_on: date
    issued_on: date
    issued_at: datetime
    rule_text: str
    issuer_name: str
    place: str = ""
    signatory_name: str
    signatory_role: str
    funding_statement: str = ""
    heading: str = ""
    introduction: str = ""
    closing: str = ""
    heading_other: str = ""
    introduction_other: str = ""
    closing_other: str = ""
    emblems: tuple[Emblem, ...] = ()
    layout: str = "classic"
    layout_version: int = 0
    fictional: bool = False

    def __post_init__(self) -> None:
        gate.clean_serial("serial", self.serial)
        gate.clean_code("code", self.code)
        gate.clean_verify_url("verify_url", self.verify_url, self.code)
        gate.clean_choice("language", self.language, LANGUAGES)
        for name, longest, empty in _TEXTS:
            put(self, name, gate.clean_text(name, getattr(self, name), longest, empty=empty))
        put(self, "modules", _lines("modules", self.modules, ModuleLine, 1, MOST_MODULES))
        put(self, "emblems", _lines("emblems", self.emblems, Emblem, 0, MOST_EMBLEMS))
        gate.clean_number("minutes_planned", self.minutes_planned, 1, MOST_MINUTES)
        gate.clean_number("minutes_attended", self.minutes_attended, 1, self.minutes_planned)
        gate.clean_day("completed_on", self.completed_on)
        gate.clean_day("issued_on", self.issued_on)
        if self.issued_on < self.completed_on:
            raise InvalidData("issued_on", "must not lie before completed_on")
        put(self, "issued_at", gate.clean_instant("issued_at", self.issued_at))
        gate.clean_choice("layout", self.layout, tuple(LAYOUT_VERSIONS))
        versions = LAYOUT_VERSIONS[self.layout]
        if self.layout_version == 0:
            put(self, "layout_version", versions[-1])
        gate.clean_number("layout_version", self.layout_version, versions[0], versions[-1])
        if (self.layout, self.layout_version) in PLAIN_LAYOUTS and self._is_dressed():
            raise InvalidData("layout_version", "prints neither own words nor logos")
        gate.clean_flag("fictional", self.fictional)

    def _is_dressed(self) -> bool:
        own = any(getattr(self, name + of) for of in ("", "_other") for name in OWN_WORDS)
        return own or any(emblem.picture for emblem in self.emblems)

    @classmethod
    def from_json(cls, mapping: Mapping[str, object]) -> "CertificateData":
        """Build from plain JSON types (days ``2022-05-20``, instants ISO 8601 with offset).

        Raises ``InvalidData`` naming the field, also for one that is missing or unknown.
        """
        return cls(**_read(cls, mapping, _READERS))

    def to_json(self) -> dict[str, object]:
        """Return plain JSON types in a fixed order; ``from_json`` gives back an equal value."""
        plain: dict[str, object] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                plain[field.name] = [_plain_line(line) for line in value]
            elif isinstance(value, datetime):
                plain[field.name] = value.strftime("%Y-%m-%dT%H:%M:%SZ")
            elif isinstance(value, date):
                plain[field.name] = value.isoformat()
            else:
                plain[field.name] = value
        return plain


# Name, longest, may be empty.
_TEXTS = (
    ("holder", 120, False),
    ("organisation", 200, True),
    ("track_title", 300, False),
    ("cycle_title", 300, False),
    ("rule_text", 400, False),
    ("issuer_name", 200, False),
    ("place", 80, True),
    ("signatory_name", 120, False),
    ("signatory_role", 160, False),
    ("funding_statement", 400, True),
    *((name + of, longest, True) for of in ("", "_other") for name, longest in OWN_WORDS.items()),
)


def _lines(
    field: str, value: Sequence[Line], kind: type[Line], least: int, most: int
) -> tuple[Line, ...]:
    if not isinstance(value, (tuple, list)):
        raise InvalidData(field, f"must be a list, not {type(value).__name__}")
    if not least <= len(value) <= most:
        raise InvalidData(field, f"must have {least} to {most} entries, not {len(value)}")
    for number, line in enumerate(value):
        if not isinstance(line, kind):
            raise InvalidData(f"{field}[{number}]", f"must be a {kind.__name__}")
    return tuple(value)


def _plain_line(line: ModuleLine | Emblem) -> dict[str, object]:
    values = {field.name: getattr(line, field.name) for field in fields(line)}
    return {name: _plain(value) for name, value in values.items() if value != b""}


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, date) else value


def _read_day(field: str, value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise InvalidData(field, f"is not a day of the calendar: {value}") from None
    raise InvalidData(field, "must be a day written like 2022-05-20")


def _read_instant(field: str, value: object) -> datetime:
    # The length keeps digits of another script and endless fractions away from the parser.
    if isinstance(value, str) and value.isascii() and 17 <= len(value) <= 40:
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    raise InvalidData(field, "must be an instant written like 2022-05-20T10:30:00Z")


def _read_bytes(field: str, value: object) -> bytes:
    try:
        return base64.b64decode(value, validate=True)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InvalidData(field, "must be a file in Base64") from None


Reader = Callable[[str, object], object]


def _read_lines(kind: type[ModuleLine] | type[Emblem], readers: Mapping[str, Reader]) -> Reader:
    def read(field: str, value: object) -> object:
        if not isinstance(value, list):
            raise InvalidData(field, f"must be a list, not {type(value).__name__}")
        lines = []
        for number, line in enumerate(value[: MOST_MODULES + 1]):
            path = f"{field}[{number}]"
            if not isinstance(line, dict):
                raise InvalidData(path, "must be an object")
            try:
                lines.append(kind(**_read(kind, line, readers)))
            except InvalidData as error:
                raise error.inside(path) from None
        return tuple(lines)

    return read


_DAYS: Mapping[str, Reader] = {"starts_on": _read_day, "ends_on": _read_day}
_READERS: Mapping[str, Reader] = {
    "modules": _read_lines(ModuleLine, _DAYS),
    "emblems": _read_lines(Emblem, {"picture": _read_bytes}),
    "completed_on": _read_day,
    "issued_on": _read_day,
    "issued_at": _read_instant,
}


def _read(
    kind: Any, mapping: Mapping[str, object], readers: Mapping[str, Reader]
) -> dict[str, Any]:
    """Match the mapping's keys with the fields of a dataclass, reading the values JSON lacks."""
    if not isinstance(mapping, Mapping):
        raise InvalidData("certificate", "must be an object")
    known = {field.name: field for field in fields(kind)}
    for name in mapping:
        if name not in known:
            raise InvalidData(str(name)[:60], "is not a field of a certificate")
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name in mapping:
            reader = readers.get(name)
            values[name] = reader(name, mapping[name]) if reader else mapping[name]
        elif field.default is MISSING:
            raise InvalidData(name, "is missing")
    return values
