"""The input gate: what may be printed on a certificate, and the error that says what may not."""

import re
import unicodedata
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from certificates.faces import draws
from certificates.scripts import without_non_joiners

# Space, tab, line ends and every Unicode separator: pasted text is full of them, and collapsing
# them changes no meaning. Other control characters never stand in a name on purpose: errors.
_WHITE_SPACE = re.compile("[ \t\r\n\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_CATEGORY_WORDS = {
    "Cc": "a control character",
    "Cf": "an invisible formatting character",
    "Cs": "half of a surrogate pair",
    "Co": "a private character",
    "Cn": "an unassigned character",
}
_BIDI_CLASSES = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_BIDI_MARKS = frozenset("\u061c\u200e\u200f")
_YEARS = range(1900, 2201)

CODE_PATTERN = re.compile(r"[A-Z0-9]{8,64}")
SERIAL_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,39}")
_URL_PATTERN = re.compile(r"https?://[!-~]{3,192}")


class InvalidData(ValueError):  # noqa: N818 - reads as the sentence it prints
    """A value that cannot stand on a certificate.

    ``field`` names it as in the JSON form (``holder``, ``modules[2].title``); ``message`` is one
    sentence without the field's name. Neither repeats the value, so a log may keep them.
    """

    names_no_values = True

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message

    def inside(self, path: str) -> "InvalidData":
        """Return the same error seen from the object that holds this one at ``path``."""
        return InvalidData(f"{path}.{self.field}", self.message)


class UnfitPicture(InvalidData):
    """A logo that cannot be taken: ``kind`` is one of a few words, ``what`` names the part."""

    def __init__(self, kind: str, message: str, what: str = "") -> None:
        super().__init__("picture", message)
        self.kind = kind
        self.what = what


def clean_text(field: str, value: object, longest: int, *, empty: bool = False) -> str:
    """Return the text in NFC with white space collapsed, or raise ``InvalidData``.

    ``longest`` counts characters after cleaning. Applying it twice changes nothing.
    """
    if not isinstance(value, str):
        raise InvalidData(field, f"must be text, not {type(value).__name__}")
    # Normalising a megabyte only to refuse it would be a gift to whoever sends it.
    if len(value) > 4 * longest + 64:
        raise InvalidData(field, f"has {len(value)} characters; at most {longest} fit")
    text = _WHITE_SPACE.sub(" ", unicodedata.normalize("NFC", value)).strip(" ")
    if not text and not empty:
        raise InvalidData(field, "must not be empty")
    if len(text) > longest:
        raise InvalidData(field, f"has {len(text)} characters; at most {longest} fit")
    for character in without_non_joiners(text):
        if not draws(character):
            raise InvalidData(field, _why_refused(character))
    return text


def _why_refused(character: str) -> str:
    label = f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
    if unicodedata.bidirectional(character) in _BIDI_CLASSES or character in _BIDI_MARKS:
        return f"contains {label}, which changes the direction of writing"
    if kind := _CATEGORY_WORDS.get(unicodedata.category(character)):
        return f"contains {label}, {kind}"
    return f"contains “{character}” ({label}), which the fonts of the certificate cannot draw"


def clean_number(field: str, value: object, least: int, most: int) -> int:
    """Return the whole number if it lies between ``least`` and ``most``, both included."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidData(field, f"must be a whole number, not {type(value).__name__}")
    if not least <= value <= most:
        raise InvalidData(field, f"must lie between {least} and {most}, not {value}")
    return value


def clean_flag(field: str, value: object) -> bool:
    """Return the value if it is true or false."""
    if not isinstance(value, bool):
        raise InvalidData(field, f"must be true or false, not {type(value).__name__}")
    return value


def clean_day(field: str, value: object) -> date:
    """Return the value if it is a calendar day of a plausible year."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidData(field, f"must be a day without a time, not {type(value).__name__}")
    if value.year not in _YEARS:
        raise InvalidData(field, f"has the year {value.year}, which cannot be right")
    return value


def clean_instant(field: str, value: object) -> datetime:
    """Return the aware instant in UTC, whole seconds: PDF dates keep no more than that."""
    if not isinstance(value, datetime):
        raise InvalidData(field, f"must be an instant, not {type(value).__name__}")
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidData(field, "must say its time zone or offset")
    if value.year not in _YEARS:
        raise InvalidData(field, f"has the year {value.year}, which cannot be right")
    return value.astimezone(UTC).replace(microsecond=0)


def clean_choice(field: str, value: object, choices: tuple[str, ...]) -> str:
    """Return the value if it is one of the choices."""
    if not isinstance(value, str) or value not in choices:
        raise InvalidData(field, f"must be one of {', '.join(choices)}")
    return value


def clean_code(field: str, value: object) -> str:
    """Return the public verification code: capital letters and digits, 8 to 64 of them."""
    if not isinstance(value, str) or not CODE_PATTERN.fullmatch(value):
        raise InvalidData(field, "must be 8 to 64 capital letters A-Z and digits")
    return value


def clean_serial(field: str, value: object) -> str:
    """Return the serial number: at most 40 letters, digits and . / _ - between them."""
    if not isinstance(value, str) or not SERIAL_PATTERN.fullmatch(value):
        raise InvalidData(field, "must be 1 to 40 letters, digits and the signs . / _ -")
    return value


def clean_verify_url(field: str, value: object, code: str) -> str:
    """Return the web address printed as a QR code; it must lead to this certificate's code."""
    if not isinstance(value, str) or not _URL_PATTERN.fullmatch(value):
        raise InvalidData(field, "must be an http or https address of at most 200 ASCII characters")
    try:
        parts = urlsplit(value)
        known_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        known_host = False
    if not known_host or "@" in parts.netloc:
        raise InvalidData(field, "must be a web address with a plain host name")
    if code not in value:
        raise InvalidData(field, "must contain the verification code")
    return value
