"""Who may change the corpus through the interface, and what is refused; test_docs.py adds, asks and removes."""

import pytest

from tests.office_texts import rule, write_rule

NAME = "示例市加装电梯补贴办法"
KEY = f"{NAME}@2022-05-01"


@pytest.fixture
def as_keeper(client, keeper):
    """as_keeper(method, path, **options) → the answer to a call with the administrator's token."""

    def call(method, path, **options):
        return client.request(method, path, headers={"Authorization": f"Bearer {keeper}"}, **options)

    return call


@pytest.fixture
def sent(tmp_path):
    return {"text": ("办法.docx", write_rule(tmp_path / "办法.docx", rule(year=2022, amount=11)).read_bytes())}


@pytest.mark.parametrize(
    ("name", "content", "data", "says"),
    [
        ("坏.docx", b"PK broken", {}, "坏.docx"),
        ("空.txt", b"", {}, "空.txt"),
        ("程序.exe", b"MZ", {}, "程序.exe"),
        ("办法.txt", "第一条 本办法自发布之日起施行。".encode(), {"in_force_from": "五月"}, "施行日期"),
        ("年报.txt", b"1", {"level": "公司"}, "没有“公司”这一类机关"),
        ("办法.txt", b"1", {"title": "长" * 201}, "title"),
    ],
)
def test_what_cannot_be_added_is_told_in_one_line_and_nothing_is_kept(client, as_keeper, name, content, data, says):
    before = client.get("/corpus/log").json()
    answer = as_keeper("POST", "/corpus", files={"text": (name, content)}, data=data)
    assert (answer.status_code, says in answer.json()["detail"]) == (400, True), answer.text
    assert client.get("/corpus/log").json() == before


def test_what_comes_with_the_program_or_is_not_there_cannot_be_removed(client, as_keeper):
    shipped = client.get("/corpus").json()[0]["id"]
    for name in (shipped, "没有这份", "..%2F..%2Foffice.sqlite"):
        answer = as_keeper("DELETE", f"/corpus/{name}")
        assert answer.status_code in (400, 404), answer.text
        assert answer.json()["detail"]
    assert shipped in {row["id"] for row in client.get("/corpus").json()}


def test_a_clerks_token_and_one_held_to_other_uses_change_nothing(client, house, sent):
    from tests.api.conftest import moment

    asking = house.records.tokens.make("资料同步", "只读", moment(), ("corpus",))[1]
    for headers, says in (({}, "管理员"), ({"Authorization": f"Bearer {asking}"}, "没有“增删资料库的文件”的权限")):
        for answer in (
            client.post("/corpus", files=sent, headers=headers),
            client.delete(f"/corpus/{KEY}", headers=headers),
        ):
            assert (answer.status_code, says in answer.json()["detail"]) == (403, True), answer.text
