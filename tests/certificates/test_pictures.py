"""Logos: what is drawn stays, what acts, fetches or explodes does not come in."""

import base64
import io
import struct
import zlib

import pypdf
import pypdfium2
import pytest
from PIL import Image, PngImagePlugin

from certificates import pictures
from certificates.data import CertificateData, Emblem, InvalidData
from certificates.pictures import clean
from tests.certificates.samples import EMBLEMS, press, renderer, sample, tags, text_of

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
SHAPE = '<path fill="#a00" d="M0 0H60V20H0z"/>'


def svg(inside: str = SHAPE, more: str = 'viewBox="0 0 60 20"', before: str = "") -> bytes:
    return f"{before}{HEAD}{more}>{inside}</svg>".encode()


def png(width: int = 60, height: int = 20, mode: str = "RGB", **how: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), 170).save(out, "PNG", **how)
    return out.getvalue()


def said(content: bytes) -> str:
    with pytest.raises(InvalidData) as caught:
        clean(content)
    assert caught.value.field == "picture"
    return caught.value.message


BILLION = "<!DOCTYPE svg [" + "".join(
    f'<!ENTITY a{at} "{f"&a{at - 1};" * 10 if at else "ha"}">' for at in range(10)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (svg("<g>&a9;</g>", before=BILLION), "DOCTYPE"),
        (svg("&x;", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "DOCTYPE"),
        (svg(before='<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://a.example/x">%x;]>'), "DOCTYPE"),
        (svg("<script>alert(1)</script>"), "script"),
        (svg('<foreignObject><body xmlns="a"/></foreignObject>'), "foreignObject"),
        (svg('<image href="http://a.example/x.png"/>'), "image"),
        (svg('<image href="data:text/html,%3Cscript%3E"/>'), "image"),
        (svg('<use href="#a"/>'), "use"),
        (svg('<a href="javascript:alert(1)"/>'), "<a>"),
        (svg('<path xlink:href="file:///etc/passwd" d="M0 0"/>'), "href"),
        (svg('<path href="data:text/html,x" d="M0 0"/>'), "href"),
        (svg('<path d="M0 0"><animate attributeName="d"/></path>'), "animate"),
        (svg('<set attributeName="href" to="javascript:alert(1)"/>'), "set"),
        (svg('<filter id="a"><feImage/></filter>'), "filter"),
        (svg("<text>Comune</text>"), "text"),
        (svg('<rect fill="url(http://a.example/x)"/>'), "fill"),
        (svg('<rect style="fill: url(data:image/svg+xml,x)"/>'), "fill"),
        (svg('<rect fill="u\\72l(http://a.example)"/>'), "fill"),
        (svg("<style>@import 'http://a.example/x.css';</style>"), "<style>"),
        (svg("<style>.a { fill: url('http://a.example') }</style>"), "fill"),
        (svg("<style>* { fill: red }</style>"), "<style>"),
        (svg('<linearGradient id="a"/>'), "linearGradient"),
        (svg('<clipPath id="a"><g clip-path="url(#a)"/></clipPath>'), "clip"),
        (svg('<rect id="a b"/>'), "holds id"),
        (svg(more='viewBox="0 0 1e9 1e9"'), "sides"),
        (svg(more='viewBox="0 0 nan 20"'), "sides"),
        (svg(more='viewBox="0 0 900 20"'), "ten times"),
        (svg(more=""), "width and height"),
        (svg("<g>" * 60 + "</g>" * 60), "too many elements"),
        (svg(SHAPE * 4000), "too many elements"),
        (svg(f'<path d="{"L1 1" * 40_000}"/>'), "elaborate"),
        (svg("<svg/>"), "inside"),
        (b'<html><svg xmlns="http://www.w3.org/2000/svg"/></html>', "can be read"),
        (svg()[:-9], "can be read"),
        (b"<svg" + b" " * 500_000, "at most 400000"),
        (b"", "empty"),
        (b"GIF89a", "an SVG or a PNG"),
        (b"\x89PNG\r\n\x1a\nnothing", "can be read"),
        (png()[:-60], "can be read"),
        (png(8000, 8000, "1"), "too many"),
    ],
)  # fmt: skip
def test_what_is_refused(content: bytes, why: str) -> None:
    assert why in said(content)


def test_a_png_that_states_a_few_pixels_and_unpacks_to_more_is_refused() -> None:
    """The head's word is taken, and the decoder reads no more than it says."""
    many = zlib.compress(bytes(40_000_000))
    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", many), (b"IEND", b""))
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    assert len(bomb) < pictures.MOST_BYTES
    assert "too many" in said(bomb)


def test_a_png_is_painted_anew_without_what_came_along() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt("Comment", "<script>", zip=True)
    found = clean(png(3000, 1000, "RGBA", pnginfo=notes, dpi=(300, 300)))
    picture = Image.open(io.BytesIO(found.content))
    assert (picture.size, picture.info, found.media_type) == ((1000, 333), {}, "image/png")
    assert clean(found.content).content == found.content
    assert clean(png(60, 20, "P")).content.startswith(b"\x89PNG")


def test_an_svg_keeps_its_shapes_and_colours_and_nothing_else() -> None:
    drawn = svg(
        '<!-- note --><title>x</title><metadata><a xmlns="b"/></metadata>'
        "<style>.a, #b { fill: #c00; font-family: x } rect { opacity: .5 }</style>"
        '<g transform="translate(1 2)" onload="alert(1)" data-x="1" fill="red">'
        '<rect class="a" width="9" height="9" fill="blue" style="fill:#060;filter:none"/>'
        '<circle id="b" r="4"/><clipPath id="c"><path d="M0 0h9"/></clipPath>'
        "<path clip-path=\"url('#c')\" d='M1,1'/></g>",
        'width="60mm" height="20mm" onload="alert(1)"',
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x.example/">',
    )
    found = clean(drawn)
    assert found.content.decode() == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20">'
        '<g fill="red" transform="translate(1 2)">'
        '<rect fill="#060" height="9" opacity=".5" width="9"></rect>'
        '<circle fill="#c00" id="b" r="4"></circle>'
        '<clipPath id="c"><path d="M0 0h9"></path></clipPath>'
        '<path clip-path="url(#c)" d="M1,1"></path></g></svg>'
    )
    assert clean(found.content).content == found.content
    assert found.media_type == "image/svg+xml"


def logos() -> tuple[Emblem, ...]:
    return (
        Emblem(symbol="picture", label="Logo del Comune", picture=svg()),
        EMBLEMS[0],
        Emblem(symbol="picture", label="Marchio della rete", picture=png()),
    )


@pytest.mark.parametrize("layout", ["classic", "modern", "bilingual"])
def test_logos_stand_in_their_order_with_their_words(layout: str) -> None:
    data = sample(emblems=logos(), layout=layout)
    printed = press().printed(data)
    assert printed  # a plate prints them too
    for content in (printed, renderer().render(data)):
        found = pictured(content)
        named = [each for each in found if "QR" not in each]
        assert named == ["Logo del Comune", "Emblema dell’Unione europea", "Marchio della rete"]
        picture = pypdfium2.PdfDocument(content)[0].render(scale=1).to_pil()
        colours = {colour for _, colour in picture.getcolors(1_000_000) or []}
        assert (170, 0, 0) in colours
        assert (170, 170, 170) in colours or (170, 0, 0) in colours
    assert "Logo del Comune" not in text_of(printed)[0]


def pictured(content: bytes) -> list[str]:
    root = pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]["/StructTreeRoot"]
    return [alt for name, alt in tags(root["/K"][0].get_object()) if name == "/Figure"]


def test_a_certificate_with_logos_goes_to_json_and_back() -> None:
    data = sample(emblems=logos())
    plain = data.to_json()
    assert CertificateData.from_json(plain) == data
    first = plain["emblems"][0]  # type: ignore[index]
    assert base64.b64decode(first["picture"]) == clean(svg()).content
    assert "picture" not in plain["emblems"][1]  # type: ignore[index]


@pytest.mark.parametrize(
    ("emblem", "field"),
    [
        ({"symbol": "picture", "label": "", "picture": svg()}, "label"),
        ({"symbol": "picture", "label": "Logo"}, "picture"),
        ({"symbol": "eu", "label": "Logo", "picture": svg()}, "picture"),
        ({"symbol": "picture", "label": "Logo", "picture": "text"}, "picture"),
    ],
)
def test_a_logo_needs_words_and_a_file(emblem: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidData) as caught:
        Emblem(**emblem)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_first_layouts_have_no_place_for_them() -> None:
    for changes in ({"emblems": logos()}, {"heading": "Attestato"}, {"closing_other": "Note"}):
        with pytest.raises(InvalidData, match="own words"):
            sample(layout_version=1, **changes)


OWN = {
    "heading": "Attestato di frequenza", "introduction": "Il Comune di Prova attesta che",
    "closing": "Vale ai fini della formazione annua.", "heading_other": "Record of attendance",
    "introduction_other": "The municipality certifies that", "closing_other": "It counts.",
}  # fmt: skip


@pytest.mark.parametrize("layout", ["classic", "modern", "bilingual"])
def test_own_words_take_the_place_of_ours(layout: str) -> None:
    data = sample(layout=layout, **OWN)
    printed = press().printed(data)
    assert printed
    document = pypdfium2.PdfDocument(printed)
    text = text_of(printed)[0].casefold()
    for name, words in OWN.items():
        shown = layout == "bilingual" or not name.endswith("_other")
        assert (words.casefold() in text) == shown, name
    assert "si attesta che" not in text
    title = document.get_metadata_value("Title")
    assert title.startswith("Attestato di frequenza")
    assert ("Record of attendance" in title) == (layout == "bilingual")
    assert renderer().render(data)  # and without a plate
