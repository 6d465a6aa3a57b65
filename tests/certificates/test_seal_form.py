"""Seals filled into a form: what pyHanko makes, byte for byte, and seen to be so before use."""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

import certificates.plate.sealing as forms
from certificates.keys import Pkcs12Signer
from certificates.plate.sealing import SealError
from certificates.press import Press
from certificates.seal import claimed_time, seal
from certificates.seal_check import SealState, examine
from certificates.verify import Identity, read_identity
from tests.certificates.keys import PASSPHRASE, sealing_key
from tests.certificates.samples import CODE, press, sample
from tests.validator import CONFORMS, Validator

LATER = datetime(2099, 5, 20, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module", params=["rsa", "p-256"])
def signer(request: pytest.FixtureRequest) -> Pkcs12Signer:
    return Pkcs12Signer(sealing_key(request.param)[0], PASSPHRASE)


@pytest.fixture
def rsa() -> Pkcs12Signer:
    return Pkcs12Signer(sealing_key("rsa")[0], PASSPHRASE)


class OnlyTheForm(Pkcs12Signer):
    """Counts what it signs: making and trying a form needs no signature of the key."""

    signed = 0

    def sign(self, data: bytes) -> bytes:
        self.signed += 1
        return super().sign(data)


@pytest.mark.parametrize("changes", [{}, {"holder": "Žofie Škvařilová"}, {"layout": "modern"}])
def test_a_filled_form_is_what_pyhanko_makes(rsa, changes) -> None:
    data = sample(**changes)
    printed = press().printed(data)
    sealed = press().sealed(data, rsa)
    assert printed is not None
    assert sealed == seal(printed, rsa, at=claimed_time(data.issued_at, rsa))
    assert sealed == press().sealed(data, rsa), "same data, same bytes"


def test_pyhanko_and_pdfsig_find_it_valid(signer, tmp_path: Path) -> None:
    sealed = press().sealed(sample(), signer)
    root = signer.chain[0]
    assert (examine(sealed, [root]).state, examine(sealed, [root]).trusted) == (
        SealState.INTACT, True,
    )  # fmt: skip
    assert len(sealed) - len(press().printed(sample()) or b"") < 8_000
    if shutil.which("pdfsig"):
        file = tmp_path / "sealed.pdf"
        file.write_bytes(sealed)
        told = subprocess.run(["pdfsig", file], capture_output=True, text=True, timeout=60).stdout
        assert "Signature is Valid." in told
        assert "Total document signed" in told


def test_any_byte_changed_is_found(rsa) -> None:
    sealed = press().sealed(sample(), rsa)
    for place in range(7, len(sealed), len(sealed) // 20):
        changed = bytearray(sealed)
        changed[place] ^= 1
        assert examine(bytes(changed)).state is not SealState.INTACT, place


def test_each_document_has_its_own_seal_and_time(rsa) -> None:
    one, other = sample(issued_at=LATER), sample(issued_at=LATER, holder="Ugo Bò", code="Z" * 26)
    first, second = (press().sealed(data, rsa) for data in (one, other))
    assert examine(first).state is examine(second).state is SealState.INTACT
    assert b"(D\\07220990520103000Z)" in first, "the time of issue"
    before = press().sealed(sample(), rsa)
    since = rsa.certificate.not_valid_before_utc.strftime("%Y%m%d%H%M%S").encode()
    assert b"(D\\072" + since + b"Z)" in before, "or since when the key may seal"


def test_title_author_and_identity_stay(signer) -> None:
    printed, sealed = press().printed(sample()) or b"", press().sealed(sample(), signer)
    assert read_identity(sealed) == Identity(CODE, "2022/000123")
    before, after = (PdfFileReader(io.BytesIO(each)) for each in (printed, sealed))
    assert before.trailer["/Info"] == after.trailer["/Info"]
    assert after.total_revisions == 2
    assert printed == sealed[: len(printed)]


def test_a_form_costs_no_signature_of_the_key() -> None:
    signer = OnlyTheForm(sealing_key("rsa")[0], PASSPHRASE)
    press().sealed(sample(), signer)
    assert signer.signed == 1


def test_a_key_that_signs_wrongly_seals_nothing() -> None:
    class Wrong(Pkcs12Signer):
        def sign(self, data: bytes) -> bytes:
            return super().sign(data + b"!")

    with pytest.raises(SealError):
        press().sealed(sample(), Wrong(sealing_key("rsa")[0], PASSPHRASE))


def test_without_a_form_pyhanko_seals(rsa, monkeypatch, caplog) -> None:
    expected = press().sealed(sample(), rsa)
    monkeypatch.setattr(forms, "second_id", lambda first: first)  # another than pyHanko's
    with caplog.at_level(logging.ERROR):
        alone = Press(press().renderer).sealed(sample(), rsa)
    assert "sealed one by one" in caplog.text
    assert alone == expected, "and gives the same"


def test_who_is_laid_out_alone_is_sealed_too(rsa) -> None:
    data = sample(holder="Ana & Co = 100 %")
    assert press().printed(data) is None
    sealed = press().sealed(data, rsa)
    assert examine(sealed).state is SealState.INTACT
    assert sealed == press().sealed(data, rsa)


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["classic", "modern", "bilingual"])
def test_it_stays_pdf_a_and_pdf_ua(rsa, layout, validator: Validator) -> None:
    data = sample(layout=layout)
    assert validator.failures(press().sealed(data, rsa)) == CONFORMS


@pytest.mark.slow
def test_so_it_does_with_an_elliptic_key(validator: Validator) -> None:
    signer = Pkcs12Signer(sealing_key("p-256")[0], PASSPHRASE)
    assert validator.failures(press().sealed(sample(), signer)) == CONFORMS
