"""Names nobody bears, put together to try type: particles, apostrophes, accents, lengths."""

_GIVEN = (
    "Ada", "Nicolò", "Zoë", "Jean-François", "Łucja", "Ġorġ", "Þóra", "Ümit", "Živa", "Íñigo",
    "Anna Maria", "Maria Giulia Benedetta", "Øyvind", "Ștefan", "Ţică", "Iľja", "Åsa", "Élodie",
)  # fmt: skip
_FAMILY = (
    "D’Amico", "De’ Paoli", "Dell'Alloro", "von und zu Waldau", "O’Brien-Šimić", "Ontàno",
    "Škvařil", "Żammit", "Ægisson", "Öztürk", "Ťažký", "da Silva e Souza", "van den Broek",
    "WAVY TAVOLA", "fi ffl Offida", "Li", "degli Alberti di Montefeltro e Castelnuovo",
)  # fmt: skip
_SINGLE = (
    "Io", "M. A. Rossi jr.", "Fu", "ROSSI MARIO", "rossi mario", "L’", "A. (detta «B»)",
    "Maria Anna Francesca Giuseppina Benedetta Immacolata de’ Conti Alberti di Montefeltro",
    "Bartolomeo-Massimiliano Acquaviva d’Aragona e Colonna di Stigliano",
    "W" * 40, "i" * 60, "Ünïçödé Ñandú Àèìòù ÂÊÎÔÛ",
)  # fmt: skip

NAMES = (
    *(f"{given} {_FAMILY[at % len(_FAMILY)]}" for at, given in enumerate(_GIVEN)),
    *(f"{_GIVEN[(at * 5 + 2) % len(_GIVEN)]} {family}" for at, family in enumerate(_FAMILY)),
    *_SINGLE,
)
