"""A plate prints what WeasyPrint prints: pixels, words, tags and metadata; or it is not used."""

import io
import random
from collections.abc import Iterator
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import ImageChops

from certificates.data import CertificateData
from certificates.drawings import qr_rows
from certificates.page import person_of
from certificates.plate import compiling, qr
from certificates.plate.shapes import shape_of
from certificates.plate.shaping import Run
from certificates.press import Press
from certificates.render import QR_MASK, RenderError
from tests.certificates.names import NAMES
from tests.certificates.samples import CODE, LONG_NAME, modules, press, renderer, sample, tags

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def person(number: int, name: str, **changes: Any) -> CertificateData:
    """Return the certificate of a made-up person, everything about them different."""
    chance = random.Random(number)
    code = "".join(chance.choices(ALPHABET, k=26))
    values = {
        "holder": name,
        "organisation": ("", "Comune di Sant’Àgata", "Unione Val d’Àdige", "")[number % 4],
        "serial": f"AV-{number:05d}",
        "minutes_attended": 60 + 37 * number % 1300,
        "code": code,
        "verify_url": f"https://percorso.example.it/verifica/{code}",
    }
    return sample(**values | changes)


def assert_same_pixels(ours: bytes, plain: bytes) -> None:
    pages = [pypdfium2.PdfDocument(content) for content in (ours, plain)]
    assert len(pages[0]) == len(pages[1])
    for one, other in zip(*pages, strict=True):
        pictures = [page.render(scale=1.5).to_pil() for page in (one, other)]
        assert ImageChops.difference(*pictures).getbbox() is None
        texts = [page.get_textpage().get_text_range() for page in (one, other)]
        assert texts[0] == texts[1]


def test_not_a_pixel_differs_over_many_names() -> None:
    """Every fifth name: `make bench` takes them all."""
    for number, name in list(enumerate(NAMES))[::5]:
        data = person(number % 2, name, modules=modules(14 if number % 4 == 1 else 3))
        printed = press().printed(data)
        assert printed, name
        assert_same_pixels(printed, renderer().render(data))


@pytest.mark.parametrize(
    "changes", [{"language": "en"}, {"layout": "modern"}, {"layout": "bilingual"}]
)
def test_in_every_language_and_layout(changes: dict[str, str]) -> None:
    data = person(3, "Ġorġa O’Brien-Šimić De’ Paoli", **changes)
    printed = press().printed(data)
    assert printed
    assert_same_pixels(printed, renderer().render(data))


def described(content: bytes) -> dict[str, Any]:
    """Return what a file says to machines: tags, metadata, links, the words under each mark."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    packet = root["/Metadata"].get_data()
    return {
        "tags": tags(root["/StructTreeRoot"]["/K"][0].get_object()),
        "info": {key: str(value) for key, value in (reader.metadata or {}).items()},
        "packet": packet,
        "language": root["/Lang"],
        "links": [
            {key: str(value.get_object()) for key, value in link.get_object().items()}
            for page in reader.pages
            for link in page.get("/Annots", [])
        ],
        "marks": [len(page.get_contents().get_data().split(b"/MCID")) for page in reader.pages],
        "boxes": [[float(side) for side in page.mediabox] for page in reader.pages],
        "intent": str(root["/OutputIntents"][0]["/OutputConditionIdentifier"]),
    }


def links_without_numbers(found: dict[str, Any]) -> dict[str, Any]:
    for link in found["links"]:
        link.pop("/StructParent", None)
    return found


@pytest.mark.parametrize("count", [4, 30])
def test_tags_and_metadata_are_those_of_plain_rendering(count: int) -> None:
    data = person(7, "Zoë Łukaszewicz (D’Aprìle) & Co", modules=modules(count))
    printed = press().printed(data)
    assert printed
    ours, plain = map(links_without_numbers, map(described, (printed, renderer().render(data))))
    assert ours == plain
    assert data.code.encode() in ours["packet"]


def test_the_operators_are_those_of_plain_rendering() -> None:
    """All but the QR code, which is drawn with other operators."""
    data = person(11, "Maria Giulia De’ Paoli")
    contents = []
    for content in (press().printed(data), renderer().render(data)):
        assert content
        page = pypdf.PdfReader(io.BytesIO(content)).pages[0]
        drawn, _ = compiling._drawn(page.get_contents().get_data() + b"\n")
        contents.append(drawn.split())
    assert contents[0] == contents[1]


def test_same_data_same_bytes_whoever_came_before() -> None:
    data = person(1, "Chiara D’Amico")
    fresh = Press()
    assert fresh.printed(person(2, "Wanda Àvila")) != fresh.printed(data)
    assert fresh.printed(data) == Press().printed(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"layout_version": 1},
        {"holder": "Ana & Co = 100 %"},
        {"organisation": "Ente #7"},
        {"verify_url": f"https://percorso.example.it/{CODE}/{CODE}"},
    ],
    ids=["old layout", "signs", "signs of an organisation", "code twice"],
)
def test_who_is_not_certain_is_laid_out_alone(changes: dict[str, Any]) -> None:
    data = sample(**changes)
    assert press().printed(data) is None
    assert press().render(data) == renderer().render(data)


def test_names_that_need_the_last_resort_are_laid_out_alone() -> None:
    data = sample(holder=LONG_NAME, signatory_role="Direttrice " * 14, rule_text="Regola " * 57)
    shape = shape_of(data, person_of(data, "") or pytest.fail("no person"))
    assert shape
    if press().printed(data) is None:
        with pytest.raises(compiling.NoPlate):
            compiling.make_plate(renderer(), data, shape)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Undo what was broken; no plate made meanwhile is kept."""
    yield monkeypatch
    monkeypatch.undo()


def test_a_plate_that_shapes_otherwise_is_never_used(broken: pytest.MonkeyPatch) -> None:
    """Kerning left out: words would be a hair wider."""
    real = Run._shape

    def unkerned(run: Run, text: str) -> list[tuple[int, ...]]:
        return [real(run, letter)[0] for letter in text]

    broken.setattr(Run, "_shape", unkerned)
    fresh = Press(renderer())
    data = person(1, "Ada Voltàn")
    assert fresh.printed(data) is None
    assert fresh.render(data) == renderer().render(data)


def test_a_plate_that_draws_another_code_is_never_used(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(compiling, "QR_MASK", QR_MASK ^ 1)
    assert Press(renderer()).printed(person(1, "Ada Voltàn")) is None


def test_a_plate_that_keeps_somebody_else_is_never_used(broken: pytest.MonkeyPatch) -> None:
    """As if the place of a title had been forgotten."""
    real = compiling.values_of
    broken.setattr(compiling, "values_of", lambda who: real(who) | {"title": b"(elsewhere)"})
    assert Press(renderer()).printed(person(1, "Ada Voltàn")) is None


def test_a_plate_fetches_no_more_than_a_page(broken: pytest.MonkeyPatch) -> None:
    own = Press()
    environment = own.renderer._environment
    loader = environment.loader
    assert loader
    real = loader.get_source

    def hostile(environment: Any, name: str) -> Any:
        source, file, fresh = real(environment, name)
        picture = '</h1><img src="file:///etc/hostname" alt="a">'
        return source.replace("</h1>", picture), file, fresh

    broken.setattr(loader, "get_source", hostile)
    with pytest.raises(RenderError):
        own.printed(sample())


def test_codes_by_table_are_codes_and_readable() -> None:
    before = "https://percorso.example.it/verifica/"
    table = qr.QrTable(before, "?a", 26, QR_MASK)
    chance = random.Random(5)
    for _ in range(qr._UNTABLED + 20):  # the first ones are drawn without the table
        code = "".join(chance.choices("ABCXYZ0189", k=26))
        rows = qr_rows(f"{before}{code}?a", QR_MASK)
        bits = "".join(str(int(bool(module))) for row in rows for module in row)
        assert table.modules(code) == int(bits, 2)
    assert table._letters


def test_the_printed_code_is_read() -> None:
    for number in range(12):
        data = person(number, "Ada Voltàn")
        page = pypdfium2.PdfDocument(press().printed(data))[0]
        (code,) = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
        assert code.text == data.verify_url


def test_plates_are_forgotten() -> None:
    """Memory stays flat however many cycles there are."""
    own = Press(renderer())
    own.most_plates = 2
    for count in range(3, 7):
        assert own.printed(person(1, "Ada Voltàn", modules=modules(count)))
    assert len(own._plates) == 2
