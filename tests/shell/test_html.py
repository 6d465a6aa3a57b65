"""The page checker itself: a good page passes, and each fault is named."""

from __future__ import annotations

import pytest

from tests.html import check_page

GOOD = """<!doctype html>
<html lang="it"><head><meta charset="utf-8"><title>Incontri · Percorso</title></head>
<body><main id="main"><h1>Incontri</h1>
<h2>Cerca</h2>
<form method="post"><input type="hidden" name="csrf_token" value="x">
<label for="name">Nome</label><p id="hint">Come sul documento</p>
<input id="name" name="name" aria-describedby="hint">
<button type="submit">Invia</button></form>
<h3>Elenco</h3>
<table><caption>Incontri</caption><thead><tr><th scope="col">Data</th></tr></thead>
<tbody><tr><td>12 gennaio</td></tr></tbody></table>
<p><a href="#main"><img src="/a.png" alt="Torna su"></a></p>
<script nonce="n">1;</script></main></body></html>"""

FAULTS = [
    ("<!doctype html>\n", "", "doctype"),
    ("</main>", "</section></main>", "HTML:"),
    ("<p id=", "<p class='a' class='b' id=", "HTML:"),
    (' lang="it"', "", "no lang"),
    ("<title>Incontri · Percorso</title>", "<title> </title>", "one <title>"),
    ("<title>Incontri · Percorso</title>", "<title> · Percorso</title>", "names the site only"),
    ("<h1>Incontri</h1>", "<h2>Incontri</h2>", "one <h1>, not 0"),
    ("<h2>Cerca</h2>", "<h1>Cerca</h1>", "one <h1>, not 2"),
    ("<h1>Incontri</h1>", "<h1><span></span></h1>", "<h1> is empty"),
    ("<h2>Cerca</h2>", "<h3>Cerca</h3>", "skip from h1 to h3"),
    ('<p id="hint">', '<p id="name">', 'id "name" is used 2 times'),
    ('<p id="hint">', "<p>", 'aria-describedby names "hint"'),
    ('<label for="name">', '<label for="nome">', 'for names "nome"'),
    ('<label for="name">Nome</label>', "", "has no label"),
    ('<label for="name">Nome</label>', '<label for="name"> </label>', "has no label"),
    ('aria-describedby="hint"', 'aria-invalid="true"', "marked invalid"),
    ("<h3>Elenco</h3>", "<h3>Elenco</h3><fieldset><p>x</p></fieldset>", "no legend"),
    ('<a href="#main">', '<a href="#top">', "place it links to"),
    ('<script nonce="n">', "<script>", "inline <script>"),
    ('<p id="hint">', '<p id="hint" onclick="x()">', "onclick"),
    ('<p id="hint">', '<p id="hint" style="color:red">', "style attribute"),
    ("<h2>Cerca</h2>", "<h2>Cerca</h2><style>p{}</style>", "<style> element"),
    ('<a href="#main">', '<a href=" javascript:x()">', "runs a script"),
    (' alt="Torna su"', "", "no alt"),
    (' alt="Torna su"', ' alt=""', "<a href=\"#main\"> has no text"),
    ("Invia</button>", "</button>", "has no text"),
    ('<input type="hidden" name="csrf_token" value="x">', "", "without a csrf_token"),
    ("<caption>Incontri</caption>", "", "no caption"),
    (' scope="col"', "", "no scope"),
    ('<th scope="col">Data</th>', "<td>Data</td>", "no header cells"),
    ("<main id", "<div id", "one <main>, not 0"),
]  # fmt: skip


def test_a_good_page_passes():
    check_page(GOOD, path="/")


@pytest.mark.parametrize(("old", "new", "fault"), FAULTS, ids=[f[2] + f[1][:20] for f in FAULTS])
def test_each_fault_is_named(old: str, new: str, fault: str):
    assert old in GOOD
    with pytest.raises(AssertionError) as caught:
        check_page(GOOD.replace(old, new, 1), path="/incontri")
    assert fault in str(caught.value)
    assert str(caught.value).startswith("/incontri: ")


def test_all_faults_are_told_at_once():
    broken = GOOD.replace(' lang="it"', "").replace(' scope="col"', "")
    with pytest.raises(AssertionError, match=r"2 fault\(s\)"):
        check_page(broken, path="/")
