"""Certificates a second on one core: the plate, sealed or not, plain WeasyPrint and others.

Seconds are of the processor, not of the clock, and all ways take turns, so that a busy machine
slows all alike. Then what they cost in bytes, what stays in memory, and whether a pixel differs.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
from PIL import ImageChops

from bench import certificates_others as others
from bench.certificates_cores import spread
from certificates.data import CertificateData
from certificates.faces import SERIF, metrics
from certificates.keys import Pkcs12Signer
from certificates.press import Press
from certificates.render import Renderer
from certificates.seal import seal
from tests.certificates.keys import PASSPHRASE, sealing_key
from tests.certificates.names import NAMES

ROUNDS = 8
MANY = 10_000
FAST = {"the plate", "the plate, sealed, RSA-2048", "the plate, sealed, P-256"}
SAMPLE = Path(__file__).with_name("certificate.json")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def report(say: Callable[[str], None]) -> None:
    """Print figures for every way, then bytes, memory and pixels."""
    sample = CertificateData.from_json(json.loads(SAMPLE.read_text(encoding="utf-8")))
    press = Press()
    if press.printed(sample) is None:
        raise RuntimeError("the sample's layout has no plate: all of it would be laid out alone")
    people = [_person(sample, number) for number in range(MANY)]
    rsa, p256 = (Pkcs12Signer(sealing_key(kind)[0], PASSPHRASE) for kind in ("rsa", "p-256"))
    presses = {rsa: Press(press.renderer), p256: Press(press.renderer)}
    for data in people[:200]:  # plates made, the code's table and the forms of seals too
        if not press.printed(data):
            raise SystemExit("the sample has no plate: there is nothing to measure")
        for signer, sealing in presses.items():
            sealing.sealed(data, signer)
    others.prepare_reportlab()
    ways: dict[str, Callable[[CertificateData], bytes]] = {
        "plain WeasyPrint": lambda data: Renderer().render(data),
        "WeasyPrint kept warm": press.renderer.render,
        "the plate": press.render,
        "the plate, sealed, RSA-2048": lambda data: presses[rsa].sealed(data, rsa),
        "the plate, sealed, P-256": lambda data: presses[p256].sealed(data, p256),
        "the plate, sealed by pyHanko": lambda data: seal(press.render(data), p256),
        "ReportLab": others.reportlab,
        "fpdf2": others.fpdf2,
    }
    seconds, sizes = _in_turn(ways, people)
    say(f"{'of one core':42} {'a second':>9} {'ms each':>10}")
    for name, taken in seconds.items():
        say(
            f"{'certificates, ' + name:42} {1 / taken:9.1f} {taken * 1000:10.2f} "
            f"{'':8} {seconds['plain WeasyPrint'] / taken:8.1f}x plain, {sizes[name] / 1024:.0f} KB"
        )
    quickest = max(1 / seconds[name] for name in FAST if "sealed" in name)
    say(f"sealed certificates per second per core: {quickest:.0f}")
    _memory(press, people, say)
    spread(people, say)
    _pixels(press, sample, say)


def _person(sample: CertificateData, number: int) -> CertificateData:
    """Somebody else for every number; names that the other libraries' font can draw, too."""
    code = "".join(random.Random(number).choices(LETTERS, k=26))  # noqa: S311 # nosec B311 - a sample
    names = [name for name in NAMES[:35] if metrics(SERIF).draws(name)]
    given, family = names[number % 13].split()[0], names[-1 - number % 11].split()[-1]
    return replace(
        sample,
        holder=f"{given} {family}",
        organisation=f"Comune di {family}",
        serial=f"BENCH-{number:05d}",
        code=code,
        verify_url=sample.verify_url.replace(sample.code, code),
        minutes_attended=1 + number % sample.minutes_planned,
    )


def _in_turn(
    ways: dict[str, Callable[[CertificateData], bytes]], people: list[CertificateData]
) -> tuple[dict[str, float], dict[str, float]]:
    taken: dict[str, list[float]] = {name: [] for name in ways}
    sizes: dict[str, list[int]] = {name: [] for name in ways}
    for turn in range(ROUNDS):
        for name, render in ways.items():
            batch = people[turn * 100 : turn * 100 + (100 if name in FAST else 1)]
            start = time.process_time()
            sizes[name] += [len(render(data)) for data in batch]
            taken[name].append((time.process_time() - start) / len(batch))
    return (
        {name: statistics.median(each) for name, each in taken.items()},
        {name: statistics.mean(each) for name, each in sizes.items()},
    )


def _memory(press: Press, people: list[CertificateData], say: Callable[[str], None]) -> None:
    before = _resident()
    start = time.process_time()
    for data in people:
        press.render(data)
    rate = MANY / (time.process_time() - start)
    grown = (_resident() - before) / 1024
    say(f"{MANY} certificates, all kinds: {rate:.0f} a second; memory grew by {grown:.1f} MB")


def _resident() -> int:
    """Kilobytes of this process in memory."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0])


def _pixels(press: Press, sample: CertificateData, say: Callable[[str], None]) -> None:
    pages = differing = alone = 0
    for number, name in enumerate(NAMES):
        data = replace(_person(sample, number), holder=name)
        printed = press.printed(data)
        if printed is None:
            alone += 1
            continue
        both = [pypdfium2.PdfDocument(each) for each in (printed, press.renderer.render(data))]
        for one, other in zip(*both, strict=True):
            pictures = [page.render(scale=2).to_pil() for page in (one, other)]
            pages += 1
            differing += ImageChops.difference(*pictures).getbbox() is not None
    say(f"{differing} of {pages} pages differ from plain by a pixel; {alone} names laid out alone")
