"""What comes out: pages, words, pictures, fonts, metadata, and the same bytes every time."""

import io
import json
import logging
import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pypdf
import pytest

from certificates import faces
from certificates.press import Press
from certificates.render import Renderer, RenderError
from certificates.verify import Identity, read_identity
from tests.certificates.samples import (
    CODE,
    LONG_NAME,
    longest,
    modules,
    pdf,
    press,
    renderer,
    sample,
    tags,
    text_of,
)

ROOT = Path(__file__).parents[2]


def test_it_says_everything_in_reading_order() -> None:
    (text,) = text_of(pdf())
    expected = [
        "Dipartimento per la formazione – Ente dimostrativo",
        "ATTESTATO DI PARTECIPAZIONE",
        "Si attesta che",
        "Chiara D’Amico",
        "Comune di Faenza",
        "ha partecipato al ciclo «Primo ciclo – Strumenti collaborativi per gli enti locali»",
        "del percorso «Un’amministrazione condivisa»",
        "Modulo Periodo Durata",
        "Amministrazione condivisa e Codice del Terzo settore 14 ott 2021 3 h",
        "Co-progettazione: il procedimento passo per passo 28 ott – 18 nov 2021 3 h 30 min",
        "Roma, 20 maggio 2022",
        "La direttrice del programma",
        "Teresa Valli",
        "Cofinanziato dall’Unione europea",
        "Iniziativa dimostrativa cofinanziata dal Fondo sociale europeo.",
        "Attestato n. 2022/000123",
        "Esempio dimostrativo, senza valore",
        "21 h 30 min su 24 ore previste",
        "16 maggio 2022",
        "Frequenza di almeno l’80 % delle ore previste dal ciclo.",
        "percorso.example.it/verifica",
    ]
    positions = [text.find(words) for words in expected]
    assert -1 not in positions, expected[positions.index(-1)]
    assert positions == sorted(positions)
    assert CODE in text.replace(" ", "")


def test_english() -> None:
    (text,) = text_of(pdf(language="en", place=""))
    for words in (
        "CERTIFICATE OF ATTENDANCE",
        "attended the cycle “Primo ciclo",
        "of the training track “Un’amministrazione condivisa”",
        "Issued on 20 May 2022",
        "21 h 30 min of 24 hours planned",
        "Demonstration sample, not valid",
    ):
        assert words in text


def test_what_was_issued_in_the_first_version_still_looks_like_it() -> None:
    (text,) = text_of(pdf(layout_version=1))
    assert "21 ore e 30 minuti su 24 ore previste" in text
    assert "Chiara D’Amico Comune di Faenza" in text


def test_a_cycle_named_like_its_track_is_said_once() -> None:
    (text,) = text_of(pdf(cycle_title="Un’amministrazione condivisa"))
    assert "ha partecipato al percorso «Un’amministrazione condivisa»" in text
    assert "ciclo «" not in text


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Šťastná-Łukaszewicz",
        "Ġorġ Żammit",
        LONG_NAME,
        "<script>alert(1)</script>",
        "</p><img src=file:///etc/passwd>",
        "{{ 7 * 7 }} {% raw %} &amp; &#65;",
        "url(https://example.org) @import 'x';",
        '" onload="x" style="position:fixed',
        "\\0041 */ } body { display: none }",
    ],
)
def test_names_are_printed_letter_by_letter(name: str) -> None:
    (text,) = text_of(pdf(holder=name))
    assert name.replace(" ", "") in text.replace(" ", "")
    info = pypdf.PdfReader(io.BytesIO(pdf(holder=name))).metadata
    assert info is not None
    assert info.title == f"Attestato di partecipazione – {name}"


def fonts(content: bytes) -> dict[str, bool]:
    """Return the name of each font and whether its file is embedded."""
    found = {}
    for item in pypdf.PdfReader(io.BytesIO(content)).pages[0]["/Resources"]["/Font"].values():
        descendant = item.get_object()["/DescendantFonts"][0].get_object()
        name = str(descendant["/BaseFont"]).partition("+")[2]
        found[name] = "/FontFile2" in descendant["/FontDescriptor"].get_object()
    return found


def test_only_our_fonts_and_all_embedded() -> None:
    ours = {"Lora", "Lora-Italic", "Titillium-Web", "Titillium-Web-SemiBold,-Semi-Bold", "Ubuntu"}
    assert fonts(pdf()) == dict.fromkeys(ours, True)
    assert fonts(pdf(emblems=())) == dict.fromkeys(ours - {"Ubuntu"}, True)
    assert set(fonts(renderer().render(longest()))) <= ours


def test_metadata() -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf()))
    info = reader.metadata
    assert info is not None
    assert info.author == "Dipartimento per la formazione – Ente dimostrativo"
    assert info.subject == "Primo ciclo – Strumenti collaborativi per gli enti locali"
    assert info["/CreationDate"] == info["/ModDate"] == "D:20220520103000Z"
    catalog = reader.trailer["/Root"]
    assert catalog["/Lang"] == "it"
    assert catalog["/MarkInfo"]["/Marked"].value is True
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert not {"/Names", "/OpenAction", "/AA", "/AcroForm"} & set(catalog)
    assert read_identity(pdf()) == Identity(CODE, "2022/000123")


def test_the_structure_is_tagged() -> None:
    root = pypdf.PdfReader(io.BytesIO(pdf())).trailer["/Root"]["/StructTreeRoot"]
    found = tags(root["/K"][0].get_object())
    names = [name for name, _ in found]
    assert names.count("/H1") == 1
    assert names.count("/Table") == 1
    assert names.count("/TH") == 3
    assert names.count("/TD") == 12
    assert [alt for name, alt in found if name == "/Figure"] == [
        "Emblema dell’Unione europea",
        f"Codice QR che porta alla pagina di verifica https://percorso.example.it/verifica/{CODE}",
    ]


def test_same_data_same_bytes_and_other_data_other_bytes() -> None:
    assert Press().render(sample()) == pdf()
    assert pdf(holder="Chiara D’Amica") != pdf()
    press().render(longest())
    assert press().render(sample()) == pdf()
    assert Renderer().render(sample()) == renderer().render(sample())


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LANG": "C"},
        {"PYTHONHASHSEED": "2", "FONTCONFIG_FILE": "/nowhere", "HOME": "/nowhere"},
    ],
    ids=["clock and language", "no system fonts"],
)
def test_other_processes_make_the_same_bytes(tmp_path: Path, surroundings: dict[str, str]) -> None:
    source, target = tmp_path / "data.json", tmp_path / "out.pdf"
    source.write_text(json.dumps(sample().to_json()))
    subprocess.run(
        [sys.executable, "-m", "certificates", source, target],
        cwd=ROOT,
        env=os.environ | surroundings,
        check=True,
        timeout=60,
    )
    assert target.read_bytes() == pdf()


def test_threads_take_turns() -> None:
    names = [f"Persona Numero {number}" for number in range(6)]
    results: dict[str, bytes] = {}

    def work(name: str) -> None:
        results[name] = press().render(sample(holder=name))

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {name: pdf(holder=name) for name in names}


FORK = """
import gc, os, sys
from tests.certificates.samples import Press, sample
kept = Press()
if os.fork() == 0:
    del kept
    gc.collect()
    sys.exit()
os.wait()
sys.stdout.buffer.write(kept.render(sample()))
"""


def test_a_forked_process_that_ends_takes_no_fonts_away() -> None:
    done = subprocess.run([sys.executable, "-c", FORK], cwd=ROOT, capture_output=True, timeout=60)
    assert done.stdout == pdf(), done.stderr


def test_a_font_that_cannot_be_loaded_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in faces.FONT_FOLDER.glob("*.ttf"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "Lora-Italic.ttf").write_bytes(b"")
    monkeypatch.setattr(faces, "FONT_FOLDER", tmp_path)
    with pytest.raises(RenderError, match=r"Lora-Italic\.ttf cannot be loaded"):
        Renderer()


def test_weasyprint_has_nothing_to_complain_about(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("weasyprint")
    before = logger.propagate
    logger.propagate = True
    try:
        with caplog.at_level(logging.WARNING, logger="weasyprint"):
            for data in (sample(), longest(), sample(modules=modules(16), emblems=())):
                Renderer().render(data)
    finally:
        logger.propagate = before
    assert [record.getMessage() for record in caplog.records] == []


def test_it_prints_the_completion_day_and_not_the_day_of_printing() -> None:
    (text,) = text_of(pdf(completed_on=date(2021, 12, 1), issued_on=date(2022, 1, 1), place=""))
    assert "Conclusione 1º dicembre 2021" in text
    assert "Rilasciato il 1º gennaio 2022" in text
