"""The words of a calendar in each language, and what a lesson says of itself there. Pure.

Not in the translation catalogues: a feed speaks the language it was made in, whatever language the
program that fetches it asks for, or its bytes would change from one reader to the next.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Fixed texts of one language; `{}` marks what is filled in."""

    cancelled: str
    my_lessons: str
    module: str
    cycle: str
    breaks: str
    join: str
    join_on_page: str
    page: str
    online: str
    place_and_online: str


WORDS = {
    "it": Words(
        cancelled="ANNULLATO",
        my_lessons="{}: i miei incontri",
        module="Modulo: {}",
        cycle="Ciclo: {}",
        breaks="Pausa: {}",
        join="Per partecipare: {}",
        join_on_page="Chi è iscritto trova il collegamento nella pagina dell’incontro.",
        page="Pagina dell’incontro: {}",
        online="Online",
        place_and_online="{} e online",
    ),
    "en": Words(
        cancelled="CANCELLED",
        my_lessons="{}: my lessons",
        module="Module: {}",
        cycle="Cycle: {}",
        breaks="Break: {}",
        join="Join: {}",
        join_on_page="Those enrolled find the link on the lesson’s page.",
        page="The lesson’s page: {}",
        online="Online",
        place_and_online="{} and online",
    ),
}
