"""The office's commands as a user meets them: output, exit status, files."""

import json
import sys
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.cli_entries import open_desk

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Call `gongkai …` in a data folder of its own; return exit status, standard output and standard error."""
    monkeypatch.setenv("GONGKAI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    open_desk.cache_clear()

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["gongkai", *arguments])
        try:
            main()
            status = 0
        except SystemExit as stop:
            status = int(stop.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    yield call
    open_desk.cache_clear()


@pytest.fixture
def run_json(run):
    def call(*arguments):
        status, out, err = run(*arguments, "--json")
        assert status == 0, err
        return json.loads(out)

    return call


def test_a_deadline_is_printed_as_the_contract_has_it(run_json):
    value = run_json("deadline", "reply", "--from", "2026-01-05", "--received-by", "post")
    assert {"rule", "start", "due", "days", "unit", "counted", "skipped", "basis"} <= set(value)
    assert (value["rule"], value["start"], value["due"]) == ("reply", "2026-01-05", "2026-02-02")
    assert value["skipped"][0] == {"date": "2026-01-10", "reason": "星期六"}
    assert len(value["counted"]) == value["days"] == 20


def test_a_report_of_the_year_is_asked_for_without_a_day(run, run_json):
    assert run_json("deadline", "annual_report_department")["unit"] == "固定日期"
    assert run("deadline", "reply")[0] == 2


def test_every_rule_of_the_contract_is_there(run_json):
    rules = {item["rule"] for item in run_json("deadline", "--rules")}
    assert rules >= {
        "reply", "extension", "correction", "third_party", "joint_maker", "publication", "fee_payment",
        "budget_publication", "annual_report_department", "annual_report_government", "reconsideration",
        "lawsuit_after_reconsideration", "lawsuit",
    }  # fmt: skip


def test_extension_and_pauses_are_taken(run_json):
    value = run_json("deadline", "reply", "--from", "2026-01-05", "--extended", "--pause", "2026-01-12:2026-01-20")
    assert value["due"] == "2026-03-17"


def test_a_deadline_is_written_as_a_calendar_file(run, tmp_path):
    status, out, _ = run("deadline", "reply", "--from", "2026-01-05", "--ics", "a.ics")
    assert status == 0
    assert "最晚2026年2月2日" in out
    assert "DTSTART;VALUE=DATE:20260202" in (tmp_path / "a.ics").read_bytes().decode()
    assert run("deadline", "reply", "--from", "2026-01-05", "--ics", "a.ics")[0] == 2
    assert run("deadline", "reply", "--from", "2026-01-05", "--ics", "a.ics", "--force")[0] == 0


def test_fees_are_printed_as_the_contract_has_them(run_json):
    assert run_json("fee", "--requests", "35")["amount"] == 3000
    value = run_json("fee", "--pages", "250")
    assert (value["amount"], value["unit"]) == (4700, "元")
    assert [step["amount"] for step in value["steps"]] == [0, 700, 2000, 2000]
    assert run_json("fee", "--requests", "35", "--already", "30")["amount"] == 1000


@pytest.mark.parametrize(
    "arguments",
    [
        ["deadline"],
        ["deadline", "reply", "--from", "2026-02-31"],
        ["deadline", "reply", "--from", "2099-01-05"],
        ["deadline", "nonsense", "--from", "2026-01-05"],
        ["deadline", "reply", "--from", "2026-01-05", "--pause", "2026-01-01:2026-01-08"],
        ["deadline", "reply", "--from", "2026-01-05", "--pause", "gestern"],
        ["deadline", "publication", "--from", "2030-01-05"],
        ["deadline", "reply", "--from", "2026-01-05", "--ics", "a.txt"],
        ["fee"],
        ["fee", "--requests", "-3"],
        ["fee", "--requests", "3.5"],
        ["fee", "--requests", "3", "--pages", "3"],
        ["letter"],
        ["letter", "nonsense"],
        ["letter", "correction_notice"],
        ["letter", "correction_notice", "--data", "absent.yaml"],
        ["letter", "correction_notice", "--request", "2026-009"],
        ["guide", "也许"],
        ["ledger", "add"],
        ["ledger", "add", "--received", "2026-01-05", "--asked", "甲"],
        ["ledger", "add", "--received", "2026-01-05", "--asked", "甲", "--applicant", "乙", "--kind", "外星人"],
        ["ledger", "show", "2026-009"],
        ["ledger", "import", "absent.xlsx"],
        ["ledger", "statistics"],
        ["ledger", "statistics", "--year", "2099"],
        ["ledger", "statistics", "--year", "2026", "--into", "absent.yaml"],
    ],
)
def test_bad_input_is_one_clear_line_and_status_2(arguments, run, tmp_path):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert any("一" <= ch <= "鿿" for ch in err)
    assert [path.name for path in tmp_path.iterdir() if path.name != "data"] == []


def test_a_letter_is_drafted_from_its_printed_example(run, run_json, tmp_path):
    status, example, _ = run("letter", "correction_notice", "--example")
    assert status == 0
    (tmp_path / "f.yaml").write_text(example, encoding="utf-8")
    value = run_json("letter", "correction_notice", "--data", "f.yaml", "--output", "补正告知书.docx")
    assert value["output"] == "补正告知书.docx"
    assert value["row"] is None
    assert (tmp_path / "补正告知书.docx").stat().st_size > 5000
    assert run("letter", "correction_notice", "--data", "f.yaml", "--output", "补正告知书.docx")[0] == 2
    assert len(run_json("letter", "--list")) == 43


def test_the_guide_leads_to_a_letter(run, run_json):
    assert run("guide")[1].startswith("第1步 补不补")
    value = run_json("guide", "明确", "2")
    assert value["outcome"]["letter"] == "reply_petition"
    assert "gongkai letter reply_petition" in run("guide", "明确", "2")[1]


def test_a_case_goes_through_the_register_to_the_table(run, run_json, tmp_path):
    (tmp_path / "data").mkdir()
    office = "agency: 示例市水务局\nagency_kind: local_department\ngovernment: 示例市人民政府\n"
    (tmp_path / "data/office.yaml").write_text(office, encoding="utf-8")
    added = run_json("ledger", "add", "--received", "2026-01-05", "--applicant", "某公司", "--kind", "商业企业",
                     "--channel", "平信", "--asked", "验收报告")  # fmt: skip
    assert (added["number"], added["applicant_kind"], added["channel"]) == ("2026-001", "enterprise", "ordinary_mail")
    assert {item["rule"] for item in added["due"]} == {"reply"}
    assert run_json("deadline", "--ledger", "--ics", "due.ics")[0]["number"] == "2026-001"
    assert (tmp_path / "due.ics").is_file()
    run_json("ledger", "update", "2026-001", "--consult", "第三方2026-01-12至2026-01-20")
    assert run_json("ledger", "show", "2026-001")["due"][0]["due"] == "2026-02-11"
    (tmp_path / "f.yaml").write_text(
        "document_number: 示水公开〔2026〕12号\nsigned: 2026-02-10\nprovided: [验收报告]\nmanner: 邮寄\n",
        encoding="utf-8",
    )
    drafted = run_json("letter", "reply_granted", "--request", "2026-001", "--data", "f.yaml")
    assert drafted["register"] is None
    assert run_json("ledger", "show", "2026-001")["letters"] == []
    letter = run_json("letter", "reply_granted", "--case", "2026-001", "--data", "f.yaml", "--output", "a.docx")
    assert letter["register"] == "已记入台账2026-001。"
    assert "收到你单位以平常信函方式提交" in letter["text"]
    assert letter["warnings"] == []
    closed = run_json("ledger", "update", "2026-001", "--outcome", letter["row"], "--closed", "2026-02-10")
    assert closed["letters"][0]["kind"] == "reply_granted"
    assert closed["state"] == "closed"
    assert run_json("deadline", "--ledger") == []
    value = run_json("ledger", "statistics", "--year", "2026", "--output", "s.yaml")
    assert value["requests"]["granted"]["enterprise"] == value["requests"]["total"]["total"] == 1
    assert run("ledger", "export", "r.xlsx")[0] == 0
    assert run("ledger", "import", "r.xlsx")[0] == 2
    assert run_json("ledger", "import", "r.xlsx", "--update") == {"imported": 1}
    listed = run_json("ledger", "list", "--year", "2026")[0]
    assert (listed["number"], listed["letters"][0]["kind"]) == ("2026-001", "reply_granted")
    assert run("ledger", "list", "--open")[1] == "没有申请。\n"


def test_a_closed_year_is_kept_until_it_is_opened_again(run, run_json):
    for received in ("2024-03-04", "2024-12-30"):
        run_json("ledger", "add", "--received", received, "--applicant", "张某", "--asked", "报告")
    run_json("ledger", "update", "2024-001", "--outcome", "granted", "--closed", "2024-03-20")
    closed = run_json("ledger", "close", "--year", "2024")
    assert closed["requests"]["carried_out"]["total"] == 1
    assert run_json("ledger", "close", "--list")[0]["year"] == 2024
    status, _, err = run("ledger", "update", "2024-001", "--outcome", "partly_granted", "--closed", "2024-03-20")
    assert status == 2
    assert err.count("\n") == 1
    assert "ledger reopen --year 2024" in err
    assert run("ledger", "close", "--year", "2024")[0] == run("ledger", "close")[0] == 2
    run_json("ledger", "update", "2024-002", "--outcome", "granted", "--closed", "2025-01-10")
    assert run_json("ledger", "statistics", "--year", "2025")["requests"]["carried_in"]["total"] == 1
    assert run_json("ledger", "statistics", "--year", "2024")["requests"] == closed["requests"]
    assert run_json("ledger", "reopen", "--year", "2024") == {"reopened": 2024}
    run_json("ledger", "update", "2024-001", "--outcome", "partly_granted", "--closed", "2024-03-20")


def test_a_year_that_is_missing_is_named_with_what_to_do_and_doing_it_helps(run, run_json, tmp_path):
    status, _, err = run("deadline", "publication", "--from", "2026-12-25")
    assert status == 2
    assert err.count("\n") == 1
    folder = tmp_path / "data" / "calendar"
    assert "没有2027年的放假安排" in err
    assert str(folder / "2027.yaml") in err
    # The format is taken from the file that the message names, as a clerk would copy it.
    told = (ROOT / "corpus/calendar/README.md").read_text(encoding="utf-8").split("```")[1].removeprefix("yaml\n")
    folder.mkdir(parents=True)
    (folder / "2027.yaml").write_text(told.replace("2031", "2027").replace("make_up: [2027-01-04]", "make_up: []"))
    open_desk.cache_clear()
    value = run_json("deadline", "publication", "--from", "2026-12-25")
    assert value["due"] == "2027-01-25"
    assert {"date": "2027-01-01", "reason": "元旦放假"} in value["skipped"]
    (folder / "2027.yaml").write_text("year: 2027\nholidays: []\n", encoding="utf-8")
    open_desk.cache_clear()
    status, _, err = run("deadline", "publication", "--from", "2026-12-25")
    assert (status, "2027.yaml 第1行" in err) == (2, True)


def make_template(path):
    import docx

    template = docx.Document()
    for line in ("本单位红头", "{{ number }}", "{{ title }}", "{{ salutation }}", "{%p for line in paragraphs %}",
                 "{{ line }}", "{%p endfor %}", "{{ agency }}", "{{ date }}"):  # fmt: skip
        template.add_paragraph(line)
    template.save(path)


def test_an_offices_own_template_is_used_for_letters(run, run_json, tmp_path):
    import docx

    make_template(tmp_path / "own.docx")
    (tmp_path / "f.yaml").write_text(run("letter", "reply_granted", "--example")[1], encoding="utf-8")
    run_json("letter", "reply_granted", "--data", "f.yaml", "--output", "a.docx", "--template", "own.docx")
    written = [paragraph.text for paragraph in docx.Document(tmp_path / "a.docx").paragraphs]
    assert written[:4] == ["本单位红头", "示水公开〔2026〕12号", "政府信息公开申请答复书", "张某："]
    assert written[-2:] == ["示例市水务局", "2026年1月26日"]
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data/office.yaml").write_text("letter_template: 自己的.docx\n", encoding="utf-8")
    status, _, err = run("letter", "reply_granted", "--data", "f.yaml", "--output", "b.docx")
    assert (status, "自己的.docx 不存在" in err) == (2, True)
    make_template(tmp_path / "data" / "自己的.docx")
    run_json("letter", "reply_granted", "--data", "f.yaml", "--output", "b.docx")
    assert docx.Document(tmp_path / "b.docx").paragraphs[0].text == "本单位红头"
    (tmp_path / "g.yaml").write_text(run("letter", "service_receipt", "--example")[1], encoding="utf-8")
    run_json("letter", "service_receipt", "--data", "g.yaml", "--output", "c.docx")
    assert docx.Document(tmp_path / "c.docx").tables
    (tmp_path / "bad.docx").write_bytes(b"no zip")
    status, _, err = run("letter", "reply_granted", "--data", "f.yaml", "--output", "d.docx", "--template", "bad.docx")
    assert (status, err.count("\n"), (tmp_path / "d.docx").exists()) == (2, 1, False)


@pytest.mark.parametrize("command", ["deadline", "fee", "letter", "guide", "ledger"])
def test_every_command_has_help(command, run):
    status, out, _ = run(command, "--help")
    assert status == 0
    assert any("一" <= ch <= "鿿" for ch in out)
