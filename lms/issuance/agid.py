"""Metadata of a certificate as an administrative document, for protocol and conservation.

Elements and words are those of AgID's guidelines on electronic documents, annex 5 (documento
amministrativo informatico). The text of the elements is Italian whatever the page's language.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from xml.etree import ElementTree as Xml  # nosec B405 # writes; nothing is parsed

from flask import current_app

from lms.clock import ROME
from lms.config_body import PublicBody
from lms.issuance.models import Certificate, CertificateDocument

KIND = "Attestato di partecipazione"
FORMED = (
    "generazione o raggruppamento anche in via automatica di un insieme di dati o registrazioni, "
    "provenienti da una o più banche dati, anche appartenenti a più soggetti interoperanti, "
    "secondo una struttura logica predeterminata e memorizzata in forma statica"
)
LONGEST_SUBJECT = 500
EXAMPLE = "Esempio dimostrativo, senza valore."
Tree = dict[str, Any]


def body() -> PublicBody | None:
    """The administration as the settings name it; without it there are no metadata."""
    found: PublicBody | None = current_app.config["SETTINGS"].body
    return found


def metadata(shown: Certificate, document: CertificateDocument, owner: PublicBody) -> bytes:
    """The metadata of one document in XML."""
    root = Xml.Element("DocumentoAmministrativoInformatico")
    _fill(root, _said(shown, document, owner))
    Xml.indent(root)
    return bytes(Xml.tostring(root, encoding="UTF-8", xml_declaration=True))


def _said(shown: Certificate, document: CertificateDocument, owner: PublicBody) -> Tree:
    said, cycle = json.loads(shown.snapshot), shown.cycle
    issued = shown.issued_at.astimezone(ROME)
    title = said.get("cycle_title", cycle.title)
    holder, code = shown.holder_name, cycle.code
    return {
        "IdDoc": {
            "ImprontaCrittograficaDelDocumento": {
                "Impronta": base64.b64encode(bytes.fromhex(document.sha256)).decode(),
                "Algoritmo": "SHA-256",
            },
            "Identificativo": shown.code,
        },
        "ModalitaDiFormazione": FORMED,
        "TipologiaDocumentale": KIND,
        "DatiDiRegistrazione": {
            "TipologiaDiFlusso": "U",
            "TipoRegistro": {
                "Repertorio_Registro": {
                    "TipoRegistro": "Repertorio\\Registro",
                    "DataRegistrazioneDocumento": issued.date().isoformat(),
                    "OraRegistrazioneDocumento": issued.strftime("%H:%M:%S"),
                    "NumeroRegistrazioneDocumento": shown.serial,
                    "CodiceRegistro": code,
                }
            },
        },
        "Soggetti": {"Ruolo": _subjects(shown, said.get("issuer_name", cycle.track.issuer), owner)},
        "ChiaveDescrittiva": {
            "Oggetto": f"{KIND} n. {shown.serial} – {title} – {holder}"[:LONGEST_SUBJECT]
        },
        "Allegati": {"NumeroAllegati": "0"},
        "Classificazione": {"Descrizione": said.get("track_title", cycle.track.title)},
        "Riservato": "false",
        "IdentificativoDelFormato": {
            "Formato": "application/pdf",
            "ProdottoSoftware": {"NomeProdotto": "Percorso"},
        },
        "Verifica": {
            "FirmatoDigitalmente": "false",
            "SigillatoElettronicamente": _truth(document.sealed_by),
            "MarcaturaTemporale": _truth(document.stamped_at),
            "ConformitaCopieImmagineSuSupportoInformatico": "false",
        },
        "Agg": {"TipoAgg": {"TipoAggregazione": "Serie Documentale", "IdAggregazione": code}},
        "NomeDelDocumento": f"{shown.serial}.pdf",
        "VersioneDelDocumento": "1",
        **({"Note": EXAMPLE} if said.get("fictional") else {}),
    }


def _subjects(shown: Certificate, issuer: str, owner: PublicBody) -> list[Tree]:
    administration = {
        "IPAAmm": {"Denominazione": issuer, "CodiceIPA": owner.ipa},
        "IPAAOO": {"Denominazione": issuer, "CodiceIPA": owner.aoo},
        "IndirizziDigitaliDiRiferimento": owner.address,
    }
    family = shown.holder_family_name
    holder = {"Cognome": family, "Nome": shown.holder_name.removesuffix(family).strip()}
    registers = "AmministrazioneCheEffettuaLaRegistrazione"
    return [
        {registers: {"TipoRuolo": "Amministrazione Che Effettua La Registrazione",
                     "PAI": administration}},
        {"Destinatario": {"TipoRuolo": "Destinatario", "PF": holder}},
        {"Autore": {"TipoRuolo": "Autore", "PAI": administration}},
        {"Produttore": {"TipoRuolo": "Produttore", "SW": {"DenominazioneSistema": "Percorso"}}},
    ]  # fmt: skip


def _truth(value: object) -> str:
    return "true" if value else "false"


def _fill(element: Xml.Element, said: Tree) -> None:
    for name, value in said.items():
        for one in value if isinstance(value, list) else [value]:
            child = Xml.SubElement(element, name)
            if isinstance(one, dict):
                _fill(child, one)
            else:
                child.text = one
