"""What the file says about itself to machines: conformance and the certificate's identity (XMP).

The identity stands in the document's metadata packet, uncompressed as XMP asks, so that any tool
finds it by scanning the bytes. PDF/A wants every property that is not one of its own described by
an extension schema, inside the one RDF block that readers look at.
"""

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape  # nosec B406 # writes text; nothing is parsed

NAMESPACE = "urn:percorso:certificate:1#"
PREFIX = "certificate"


@dataclass(frozen=True)
class Identity:
    """What tells one certificate from all others: the public code and the serial number."""

    code: str
    serial: str


@dataclass(frozen=True)
class _Property:
    name: str
    value_type: str
    description: str


@dataclass(frozen=True)
class _Schema:
    name: str
    uri: str
    prefix: str
    properties: tuple[_Property, ...]


_ACCESSIBLE = _Schema(
    "PDF/UA identification schema",
    "http://www.aiim.org/pdfua/ns/id/",
    "pdfuaid",
    (_Property("part", "Integer", "Part of ISO 14289 this file conforms to"),),
)
_CERTIFICATE = _Schema(
    "Certificate identity schema",
    NAMESPACE,
    PREFIX,
    (
        _Property("code", "Text", "Public code under which the certificate can be verified"),
        _Property("serial", "Text", "Serial number given by the issuer"),
    ),
)


def describe(metadata: Any, identity: Identity | None = None) -> None:
    """Make WeasyPrint's metadata object also state PDF/UA-1, and a certificate's identity."""
    plain_rdf = metadata.generate_rdf_metadata
    plain_include = metadata.include_in_pdf
    extra = _description(identity).encode()

    def with_more(variant: str, version: int, conformance: str | None) -> bytes:
        rdf: bytes = plain_rdf(variant, version, conformance)
        return rdf.replace(b"</rdf:RDF>", extra + b"</rdf:RDF>")

    def uncompressed(
        pdf: Any, variant: str, version: int, conformance: Any, compress: bool
    ) -> None:
        del compress
        plain_include(pdf, variant, version, conformance, compress=False)

    metadata.generate_rdf_metadata = with_more
    metadata.include_in_pdf = uncompressed


def _description(identity: Identity | None) -> str:
    described = (_ACCESSIBLE, _CERTIFICATE) if identity else (_ACCESSIBLE,)
    return (
        f'<rdf:Description rdf:about="" xmlns:pdfuaid="{_ACCESSIBLE.uri}">'
        "<pdfuaid:part>1</pdfuaid:part></rdf:Description>"
        f"{_identity(identity) if identity else ''}"
        '<rdf:Description rdf:about=""'
        ' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
        f"<pdfaExtension:schemas><rdf:Bag>{''.join(map(_schema, described))}</rdf:Bag>"
        "</pdfaExtension:schemas></rdf:Description>"
    )


def _identity(identity: Identity) -> str:
    return (
        f'<rdf:Description rdf:about="" xmlns:{PREFIX}="{NAMESPACE}">'
        f"<{PREFIX}:code>{escape(identity.code)}</{PREFIX}:code>"
        f"<{PREFIX}:serial>{escape(identity.serial)}</{PREFIX}:serial></rdf:Description>"
    )


def _schema(schema: _Schema) -> str:
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{item.name}</pdfaProperty:name>"
        f"<pdfaProperty:valueType>{item.value_type}</pdfaProperty:valueType>"
        "<pdfaProperty:category>internal</pdfaProperty:category>"
        f"<pdfaProperty:description>{item.description}</pdfaProperty:description></rdf:li>"
        for item in schema.properties
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaSchema:schema>{schema.name}</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{schema.uri}</pdfaSchema:namespaceURI>"
        f"<pdfaSchema:prefix>{schema.prefix}</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
