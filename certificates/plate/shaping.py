"""Texts set as WeasyPrint sets them, without laying out a page: Pango's own shaping, run by run.

A run remembers how Pango analysed the text of a laid-out box (font, language, features) and shapes
other texts with it. What comes out is the operand WeasyPrint would have written, letter by letter;
a text of which that is not certain gives None.
"""

import re
from collections.abc import Iterable
from struct import Struct
from typing import Any

from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, gobject, pango
from weasyprint.text.line_break import Layout

ffi.cdef(
    """
    typedef struct {
        void *engines[2]; void *font; unsigned char level, gravity, flags, script;
        void *language; void *extra_attributes;
    } PlateAnalysis;
    typedef struct { int offset, length, num_chars; PlateAnalysis analysis; } PlateItem;
    PlateItem *pango_item_copy(PlateItem *);
    void pango_item_free(PlateItem *);
    PangoGlyphString *pango_glyph_string_new(void);
    void pango_glyph_string_free(PangoGlyphString *);
    void pango_shape_full(const char *, int, const char *, int, const PlateAnalysis *,
                          PangoGlyphString *);
    """,
    override=True,
)
_GLYPH = Struct("<Iiiii")  # glyph, width, offsets, attributes: PangoGlyphInfo
_LETTER = re.compile(r"[^\W\d_]")
_MOST_KEPT = 2048

Piece = tuple[tuple[int, ...], str]


class Run:
    """One way of setting text: a face at a size, with a language and features."""

    def __init__(self, style: Any, stream: Any) -> None:
        self._font_map = style.font_config.font_map
        layout = Layout(style)
        # A text without letters has no script of its own and may be kerned by other tables.
        self._start(_item(layout, "Aa"), _item(layout, "1"), stream)

    def _start(self, letters: Any, digits: Any, stream: Any) -> None:
        self._letters, self._digits, self._stream = letters, digits, stream
        self._font, self._size = stream.add_font(ffi.cast("PangoFont *", letters.analysis.font))
        self._analyses = [ffi.addressof(item, "analysis") for item in (letters, digits)]
        self._glyphs = ffi.gc(pango.pango_glyph_string_new(), pango.pango_glyph_string_free)
        self._pieces: dict[Piece, str | None] = {}

    def at(self, pixels: float) -> "Run":
        """Return the same run at another size."""
        run = Run.__new__(Run)
        run._font_map = self._font_map
        letters, digits = self._letters, self._digits
        run._start(self._resized(letters, pixels), self._resized(digits, pixels), self._stream)
        return run

    def _resized(self, item: Any, pixels: float) -> Any:
        copy = ffi.gc(pango.pango_item_copy(item), pango.pango_item_free)
        font = ffi.cast("PangoFont *", copy.analysis.font)
        description = ffi.gc(
            pango.pango_font_describe_with_absolute_size(font), pango.pango_font_description_free
        )
        pango.pango_font_description_set_absolute_size(description, int(pixels * TO_UNITS))
        context = ffi.gc(
            pango.pango_font_map_create_context(self._font_map), gobject.g_object_unref
        )
        sized = pango.pango_font_map_load_font(self._font_map, context, description)
        gobject.g_object_unref(copy.analysis.font)
        copy.analysis.font = ffi.cast("void *", sized)  # its reference now belongs to the copy
        return copy

    def learn(self, letters: Iterable[str]) -> None:
        """Have the embedded font contain these letters, as if they had been painted."""
        for letter in letters:
            shaped = self._shape(letter)
            if len(shaped) != 1 or shaped[0][0] in self._font.to_unicode:
                continue
            glyph, _, x, y, _ = shaped[0]
            if x or y or glyph >> 28:  # shifted, or missing from the face
                continue
            self._font.to_unicode[glyph] = letter
            self._font.widths[glyph] = self._width(glyph)

    def _width(self, glyph: int) -> int:
        font = ffi.cast("PangoFont *", self._letters.analysis.font)
        stream = self._stream
        pango.pango_font_get_glyph_extents(font, glyph, stream.ink_rect, stream.logical_rect)
        width: float = stream.logical_rect.width * 1000 * FROM_UNITS / self._size
        return round(width)

    def _shape(self, text: str) -> list[tuple[int, ...]]:
        encoded = text.encode()
        length = len(encoded)
        analysis = self._analyses[_LETTER.search(text) is None]
        glyphs = self._glyphs
        pango.pango_shape_full(encoded, length, encoded, length, analysis, glyphs)
        return list(_GLYPH.iter_unpack(ffi.buffer(glyphs.glyphs, glyphs.num_glyphs * _GLYPH.size)))

    def operand(self, text: str) -> bytes | None:
        """Return the text as WeasyPrint's operand of ``TJ``, or None when unsure."""
        shaped = self._shape(text)
        if len(shaped) != len(text):
            return None
        pieces = self._pieces
        written = "<"
        for key in zip(shaped, text, strict=True):
            piece = pieces[key] if key in pieces else self._piece(key)
            if piece is None:
                return None
            written += piece
        written = written[:-1] if written[-1] == "<" else written + ">"
        return f"[{written}] TJ".encode()

    def _piece(self, key: Piece) -> str | None:
        (glyph, width, x, y, _), letter = key
        if len(self._pieces) >= _MOST_KEPT:
            self._pieces.clear()
        piece = None
        # Copied text must read as written, and the glyph must be in the embedded subset.
        if not (x or y) and self._font.to_unicode.get(glyph) == letter:
            kerning = self._font.widths[glyph] - width * 1000 * FROM_UNITS / self._size
            piece = f"{glyph:04x}>{int(kerning)}<" if kerning else f"{glyph:04x}"
        self._pieces[key] = piece
        return piece

    @property
    def font_operator(self) -> tuple[str, float]:
        """Name of the font resource and size, as they stand before ``Tf``."""
        return self._font.hash, self._size


def _item(layout: Any, text: str) -> Any:
    """What Pango found out about a text: a copy, since its own goes with the layout."""
    layout.set_text(text)
    line, _ = layout.get_first_line()
    item = ffi.cast("PlateItem *", line.runs[0].data.item)
    return ffi.gc(pango.pango_item_copy(item), pango.pango_item_free)
