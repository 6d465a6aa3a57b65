"""Pictures drawn from their geometry as SVG: the emblem of the Union, the QR code, ornaments."""

from math import cos, pi, sin, sqrt

import segno

# Height of the flag in drawing units; all measures below are shares of it.
_HOIST = 540.0
_BLUE = "#039"
_GOLD = "#fc0"
QUIET_ZONE = 4  # modules; ISO/IEC 18004 asks for four
_INK = "#0b2239"


def eu_flag() -> str:
    """Draw the emblem of the Union: 2:3, twelve upright stars on a circle of a third of the hoist.

    Geometry and colours: Interinstitutional Style Guide, annex A1; Regulation (EU) 2021/1060,
    annex IX, 1.9. A star fits a circle whose radius is 1/18 of the hoist.
    """
    width = _HOIST * 3 / 2
    stars = []
    for hour in range(12):
        angle = hour * pi / 6
        centre_x = width / 2 + sin(angle) * _HOIST / 3
        centre_y = _HOIST / 2 - cos(angle) * _HOIST / 3
        stars.append(_star(centre_x, centre_y, _HOIST / 18))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {_HOIST:g}">'
        f'<path fill="{_BLUE}" d="M0 0H{width:g}V{_HOIST:g}H0z"/>'
        f'<path fill="{_GOLD}" d="{"".join(stars)}"/></svg>'
    )


def _star(centre_x: float, centre_y: float, radius: float) -> str:
    inner = radius * (3 - sqrt(5)) / 2  # where the sides of a regular pentagram cross
    points = []
    for corner in range(10):
        reach = inner if corner % 2 else radius
        x = centre_x + reach * sin(corner * pi / 5)
        y = centre_y - reach * cos(corner * pi / 5)
        points.append(f"{x:.2f} {y:.2f}")
    return f"M{'L'.join(points)}z"


def qr_rows(address: str, mask: int | None = None) -> tuple[bytearray, ...]:
    """Return the modules of an address's QR code by rows, error level M or better.

    With a mask given, code and mask are the same function of the address's bytes for all addresses
    of one length, bit by bit: what `plate.qr` rests on. Otherwise the standard's own choice.
    """
    mode = None if mask is None else "byte"
    rows: tuple[bytearray, ...] = segno.make_qr(address, error="m", mask=mask, mode=mode).matrix
    return rows


def qr_code(address: str, mask: int | None = None) -> str:
    """Draw the QR code of an address as one SVG path, quiet zone included, error level M or better.

    Runs of dark modules become one rectangle, a hair taller than a module, so that viewers which
    smooth edges leave no white seams between the rows.
    """
    rows = qr_rows(address, mask)
    side = len(rows) + 2 * QUIET_ZONE
    path = []
    for y, row in enumerate(rows, start=QUIET_ZONE):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                path.append(f"M{x + QUIET_ZONE} {y}h{run - x}v1.02h-{run - x}z")
            x = run + 1
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="{_INK}" d="{"".join(path)}"/></svg>'
    )


def rosette(colour: str) -> str:
    """Draw a pale ornament: an ellipse turned around its centre."""
    turns = 30
    reach, waist = 100.0, 38.0
    path = []
    for turn in range(turns):
        angle = turn * pi / turns
        x, y = reach * cos(angle), reach * sin(angle)
        arc = f"A{reach:g} {waist:g} {turn * 180 / turns:g} 0 1"
        path.append(f"M{x:.2f} {y:.2f}{arc} {-x:.2f} {-y:.2f}{arc} {x:.2f} {y:.2f}")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-101 -101 202 202">'
        f'<path fill="none" stroke="{colour}" stroke-width=".6" d="{"".join(path)}"/></svg>'
    )


def band() -> str:
    """Draw a band of colour with an ornament: lines of one swing, each a little later."""
    width, height, lines = 210.0, 60.0, 16
    path = []
    for line in range(lines):
        y = 10 + line * 3.4
        lift = 9 + line * 1.5
        path.append(
            f"M{width * 0.4:g} {height:g}C{width * 0.56:g} {min(height, y + lift):.1f} "
            f"{width * 0.72:g} {y - lift:.1f} {width + 4:g} {y:.1f}"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">'
        f'<path fill="#00337f" d="M0 0H{width:g}V{height:g}H0z"/>'
        f'<path fill="none" stroke="#1d4f9c" stroke-width=".45" d="{"".join(path)}"/></svg>'
    )


def frame() -> str:
    """Draw the frame of a portrait page: a fine line inside a stronger one, corners cut round."""
    outlines = []
    for inset, stroke, colour in ((9.0, 0.9, "#6b1d2f"), (11.2, 0.25, "#b08d57")):
        right, bottom, bend = 210 - inset, 297 - inset, 6.0
        outlines.append(
            f'<path fill="none" stroke="{colour}" stroke-width="{stroke}" '
            f'd="M{inset + bend} {inset}H{right - bend}A{bend} {bend} 0 0 0 {right} {inset + bend}'
            f"V{bottom - bend}A{bend} {bend} 0 0 0 {right - bend} {bottom}"
            f"H{inset + bend}A{bend} {bend} 0 0 0 {inset} {bottom - bend}"
            f'V{inset + bend}A{bend} {bend} 0 0 0 {inset + bend} {inset}z"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297">{"".join(outlines)}</svg>'
    )
