"""Providers by configuration: checked at start, every fault told at once, without its secrets."""

from __future__ import annotations

import pytest

from lms.config_oidc import read_providers
from lms.federation.rules import agree, failure_of, may_ask, tax_code

WHOLE = {
    "LMS_OIDC_SPID_ISSUER": "https://broker.example.it/spid",
    "LMS_OIDC_SPID_CLIENT_ID": "percorso",
    "LMS_OIDC_SPID_CLIENT_SECRET": "hush-hush",
}


def faults_of(*, production: bool = True, **more: str) -> list[str]:
    faults: list[str] = []
    read_providers({**WHOLE, **more}, faults, production=production)
    assert "hush-hush" not in str(faults)
    return faults


def test_several_providers_each_with_its_own() -> None:
    environ = {
        **WHOLE,
        "LMS_OIDC_SPID_LABEL": "SPID",
        "LMS_OIDC_SPID_VOUCHES_TAX_CODE": "1",
        "LMS_OIDC_CIE_ISSUER": "https://cie.example.it",
        "LMS_OIDC_CIE_CLIENT_ID": "x",
        "LMS_OIDC_CIE_CLIENT_SECRET": "y",
        "LMS_OIDC_CIE_HOSTS": "keys.example.it Other.example.it:8443",
        "LMS_OIDC_CIE_CLAIM_TAX_CODE": "cf fiscalNumber",
    }
    faults: list[str] = []
    cie, spid = read_providers(environ, faults, production=True)
    assert faults == []
    assert (spid.name, spid.label, spid.vouches_tax_code) == ("spid", "SPID", True)
    assert spid.hosts == {"broker.example.it"}
    assert (cie.label, cie.vouches_tax_code) == ("CIE", False)
    assert cie.hosts == {"cie.example.it", "keys.example.it", "other.example.it:8443"}
    assert cie.claims.tax_code == ("cf", "fiscalNumber")
    assert spid.strong_acr == {f"https://www.spid.gov.it/SpidL{level}" for level in (2, 3)}


def test_none_is_none() -> None:
    assert read_providers({"LMS_ENV": "test"}, [], production=True) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ISSUER", ""),
        ("CLIENT_ID", ""),
        ("CLIENT_SECRET", ""),
        ("ISSUER", "http://broker.example.it"),
        ("ISSUER", "http://127.0.0.1:3000"),
        ("ISSUER", "https://user@broker.example.it"),
        ("ISSUER", "https://broker.example.it/?x=1"),
        ("ISSUER", "https://broker.example.it:port"),
        ("ISSUER", "broker.example.it"),
        ("SCOPES", "profile email"),
        ("VOUCHES_TAX_CODE", "yes"),
        ("HOSTS", "https://broker.example.it"),
        ("SECRET", "x"),
    ],
)
def test_each_fault_names_its_variable(name: str, value: str) -> None:
    faults = faults_of(**{f"LMS_OIDC_SPID_{name}": value})
    assert len(faults) == 1
    assert faults[0].startswith(f"LMS_OIDC_SPID_{name} ")


def test_this_machine_is_a_provider_outside_production_only() -> None:
    for host in ("127.0.0.1:3000", "localhost:3000", "[::1]:3000"):
        assert faults_of(LMS_OIDC_SPID_ISSUER=f"http://{host}", production=False) == []
        assert len(faults_of(LMS_OIDC_SPID_ISSUER=f"http://{host}")) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://idp.example/x",
        "https://idp.example.evil/x",
        "https://idp.example:444/x",
        "https://idp.example@evil.example/x",
        "https://me@idp.example/x",
        "https://idp.example\\@evil.example/x",
        "https:///x",
        "//idp.example/x",
        "ftp://idp.example/x",
        "https://[::1/x",
        "https://idp.example:x/",
        "",
        None,
        12,
    ],
)
def test_only_the_providers_own_hosts(address: object) -> None:
    """ASVS 1.3.6, 3.7.2: no other address is ever fetched, nor is a browser sent there."""
    assert not may_ask(address, {"idp.example"}, allow_loopback=True)


def test_its_own_hosts() -> None:
    assert may_ask("https://IDP.example/x?y", {"idp.example"}, allow_loopback=False)
    assert may_ask("http://127.0.0.1:9/x", {"127.0.0.1:9"}, allow_loopback=True)
    assert not may_ask("http://127.0.0.1:9/x", {"127.0.0.1:9"}, allow_loopback=False)


def test_tax_codes_of_italy_only() -> None:
    assert tax_code("TINIT-PRVDAA80A41H501A") == "PRVDAA80A41H501A"
    assert tax_code("prvdaa80a41h501a") == "PRVDAA80A41H501A"
    for other in ("TINDE-12345678901", "TINIT-PRVDAA80A41H501B", "TINIT-", "12345678901", ""):
        assert tax_code(other) == ""


def test_names_agree_by_a_word() -> None:
    assert agree("Prova", "PROVA")
    assert agree("D'Apollo", "d’apollo")
    assert agree("Prova Verdi", "Prova")
    assert not agree("Prova", "Altra")
    assert not agree("", "")


def test_errors_nobody_knows_are_refusals() -> None:
    assert failure_of("whatever", "") == "refused"
    assert failure_of("access_denied", "ErrorCode nr99") == "refused"
