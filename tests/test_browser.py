"""Pages of samples in a browser: no errors, no requests, nothing wider than the page, nothing cut in print."""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
import zlib
from html import escape, unescape
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import DOORS, called

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((found for found in map(shutil.which, NAMES) if found), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason=f"none of {', '.join(NAMES)} is on PATH")

SHOWN = [door for door in ("customer_segmentation_designer", "strategy_brief") if door in DOORS]
WIDTHS = (320, 768, 1280)
PAPER = {"A4": (595, 842), "letter": (612, 792)}  # points
PRINTED = {"A4": 687, "letter": 710}  # pixels between the margins of 14 mm
MARKED = b"/ca .06"
SILENT = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--enable-logging=stderr", "--v=0",
          "--host-resolver-rules=MAP * ~NOTFOUND")
MEASURE = """<body>%s<pre id="measured"></pre><script>
window.onload = () => {
  const measured = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const root = frame.contentDocument.documentElement;
    const cut = [...root.querySelectorAll("td, th")].filter(cell => cell.scrollWidth > cell.clientWidth + 1);
    const boxes = [...root.querySelectorAll(".wide")].map(box => box.getBoundingClientRect().right);
    measured[frame.id] = {width: Math.max(root.scrollWidth, ...boxes.map(Math.floor)),
                          cut: cut.map(cell => cell.textContent)};
  }
  document.getElementById("measured").textContent = JSON.stringify(measured);
};</script></body>"""


class Seen(NamedTuple):
    """A document after it was loaded, what the console said, and the addresses that the document asked for."""

    document: str
    console: list[str]
    asked: list[str]


def browsed(folder: Path, document: str, *flags: str) -> Seen:
    """The document opened from a file in a browser of its own, without a way to any other machine."""
    page, log = folder / "page.html", folder / "net.json"
    page.write_text(document, encoding="utf-8")
    run = subprocess.run([BROWSER, *SILENT, f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}",
                          *(flags or ("--dump-dom",)), page.as_uri()], capture_output=True, timeout=60, check=True)
    console = [line for line in run.stderr.decode("utf-8", "replace").splitlines() if ":CONSOLE" in line]
    asked = [event["params"] for event in json.loads(log.read_text(encoding="utf-8"))["events"]
             if "url" in event.get("params", {}) and "initiator" in event["params"]]
    return Seen(run.stdout.decode("utf-8"), console,
                [params["url"] for params in asked if params["initiator"] != "not an origin"])


def measured(folder: Path, documents: dict[str, tuple[int, str]]) -> dict[str, dict]:
    """By name, how wide each document is in a frame of the width given, and the cells with more than they show."""
    frames = "".join(f'<iframe id="{name}" width="{width}" height="900" style="border: 0" srcdoc="{escape(document)}">'
                     "</iframe>" for name, (width, document) in documents.items())
    shown = browsed(folder, f"<!doctype html>{MEASURE % frames}").document
    return json.loads(unescape(re.search(r'<pre id="measured">(.*?)</pre>', shown, re.DOTALL).group(1)))


def as_printed(document: str) -> str:
    """The document with its style of print on the screen."""
    return document.replace("@media print", "@media all").replace("@media screen", "@media print")


@functools.cache
def sample_page(door: str) -> str:
    run = called(door, "--format", "html", "--all")
    assert run.code == 0 and run.err == ""
    return run.out


@pytest.fixture(params=SHOWN)
def document(request) -> str:
    return sample_page(request.param)


def test_the_browser_tells_of_an_error_and_of_a_request(tmp_path):
    seen = browsed(tmp_path, '<!doctype html><img src="http://outside.example/x.png"><script>oops()</script>')
    assert len(seen.console) == 1 and "oops" in seen.console[0]
    assert seen.asked == ["http://outside.example/x.png"]


def test_a_page_opens_without_an_error_and_without_a_request(document, tmp_path):
    seen = browsed(tmp_path, document)
    assert (seen.console, seen.asked) == ([], [])
    assert seen.document.count("<table") == document.count("<table") > 3
    assert seen.document.count("<svg") == document.count("<svg")


def test_nothing_is_wider_than_the_page_on_a_phone_a_tablet_or_a_desk(document, tmp_path):
    sizes = {f"at-{width}": (width, document) for width in WIDTHS}
    loose = document.replace("overflow-x: auto", "overflow-x: visible")
    found = measured(tmp_path, {**sizes, "loose": (320, loose)})
    assert [found[name]["width"] for name in sizes] == list(WIDTHS)
    assert found["loose"]["width"] > 320


def test_nothing_is_cut_in_print(document, tmp_path):
    printed = as_printed(document)
    stiff = printed.replace("</style>", "th, td { white-space: nowrap !important; }</style>")
    found = measured(tmp_path, {**{name: (width, printed) for name, width in PRINTED.items()}, "stiff": (687, stiff)})
    assert {name: found[name] for name in PRINTED} == {
        name: {"width": width, "cut": []} for name, width in PRINTED.items()}
    assert found["stiff"]["width"] > 687


@pytest.mark.parametrize("size", PAPER)
def test_every_printed_page_has_the_size_of_the_paper_and_the_watermark_of_the_sample(size, tmp_path):
    document = sample_page(SHOWN[-1])
    target = tmp_path / "page.pdf"
    browsed(tmp_path, document.replace("</style>", f"@page {{ size: {size}; }}</style>"), "--no-pdf-header-footer",
            f"--print-to-pdf={target}")
    content = target.read_bytes()
    parts = {int(number): part for number, part in re.findall(rb"(\d+) 0 obj\n(.*?)\nendobj", content, re.DOTALL)}
    pages = [part for part in parts.values() if re.search(rb"/Type /Page\b", part)]
    assert len(pages) > 1
    for page in pages:
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page).groups()
        assert tuple(round(float(side)) for side in box) == PAPER[size]
        faint = [name for name, number in re.findall(rb"/(G\d+) (\d+) 0 R", page) if MARKED in parts[int(number)]]
        stream = parts[int(re.search(rb"/Contents (\d+) 0 R", page).group(1))]
        drawn = zlib.decompress(re.search(rb"stream\n(.*)\nendstream", stream, re.DOTALL).group(1))
        assert any(b"/" + name + b" gs" in drawn for name in faint)
