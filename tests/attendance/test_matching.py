"""People of a report matched with a roster: certain by exact keys only, never between equals."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.attendance.matching import (
    Ambiguous,
    Candidate,
    Certain,
    Match,
    Person,
    Unmatched,
    match,
    match_all,
    memory_key,
)

SAMPLES = Path(__file__).parents[2] / "../shared/data/attendance/name_matching_it.tsv"
ROSTER = [
    Candidate(1, "Noemi", "D'Aniello", ("noemi.daniello@comune.forli.example.it",)),
    Candidate(2, "Noemi", "Danieli"),
    Candidate(3, "Andrea", "Bruni"),
    Candidate(4, "Alessia", "Bruni"),
    Candidate(5, "Maria Giulia", "De Santis"),
    Candidate(6, "Álvaro José", "Núñez López"),
    Candidate(7, "Bonfanti", "Marco"),
    Candidate(8, "Alberto Deimer", "Deimer"),
]


def outcome(found: Match) -> str:
    if isinstance(found, Certain):
        return str(found.key)
    return "AMBIGUO" if isinstance(found, Ambiguous) else "NESSUNO"


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not at hand")
def test_every_case_of_the_shared_list() -> None:
    rows = [
        line.split("\t")
        for line in SAMPLES.read_text(encoding="utf-8").splitlines()
        if not line.startswith(("#", "from_report"))
    ]
    found = {row[0]: outcome(match(Person(row[0], row[1] or None), ROSTER)) for row in rows}
    assert len(found) >= 14
    assert found == {row[0]: row[2] for row in rows}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("DANIELLO NOEMI", 1),
        ("noemi d’aniello", 1),
        ("D Aniello, Noemi", 1),
        ("Comune di Forlì - Noemi D'Aniello", 1),
        ("NOEMI D'ANIELLO | Comune di Forlì", 1),
        ("017_Bruni Andrea", 3),
        ("Geom. Andrea Bruni (Comune di Rimini)", 3),
        ("Andrea Bruni Comune di Cesena", 3),
        ("desantis mariagiulia", 5),
        ("Avv.ssa Maria Giulia de santis", 5),
        ("Nunez Lopez Alvaro Jose", 6),
        ("marco.bonfanti@posta.example.it", 7),
        ("Deimer Alberto", 8),
    ],
)
def test_ways_to_type_a_whole_name(typed: str, expected: int) -> None:
    found = match(Person(typed), ROSTER)
    assert isinstance(found, Certain)
    assert found.key == expected


@pytest.mark.parametrize(
    ("typed", "first_suggestion"),
    [
        ("iPhone di Noemi D'Aniello", 1),  # the device is named after her; who held it?
        ("Noemi D'Anielo", 2),  # a slip of the keyboard: as near to Danieli
        ("Ugo Ferrànte (Noemi D'Aniello)", 1),  # renamed in the room, no e-mail
        ("Noemi D'Aniello e Andrea Bruni", 3),  # two on one screen
        ("alvaro", 6),
        ("M. De Santis", 5),
    ],
)
def test_likely_but_never_decided(typed: str, first_suggestion: int) -> None:
    found = match(Person(typed), ROSTER)
    assert isinstance(found, Unmatched)
    assert found.suggestions[0] == first_suggestion


def test_the_organisation_of_the_candidate_may_follow_the_name() -> None:
    forli = Candidate("a", "Ada", "Serra", organisation="Comune di Forlì")
    assert match(Person("Ada Serra Forlì"), [forli]) == Certain("a", "name")
    assert isinstance(match(Person("Ada Serra Conti"), [forli]), Unmatched)


def test_homonyms_are_decided_by_the_email_only() -> None:
    twins = [
        Candidate("a", "Ada", "Serra", ("ada.serra@comune.example.it",)),
        Candidate("b", "Ada", "Serra", ("ada.serra@unione.example.it",)),
    ]
    assert match(Person("Ada Serra"), twins) == Ambiguous(("a", "b"))
    by_mail = match(Person("Ada Serra", "ADA.SERRA@unione.example.it"), twins)
    assert by_mail == Certain("b", "email")


def test_a_shared_mailbox_is_decided_by_the_name_or_not_at_all() -> None:
    office = "protocollo@comune.example.it"
    roster = [Candidate(1, "Ada", "Serra", (office,)), Candidate(2, "Ugo", "Conti", (office,))]
    assert match(Person("Ugo Conti", office), roster) == Certain(2, "email")
    assert match(Person("Protocollo", office), roster) == Ambiguous((2, 1))


def test_an_email_with_the_name_of_somebody_else_is_a_doubt() -> None:
    found = match(Person("Andrea Bruni", "noemi.daniello@comune.forli.example.it"), ROSTER)
    assert found == Ambiguous((3, 1))


def test_two_people_of_the_report_never_share_a_candidate_by_name() -> None:
    laptop, phone = Person("Andrea Bruni"), Person("Bruni Andrea - Comune di Rimini")
    assert match_all([laptop, phone], ROSTER) == (Ambiguous((3,)), Ambiguous((3,)))


def test_the_email_outweighs_a_second_person_with_the_name() -> None:
    known = Person("Noemi", "noemi.daniello@comune.forli.example.it")
    second = Person("Noemi D'Aniello")
    assert match_all([second, known], ROSTER) == (Ambiguous((1,)), Certain(1, "email"))


def test_the_registered_name_speaks_when_the_shown_one_does_not() -> None:
    person = Person("Sala consiliare", registered_name="Andrea Bruni")
    assert match(person, ROSTER) == Certain(3, "name")
    contradictory = Person("Alessia Bruni", registered_name="Andrea Bruni")
    assert match(contradictory, ROSTER) == Ambiguous((4, 3))


def test_what_a_person_decided_is_remembered() -> None:
    phone = Person("iPhone  di Noemi")
    decided = {memory_key(Person("IPHONE di Noemi")): 1}
    assert match_all([phone, Person("Noemi D'Aniello")], ROSTER, decided) == (
        Certain(1, "remembered"),
        Certain(1, "name"),
    )
    assert isinstance(match(phone, ROSTER, {memory_key(phone): 99}), Unmatched)


names = st.text(st.sampled_from("abdeiln 'àèò.-("), min_size=1, max_size=14)
candidates = st.builds(
    lambda given, family, mail: (given, family, (f"{mail}@ente.example.it",) if mail else ()),
    st.sampled_from(["Ada", "Ada Lia", "Noè", "Ugo", "Dina"]),
    st.sampled_from(["Serra", "De Serra", "D'Ilio", "Dilio", "Conti Serra"]),
    st.sampled_from(["", "uno", "due"]),
)
rosters = st.lists(candidates, max_size=7).map(
    lambda each: [Candidate(at, *of) for at, of in enumerate(each)]
)
persons = st.builds(
    lambda typed, mail: Person(typed, f"{mail}@ente.example.it" if mail else None),
    st.one_of(
        names,
        st.tuples(
            st.sampled_from(["Ada", "Noe", "ugo", "DINA"]), st.sampled_from(["Serra", "dilio"])
        ).map(" ".join),
    ),
    st.sampled_from(["", "uno", "DUE", "tre"]),
)


@given(st.lists(persons, max_size=6), rosters)
def test_no_one_is_certain_twice_and_equals_are_never_told_apart(
    people: list[Person], roster: list[Candidate]
) -> None:
    found = match_all(people, roster)
    keys = [each.key for each in found if isinstance(each, Certain)]
    assert len(keys) == len(set(keys))
    for key in keys:
        chosen = next(each for each in roster if each.key == key)
        equals = [
            each
            for each in roster
            if (each.given_name, each.family_name, each.emails)
            == (chosen.given_name, chosen.family_name, chosen.emails)
        ]
        assert equals == [chosen]


@given(st.lists(persons, max_size=5), rosters, st.randoms())
def test_order_does_not_count(people: list[Person], roster: list[Candidate], random) -> None:
    found = dict(zip(range(len(people)), match_all(people, roster), strict=True))
    order = list(range(len(people)))
    random.shuffle(order)
    other_roster = list(roster)
    random.shuffle(other_roster)
    again = match_all([people[at] for at in order], other_roster)
    assert dict(zip(order, again, strict=True)) == found


@given(st.lists(persons, min_size=1, max_size=5), rosters)
def test_every_key_named_is_of_the_roster(people: list[Person], roster: list[Candidate]) -> None:
    keys = {each.key for each in roster}
    for found in match_all(people, roster):
        if isinstance(found, Certain):
            assert found.key in keys
        elif isinstance(found, Ambiguous):
            assert found.candidates
            assert set(found.candidates) <= keys
        else:
            assert set(found.suggestions) <= keys
            assert len(found.suggestions) <= 5


def test_thousands_against_thousands_are_indexed_not_compared() -> None:
    roster = [
        Candidate(n, f"Nome{chr(97 + n % 26)}", f"Cogn{'abcdefghij'[n % 10]}{n}")
        for n in range(3000)
    ]
    people = [Person(f"Maria {chr(97 + n % 26)}") for n in range(3000)]
    started = time.perf_counter()
    match_all(people, roster)
    assert time.perf_counter() - started < 5
