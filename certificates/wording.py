"""The words of a certificate in Italian and English: labels, dates, durations."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Words:
    """Fixed texts of one language; ``{}`` marks what is filled in."""

    title: str
    certify: str
    attended_cycle: str
    of_track: str
    attended_track: str
    hours_label: str
    of_planned: str
    completed_label: str
    rule_label: str
    verify_label: str
    verify_hint: str
    code_label: str
    qr_alt: str
    flag_alt: str
    serial: str
    issued: str
    issued_at_place: str
    programme_of: str
    column_module: str
    column_dates: str
    column_minutes: str
    annex: str
    page: str
    of_pages: str
    fictional: str
    quotes: tuple[str, str]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    hour: tuple[str, str]
    minute: tuple[str, str]
    hours_and_minutes: str


_ITALIAN = Words(
    title="Attestato di partecipazione",
    certify="Si attesta che",
    attended_cycle="ha partecipato al ciclo",
    of_track="del percorso",
    attended_track="ha partecipato al percorso",
    hours_label="Presenza",
    of_planned="su {} previste",
    completed_label="Conclusione",
    rule_label="Requisito di partecipazione",
    verify_label="Verifica di autenticità",
    verify_hint="Inquadra il codice QR oppure visita",
    code_label="e inserisci il codice",
    qr_alt="Codice QR che porta alla pagina di verifica {}",
    flag_alt="Emblema dell’Unione europea",
    serial="Attestato n. {}",
    issued="Rilasciato il {}",
    issued_at_place="{}, {}",
    programme_of="Programma del ciclo",
    column_module="Modulo",
    column_dates="Periodo",
    column_minutes="Durata",
    annex="Il programma comprende {} moduli, elencati nella pagina seguente.",
    page="Pagina",
    of_pages="di",
    fictional="Esempio dimostrativo, senza valore",
    quotes=("«", "»"),
    months=(
        "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
        "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
    ),
    short_months=(
        "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic",
    ),
    hour=("ora", "ore"),
    minute=("minuto", "minuti"),
    hours_and_minutes="{} e {}",
)  # fmt: skip

_ENGLISH = Words(
    title="Certificate of attendance",
    certify="This is to certify that",
    attended_cycle="attended the cycle",
    of_track="of the training track",
    attended_track="attended the training track",
    hours_label="Attendance",
    of_planned="of {} planned",
    completed_label="Completed",
    rule_label="Attendance requirement",
    verify_label="Check authenticity",
    verify_hint="Scan the QR code or visit",
    code_label="and enter the code",
    qr_alt="QR code leading to the verification page {}",
    flag_alt="Emblem of the European Union",
    serial="Certificate no. {}",
    issued="Issued on {}",
    issued_at_place="{}, {}",
    programme_of="Programme of the cycle",
    column_module="Module",
    column_dates="Dates",
    column_minutes="Duration",
    annex="The programme has {} modules, listed on the next page.",
    page="Page",
    of_pages="of",
    fictional="Demonstration sample, not valid",
    quotes=("“", "”"),
    months=(
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    short_months=(
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ),
    hour=("hour", "hours"),
    minute=("minute", "minutes"),
    hours_and_minutes="{} and {}",
)  # fmt: skip

WORDS = {"it": _ITALIAN, "en": _ENGLISH}
OTHER = {"it": "en", "en": "it"}


def duration(minutes: int, language: str) -> str:
    """Write minutes in words: ``21 ore e 30 minuti``."""
    words = WORDS[language]
    hours, rest = divmod(minutes, 60)
    hour_part = f"{hours} {words.hour[hours != 1]}"
    minute_part = f"{rest} {words.minute[rest != 1]}"
    if hours and rest:
        return words.hours_and_minutes.format(hour_part, minute_part)
    return hour_part if hours else minute_part


def short_duration(minutes: int) -> str:
    """Write minutes for a table, the same in both languages: ``1 h 30 min``."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min")
    return " ".join(parts)


def long_day(day: date, language: str) -> str:
    """Write a day in full: ``20 maggio 2022``; Italian writes the first of a month ``1º``."""
    number = "1º" if language == "it" and day.day == 1 else str(day.day)
    return f"{number} {WORDS[language].months[day.month - 1]} {day.year}"


def day_range(first: date, last: date, language: str) -> str:
    """Write days for a table, saying each month and year once: ``14 ott – 4 nov 2021``."""
    months = WORDS[language].short_months
    end = f"{last.day} {months[last.month - 1]} {last.year}"
    if first == last:
        return end
    if first.year != last.year:
        return f"{first.day} {months[first.month - 1]} {first.year} – {end}"
    if first.month != last.month:
        return f"{first.day} {months[first.month - 1]} – {end}"
    return f"{first.day}–{end}"


def numeric_range(first: date, last: date) -> str:
    """Write days for a table that speaks two languages: ``14.10.2021 – 4.11.2021``."""
    end = f"{last.day}.{last.month}.{last.year}"
    return end if first == last else f"{first.day}.{first.month}.{first.year} – {end}"
