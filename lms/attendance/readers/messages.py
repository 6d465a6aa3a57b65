"""Every sentence the readers can say, English and Italian, by its stable code.

Counts stand after a colon and not before a noun, so that no sentence needs a plural.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from lms.attendance.readers.messages_more import MORE_SENTENCES

Language = Literal["en", "it"]

_SHOWN = 5  # rows or names listed before "…"

# code: (English, Italian)
_SENTENCES: dict[str, tuple[str, str]] = {
    **MORE_SENTENCES,
    # refusals
    "empty": (
        "The file is empty: it holds no row to read.",
        "Il file è vuoto: non contiene nessuna riga da leggere.",
    ),
    "too_large": (
        "The file is larger than the {limit} MB a report may have ({size} bytes).",
        "Il file supera i {limit} MB consentiti per un report ({size} byte).",
    ),
    "not_text": (
        "The file is {kind} (seen at byte {byte}), not a table in text: "
        "download the report from the platform as CSV or Excel (.xlsx).",
        "Il file è {kind} (riconosciuto al byte {byte}), non una tabella di testo: "
        "scarica il report dalla piattaforma in formato CSV o Excel (.xlsx).",
    ),
    "too_many_rows": (
        "The table goes on after row {row}, more rows than the {limit} a report may have.",
        "La tabella continua dopo la riga {row}: supera le {limit} righe consentite.",
    ),
    "too_many_columns": (
        "Row {row} has more columns than the {limit} a report may have.",
        "La riga {row} supera le {limit} colonne consentite.",
    ),
    "too_many_cells": (
        "The table has more filled cells than the {limit} a report may have, reached at row {row}.",
        "La tabella supera le {limit} celle compilate consentite, raggiunte alla riga {row}.",
    ),
    "cell_too_long": (
        "A cell in row {row} is longer than {limit} characters.",
        "Una cella della riga {row} supera i {limit} caratteri.",
    ),
    "open_quote": (
        "Row {row} opens a quotation mark that nothing closes, so the rows after it cannot be "
        "told apart.",
        "La riga {row} apre delle virgolette che nessuno chiude: le righe che seguono non si "
        "possono distinguere.",
    ),
    "unknown_table": (
        "The table that begins at row {row} («{headings}») is no report of a known platform "
        "({looked_for}): we look for columns of names, of join and leave times and of minutes.",
        "La tabella che comincia alla riga {row} («{headings}») non è un report di una piattaforma "
        "conosciuta ({looked_for}): cerchiamo colonne con nomi, orari di entrata e uscita, minuti.",
    ),
    "meetings_only": (
        "Row {row} begins a list of meetings without their participants: "
        "export the meeting with its participants.",
        "Alla riga {row} comincia un elenco di riunioni senza i partecipanti: "
        "esporta la riunione con i partecipanti.",
    ),
    "no_people": (
        "Under the headings in row {row} no participant is listed.",
        "Sotto le intestazioni della riga {row} non c'è nessun partecipante.",
    ),
    "unreadable_times": (
        "Row {row}, column «{column}»: «{text}» is no date with a time, "
        "nor is any other cell of that column.",
        "Riga {row}, colonna «{column}»: «{text}» non è una data con un'ora, "
        "e nessun'altra cella della colonna lo è.",
    ),
    "dates_contradict": (
        "Row {dmy_row} can only be day/month and row {mdy_row} only month/day: "
        "the dates of the file contradict one another.",
        "La riga {dmy_row} può essere solo giorno/mese e la riga {mdy_row} solo mese/giorno: "
        "le date del file si contraddicono.",
    ),
    # warnings
    "not_utf8": (
        "The text is not UTF-8 (byte {byte}); it was read as Windows-1252: check the accents.",
        "Il testo non è in UTF-8 (byte {byte}); è stato letto come Windows-1252: controlla gli "
        "accenti.",
    ),
    "bad_bytes": (
        "Some bytes are no text (the first at byte {byte}); they show as �.",
        "Alcuni byte non sono testo (il primo al byte {byte}); al loro posto compare �.",
    ),
    "nul_removed": (
        "NUL characters removed: {count}.",
        "Caratteri NUL rimossi: {count}.",
    ),
    "waiting_room": (
        "Waiting-room rows left out: {count}.",
        "Righe della sala d'attesa escluse: {count}.",
    ),
    "only_waiting": (
        "Only in the waiting room, never admitted: {names}.",
        "Solo in sala d'attesa, mai ammessi: {names}.",
    ),
    "no_join": (
        "No readable join time, so no interval, in rows: {rows}.",
        "Ora di ingresso mancante o illeggibile, quindi nessun intervallo, nelle righe: {rows}.",
    ),
    "no_leave": (
        "No readable leave time, so no interval, in rows: {rows}.",
        "Ora di uscita mancante o illeggibile, quindi nessun intervallo, nelle righe: {rows}.",
    ),
    "leave_before_join": (
        "Leave before join, so no interval, in rows: {rows}.",
        "Uscita prima dell'ingresso, quindi nessun intervallo, nelle righe: {rows}.",
    ),
    "ambiguous_time": (
        "The clock was put back and the time could be either hour in {zone}, in rows: {rows}.",
        "L'ora è stata spostata indietro e l'orario può essere l'una o l'altra in {zone}, "
        "nelle righe: {rows}.",
    ),
    "nonexistent_time": (
        "The clock was put forward and the time does not exist in {zone}, so the report may be in "
        "another zone, in rows: {rows}.",
        "L'ora è stata spostata in avanti e l'orario non esiste in {zone}: il report è forse in un "
        "altro fuso, nelle righe: {rows}.",
    ),
    "stated_differs": (
        "The platform's minutes differ from leave minus join by more than its rounding, "
        "in rows: {rows}.",
        "I minuti della piattaforma differiscono da uscita meno ingresso oltre "
        "l'arrotondamento, nelle righe: {rows}.",
    ),
    "totals_only": (
        "The report gives total minutes only, no join and leave times: nothing can be clipped to "
        "the lesson.",
        "Il report riporta solo i minuti totali, senza ingressi e uscite: non si può limitare la "
        "presenza all'orario dell'incontro.",
    ),
    "still_there": (
        "No leave: still in the room when the report was downloaded, counted as far as the report "
        "reaches ({text}): {names}.",
        "Senza uscita: ancora nella stanza quando il report è stato scaricato, la presenza arriva "
        "fin dove arriva il report ({text}): {names}.",
    ),
    "marks": (
        "Presence is marked at intervals, minutes between two marks: {count}. Marks in a row are "
        "one stay; how long somebody was there between two calls is not told.",
        "La presenza è segnata a intervalli, minuti tra due segni: {count}. I segni consecutivi "
        "sono una sola permanenza; che cosa è successo tra un segno e l'altro non è riportato.",
    ),
    "there_before": (
        "Already in the room when the report begins, counted from there: {names}.",
        "Già nella stanza quando il report comincia, la presenza parte da lì: {names}.",
    ),
    "ignored_rows": (
        "Rows that name nobody's presence, left out: {rows}.",
        "Righe che non dicono la presenza di nessuno, escluse: {rows}.",
    ),
    "unnamed_rows": (
        "Rows with times but neither name nor e-mail, left out: {rows}.",
        "Righe con orari ma senza nome né e-mail, escluse: {rows}.",
    ),
    "shifted_rows": (
        "An unquoted separator in the name was put back together in rows: {rows}.",
        "Un separatore senza virgolette nel nome è stato ricomposto nelle righe: {rows}.",
    ),
    "one_email_many_names": (
        "One e-mail with several names, counted as one person: {names}.",
        "Una sola e-mail con più nomi, contata come una persona: {names}.",
    ),
    "same_name_overlap": (
        "Same name at the same time and no e-mail to tell them apart (two devices, or two "
        "people?), counted as one: {names}.",
        "Stesso nome nello stesso momento e nessuna e-mail per distinguerli (due dispositivi o due "
        "persone?), contati come uno: {names}.",
    ),
    "name_kept_apart": (
        "Same name with and without an e-mail or an original name, kept apart: {names}.",
        "Stesso nome con e senza e-mail o nome originale, tenuti separati: {names}.",
    ),
    "absent_and_present": (
        "Absent in one row and present in another, counted as present: {names}.",
        "Assenti in una riga e presenti in un'altra, contati come presenti: {names}.",
    ),
    "meetings_joined": (
        "Several meetings stand above one list of people and were read as one, row: {row}.",
        "Più riunioni stanno sopra un solo elenco di persone e sono state lette come una sola, "
        "riga: {row}.",
    ),
    "other_day": (
        "The report is of another day than {date}; it has: {days}.",
        "Il report è di un giorno diverso dal {date}; contiene: {days}.",
    ),
    # questions
    "ask_date": (
        "The report has hours but no date («{text}», row {row}): on which day was the meeting?",
        "Il report riporta le ore ma nessuna data («{text}», riga {row}): in che giorno è stata la "
        "riunione?",
    ),
    "ask_date_order": (
        "Is «{text}» (row {row}) day/month or month/day: on which day was the meeting?",
        "«{text}» (riga {row}) è giorno/mese o mese/giorno: in che giorno è stata la riunione?",
    ),
    "ask_zone": (
        "The clock of the report names no zone: in which zone are its times?",
        "Il report non dice il fuso del suo orologio: in quale fuso sono i suoi orari?",
    ),
    "ask_ambiguous_time": (
        "«{text}» (row {row}) came twice that night in {zone}: which of the two?",
        "«{text}» (riga {row}) quella notte c'è stata due volte in {zone}: quale delle due?",
    ),
}

_KINDS: dict[str, tuple[str, str]] = {
    "xls": ("an old Office file (Excel .xls)", "un vecchio file di Office (Excel .xls)"),
    "ods": ("an OpenDocument file", "un file OpenDocument"),
    "zip": ("a ZIP archive", "un archivio ZIP"),
    "pdf": ("a PDF document", "un documento PDF"),
    "image": ("an image", "un'immagine"),
    "archive": ("a compressed archive", "un archivio compresso"),
    "html": ("a web page", "una pagina web"),
    "json": ("a JSON document", "un documento JSON"),
    "xml": ("an XML document", "un documento XML"),
    "binary": ("binary data", "un file binario"),
}


def sentence(code: str, params: Mapping[str, object], language: Language = "en") -> str:
    """Return the sentence of a notice, question (`ask_<kind>`) or refusal.

    KeyError for a code that does not exist: a test goes through all that readers use.
    """
    at = 0 if language == "en" else 1
    shown = {key: _shown(value) for key, value in params.items()}
    if "kind" in shown:
        shown["kind"] = _KINDS[shown["kind"]][at]
    return _SENTENCES[code][at].format_map(shown)


def _shown(value: object) -> str:
    if not isinstance(value, tuple):
        return _one_line(str(value))
    listed = ", ".join(_one_line(str(each), 60) for each in value[:_SHOWN])
    more = len(value) - _SHOWN
    return f"{listed} … (+{more})" if more > 0 else listed


def _one_line(text: str, limit: int = 120) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
