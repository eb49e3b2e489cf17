import pytest

from assistant.errors import SettingsError
from assistant.settings import load_settings


def test_a_toml_file_in_the_working_folder_is_read_and_the_environment_wins(tmp_path, monkeypatch):
    (tmp_path / "gongkai.toml").write_text('data_dir = "from-file"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GONGKAI_DATA_DIR")
    assert load_settings().data_folder.name == "from-file"
    monkeypatch.setenv("GONGKAI_DATA_DIR", "from-environment")
    assert load_settings().data_folder.name == "from-environment"


@pytest.mark.parametrize("text", ['colour = "red"\n', "data_dir = [\n"])
def test_an_unknown_key_or_a_broken_file_is_refused(tmp_path, monkeypatch, text):
    (tmp_path / "gongkai.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"gongkai\.toml"):
        load_settings()


def test_without_settings_the_data_goes_to_the_users_folder_and_not_into_the_checkout(monkeypatch):
    monkeypatch.delenv("GONGKAI_DATA_DIR")
    settings = load_settings()
    assert not settings.data_folder.is_relative_to(settings.shipped_folder)
    assert (settings.shipped_folder / "corpus" / "regulations").is_dir()
