"""What the demonstration is made of. The municipalities exist; people and bodies do not."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "percorso-di-prova"  # noqa: S105 # nosec B105 # shown on its sign-in page

TRACK_TITLE = "Co-Progetta – Un’amministrazione condivisa (dati dimostrativi)"
TRACK_SUMMARY = (
    "Percorso formativo dimostrativo: persone, date e presenze sono inventate. "
    "Mostra come si organizza un ciclo di webinar sulla co-programmazione e la co-progettazione "
    "per comuni, regioni ed enti del Terzo settore."
)
FUNDING = "Dati dimostrativi: nessun finanziamento reale è collegato a questo percorso."
EMBLEMS = (("eu", "Cofinanziato dall’Unione europea"), ("none", "Ente promotore di esempio"))
ISSUER = "Ente promotore di esempio"
SIGNATORY = ("Responsabile di esempio", "Responsabile della formazione")

# Name, province, cadastral code: facts that anyone can look up.
MUNICIPALITIES = (
    ("Bologna", "BO", "A944"),
    ("Torino", "TO", "L219"),
    ("Firenze", "FI", "D612"),
    ("Bari", "BA", "A662"),
    ("Palermo", "PA", "G273"),
    ("Genova", "GE", "D969"),
    ("Cagliari", "CA", "B354"),
    ("Perugia", "PG", "G478"),
    ("Trento", "TN", "L378"),
    ("Lecce", "LE", "E506"),
    ("Matera", "MT", "F052"),
    ("Parma", "PR", "G337"),
    ("Padova", "PD", "G224"),
    ("Bergamo", "BG", "A794"),
    ("Ancona", "AN", "A271"),
    ("Pescara", "PE", "G482"),
    ("Catania", "CT", "C351"),
    ("Sassari", "SS", "I452"),
    ("Udine", "UD", "L483"),
    ("Forlì", "FC", "D704"),
    ("Siena", "SI", "I726"),
    ("Latina", "LT", "E472"),
)
THIRD_SECTOR = (
    "Cooperativa sociale Esempio Aperto",
    "Associazione Prova Comune APS",
    "Fondazione di comunità Dimostrativa",
    "Organizzazione di volontariato Campione ODV",
)
# Typed by people and not yet looked at: one is new, one is a body above with a slip.
PROPOSED = ("Cooperativa sociale Modello Nuovo", "Assocazione Prova Comune")

GIVEN_NAMES = (
    "Alice", "Bruno", "Carla", "Davide", "Elena", "Fabio", "Giulia", "Hamid", "Irene", "Jacopo",
    "Karima", "Lorenzo", "Marta", "Nicolò", "Olga", "Pietro", "Quirino", "Rosa", "Sara", "Tommaso",
    "Ursula", "Valerio", "Wanda", "Xenia", "Yuri", "Zoe", "Anna Maria", "Gian Luca", "Noemi",
    "Álvaro",
)  # fmt: skip
FAMILY_NAMES = (
    "Abete", "Betulla", "Castagno", "D'Acero", "De Pioppi", "Edera", "Faggio", "Ginepro", "Ibisco",
    "Larice", "Melograno", "Nespolo", "Olmo", "Pino", "Quercia", "Rovere", "Salice", "Tiglio",
    "Ulivo", "Viburno", "Dell'Alloro", "Di Mirto", "Ontàno", "Frassino", "Cipresso", "Corniolo",
    "Sambuco", "Ligustro", "Gelso", "Carrubo",
)  # fmt: skip


@dataclass(frozen=True)
class LessonPlan:
    """One lesson: its title, the day (from today; negative is past), clock and minutes."""

    title: str
    day: int
    clock: str
    minutes: int
    room: str = ""


@dataclass(frozen=True)
class ModulePlan:
    """One module and its lessons."""

    title: str
    summary: str
    area: str
    lessons: tuple[LessonPlan, ...]


FIRST_CYCLE = (
    ModulePlan(
        "L'amministrazione condivisa",
        "Che cosa cambia quando enti pubblici e Terzo settore decidono insieme.",
        "Amministrazione condivisa",
        (
            LessonPlan("Principi e parole dell’amministrazione condivisa", -58, "10:00", 120),
            LessonPlan("Il Codice del Terzo settore letto in comune", -54, "10:00", 120),
            LessonPlan("Casi a confronto: tre comuni raccontano", -51, "10:00", 120),
        ),
    ),
    ModulePlan(
        "La co-programmazione",
        "Leggere i bisogni di un territorio con chi lo abita.",
        "Co-programmazione",
        (
            LessonPlan(
                "Dall’avviso ai tavoli: come si apre una co-programmazione", -44, "10:00", 120
            ),
            LessonPlan("Raccogliere i bisogni, decidere le priorità", -40, "10:00", 120),
            LessonPlan("Laboratorio: scrivere un avviso", -37, "14:30", 150),
        ),
    ),
    ModulePlan(
        "La co-progettazione",
        "Dal progetto condiviso alla convenzione.",
        "Co-progettazione",
        (
            LessonPlan("Il procedimento passo per passo", -30, "10:00", 120),
            LessonPlan("Valutare le proposte", -26, "10:00", 120),
            LessonPlan("Laboratorio: costruire un quadro economico", -23, "14:30", 150),
        ),
    ),
    ModulePlan(
        "Rendicontare e valutare",
        "Mostrare che cosa è cambiato, e a quale costo.",
        "Valutazione",
        (
            LessonPlan("Rendicontazione e controlli", -16, "10:00", 120),
            LessonPlan("Misurare l’impatto sociale", -9, "10:00", 120),
            LessonPlan("Incontro finale: che cosa portiamo a casa", -1, "10:00", 120),
        ),
    ),
)
SECOND_CYCLE = (
    ModulePlan(
        "Basi comuni",
        "Da dove si comincia, con gli strumenti del primo ciclo.",
        "Amministrazione condivisa",
        (
            LessonPlan("Apertura del secondo ciclo", -6, "10:00", 90),
            LessonPlan("Glossario dell’amministrazione condivisa", -2, "10:00", 120),
            LessonPlan("Gli strumenti a disposizione degli uffici", 5, "10:00", 120),
        ),
    ),
    ModulePlan(
        "Co-programmare nei piccoli comuni",
        "Unioni, ambiti e gestioni associate.",
        "Co-programmazione",
        (
            LessonPlan("Unioni e ambiti territoriali sociali", 12, "10:00", 120),
            LessonPlan("Coinvolgere chi non partecipa mai", 16, "10:00", 120),
            LessonPlan(
                "Laboratorio in presenza", 19, "09:30", 240, "Sala civica di esempio, Bologna"
            ),
        ),
    ),
    ModulePlan(
        "Co-progettare servizi",
        "Dalla domanda al servizio, un esempio per volta.",
        "Co-progettazione",
        (
            LessonPlan("Servizi per la non autosufficienza", 26, "10:00", 120),
            LessonPlan("Beni comuni e riuso degli spazi", 33, "10:00", 120),
            LessonPlan("Giovani e comunità educanti", 40, "10:00", 120),
        ),
    ),
    ModulePlan(
        "Verso la comunità di pratica",
        "Scambio e replica delle buone pratiche.",
        "Comunità di pratica",
        (
            LessonPlan("Le buone pratiche che si possono copiare", 47, "10:00", 120),
            LessonPlan("Webinar conclusivo", 54, "10:00", 120),
        ),
    ),
)

# What each sign-in shows, and its login; the order is that of `people.add_cast`.
SIGN_INS = (
    ("Participant", "partecipante@percorso.example"),
    ("Trainer", "docente@percorso.example"),
    ("Organiser", "segreteria@percorso.example"),
    ("Entity referent", "referente@percorso.example"),
    ("Auditor", "revisione@percorso.example"),
    ("Administrator", "amministrazione@percorso.example"),
)
