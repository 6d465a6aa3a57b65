"""Reading a certificate back: from ours, from saved-again ones, and from any bytes at all."""

import hashlib
import io
import time

import pikepdf
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.verify import LARGEST, Identity, read_identity, sha256
from tests.certificates.samples import CODE, longest, pdf, renderer

OURS = Identity(CODE, "2022/000123")


def test_our_files_tell_who_they_are() -> None:
    assert read_identity(pdf()) == OURS
    data = longest()
    assert read_identity(renderer().render(data)) == Identity(data.code, data.serial)


def test_the_hash_is_sha_256() -> None:
    assert sha256(b"") == hashlib.sha256(b"").hexdigest()
    assert sha256(pdf()) != sha256(pdf() + b"\n")


def saved_again(**options: object) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(output, **options)
    return output.getvalue()


@pytest.mark.parametrize(
    "options",
    [
        {"linearize": True},
        {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
        {"qdf": True},
        {"deterministic_id": True, "recompress_flate": True},
    ],
)
def test_a_file_saved_again_still_tells(options: dict[str, object]) -> None:
    content = saved_again(**options)
    assert content != pdf()
    assert read_identity(content) == OURS


def test_deflated_metadata_is_read() -> None:
    with pikepdf.open(io.BytesIO(pdf())) as document:
        packet = document.Root.Metadata.read_bytes()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf()))
    stream = pypdf.generic.StreamObject()
    stream[pypdf.generic.NameObject("/Type")] = pypdf.generic.NameObject("/Metadata")
    stream[pypdf.generic.NameObject("/Subtype")] = pypdf.generic.NameObject("/XML")
    stream.set_data(packet)
    writer._root_object[pypdf.generic.NameObject("/Metadata")] = writer._add_object(
        stream.flate_encode()
    )
    output = io.BytesIO()
    writer.write(output)
    content = output.getvalue()
    # If the plain packet still lies in the file, only the deflated one shall be readable.
    content = content.replace(b"<x:xmpmeta", b"<x:nothing")
    assert read_identity(content) == OURS


def test_metadata_written_by_another_tool_is_read() -> None:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        with document.open_metadata() as metadata:
            metadata["dc:title"] = "another title"
        document.save(output)
    assert read_identity(output.getvalue()) == OURS


def packet(code: str, serial: str = "1", prefix: str = "c", style: str = "element") -> bytes:
    name = f'xmlns:{prefix}="urn:percorso:certificate:1#"'
    if style == "attribute":
        inside = f"<rdf:D {name} {prefix}:code=\"{code}\" {prefix}:serial='{serial}'/>"
    else:
        inside = (
            f"<rdf:D {name}><{prefix}:code>{code}</{prefix}:code>"
            f"<{prefix}:serial>{serial}</{prefix}:serial></rdf:D>"
        )
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{inside}</x:xmpmeta>'.encode()


def test_prefix_and_style_do_not_matter() -> None:
    assert read_identity(packet("ABCDEFGH", prefix="ns0.x-1")) == Identity("ABCDEFGH", "1")
    assert read_identity(packet("ABCDEFGH", style="attribute")) == Identity("ABCDEFGH", "1")


def test_the_last_packet_counts() -> None:
    assert read_identity(packet("AAAAAAAA") + packet("BBBBBBBB")) == Identity("BBBBBBBB", "1")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        packet("abcdefgh"),
        packet("A" * 65),
        packet("ABCDEFGH", serial="<script>"),
        packet("ABCDEFGH", serial=""),
        packet("ABCDEFGH").replace(b"urn:percorso", b"urn:other"),
        packet("ABCDEFGH").replace(b"</x:xmpmeta>", b""),
        packet("ABCDEFGH").replace(b"</c:code>", b""),
    ],
)
def test_what_is_not_an_identity(content: bytes) -> None:
    assert read_identity(content) is None


@given(st.binary(max_size=400))
def test_it_never_raises(content: bytes) -> None:
    read_identity(content)
    read_identity(b"/Type /Metadata /Subtype /XML >>\nstream\n" + content)
    read_identity(b"<x:xmpmeta" + content + b"</x:xmpmeta>")


@given(st.integers(0, 40_000), st.integers(0, 40_000), st.binary(max_size=20))
def test_it_never_raises_on_damaged_certificates(start: int, length: int, patch: bytes) -> None:
    content = pdf()
    read_identity(content[:start] + patch + content[start + length :])


@pytest.mark.parametrize(
    "unit",
    [
        b"/Metadata>>stream\n",
        b"<x:xmpmeta",
        b"<x:xmpmeta></x:xmpmeta>",
        b'xmlns:a="urn:percorso:certificate:1#" <a:code>',
        b"/Metadata" + b" " * 200,
        b"\0",
    ],
)
def test_large_files_of_nothing_but_bait_are_read_quickly(unit: bytes) -> None:
    content = b"<x:xmpmeta" + unit * (LARGEST // len(unit) - 2) + b"</x:xmpmeta>"
    started = time.process_time()
    assert read_identity(content) is None
    assert time.process_time() - started < 2


def test_a_deflate_bomb_is_unpacked_to_a_bounded_length() -> None:
    """ASVS 5.2.3."""
    import zlib

    bomb = zlib.compress(b"A" * 100_000_000, 9)
    content = b"<</Type /Metadata>>\nstream\n" + bomb + b"\nendstream"
    started = time.process_time()
    assert read_identity(content * 64) is None
    assert time.process_time() - started < 2


def test_files_over_the_limit_are_not_looked_at() -> None:
    content = pdf() + b"\0" * LARGEST
    assert read_identity(content) is None
    assert read_identity(content[:LARGEST]) == OURS
