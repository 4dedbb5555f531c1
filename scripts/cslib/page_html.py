"""A page as one self-contained HTML file: inline style, no script, no outside address; light, dark and print."""

from __future__ import annotations

from html import escape

from cslib.page import SAMPLE_LINE, Answer, Columns, Command, Heading, Page, Sentences, Steps

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --faint: #5c6570; --line: #d5dae0; \
--mark: #eef3fb; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --paper: #15181c; --faint: #a3acb7; --line: #3a424c; --mark: #1f2937; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 54rem; padding: 1.5rem 1rem 4rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.35rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.answer { font-size: 1.15rem; font-weight: 600; padding: .8rem 1rem; background: var(--mark); border-radius: .4rem; }
.sample { border: 2px dashed var(--faint); padding: .4rem .8rem; font-weight: 600; }
.watermark { position: fixed; inset: 0; display: grid; place-items: center; font-size: 22vmin; font-weight: 800;
  color: var(--ink); opacity: .06; transform: rotate(-24deg); pointer-events: none; }
.wide { overflow-x: auto; margin: .9rem 0; } table { border-collapse: collapse; font-size: .92rem; min-width: 50%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--faint); font-weight: 600; } .figure { text-align: right; font-variant-numeric: tabular-nums; }
code { font-size: .92em; white-space: pre-wrap; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; background: none; color: #000; }
  h2, .answer { break-after: avoid; } table, li { break-inside: avoid; } .wide { overflow: visible; } }
"""


def rendered(page: Page) -> str:
    """The page as an HTML document under a policy that allows nothing but its own style."""
    sample = f'<p class="sample">{escape(SAMPLE_LINE)}</p><div class="watermark" aria-hidden="true">SAMPLE</div>'
    body = "\n".join(_block(block) for block in page.blocks)
    return (f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<title>{escape(page.title)}</title>\n'
            f'<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{sample if page.sample else ""}\n'
            f'<h1>{escape(page.title)}</h1>\n{body}\n</main>\n</body>\n</html>\n')


def _block(block: object) -> str:
    if isinstance(block, Heading):
        return f"<h2>{escape(block.text)}</h2>"
    if isinstance(block, Answer):
        return f'<p class="answer">{escape(block.text)}</p>'
    if isinstance(block, Sentences):
        return f"<p>{escape(block.text)}</p>"
    if isinstance(block, Steps):
        name = "ol" if block.numbered else "ul"
        return f"<{name}>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + f"</{name}>"
    if isinstance(block, Columns):
        head = "".join(_cell("th", n, cell, block) for n, cell in enumerate(block.header))
        rows = ("<tr>" + "".join(_cell("td", n, cell, block) for n, cell in enumerate(row)) + "</tr>"
                for row in block.rows)
        return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    assert isinstance(block, Command)
    return f"<p><code>{escape(block.text)}</code></p>"


def _cell(tag: str, column: int, text: str, block: Columns) -> str:
    name = ' class="figure"' if column in block.figures else ""
    scope = ' scope="col"' if tag == "th" else ""
    return f"<{tag}{scope}{name}>{escape(text)}</{tag}>"
