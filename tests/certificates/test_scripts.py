"""Names in any script: drawn, in their own direction, tagged; refused where no font draws them."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from markupsafe import Markup

from certificates import scripts
from certificates.data import CertificateData
from certificates.faces import foreign, with_stand_ins
from certificates.page import person_of
from tests.certificates.samples import modules, press, renderer, sample, text_of
from tests.certificates.test_plate import assert_same_pixels

ROOT = Path(__file__).parents[2]
ARABIC, PERSIAN = "محمد عبد الله الأحمد", "علي\u200cرضا حسيني"
HEBREW, RUSSIAN, GREEK = "דוד בן־ציון", "Пётр Чайковский", "Ελένη Παπαδοπούλου"
LONG = {
    "ru": "Александра-Виктория Константиновна Рождественская-Преображенская",
    "ar": " ".join([ARABIC] * 5),
    "he": " ".join([HEBREW] * 8),
}


def described(data: CertificateData) -> list[dict[str, str]]:
    """Language and text of the tags that say one, in order."""
    root = pypdf.PdfReader(io.BytesIO(renderer().render(data))).trailer["/Root"]["/StructTreeRoot"]
    return list(_said(root["/K"][0].get_object()))


def _said(element: Any) -> Any:
    said = {key: str(element[key]) for key in ("/Lang", "/ActualText") if key in element}
    if said:
        yield said
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        if isinstance(kid.get_object(), dict):
            yield from _said(kid.get_object())


@pytest.mark.parametrize("name", [ARABIC, PERSIAN, HEBREW, RUSSIAN, GREEK])
def test_a_name_can_be_copied_as_it_is_written(name: str) -> None:
    """Pango shapes and turns it; who copies it turns it back."""
    data = sample(holder=name, organisation="")
    (text,) = text_of(press().render(data))
    assert scripts.without_non_joiners(name) in text.replace("\u00ad", "").replace("\u200c", "")
    assert press().printed(data) is None  # no plate has these letters: laid out alone


@pytest.mark.parametrize(
    ("name", "language"),
    [(ARABIC, "und-Arab"), (HEBREW, "he"), (RUSSIAN, "und-Cyrl"), (GREEK, "el")],
)
def test_the_tag_of_a_name_says_its_language(name: str, language: str) -> None:
    expected = {"/Lang": language}
    if scripts.is_rtl(name):
        expected["/ActualText"] = name
    assert described(sample(holder=name)) == [expected]


def test_latin_texts_are_tagged_as_before() -> None:
    assert described(sample()) == []


def test_a_text_from_the_right_turns_nothing_around_it() -> None:
    """Between quotation marks, in a sentence of the other direction, before numbers."""
    data = sample(cycle_title="دورة 2", track_title="Percorso", modules=modules(1))
    page = pypdfium2.PdfDocument(renderer().render(data))[0].get_textpage()
    found = [page.get_text_range(at, 1) for at in range(page.count_chars())]
    where = {sign: page.get_charbox(found.index(sign)) for sign in ("«", "ة", "د", "2", "»")}
    left = [where[sign][0] for sign in ("«", "2", "ة", "د")]
    # The digit of the title lies left of its letters, all of it inside the quotation marks.
    assert left[0] < min(left[1:])
    assert where["ة"][0] < where["د"][0] < where["»"][0]
    assert "del percorso «Percorso»" in text_of(renderer().render(data))[0]


def test_what_is_told_apart() -> None:
    for latin in ("Ada Rossi", "Žofie <b>", "", "«Ciclo» – 80 %"):
        assert scripts.kept_apart(latin) is latin
    assert scripts.kept_apart(7) == 7
    assert scripts.kept_apart(Markup("<b>Пётр</b>")) == "<b>Пётр</b>"
    assert scripts.kept_apart("Пётр <2>") == '<span lang="und-Cyrl">Пётр &lt;2&gt;</span>'
    assert scripts.kept_apart("ABC", whole=ARABIC) == "ABC"
    assert 'style="direction: rtl"' in str(scripts.kept_apart("דוד B", whole="דוד B"))
    assert scripts.kept_apart("Ciclo Д") == "<span>Ciclo Д</span>"


@pytest.mark.parametrize(
    ("text", "language"),
    [("李小龙", "zh"), ("田中 さくら", "ja"), ("김민준", "ko"), ("Пётр Rossi", None), ("12", None)],
)
def test_languages_by_letters(
    monkeypatch: pytest.MonkeyPatch, text: str, language: str | None
) -> None:
    """As if fonts for Chinese, Japanese and Korean were there."""
    monkeypatch.setattr(scripts, "foreign", lambda letter: not letter.isascii())
    assert scripts.language_of(text) == language


@pytest.mark.parametrize("layout", ["classic", "modern"])
@pytest.mark.parametrize("script", LONG)
def test_long_names_stay_within_their_room(layout: str, script: str) -> None:
    data = sample(layout=layout, holder=LONG[script], organisation="")
    person = person_of(data, "") or pytest.fail("no person")
    assert " ".join(person.holder) == LONG[script]
    document = pypdfium2.PdfDocument(renderer().render(data))
    page = document[0].get_textpage()
    room = 22 / 25.4 * 72 + 504 if layout == "classic" else 20 / 25.4 * 72 + 482
    boxes = [
        page.get_charbox(at)
        for at in range(page.count_chars())
        if foreign(page.get_text_range(at, 1))
    ]
    assert max(right for _, _, right, _ in boxes) <= room


def test_every_list_of_families_ends_in_those_that_stand_in() -> None:
    style = 'a { font: 9pt "Titillium Web", "Lora" } b { font-family: "Lora" }'
    assert with_stand_ins(style).startswith(
        'a { font: 9pt "Titillium Web", "Lora", "Noto Sans", "Noto Naskh Arabic"'
    )
    assert '"Lora", "Noto Serif", "Noto Naskh Arabic"' in with_stand_ins(style)


def squares(folder: Path, letters: str) -> None:
    """A font that draws a square for each of these letters."""
    pen = TTGlyphPen(None)
    for number, point in enumerate([(100, 0), (900, 0), (900, 800), (100, 800)]):
        (pen.lineTo if number else pen.moveTo)(point)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    names = [f"uni{ord(letter):04X}" for letter in letters]
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap({ord(letter): f"uni{ord(letter):04X}" for letter in letters})
    builder.setupGlyf(dict.fromkeys([".notdef", *names], pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names], (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Prova Serif", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(folder / "prova.ttf")


MAKE = """
import sys
from tests.certificates.samples import press, sample
sys.stdout.buffer.write(press().render(sample(holder="李小龙", organisation="")))
"""


def test_a_font_of_the_folder_is_used_and_without_it_the_name_is_refused(tmp_path: Path) -> None:
    squares(tmp_path, "李小龙")
    made = {}
    for folder in (str(tmp_path), "/nowhere"):
        if folder == "/nowhere":
            (tmp_path / "prova.ttf").unlink()
        made[folder] = subprocess.run(
            [sys.executable, "-c", MAKE], cwd=ROOT, capture_output=True, timeout=60,
            env=os.environ | {"LMS_FONTS": str(tmp_path)},
        )  # fmt: skip
    drawn = made[str(tmp_path)]
    assert "李小龙" in text_of(drawn.stdout)[0], drawn.stderr
    assert b"which the fonts of the certificate cannot draw" in made["/nowhere"].stderr


def test_a_plate_takes_foreign_words_of_the_cycle() -> None:
    data = sample(cycle_title="دورة ABC 2", place="Αθήνα", signatory_name="Пётр Шмидт")
    printed = press().printed(data)
    assert printed
    assert_same_pixels(printed, renderer().render(data))


def test_the_second_bilingual_layout_says_the_language_of_each_part() -> None:
    """What the organisers wrote keeps theirs, inside a sentence of the other one too."""
    assert described(sample(layout="bilingual", layout_version=1)) == []
    for language, other in (("it", "en"), ("en", "it")):
        said = described(sample(layout="bilingual", language=language, modules=modules(12)))
        assert {each["/Lang"] for each in said} == {other}
        assert len(said) > 15
