"""How the seal of the settings stands: whose, until when, where the key is kept, what is wrong."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app

from certificates.keys import NoSignatureError, is_in_force, name_of, signs_well
from lms.clock import now
from lms.config_seal import SealSettings
from lms.signers import RemoteSigner, TokenSigner

SOON = timedelta(days=45)  # a public administration needs weeks to get another


class Trouble(enum.StrEnum):
    """What keeps, or will soon keep, documents from being sealed."""

    NOT_YET = "not yet"
    EXPIRED = "expired"
    SOON = "soon"


@dataclass(frozen=True)
class SealState:
    """What an administrator wants to know; no secret is in it."""

    holder: str
    issuer: str
    since: datetime
    until: datetime
    kept_in: str  # file, token, service
    authority: str  # host of the timestamp authority, or nothing
    lasting: bool
    trouble: Trouble | None


def seal_state() -> SealState | None:
    """The seal that is set, or None."""
    settings: SealSettings | None = current_app.config["SETTINGS"].seal
    if settings is None:
        return None
    own, authority = settings.signer.certificate, settings.authority
    kinds = {RemoteSigner: "service", TokenSigner: "token"}
    return SealState(
        holder=name_of(own.subject),
        issuer=name_of(own.issuer),
        since=own.not_valid_before_utc,
        until=own.not_valid_after_utc,
        kept_in=kinds.get(type(settings.signer), "file"),
        authority=urlsplit(authority.url).hostname or "" if authority else "",
        lasting=bool(settings.roots),
        trouble=_trouble(settings, now()),
    )


def _trouble(settings: SealSettings, instant: datetime) -> Trouble | None:
    own = settings.signer.certificate
    if instant < own.not_valid_before_utc:
        return Trouble.NOT_YET
    if not is_in_force(own, instant):
        return Trouble.EXPIRED
    return Trouble.SOON if own.not_valid_after_utc - instant < SOON else None


def refusal() -> str:
    """Sign something of no meaning; why that does not work, or nothing."""
    settings: SealSettings = current_app.config["SETTINGS"].seal
    probe = b"Percorso: a trial of the key"
    try:
        signature = settings.signer.sign(probe)
    except NoSignatureError as error:
        return str(error)
    well = signs_well(settings.signer.certificate, signature, probe)
    return "" if well else "the key is not the certificate's"
