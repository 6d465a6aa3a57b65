"""What readers say about workbooks, and about presence that is more or less than minutes."""

from __future__ import annotations

# code: (English, Italian)
MORE_SENTENCES: dict[str, tuple[str, str]] = {
    "bad_workbook": (
        "The Excel workbook cannot be read: it is damaged, or locked with a password.",
        "La cartella di lavoro Excel non si può leggere: è danneggiata o protetta da password.",
    ),
    "workbook_limit": (
        "The Excel workbook is larger inside than a report may be: "
        "save only the sheet of the report, or download it as CSV.",
        "La cartella di lavoro Excel contiene più di quanto un report può avere: "
        "salva solo il foglio del report o scaricalo in formato CSV.",
    ),
    "presence_only": (
        "The report says that people were there, not from when to when: it is evidence of presence "
        "and credits no minutes.",
        "Il report dice che le persone c'erano, non da quando a quando: è una prova di presenza e "
        "non accredita minuti.",
    ),
    "unclear_statuses": (
        "Statuses that do not tell by themselves whether somebody was there, left out: {names}.",
        "Stati che da soli non dicono se la persona c'era, esclusi: {names}.",
    ),
    "sheets_read": (
        "The workbook has several sheets; read: {names}.",
        "La cartella di lavoro ha più fogli; letti: {names}.",
    ),
    "sheets_left": (
        "Sheets of the workbook that are no report of this platform, left out: {names}.",
        "Fogli della cartella di lavoro che non sono un report di questa piattaforma, esclusi: "
        "{names}.",
    ),
    "leave_from_duration": (
        "No leave time: the end was taken from the join time and the duration the platform states, "
        "in rows: {rows}.",
        "Ora di uscita mancante: la fine è calcolata dall'ingresso e dalla durata indicata dalla "
        "piattaforma, nelle righe: {rows}.",
    ),
    "away_inside": (
        "The platform gives first entry and last exit, and counts less than the time between them "
        "(they left and came back): compare the two figures, rows: {rows}.",
        "La piattaforma riporta primo ingresso e ultima uscita, e conta meno del tempo tra i due "
        "(uscite e rientri): confronta le due cifre, righe: {rows}.",
    ),
}
