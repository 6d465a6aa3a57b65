"""Seals: valid for pdfsig and pyHanko, whole, tell-tale; conforming as before."""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from certificates.keys import KeyUnusableError, Pkcs12Signer
from certificates.seal import apart, plain, seal
from certificates.seal_check import SealState, examine
from tests.certificates.keys import PASSPHRASE, sealing_key
from tests.certificates.samples import renderer, sample
from tests.validator import CONFORMS, Validator

KINDS = ("rsa", "p-256")


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return renderer().render(sample())


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def sealed(pdf: bytes, kind: str) -> bytes:
    return seal(pdf, Pkcs12Signer(sealing_key(kind)[0], PASSPHRASE))


def test_what_was_rendered_stays_and_the_seal_covers_all(
    pdf: bytes, sealed: bytes, kind: str
) -> None:
    root = sealing_key(kind)[1]
    assert sealed.startswith(pdf)
    assert len(sealed) - len(pdf) < 24_000
    said = examine(sealed, [root])
    assert (said.state, said.trusted) == (SealState.INTACT, True)
    assert "Ente di prova" in said.signer
    assert examine(sealed).trusted is None
    stranger = sealing_key("p-256", 29)[1]
    assert (examine(sealed, [stranger]).state, examine(sealed, [stranger]).trusted) == (
        SealState.INTACT, False,
    )  # fmt: skip
    assert examine(pdf).state is SealState.NONE


def test_pyhanko_itself_says_so(sealed: bytes, kind: str) -> None:
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_regular_signatures
    trust = ValidationContext(trust_roots=[plain(sealing_key(kind)[1])], allow_fetching=False)
    status = apart(lambda: asyncio.run(async_validate_pdf_signature(signature, trust)))
    assert status.bottom_line
    assert status.modification_level.name == "NONE"


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="needs poppler-utils")
def test_pdfsig_says_so(sealed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(sealed)
    told = subprocess.run(["pdfsig", file], capture_output=True, text=True, timeout=60).stdout
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert "Ente di prova" in told


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9, 0.999])
def test_any_change_breaks_it(sealed: bytes, place: float) -> None:
    changed = bytearray(sealed)
    changed[int(len(changed) * place)] ^= 1
    assert examine(bytes(changed)).state is not SealState.INTACT


def test_what_is_added_afterwards_is_not_sealed(sealed: bytes) -> None:
    assert examine(sealed + b"\n% more").state is SealState.BROKEN
    assert examine(sealed[:-1]).state is not SealState.INTACT


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7", b"\0" * 999, b"%PDF-1.7 /ByteRange [0 1 2"])
def test_no_bytes_make_it_fail(junk: bytes) -> None:
    assert examine(junk).state is not SealState.INTACT


@pytest.mark.parametrize(
    ("content", "passphrase", "words"),
    [
        (sealing_key()[0], "another", "passphrase is wrong"),
        (sealing_key()[0], "", "passphrase is wrong"),
        (b"no key", PASSPHRASE, "not PKCS#12"),
        (sealing_key("ed25519")[0], PASSPHRASE, "RSA of 2048 bits or more, or P-256"),
        (sealing_key("small rsa")[0], PASSPHRASE, "RSA of 2048 bits or more, or P-256"),
    ],
    ids=["wrong", "none", "junk", "ed25519", "small"],
)
def test_a_key_that_cannot_serve_is_refused_in_words(
    content: bytes, passphrase: str, words: str
) -> None:
    with pytest.raises(KeyUnusableError, match=words) as refused:
        Pkcs12Signer(content, passphrase)
    assert PASSPHRASE not in str(refused.value)


def test_a_key_shows_nothing_of_itself() -> None:
    signer = Pkcs12Signer(sealing_key()[0], PASSPHRASE)
    assert repr(signer) == "<Pkcs12Signer CN=Ente di prova>"


@pytest.mark.slow
def test_it_stays_pdf_a_and_pdf_ua(pdf: bytes, validator: Validator) -> None:
    sealed = seal(pdf, Pkcs12Signer(sealing_key()[0], PASSPHRASE))
    assert validator.failures(sealed) == CONFORMS
