"""QR codes of one length of address, quickly: with version and mask fixed they are linear.

Every module is the exclusive or of bits of the text (Reed-Solomon codes are linear over GF(2)), so
the code of an address is that of a base address with one table entry per letter laid over it.
"""

from functools import lru_cache

from certificates.drawings import QUIET_ZONE, qr_rows

_BITS = 7  # codes are capital letters and digits: ASCII
_UNTABLED = 50  # codes drawn one by one before a table, which costs two hundred, is worth while
_CHUNK = 8  # modules whose rectangles are looked up at once


class QrTable:
    """Draws the codes of addresses that differ in one place only."""

    def __init__(self, before: str, after: str, length: int, mask: int) -> None:
        self._address = (before, after, length)
        self._mask = mask
        self._letters: list[list[int]] = []
        self._uses = 0
        self._base = self._encoded("0" * length)
        edge = range(0, self.side, _CHUNK)
        widths = [min(_CHUNK, self.side - left) for left in edge]
        self._chunks = [
            (self.side - left - width, (1 << width) - 1, _rectangles(left, width))
            for left, width in zip(edge, widths, strict=True)
        ]
        self._places = [b"%d" % (y + QUIET_ZONE) for y in range(self.side)]

    def _encoded(self, code: str) -> int:
        rows = qr_rows(self._address[0] + code + self._address[1], self._mask)
        self.side = len(rows)
        return int("".join("1" if module else "0" for row in rows for module in row), 2)

    def modules(self, code: str) -> int:
        """Return the modules as one number, row by row, the first module highest."""
        if not self._letters:
            self._uses += 1
            if self._uses <= _UNTABLED:
                return self._encoded(code)
            self._letters = self._table()
        found = self._base
        for letter, table in zip(code.encode("ascii"), self._letters, strict=True):
            found ^= table[letter]
        return found

    def _table(self) -> list[list[int]]:
        length = self._address[2]
        return [
            _combined(
                [self._base ^ self._encoded(_flipped(length, at, bit)) for bit in range(_BITS)]
            )
            for at in range(length)
        ]

    def path(self, code: str) -> bytes:
        """Return the dark modules as rectangles, as operators of a PDF path."""
        found, row_mask = self.modules(code), (1 << self.side) - 1
        rows = []
        shift = self.side * self.side
        for place in self._places:
            shift -= self.side
            row = found >> shift & row_mask
            drawn = b"".join([chunk[row >> at & mask] for at, mask, chunk in self._chunks])
            rows.append(drawn.replace(b"y", place))
        return b"".join(rows)[:-1]


def _flipped(length: int, at: int, bit: int) -> str:
    return "0" * at + chr(ord("0") ^ 1 << bit) + "0" * (length - at - 1)


def _combined(bits: list[int]) -> list[int]:
    """Table over all letters: what each changes against the letter 0."""
    table = [0] * (1 << _BITS)
    for letter in range(1 << _BITS):
        for bit, change in enumerate(bits):
            if (letter ^ ord("0")) >> bit & 1:
                table[letter] ^= change
    return table


def _rectangles(left: int, width: int) -> list[bytes]:
    """For every pattern of so many modules the rectangles that draw it; ``y`` is the row."""
    drawn = []
    for pattern in range(1 << width):
        text, x = "", 0
        while x < width:
            run = x
            while run < width and pattern >> (width - 1 - run) & 1:
                run += 1
            if run > x:
                text += f"{left + x + QUIET_ZONE} y {run - x} 1.02 re\n"
            x = run + 1
        drawn.append(text.encode())
    return drawn


@lru_cache(maxsize=8)
def qr_table(before: str, after: str, length: int, mask: int) -> QrTable:
    """Return the table for addresses of this form, made once per process."""
    return QrTable(before, after, length, mask)
