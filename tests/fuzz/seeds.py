"""Whole files of every format, to be broken: reports, statistics, rules; made from invented figures."""

import io
from pathlib import Path

from benchmarks.report_files import STYLES, draft_word, drafted, make_statistics, office_word, site_page, workbook
from tests.office_texts import rule, write_rule

CORPUS = Path(__file__).parents[2] / "corpus"


def write_seeds(folder: Path) -> dict[str, list[bytes]]:
    """Return whole files by suffix; `folder` is for what is written on the way."""
    from assistant.report.drafting.draft import load_report_rules
    from assistant.report.statistics_files import dump_statistics

    rules = load_report_rules(CORPUS)
    found: dict[str, list[bytes]] = {suffix: [] for suffix in (".docx", ".pdf", ".html", ".xlsx", ".yaml", ".json")}
    for seed, form in ((1, "2021"), (2, "2019")):
        statistics = make_statistics(seed, rules.forms[form])
        for suffix in (".xlsx", ".yaml", ".json"):
            found[suffix].append(dump_statistics(statistics, suffix))
        paper = drafted(statistics, rules)
        found[".docx"] += [draft_word(statistics, rules), office_word(paper, STYLES[seed])]
        found[".html"].append(site_page(paper))
        found[".xlsx"].append(workbook(paper))
    for suffix in (".docx", ".html"):
        found[suffix].append(write_rule(folder / f"rule{suffix}", rule()).read_bytes())
    found[".pdf"] = [write_pdf(rule().splitlines()), write_pdf(_head(rules), table=True)]
    return found


def _head(rules: object) -> list[str]:
    return ["云岭市水务局2024年政府信息公开工作年度报告", "一、总体情况", "全年主动公开信息320条。", "二、主动公开情况"]


def write_pdf(lines: list[str], *, table: bool = False) -> bytes:
    """Return a one-page PDF of `lines` in a Chinese font that readers know by name, and a ruled table if wanted."""
    text = "".join(
        f"BT /F1 12 Tf 50 {780 - 22 * number} Td <{line.encode('utf-16-be').hex()}> Tj ET\n"
        for number, line in enumerate(line for line in lines if line)
    )
    if table:
        for row in range(5):
            for column in range(4):
                x, y = 50 + 110 * column, 500 - 30 * row
                label = ("项目", "本年制发件数", "本年废止件数", "现行有效件数")[column]
                word = (label if row == 0 else str(row * column)).encode("utf-16-be").hex()
                text += f"{x} {y} 110 30 re S BT /F1 10 Tf {x + 8} {y + 9} Td <{word}> Tj ET\n"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text.encode("ascii")),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 7 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, held in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, held))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()
