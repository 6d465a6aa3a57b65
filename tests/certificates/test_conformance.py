"""PDF/A-2a and PDF/UA-1 as veraPDF, the reference validator, sees them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from weasyprint import HTML

from tests.certificates import verapdf
from tests.certificates.samples import longest, modules, press, renderer, sample


@pytest.mark.slow
@pytest.mark.skipif(bool(verapdf.missing()), reason=f"needs the package {verapdf.missing()}")
def test_every_kind_of_page_conforms(tmp_path: Path) -> None:
    kinds = {
        "plain": sample(),
        "bare": sample(
            emblems=(), funding_statement="", place="", organisation="", fictional=False
        ),
        "english": sample(language="en", holder="Ġorġ Żammit"),
        "columns": sample(modules=modules(10)),
        "annex": sample(modules=modules(30)),
        "longest": longest(),
        "modern": sample(layout="modern"),
        "bilingual": sample(layout="bilingual", modules=modules(30)),
        "first": sample(layout_version=1),
    }
    for name, data in kinds.items():
        (tmp_path / f"{name}.pdf").write_bytes(press().render(data))
    (tmp_path / "alone.pdf").write_bytes(renderer().render(sample()))  # the others are plates'
    kinds["alone"] = sample()
    # A validator that praises everything would prove nothing.
    HTML(string="<p>untagged").write_pdf(tmp_path / "untagged.pdf")
    files = [str(tmp_path / f"{name}.pdf") for name in (*kinds, "untagged")]
    done = subprocess.run(
        [sys.executable, verapdf.__file__, *files], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    verdicts = json.loads(done.stdout[done.stdout.index("{") :])
    untagged = verdicts.pop(files.pop())
    assert untagged["PDFA_2_A"]
    assert untagged["PDFUA_1"]
    assert verdicts == {file: {"PDFA_2_A": [], "PDFUA_1": []} for file in files}
