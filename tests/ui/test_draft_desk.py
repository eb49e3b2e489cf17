"""What the tab 年报 does behind the page: files in and out, last year, the register, the doors."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
import yaml
from fastapi.testclient import TestClient

from assistant.app import Assistant
from assistant.errors import InputError
from assistant.office.desk import Desk
from assistant.office.ledger_records import RequestRecord
from assistant.office.people import ALONE
from assistant.office.records import Records
from assistant.report.checked import load_check_rules
from assistant.report.drafting.draft import draft_report, load_report_rules
from assistant.report.shelf import KeptReport, ReportShelf
from assistant.report.statistics_files import dump_statistics, load_statistics
from assistant.report.writing import render_draft
from assistant.settings import Settings
from tests.conftest import ROOT
from tests.model_server import scripted_model
from tests.report.conftest import make, rules  # noqa: F401  (fixtures)
from ui.draft_desk import DraftDesk

NOW = datetime(2026, 1, 20, 9, tzinfo=UTC)
HEAD = {"agency": "示例市水务局", "level": "department", "region_rank": "city", "year": "2025", "contact": ""}


@pytest.fixture
def house(tmp_path):
    """What the desk needs of an assistant: rules, records, the register and the reports held, over a data folder."""
    corpus = ROOT / "corpus"
    report_rules = load_report_rules(corpus)
    check_rules = load_check_rules(corpus)
    parts = SimpleNamespace(
        settings=Settings(data_dir=tmp_path),
        records=Records(tmp_path / "office.sqlite"),
        desk=Desk(corpus, tmp_path),
        report_rules=report_rules,
        check_rules=check_rules,
        reports=ReportShelf(tmp_path / "reports.sqlite", corpus / "reports", report_rules.forms),
    )
    parts.read_figures = lambda path: Assistant.read_figures(parts, path)
    parts.polish_chapter = lambda draft, key: Assistant.polish_chapter(parts, draft, key)
    yield parts
    parts.records.close()
    parts.desk.ledger.close()


@pytest.fixture
def desk(house):
    return DraftDesk(house)


@pytest.fixture
def before(make):  # noqa: F811
    """Statistics of 2024 of the same body."""
    return replace(make(5, year=2024), agency="示例市水务局", level="department", region_rank="city")


def carried(statistics, row):
    return {address.column: value for address, value in statistics.cells.items() if address[:2] == ("requests", row)}


def as_file(statistics, folder, suffix):
    path = folder / f"统计{suffix}"
    path.write_bytes(dump_statistics(statistics, suffix))
    return path


def as_word(statistics, folder, rules):  # noqa: F811
    path = folder / "年报.docx"
    path.write_bytes(render_draft(draft_report(statistics, None, rules), ".docx"))
    return path


@pytest.mark.parametrize("suffix", [".xlsx", ".yaml", ".json"])
def test_a_statistics_file_begins_a_report_and_comes_out_the_same(desk, make, rules, tmp_path, suffix):  # noqa: F811
    statistics = make(7, year=2025)
    view = desk.begin_from_file("张三", as_file(statistics, tmp_path, suffix), "统计", NOW)
    assert view["error"] is None
    assert [finding for finding in view["findings"] if finding["severity"] == "error"] == []
    for kind in (".xlsx", ".yaml", ".json"):
        name, content = desk.write("张三", view["id"], kind)
        path = tmp_path / f"out{kind}"
        path.write_bytes(content)
        assert load_statistics(path, rules.forms) == statistics
        assert name.endswith(f"2025年统计表{kind}")


def test_the_same_file_twice_is_one_report(desk, make, tmp_path):  # noqa: F811
    path = as_file(make(7, year=2025), tmp_path, ".yaml")
    first, second = (desk.begin_from_file("张三", path, "统计", NOW) for _ in range(2))
    assert first["id"] == second["id"]
    assert desk.begin_from_file("李四", path, "统计", NOW)["id"] != first["id"]


def test_last_years_word_report_gives_the_figures_beside_and_what_was_carried_over(desk, before, rules, tmp_path):  # noqa: F811
    view = desk.begin("张三", HEAD, NOW)
    assert view["previous"] is None
    view = desk.take_file("张三", view["id"], as_word(before, tmp_path, rules), "年报.docx", True, NOW)
    assert view["previous"]["source"] == "年报.docx"
    assert view["previous"]["cells"]["requests.received.total"] == str(before.value("requests", "received", "total"))
    now = {name.rsplit(".", 1)[1]: text for name, text in view["content"]["cells"].items()}
    assert now == {column: str(value) for column, value in carried(before, "carried_out").items()}
    assert "（一）主动公开" in view["previous"]["chapters"]["overview"]


def test_a_finished_report_at_the_start_is_the_year_before_the_new_one(desk, before, rules, tmp_path):  # noqa: F811
    view = desk.begin_from_file("张三", as_word(before, tmp_path, rules), "年报.docx", NOW)
    assert view["content"]["head"]["year"] == "2025"
    assert view["content"]["head"]["agency"] == "示例市水务局"
    assert view["previous"]["year"] == 2024


@pytest.mark.parametrize(
    ("change", "part"), [({"year": 2023}, "2023年度的"), ({"agency": "别的市水务局"}, "“别的市水务局”的")]
)
def test_the_report_of_another_year_or_body_is_refused_and_nothing_changes(desk, before, tmp_path, change, part):
    view = desk.begin("张三", HEAD, NOW)
    path = as_file(replace(before, **change), tmp_path, ".yaml")
    with pytest.raises(InputError, match=part):
        desk.take_file("张三", view["id"], path, path.name, True, NOW)
    assert desk.open("张三", view["id"])["version"] == view["version"]


@pytest.mark.parametrize(
    ("change", "part"), [({}, "正在填的是2025年度"), ({"year": 2025, "agency": "别的市水务局"}, "“别的市水务局”的")]
)
def test_statistics_of_another_year_or_body_do_not_get_into_the_tables(desk, before, tmp_path, change, part):
    view = desk.begin("张三", HEAD, NOW)
    path = as_file(replace(before, **change), tmp_path, ".yaml")
    with pytest.raises(InputError, match=part):
        desk.take_file("张三", view["id"], path, path.name, False, NOW)
    path = as_file(replace(before, year=2025), tmp_path, ".yaml")
    view = desk.take_file("张三", view["id"], path, path.name, False, NOW)
    assert view["content"]["head"]["year"] == "2025"
    assert view["content"]["cells"]["requests.total.total"] == str(before.value("requests", "total", "total"))


def test_a_report_that_is_held_is_last_year_by_itself(desk, house, before):
    house.reports.put(KeptReport("示例市水务局2024年年报", before, "年报.docx", "0" * 64, "2026-01-01"))
    view = desk.begin("张三", HEAD, NOW)
    assert view["previous"]["source"] == "示例市水务局2024年年报"
    assert desk.drop_last_year("张三", view["id"], NOW)["previous"] is None


def test_what_the_server_finds_names_table_and_cell(desk):
    view = desk.begin("张三", HEAD, NOW)
    content = view["content"]
    row = dict.fromkeys(("enterprise", "research", "public_welfare", "legal_service", "other"), "0")
    content["cells"] = {f"requests.received.{column}": text for column, text in row.items()}
    content["cells"] |= {"requests.received.natural_person": "2", "requests.received.total": "3"}
    content["cells"] |= {"requests.granted.other": "甲"}
    kept = desk.save("张三", view["id"], view["version"], content, NOW)
    found = {finding["code"]: finding for finding in kept["findings"]}
    assert set(found) == {"H3", "H5"}
    assert (found["H3"]["table"], found["H3"]["cell"]) == ("requests", "requests.received.total")
    assert found["H5"]["cell"] == "requests.granted.other"
    refused = desk.draft("张三", view["id"])
    assert refused["refused"]
    assert refused["sections"] == []
    with pytest.raises(InputError, match="没有生成草稿"):
        desk.write("张三", view["id"], ".docx")


def test_an_open_head_is_kept_and_told(desk):
    view = desk.begin("张三", HEAD, NOW)
    content = view["content"] | {"head": HEAD | {"year": "20"}}
    kept = desk.save("张三", view["id"], view["version"], content, NOW)
    assert "四位年份" in kept["error"]
    opened = desk.open("张三", view["id"])
    assert opened["content"]["head"]["year"] == "20"
    with pytest.raises(InputError, match="四位年份"):
        desk.count_register("张三", view["id"], NOW)
    assert opened["error"] == kept["error"]


def test_a_year_written_as_people_write_it_is_that_year(desk, before, tmp_path):
    view = desk.begin("张三", HEAD | {"year": "２０２５年"}, NOW)
    path = as_file(before, tmp_path, ".yaml")
    view = desk.take_file("张三", view["id"], path, path.name, True, NOW)
    assert (view["error"], view["previous"]["year"]) == (None, 2024)


def test_another_year_brings_the_form_of_that_year(desk):
    view = desk.begin("张三", HEAD, NOW)
    content = view["content"] | {"head": HEAD | {"year": "2020"}}
    assert desk.save("张三", view["id"], view["version"], content, NOW)["form"]["id"] == "2019"


def test_the_register_fills_table_three(desk, house):
    view = desk.begin("张三", HEAD, NOW)
    with pytest.raises(InputError, match="没有2025年度的申请"):
        desk.count_register("张三", view["id"], NOW)
    record = RequestRecord(
        number="2025-001", received=date(2025, 3, 3), channel="post", applicant="张某", asked="预算",
        applicant_kind="natural_person", outcome="granted", closed=date(2025, 3, 20),
    )  # fmt: skip
    house.desk.ledger.add_requests([record], NOW.date())
    view = desk.count_register("张三", view["id"], NOW)
    assert view["content"]["cells"]["requests.granted.total"] == "1"
    assert view["content"]["cells"]["requests.refused_state_secret.total"] == "0"
    assert [finding for finding in view["findings"] if finding["severity"] == "error"] == []


def test_an_edited_chapter_is_in_the_files_and_another_manner_in_the_draft(desk, make, tmp_path):  # noqa: F811
    view = desk.begin_from_file("张三", as_file(make(7, year=2025), tmp_path, ".yaml"), "统计", NOW)
    draft = desk.draft("张三", view["id"])
    chapters = {section["key"]: section for section in draft["sections"]}
    figure = next(f for p in chapters["overview"]["paragraphs"] for f in p["figures"] if f["cells"])
    assert all(cell in view["form"]["cells"] for cell in figure["cells"])
    content = view["content"] | {
        "chapters": {"other": "没有收取信息处理费。<b>另有说明</b>。"},
        "manners": {"overview": 1},
    }
    desk.save("张三", view["id"], view["version"], content, NOW)
    now = {section["key"]: section for section in desk.draft("张三", view["id"])["sections"]}
    assert now["other"]["edited"]
    assert now["overview"]["text"] != chapters["overview"]["text"]
    page = desk.write("张三", view["id"], ".html")[1].decode()
    assert "&lt;b&gt;另有说明" in page
    assert "<b>另有说明" not in page


@pytest.fixture
def client(house):
    from fastapi import FastAPI

    from ui.draft_routes import add_drafting
    from ui.gate import Gate

    app = FastAPI()
    add_drafting(app, house, Gate(house.records, "secret", alone=True))
    with TestClient(app) as client:
        yield client


def test_the_doors_answer_in_words(client, house, make, tmp_path):  # noqa: F811
    began = client.post("/drafting/reports", json=HEAD).json()
    place = f"/drafting/reports/{began['id']}"
    assert (
        client.post("/drafting/reports", json=HEAD | {"agency": ""}).json()["detail"] == "请写上机关全称，选行政层级。"
    )
    data = {"version": began["version"], "content": began["content"]}
    assert client.put(place, json=data).json()["version"] == 2
    stale = client.put(place, json=data)
    assert (stale.status_code, "另一个窗口" in stale.json()["detail"]) == (409, True)
    assert client.put(place, json={"version": 2, "content": {"cells": 3}}).status_code == 400
    assert client.get("/drafting/reports/none").status_code == 400
    sent = client.post(f"{place}/files/this-year", content=b"PK broken", headers={"x-file-name": "..%2F..%2Fa.xlsx"})
    assert (sent.status_code, "a.xlsx" in sent.json()["detail"]) == (400, True)
    assert client.get(f"{place}/files/exe").status_code == 400
    given = client.get(f"{place}/files/yaml")
    assert yaml.safe_load(given.content)["agency"] == "示例市水务局"
    assert "filename*=UTF-8''" in given.headers["content-disposition"]
    assert client.delete(place).json() == {"deleted": True}
    assert client.delete(place).json() == {"deleted": False}
    noted = house.records.audit.entries(actions=["draft_delete"])
    assert [entry.detail for entry in noted] == [{"年报": "示例市水务局2025年年报"}]
    assert client.get("/drafting/reports").json()["reports"] == []
    assert client.get("/drafting/wizard/desk.js").status_code == 200


def test_a_download_is_noted_in_the_audit(client, house, make, tmp_path):  # noqa: F811
    path = as_file(make(7, year=2025), tmp_path, ".yaml")
    began = client.post("/drafting/reports/files", content=path.read_bytes(), headers={"x-file-name": "a.yaml"}).json()
    assert client.get(f"/drafting/reports/{began['id']}/files/docx").status_code == 200
    entry = house.records.audit.entries()[0]
    assert (entry.action, entry.detail["文件"].endswith(".docx")) == ("draft", True)


def test_last_years_figures_are_of_cells_of_the_form(desk, before, tmp_path):
    view = desk.begin("张三", HEAD, NOW)
    view = desk.take_file("张三", view["id"], as_file(before, tmp_path, ".yaml"), "上年", True, NOW)
    assert set(view["previous"]["cells"]) <= set(view["form"]["cells"])


@pytest.fixture
def drafted(desk, make):  # noqa: F811
    """A report in hand whose figures hold."""
    return desk.begin_from(ALONE, replace(make(7, year=2025), agency="示例市水务局"), NOW)


def test_one_chapter_is_polished_and_the_others_stay(house, desk, drafted):
    assert desk.start(NOW.date())["polishes"] is False
    with scripted_model(lambda prompt: prompt.split("原文：\n")[1].replace("依法", "依法依规")) as (address, prompts):
        house.settings = Settings(data_dir=house.settings.data_dir, llm_base_url=address, llm_model="scripted")
        assert desk.start(NOW.date())["polishes"] is True
        before = {section["key"]: section for section in desk.draft(ALONE, drafted["id"])["sections"]}
        own = before["overview"]["text"] + "\n另收到来电3次，依法答复。"
        content = {**drafted["content"], "chapters": {"overview": own}}
        desk.save(ALONE, drafted["id"], drafted["version"], content, NOW)
        polished = desk.polish(ALONE, drafted["id"], "overview")
    assert polished == {"text": own.replace("依法", "依法依规"), "reasons": []}
    assert len(prompts) == 1, "one chapter is asked for, also where somebody wrote a number into it"
    kept = {**content, "chapters": {"overview": polished["text"]}}
    desk.save(ALONE, drafted["id"], drafted["version"] + 1, kept, NOW)
    after = {section["key"]: section for section in desk.draft(ALONE, drafted["id"])["sections"]}
    sources = [[f["source"] for p in one["overview"]["paragraphs"] for f in p["figures"]] for one in (before, after)]
    assert sources[0] == sources[1] != []
    assert after["problems"] == before["problems"]


@pytest.mark.parametrize(
    ("answer", "key", "says"),
    [
        (lambda prompt: prompt.split("原文：\n")[1] + "另有77件。", "problems", "多了数字“77件”"),
        (lambda prompt: 500, "problems", "聊天模型的服务返回错误（500）"),
        (lambda prompt: "", "problems", "没有给出文字"),
        (lambda prompt: prompt, "requests", "没有这一部分的文字"),
        (lambda prompt: prompt, "none", "没有这一部分的文字"),
    ],
)
def test_a_chapter_that_was_not_polished_well_is_told_and_stays(house, client, drafted, answer, key, says):
    with scripted_model(answer) as (address, _):
        house.settings = Settings(data_dir=house.settings.data_dir, llm_base_url=address, llm_model="scripted")
        said = client.post(f"/drafting/reports/{drafted['id']}/chapters/{key}/polish")
    told = said.json()
    assert says in (told["detail"] if said.status_code == 400 else "；".join(told["reasons"]))
    if said.status_code == 200:
        assert "77" not in told["text"]


def test_without_a_model_a_chapter_is_not_polished(client, drafted):
    said = client.post(f"/drafting/reports/{drafted['id']}/chapters/problems/polish")
    assert (said.status_code, "没有设置聊天模型" in said.json()["detail"]) == (400, True)
