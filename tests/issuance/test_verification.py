"""Verification by code, by code and family name, by the file; and what it never gives away."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms import jobs
from lms.extensions import db
from lms.issuance import actions
from lms.issuance.codes import grouped, new_code, read_code
from lms.issuance.models import Certificate, CertificateDocument
from lms.issuance.verification import Seen, check_file, same_family_name
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue


@pytest.fixture
def issued(app: Flask) -> Certificate:
    taught = TaughtCycle(title="Patti di collaborazione")
    taught.entitled(1, given_name="Zoë", family_name="D’Alò De Luca")
    issue(app, taught)
    return certificates()[0]


def with_document(app: Flask, issued: Certificate) -> bytes:
    jobs.run_until_empty()
    return db.session.get_one(CertificateDocument, issued.id).pdf


def send(client: PercorsoClient, content: bytes, name: str = "attestato.pdf"):
    return client.post("/verifica", {"file": [(io.BytesIO(content), name)]})


def test_a_code_alone_says_the_status_and_no_more(client, issued) -> None:
    page = client.get(f"/verifica/{issued.code}")
    assert page.status_code == 200
    assert "Attestato valido" in page.text
    for secret in ("Zoë", "D’Alò", "Patti di collaborazione", issued.serial):
        assert secret not in page.text
    assert '<meta name="robots" content="noindex">' in page.text


def test_a_fictional_certificate_says_so_at_once(app, client, issued) -> None:
    assert "senza valore" not in client.get(f"/verifica/{issued.code}").text
    taught = TaughtCycle(track=factories.track(fictional=True))
    taught.entitled(1)
    issue(app, taught)
    [fictional] = [each for each in certificates() if each.cycle_id == taught.cycle.id]
    page = client.get(f"/verifica/{fictional.code}").text
    assert "È un esempio dimostrativo, senza valore" in page


def test_code_and_family_name_give_the_details(client, issued) -> None:
    path = f"/verifica/{issued.code}"
    page = client.post(path, {"family_name": "d'alo deluca"})
    assert page.status_code == 200
    for detail in (
        "Zoë D’Alò De Luca",
        "Patti di collaborazione",
        issued.serial,
        "10\N{NO-BREAK SPACE}h",
    ):
        assert detail in page.text
    wrong = client.post(path, {"family_name": "Rossi"})
    assert wrong.status_code == 422
    assert "Zoë" not in wrong.text
    assert client.post(path, {"family_name": " '’ "}).status_code == 422
    assert client.post(path, {"family_name": ""}).status_code == 422


def test_typed_codes_are_understood(client, issued) -> None:
    confused = issued.code.replace("O", "0").replace("I", "1").lower()
    typed = f"  {grouped(confused)} - "
    answer = client.post("/verifica", {"code": typed})
    assert (answer.status_code, answer.location) == (303, f"/verifica/{issued.code}")
    assert "Attestato valido" in client.get(f"/verifica/{confused}").text
    assert client.post("/verifica", {"code": "abc"}).status_code == 422
    assert client.post("/verifica", {"code": ""}).status_code == 422
    assert client.post("/verifica", {}).status_code == 422


def test_unknown_codes_answer_alike(client, issued) -> None:
    client.get("/verifica")
    answers = [
        client.get(f"/verifica/{code}")
        for code in (new_code(), issued.code[:-1], "x", "%3Cscript%3E", issued.serial, "0" * 300)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({without_nonce(answer.text) for answer in answers}) == 1
    posted = client.post(f"/verifica/{new_code()}", {"family_name": "D’Alò De Luca"})
    assert posted.status_code == 404
    assert "Codice sconosciuto" in posted.text


def without_nonce(page: str) -> str:
    kept = [line for line in page.splitlines() if "nonce=" not in line and "csrf_token" not in line]
    return "\n".join(line for line in kept if 'name="next"' not in line)


def test_replaced_and_revoked_are_said_so(app, client, issued) -> None:
    organiser = factories.organiser()
    with app.test_request_context():
        new = actions.replace_certificate(
            issued, "Nome <b>privato</b>", keep_hours=True, seen="valid", by=organiser.id
        )
        db.session.commit()
    old_page = client.get(f"/verifica/{issued.code}").text
    assert "poi sostituito da un altro attestato (" in old_page
    assert "Attestato valido" not in old_page
    for private in (new.code, new.serial, "privato", organiser.family_name, grouped(new.code)):
        assert private not in old_page
    assert "Attestato valido" in client.get(f"/verifica/{new.code}").text
    with app.test_request_context():
        actions.revoke(new, "Motivo privato", by=organiser.id)
        db.session.commit()
    page = client.get(f"/verifica/{new.code}").text
    assert "poi revocato (" in page
    assert "privato" not in page


def test_the_file_as_issued_is_intact(app, client, issued) -> None:
    page = send(client, with_document(app, issued))
    assert page.status_code == 200
    assert "Il file è integro" in page.text
    assert "Attestato valido" in page.text
    assert "Zoë" not in page.text


def test_one_changed_byte_is_altered(app, client, issued) -> None:
    pdf = bytearray(with_document(app, issued))
    pdf[len(pdf) // 2] ^= 1
    page = send(client, bytes(pdf)).text
    assert "Il file è stato alterato" in page
    assert "Attestato valido" not in page
    appended = send(client, with_document(app, issued) + b"\n").text
    assert "Il file è stato alterato" in appended


def test_a_revoked_certificate_stays_intact_but_revoked(app, client, issued) -> None:
    pdf = with_document(app, issued)
    with app.test_request_context():
        actions.revoke(issued, "Errore", by=None)
        db.session.commit()
    page = send(client, pdf).text
    assert "Il file è integro" in page
    assert "Attestato revocato" in page


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"%PDF-1.7\n% another document\n%%EOF", 200, "File sconosciuto"),
        (b"", 422, "non è un PDF"),
        (b"PK\x03\x04 a zip", 422, "non è un PDF"),
        (b"\x00" * 5000, 422, "non è un PDF"),
    ],
)
def test_other_files(client, issued, content: bytes, status: int, words: str) -> None:
    page = send(client, content)
    assert page.status_code == status
    assert words in page.text


def test_no_file_is_an_error_at_the_field(client, issued) -> None:
    page = send(client, b"", name="")
    assert page.status_code == 422
    assert "Scegli il file PDF" in page.text


def test_verifying_writes_nothing(app, client, issued) -> None:
    from tests.foundation.asking import digest

    pdf = with_document(app, issued)
    client.get("/verifica")
    before = digest()
    send(client, pdf)
    client.post(f"/verifica/{issued.code}", {"family_name": "Rossi"})
    client.get(f"/verifica/{issued.code}")
    client.get("/verifica/unknown")
    assert digest() == before


def test_few_queries(app, client, issued) -> None:
    with statements() as sent:
        client.get(f"/verifica/{issued.code}")
    assert len(sent) <= 4, "\n".join(sent)  # the history of the status is one of them


def test_check_of_a_file_in_words(app, issued) -> None:
    pdf = with_document(app, issued)
    assert check_file(pdf).seen is Seen.INTACT
    assert check_file(pdf[:-1]).seen is Seen.ALTERED
    assert check_file(b"%PDF-").seen is Seen.UNKNOWN
    assert check_file(b"").seen is Seen.UNREADABLE


def test_codes_have_the_bits_they_promise() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(read_code(code) == code for code in codes)


@given(st.text(max_size=400))
def test_reading_a_code_takes_any_text(text: str) -> None:
    code = read_code(text)
    assert code == "" or read_code(code) == code


@given(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=26, max_size=26),
    st.sampled_from([" ", "-", "", "\t"]),
)
def test_reading_forgives_what_people_do(code: str, gap: str) -> None:
    typed = gap.join(code[i : i + 4] for i in range(0, 26, 4)).lower()
    typed = typed.replace("o", "0").replace("i", "1").replace("b", "8")
    assert read_code(typed) == code
    assert read_code(f"https://example.org/verifica/{code}/") == code


@pytest.mark.parametrize(
    ("typed", "kept", "same"),
    [
        ("rossi", "Rossi", True),
        ("DE LUCA", "De Luca", True),
        ("deluca", "De Luca", True),
        ("d'alo", "D’Alò", True),
        ("Muller", "Müller", True),
        ("Rossi Bianchi", "Rossi-Bianchi", True),
        ("Иванов", "Иванов", True),
        ("", "Rossi", False),
        ("-", "'", False),
        ("Ross", "Rossi", False),
    ],
)
def test_family_names_are_compared_as_people_write_them(typed: str, kept: str, same: bool) -> None:
    assert same_family_name(typed, kept) is same
