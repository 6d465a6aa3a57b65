"""Identity providers from the environment: `LMS_OIDC_<NAME>_<SETTING>`, checked at start.

Several may be configured; docs/operations.md tells a technician how.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_VARIABLE = re.compile(r"LMS_OIDC_([A-Z][A-Z0-9]{0,23})_([A-Z_]+)")
_PREFIX = "LMS_OIDC_"
_SPID = "https://www.spid.gov.it/Spid"
_DEFAULTS = {
    "ISSUER": "",
    "CLIENT_ID": "",
    "CLIENT_SECRET": "",  # nosec B105 # none is given by default
    "LABEL": "",
    "SCOPES": "openid profile email",
    "ACR_VALUES": "",
    "STRONG_ACR": f"{_SPID}L2 {_SPID}L3",
    "VOUCHES_TAX_CODE": "0",
    "HOSTS": "",
    # The first claim that is there counts.
    "CLAIM_GIVEN_NAME": "given_name https://attributes.spid.gov.it/name",
    "CLAIM_FAMILY_NAME": "family_name https://attributes.spid.gov.it/familyName",
    "CLAIM_EMAIL": "email https://attributes.spid.gov.it/email",
    "CLAIM_TAX_CODE": "fiscal_number https://attributes.eid.gov.it/fiscal_number "
    "https://attributes.spid.gov.it/fiscalNumber",
}
_REQUIRED = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")


@dataclass(frozen=True)
class ClaimNames:
    """Where a provider writes what we take; in each, the first claim that is there counts."""

    given_name: tuple[str, ...]
    family_name: tuple[str, ...]
    email: tuple[str, ...]
    tax_code: tuple[str, ...]


@dataclass(frozen=True)
class OidcProvider:
    """One identity provider. `name` stands in addresses, `label` on buttons.

    `hosts` (with their ports) are the only ones that are ever asked or that a browser is sent to.
    `strong_acr`: the levels that count as two factors and as a verified identity.
    `vouches_tax_code`: whether its tax code proves who somebody is (SPID, CIE).
    """

    name: str
    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    acr_values: str
    strong_acr: frozenset[str]
    vouches_tax_code: bool
    hosts: frozenset[str]
    claims: ClaimNames
    allow_loopback: bool = False


def read_providers(
    environ: Mapping[str, str], faults: list[str], *, production: bool
) -> tuple[OidcProvider, ...]:
    """Every provider the environment names, by name; what is wrong is added to `faults`."""
    found: dict[str, dict[str, str]] = {}
    for variable, value in environ.items():
        if not variable.startswith(_PREFIX):
            continue
        match = _VARIABLE.fullmatch(variable)
        if match is None or match.group(2) not in _DEFAULTS:
            faults.append(
                f"{variable} is not a setting: it must be {_PREFIX}<NAME>_ and one of "
                f"{', '.join(_DEFAULTS)}, with a name of capital letters and digits."
            )
            continue
        found.setdefault(match.group(1), {})[match.group(2)] = value.strip()
    providers = (
        _provider(name, values, faults, production) for name, values in sorted(found.items())
    )
    return tuple(provider for provider in providers if provider is not None)


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine, by its number or its name."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _provider(
    name: str, given: dict[str, str], faults: list[str], production: bool
) -> OidcProvider | None:
    values = {key: given.get(key) or default for key, default in _DEFAULTS.items()}
    before = len(faults)
    faults += [
        f"{_PREFIX}{name}_{key} is missing: the provider {name} needs it."
        for key in _REQUIRED
        if not values[key]
    ]
    if values["ISSUER"] and not _is_issuer(values["ISSUER"], production=production):
        faults.append(
            f"{_PREFIX}{name}_ISSUER is '{values['ISSUER']}'; it must be the provider's https:// "
            "address, without user, query or fragment (http:// only on this machine, and never in "
            "production)."
        )
    if "openid" not in values["SCOPES"].split():
        faults.append(f"{_PREFIX}{name}_SCOPES must hold the word openid.")
    if values["VOUCHES_TAX_CODE"] not in {"0", "1"}:
        faults.append(f"{_PREFIX}{name}_VOUCHES_TAX_CODE must be 1 or 0.")
    if any("/" in host or "@" in host for host in values["HOSTS"].split()):
        faults.append(f"{_PREFIX}{name}_HOSTS must be names of hosts, parted by spaces.")
    return _made(name, values, production) if len(faults) == before else None


def _is_issuer(value: str, *, production: bool) -> bool:
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        return False
    local = parts.scheme == "http" and is_loopback(parts.hostname) and not production
    return parts.scheme == "https" or local


def _made(name: str, values: dict[str, str], production: bool) -> OidcProvider:
    hosts = {urlsplit(values["ISSUER"]).netloc.lower(), *values["HOSTS"].lower().split()}
    return OidcProvider(
        name=name.lower(),
        label=values["LABEL"] or name,
        issuer=values["ISSUER"],
        client_id=values["CLIENT_ID"],
        client_secret=values["CLIENT_SECRET"],
        scopes=" ".join(values["SCOPES"].split()),
        acr_values=" ".join(values["ACR_VALUES"].split()),
        strong_acr=frozenset(values["STRONG_ACR"].split()),
        vouches_tax_code=values["VOUCHES_TAX_CODE"] == "1",
        hosts=frozenset(hosts),
        claims=ClaimNames(
            given_name=tuple(values["CLAIM_GIVEN_NAME"].split()),
            family_name=tuple(values["CLAIM_FAMILY_NAME"].split()),
            email=tuple(values["CLAIM_EMAIL"].split()),
            tax_code=tuple(values["CLAIM_TAX_CODE"].split()),
        ),
        allow_loopback=not production,
    )
