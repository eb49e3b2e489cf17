"""Answers what is asked about the findings of a report: 「为什么 H1 不对？」, 「第2处怎么改」."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from assistant.numerals import parse_numeral
from assistant.report.checked import SEVERITIES, CheckedReport
from assistant.report.explaining import explain_finding
from assistant.report.findings import Finding, Rule
from assistant.report.forms import Form

_MOST = 5
_LONGEST = 40
_CODE = re.compile(r"(?<![A-Za-z0-9])([HWNSPhwnsp][1-9])(?![A-Za-z0-9]|页|端|链接)")
_ASKS = re.compile(
    "为什么|为啥|为何|怎么|怎样|如何|什么|啥|哪|凭什么|依据|理由|原因|解释|说明|讲|算|不对|错|不平|意思|规则|在吗|[?？吗]"
)
_NUMBERED = re.compile("第(?P<number>[0-9一二三四五六七八九十]{1,3})(?:个|处|条|项|点)?(?:问题|错误|提醒)?")
_OF_SEVERITY = {"error": "错误", "warning": "提醒", "info": "说明"}
_THIS = re.compile(
    "(?:这|那|上面|刚才)?(?:里|处|个|条|份报告)?(?:到底|究竟)?(?:为什么|为啥|怎么)(?:会|就|说)?(?:是)?(?:不对|错的?|算错了?|不平|不相等|不等|有错|有错误|有问题)"
)
# Too common in questions about the law to tell a place of a report.
_COMMON = re.compile("[表“”一二三四五六七、（）()—0-9.行列下]+")


def answer_about_findings(message: str, checked: CheckedReport, rules: Mapping[str, Rule]) -> tuple[str, ...] | None:
    """Return the explanation that `message` asks for, a line each; None where it asks about no finding.

    A code that was not found is told as its rule; several findings of one code are explained one after the other.
    """
    text = unicodedata.normalize("NFKC", message).strip()
    if len(text) > _LONGEST or not (_ASKS.search(text) or _CODE.fullmatch(text)):
        return None
    codes = [code.upper() for code in _CODE.findall(text) if code.upper() in rules]
    if codes:
        return tuple(line for code in dict.fromkeys(codes) for line in _of_code(code, checked, rules))
    chosen = _numbered(text, checked) or _placed(text, checked)
    if not chosen and _THIS.fullmatch(text.rstrip("?？。!！呢啊")):
        chosen = list(checked.of("error") or checked.findings)
    return tuple(_explained(chosen, checked)) if chosen else None


def names_code(message: str) -> bool:
    """Whether a message names what may be a code."""
    return _CODE.search(unicodedata.normalize("NFKC", message)) is not None


def explain_rule(message: str, rules: Mapping[str, Rule], form: Form) -> tuple[str, ...] | None:
    """Return what a code stands for where `message` asks for it without any report; None for any other message."""
    text = unicodedata.normalize("NFKC", message).strip()
    codes = [code.upper() for code in _CODE.findall(text) if code.upper() in rules]
    if not codes or len(text) > _LONGEST or not (_ASKS.search(text) or _CODE.fullmatch(text)):
        return None
    lines = [line for code in dict.fromkeys(codes) for line in _rule_lines(rules[code], form)]
    return (*lines, "把报告拖进对话，或运行 gongkai check 报告，就能看到它在报告里错在哪里、两边各是多少。")


def _of_code(code: str, checked: CheckedReport, rules: Mapping[str, Rule]) -> Iterator[str]:
    found = [finding for finding in checked.findings if finding.code == code]
    if found:
        yield from _explained(found, checked)
        return
    yield f"这份报告没有发现{code}的问题。"
    yield from _rule_lines(rules[code], checked.report.form)


def _rule_lines(rule: Rule, form: Form) -> Iterator[str]:
    yield f"{rule.code}　{rule.title}（{SEVERITIES[rule.severity]}）"
    yield f"依据：{rule.basis.replace('{document_number}', form.document_number)}"


def _explained(findings: Sequence[Finding], checked: CheckedReport) -> Iterator[str]:
    for finding in findings[:_MOST]:
        yield from explain_finding(finding, checked.report).splitlines()
    if len(findings) > _MOST:
        yield f"另有{len(findings) - _MOST}处同类问题，可以按“第几处”或者所在的行列接着问。"


def _numbered(text: str, checked: CheckedReport) -> list[Finding]:
    """The finding of that number, as they are listed; within a severity where the message names one."""
    match = _NUMBERED.search(text)
    number = parse_numeral(match["number"]) if match else None
    if match is None or number is None or re.search("规定|条例|第.+款", text):
        return []
    if not re.search("处|问题|错误|提醒|[个条项点](?:为|怎|是|什|不)", text):
        return []
    named = next((key for key, name in _OF_SEVERITY.items() if name in text), None)
    listed = checked.of(named) if named else checked.findings
    return [listed[int(number) - 1]] if 0 < number <= len(listed) else []


def _placed(text: str, checked: CheckedReport) -> list[Finding]:
    """The findings whose row, column or chapter the message names, where it says that something is wrong."""
    if not re.search("不对|错|不平|不等|不符|相差|问题|怎么改", text):
        return []
    found = []
    for finding in checked.findings:
        words = [word for word in _COMMON.split(finding.location) if len(word) > 1]
        if any(word in text for word in words):
            found.append(finding)
    return found
