"""The lists of a certificate: a line of its modules, a mark of who funds or gives it."""

from dataclasses import dataclass
from datetime import date

from certificates import gate, pictures
from certificates.gate import InvalidData

SYMBOLS = ("eu", "none", "picture")
MOST_MINUTES = 100_000


def put(target: object, name: str, value: object) -> None:
    """Write a cleaned value back: frozen for everybody but the constructors."""
    object.__setattr__(target, name, value)


@dataclass(frozen=True, kw_only=True)
class ModuleLine:
    """One module of the cycle as the certificate lists it."""

    title: str
    minutes: int
    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        put(self, "title", gate.clean_text("title", self.title, 300))
        gate.clean_number("minutes", self.minutes, 1, MOST_MINUTES)
        gate.clean_day("starts_on", self.starts_on)
        gate.clean_day("ends_on", self.ends_on)
        if self.ends_on < self.starts_on:
            raise InvalidData("ends_on", "must not lie before starts_on")


@dataclass(frozen=True, kw_only=True)
class Emblem:
    """A funder's or organiser's mark.

    ``eu`` is the flag of the Union with its label, ``none`` the label only, ``picture`` a logo (SVG
    or PNG, cleaned) whose label says to readers what it shows.
    """

    symbol: str
    label: str
    picture: bytes = b""

    def __post_init__(self) -> None:
        gate.clean_choice("symbol", self.symbol, SYMBOLS)
        put(self, "label", gate.clean_text("label", self.label, 100))
        if not isinstance(self.picture, bytes):
            raise InvalidData("picture", "must be a file")
        if self.symbol == "picture":
            put(self, "picture", pictures.clean(self.picture).content)
        elif self.picture:
            raise InvalidData("picture", "belongs to the symbol “picture” only")

    @property
    def logo(self) -> pictures.Picture:
        """The picture with its kind and its name; only where there is one."""
        return pictures.clean(self.picture)
