"""A local rule made up for the tests, in two versions and every format."""

import html

RULE = """示例市加装电梯补贴办法

示府办〔{year}〕8号

（{year}年3月1日示例市人民政府办公室印发）

第一章 总则

第一条 为了规范既有住宅加装电梯的补贴，制定本办法。

第二条 本办法所称补贴，是指市财政对既有住宅加装电梯的业主给予的一次性资金。

第二章 标准

第三条 每台电梯补贴{amount}万元，由加装电梯的业主共同申领。

有下列情形之一的，不予补贴：

（一）未取得施工许可的；

（二）加装电梯的住宅已经列入征收范围的。

第四条 业主应当自电梯验收合格之日起{days}日内向区住房和城乡建设部门提出申请。逾期未提出的，视为放弃。

第三章 附则

第五条 本办法自{year}年5月1日起施行。
"""


def rule(year=2023, amount=15, days=90):
    """The text of a version."""
    return RULE.format(year=year, amount=amount, days=days)


def write_rule(path, text):
    """Write `text` as the kind of file that `path` names."""
    lines = [line for line in text.splitlines() if line]
    if path.suffix == ".docx":
        import docx

        document = docx.Document()
        for line in lines:
            document.add_paragraph(line)
        document.save(path)
    elif path.suffix == ".html":
        body = "".join(f"<p>　　{html.escape(line)}</p>" for line in lines)
        path.write_text(
            f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{lines[0]}</title></head><body><div class='nav'>"
            f"<a>首页</a></div><div class='TRS_Editor'>{body}</div></body></html>",
            encoding="utf-8",
        )
    elif path.suffix == ".txt":
        path.write_bytes("\r\n".join(lines).encode("gb18030"))
    else:
        path.write_text(text, encoding="utf-8")
    return path
