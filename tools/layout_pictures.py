"""Draw the small pictures of the certificate layouts that organisers choose from (static/img)."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pypdfium2
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from certificates.data import LAYOUT_VERSIONS, CertificateData  # noqa: E402
from certificates.render import Renderer  # noqa: E402

LONG_SIDE = 680  # pixels; shown at half of it


def main() -> None:
    """One picture a layout, its newest version."""
    sample = json.loads((ROOT / "bench" / "certificate.json").read_text(encoding="utf-8"))
    data = replace(CertificateData.from_json(sample), holder="Nome Cognome", fictional=True)
    for layout in LAYOUT_VERSIONS:
        pdf = Renderer().render(replace(data, layout=layout, layout_version=0))
        page = pypdfium2.PdfDocument(pdf)[0]
        picture = page.render(scale=LONG_SIDE / 842 * 2).to_pil()
        half = (picture.width // 2, picture.height // 2)
        picture = picture.resize(half, Image.Resampling.LANCZOS)
        target = ROOT / "static" / "img" / f"layout-{layout}.png"
        picture.quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)


if __name__ == "__main__":
    main()
