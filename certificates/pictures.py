"""Logos: SVG reduced to shapes and colours, PNG painted anew; whatever else is there is refused.

A logo stands in thousands of documents that others open, and comes from wherever an organiser got
it. So nothing of the file is trusted: an SVG is written anew from a list of elements and of their
attributes, a PNG from its pixels. ``clean`` of what came out of it changes nothing.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass
from functools import cached_property, lru_cache

from PIL import Image

from certificates import svg
from certificates.gate import UnfitPicture

MOST_BYTES = 400_000  # of a file as it comes
MOST_KEPT = 120_000  # of what stands in every certificate
MOST_PIXELS = 20_000_000
WIDEST, TALLEST = 1000, 400  # pixels kept: 11 mm at 900 dots an inch
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Picture:
    """A clean logo."""

    content: bytes
    media_type: str

    @property
    def extension(self) -> str:
        """How the name of such a file ends."""
        return "svg" if self.media_type == "image/svg+xml" else "png"

    @cached_property
    def sha256(self) -> str:
        """The digest that names it, in hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


@lru_cache(maxsize=32)
def clean(content: bytes) -> Picture:
    """Return the logo made anew, or raise ``UnfitPicture`` saying what it may not hold."""
    if not content:
        raise UnfitPicture("empty", "is an empty file")
    if len(content) > MOST_BYTES:
        raise UnfitPicture("large", f"has {len(content)} bytes; at most {MOST_BYTES} are taken")
    if content.startswith(_PNG):
        if b"IEND" not in content[-16:]:  # WeasyPrint has Pillow paint what is there of a torn file
            raise UnfitPicture("unreadable", "is not a PNG file that can be read")
        found = Picture(_painted_anew(content), "image/png")
    elif b"<svg" in content[:4000] or b":svg" in content[:4000]:
        found = Picture(svg.reduced(content), "image/svg+xml")
    else:
        raise UnfitPicture("kind", "must be an SVG or a PNG file")
    if len(found.content) > MOST_KEPT:
        raise UnfitPicture("elaborate", "is too elaborate: it would make every certificate heavy")
    return found


def _painted_anew(content: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(io.BytesIO(content), formats=["PNG"])
            width, height = picture.size  # stated by the file's head: nothing is unpacked yet
            if width * height > MOST_PIXELS:
                raise UnfitPicture("pixels", "has too many pixels")
            if getattr(picture, "n_frames", 1) > 1:
                raise UnfitPicture("moves", "moves; a certificate does not")
            picture.load()
            plain = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except UnfitPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnfitPicture("pixels", "has too many pixels") from error
    except Exception as error:  # whatever a broken file makes of the decoder
        raise UnfitPicture("unreadable", "is not a PNG file that can be read") from error
    if width > WIDEST or height > TALLEST:
        plain.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS)
    bare = Image.new(plain.mode, plain.size)  # without text, profiles and whatever else came along
    bare.paste(plain)
    out = io.BytesIO()
    bare.save(out, "PNG", optimize=True)
    return out.getvalue()
