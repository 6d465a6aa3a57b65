"""Reading a pasted list, and telling people we know from people we do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.enrolment.matching import Doubt, Known, decide
from lms.enrolment.pasted import MAXIMUM_LINES, Line, LineFault, TooManyLinesError, read_lines
from tests.accounts.codes import code_of

CODE = code_of("RSSMRA")
ROSSI = Known(1, "rossi mario", "comune di forli")


def line(email: str = "", organisation: str = "", name: str = "Rossi;Mario") -> Line:
    return read_lines(f"{name};{email};{organisation}")[0]


def test_lines_of_semicolons_and_of_tabs_read_alike() -> None:
    text = (
        "Cognome;Nome;Mail;Ente\n De  Rossi ; Anna Maria;ANNA@example.org;Comune di Forlì\n\n;;\n"
    )
    expected = [Line(2, "De Rossi", "Anna Maria", "anna@example.org", "Comune di Forlì", None)]
    assert read_lines(text) == expected
    assert read_lines(text.replace(";", "\t")) == expected
    assert read_lines("\ufeff" + text.replace("\n", "\r\n")) == expected


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Rossi", LineFault.COLUMNS),
        ("Rossi Mario, mail", LineFault.COLUMNS),
        ("Rossi;Mario;;;di troppo", LineFault.TAX_CODE),
        ("Rossi;Mario;;;;di troppo", LineFault.COLUMNS),
        ("Rossi;", LineFault.NAME),
        (";Mario", LineFault.NAME),
        ("--;Mario", LineFault.NAME),
        ("Rossi;Mario;non mail", LineFault.EMAIL),
        ("Rossi;Mario;a@b@c.it", LineFault.EMAIL),
        ("R" * 121 + ";Mario", LineFault.TOO_LONG),
        ("Rossi;Mario;;" + "C" * 201, LineFault.TOO_LONG),
        ("Rossi;Mario", None),
        ("Rossi;Mario;;", None),
        ('"Rossi; detto Rosso";Mario', None),
    ],
)
def test_what_is_wrong_with_a_line(text: str, fault: LineFault | None) -> None:
    assert [one.fault for one in read_lines(text)] == [fault]


def test_a_line_that_stands_twice_is_told() -> None:
    lines = read_lines("Rossi;Mario;m@example.org\nBianchi;Ada\nROSSI;mario;M@example.org;\n")
    assert [one.fault for one in lines] == [None, None, LineFault.REPEATED]


def test_a_stray_quotation_mark_spoils_its_own_line_only() -> None:
    lines = read_lines('"Rossi;Mario;m@example.org\nBianchi;Ada\n')
    assert [one.fault for one in lines] == [LineFault.COLUMNS, None]


def test_too_many_lines() -> None:
    text = "".join(f"Rossi {n};Mario\n" for n in range(MAXIMUM_LINES))
    assert len(read_lines(text)) == MAXIMUM_LINES
    with pytest.raises(TooManyLinesError):
        read_lines(text + "Bianchi;Ada")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_any_text_is_read_without_a_fault_of_ours(text: str) -> None:
    for one in read_lines(text):
        assert one.number >= 1
        if one.fault is None:
            assert one.name_key


@pytest.mark.parametrize(
    ("wanted", "by_mail", "by_name", "person_id", "doubt"),
    [
        (line("m@x.it"), [ROSSI], [ROSSI], 1, None),
        (line("m@x.it", "Comune di Altrove"), [ROSSI], [ROSSI], 1, None),
        (line("m@x.it"), [ROSSI, Known(2, "bianchi ada", "")], [ROSSI], 1, None),
        (line("m@x.it"), [ROSSI, Known(2, "rossi mario", "")], [], None, Doubt.SEVERAL),
        (line("m@x.it"), [Known(2, "bianchi ada", "")], [], None, Doubt.MAIL_OF_ANOTHER),
        (line("m@x.it"), [], [], None, None),
        (line(), [], [], None, None),
        (line("", "COMUNE di Forlì"), [], [ROSSI], 1, None),
        (line("nuova@x.it", "Comune di Forlì"), [], [ROSSI], None, Doubt.NAMESAKE),
        (line("", "Comune di Altrove"), [], [ROSSI], None, None),
        (line("nuova@x.it", "Comune di Altrove"), [], [ROSSI], None, None),
        (line(), [], [ROSSI], None, Doubt.NAMESAKE),
        (line("nuova@x.it"), [], [ROSSI], None, Doubt.NAMESAKE),
        (line("", "Comune di Forlì"), [], [Known(3, "rossi mario", "")], None, Doubt.NAMESAKE),
        (line("", "Comune di Forlì"), [], [ROSSI, Known(2, "rossi mario", "comune di forli")],
         None, Doubt.SEVERAL),
    ],
)  # fmt: skip
def test_who_a_line_is(
    wanted: Line, by_mail: list[Known], by_name: list[Known],
    person_id: int | None, doubt: Doubt | None,
) -> None:  # fmt: skip
    decision = decide(wanted, by_mail, by_name)
    assert (decision.person_id, decision.doubt) == (person_id, doubt)


people = st.lists(
    st.builds(Known, st.integers(1, 4), st.sampled_from(["rossi mario", "bianchi ada"]),
              st.sampled_from(["", "comune di forli", "comune di bari"])),
    max_size=4, unique_by=lambda known: known.person_id,
)  # fmt: skip


@given(st.sampled_from(["", "m@x.it"]), st.sampled_from(["", "Comune di Forlì"]), people, people)
def test_never_a_guess(email: str, body: str, by_mail: list[Known], by_name: list[Known]) -> None:
    wanted = line(email, body)
    namesakes = [known for known in by_name if known.name_key == wanted.name_key]
    decision = decide(wanted, by_mail if email else [], namesakes)
    assert decision.person_id is None or decision.doubt is None
    if decision.person_id is not None:
        candidates = {k.person_id for k in by_mail if k.name_key == wanted.name_key} if email else (
            {k.person_id for k in namesakes if k.organisation_key == "comune di forli"}
        )  # fmt: skip
        assert candidates == {decision.person_id}


def test_a_tax_code_is_known_by_its_shape_wherever_it_stands() -> None:
    expected = ("Rossi", "Mario", "m@example.org", "Comune", CODE, None)
    for text in (
        f"Rossi;Mario;m@example.org;Comune;{CODE}",
        f"Rossi;Mario;{CODE.lower()};m@example.org;Comune",
        f"Rossi\tMario\tm@example.org\t{CODE}\tComune",
    ):
        one = read_lines(text)[0]
        assert (
            one.family_name, one.given_name, one.email, one.organisation, one.tax_code, one.fault
        ) == expected  # fmt: skip
        assert CODE not in repr(one)
    mistyped = CODE[:-1] + ("A" if CODE[-1] != "A" else "B")
    assert read_lines(f"Rossi;Mario;;;{mistyped}")[0].fault is LineFault.TAX_CODE


def test_a_tax_code_decides_only_together_with_the_name() -> None:
    coded = read_lines(f"Rossi;Mario;nuova@example.org;;{CODE}")[0]
    other = Known(2, "rossi mario", "comune di cesena")
    assert decide(coded, [other], [ROSSI, other], ROSSI).person_id == 1
    stranger = Known(3, "bianchi ada", "")
    assert decide(coded, [], [], stranger).doubt is Doubt.CODE_OF_ANOTHER
