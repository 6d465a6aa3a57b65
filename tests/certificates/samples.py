"""Fictional certificates for the tests: invented people, real kinds of texts."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import pypdfium2

from certificates.data import CertificateData, Emblem, InvalidData, ModuleLine
from certificates.press import Press
from certificates.render import Renderer

CODE = "K7QM2X4PZT5NWB3DHCRE6YJV2A"
TITLES = (
    "Amministrazione condivisa e Codice del Terzo settore",
    "Co-programmazione: dal bisogno alla scelta",
    "Co-progettazione: il procedimento passo per passo",
    "Convenzioni, accreditamento e affidamenti",
    "Costruire l’avviso pubblico",
    "La gestione del partenariato e la rendicontazione",
    "Valutazione d’impatto sociale",
    "Scambio e replicazione delle buone pratiche",
    "Laboratorio: dall’idea al tavolo",
    "Piani di zona e integrazione sociosanitaria",
)
EMBLEMS = (
    Emblem(symbol="eu", label="Cofinanziato dall’Unione europea"),
    Emblem(symbol="none", label="Ministero dimostrativo del lavoro"),
    Emblem(symbol="none", label="Associazione dimostrativa dei comuni"),
)
LONG_NAME = (
    "Maria Anna Francesca Giuseppina Benedetta Immacolata von Habsburg-Lothringen"
    " degli Alberti di Montefeltro e Castelnuovo"
)
FILLER = (
    "Strumenti collaborativi per gli enti locali, le reti di prossimità, la cura dei beni comuni"
    " e le organizzazioni del Terzo settore nei territori montani e costieri; "
)


def attempt(action: Callable[[], Any]) -> tuple[Any, InvalidData | None]:
    """Return the result, or the only error that is allowed."""
    try:
        return action(), None
    except InvalidData as error:
        return None, error


def filler(length: int) -> str:
    """Return readable text of exactly so many characters."""
    return (FILLER * 4)[: length - 1].rstrip().ljust(length - 1, "o") + "."


def modules(count: int) -> tuple[ModuleLine, ...]:
    """Return so many modules, one a week, with different lengths."""
    first = date(2021, 10, 14)
    return tuple(
        ModuleLine(
            title=TITLES[number] if number < len(TITLES) else f"Incontro di zona {number}",
            minutes=(180, 150, 210, 90)[number % 4],
            starts_on=first + timedelta(days=7 * number),
            ends_on=first + timedelta(days=7 * number + (0, 5, 21)[number % 3]),
        )
        for number in range(count)
    )


def sample(**changes: Any) -> CertificateData:
    """Return a valid certificate of four modules, with the given fields changed."""
    code = changes.get("code", CODE)
    values: dict[str, Any] = {
        "serial": "2022/000123",
        "code": code,
        "verify_url": f"https://percorso.example.it/verifica/{code}",
        "language": "it",
        "holder": "Chiara D’Amico",
        "organisation": "Comune di Faenza",
        "track_title": "Un’amministrazione condivisa",
        "cycle_title": "Primo ciclo – Strumenti collaborativi per gli enti locali",
        "modules": modules(4),
        "minutes_attended": 1290,
        "minutes_planned": 1440,
        "completed_on": date(2022, 5, 16),
        "issued_on": date(2022, 5, 20),
        "issued_at": datetime(2022, 5, 20, 10, 30, tzinfo=UTC),
        "rule_text": "Frequenza di almeno l’80 % delle ore previste dal ciclo.",
        "issuer_name": "Dipartimento per la formazione – Ente dimostrativo",
        "place": "Roma",
        "signatory_name": "Teresa Valli",
        "signatory_role": "La direttrice del programma",
        "funding_statement": "Iniziativa dimostrativa cofinanziata dal Fondo sociale europeo.",
        "emblems": EMBLEMS,
        "fictional": True,
    }
    return CertificateData(**values | changes)


def longest() -> CertificateData:
    """Return a certificate where every text has its greatest permitted length."""
    code = "K7QM" * 16
    line = ModuleLine(
        title=filler(300), minutes=1000, starts_on=date(2021, 12, 30), ends_on=date(2022, 1, 12)
    )
    return sample(
        code=code,
        verify_url=f"https://{'verifica.' * 13}example.it/{code}",
        serial="A" * 40,
        holder=LONG_NAME.ljust(120, "o"),
        organisation=filler(200),
        track_title=filler(299) + "!",
        cycle_title=filler(300),
        modules=(line,) * 30,
        rule_text=filler(400),
        issuer_name=filler(200),
        place=filler(80),
        signatory_name=LONG_NAME.ljust(120, "a"),
        signatory_role=filler(160),
        funding_statement=filler(400),
        emblems=tuple(
            Emblem(symbol=symbol, label=filler(100)) for symbol in ("eu", "none", "none", "eu")
        ),
    )


@lru_cache(maxsize=1)
def press() -> Press:
    """Return one warm press for all tests of a process."""
    return Press()


def renderer() -> Renderer:
    """Return its renderer, which lays out one by one."""
    return press().renderer


@lru_cache(maxsize=64)
def _rendered(data: CertificateData) -> bytes:
    return press().render(data)


def text_of(content: bytes) -> list[str]:
    """Return the text of each page, line ends turned into spaces."""
    document = pypdfium2.PdfDocument(content)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def tags(element: Any) -> list[tuple[str, str]]:
    """Return tag and alternative text of a structure element and all below it."""
    found = [(str(element.get("/S")), str(element.get("/Alt", "")))]
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object()
        if isinstance(kid, dict) and "/S" in kid:
            found += tags(kid)
    return found


def pdf(**changes: Any) -> bytes:
    """Render a sample as the product does, once for equal data."""
    return _rendered(sample(**changes))
