"""Settings from the environment (`GONGKAI_…`) and `gongkai.toml`; the only place that reads the environment."""

import os
from functools import cached_property
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from assistant.errors import SettingsError

_PREFIX = "GONGKAI_"


class Settings(BaseSettings):
    """What an installation may choose; every field is also the environment variable `GONGKAI_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, toml_file="gongkai.toml", extra="forbid")

    data_dir: Path | None = None
    embedding_model: str = "bundled"
    embedding_base_url: str | None = None
    reranker_model: str | None = None
    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: SecretStr | None = None
    # For an answer: seconds in all, further tries of a request that was refused, and the longest that it may become.
    llm_timeout: float = Field(default=30, gt=0)
    llm_retries: int = Field(default=1, ge=0, le=5)
    llm_max_tokens: int = Field(default=800, ge=16)
    # A Chroma server for the vectors, which several processes share; unset, they lie in the data folder.
    chroma_url: str | None = None
    # Or Milvus, which holds the words too: http://host:19530 (with name:password@ before the host), or a folder ….db
    # of Milvus Lite, which one process uses.
    milvus_uri: str | None = None
    database_url: str | None = None
    # Days after which conversations (their feedback with them), reports in hand that nobody has touched, and lines of
    # the audit are deleted; unset, they are kept.
    conversation_days: int | None = Field(default=None, ge=1)
    draft_days: int | None = Field(default=None, ge=1)
    audit_days: int | None = Field(default=None, ge=1)
    # Days after which files that were uploaded to the page, and those made to be taken away, are deleted.
    file_days: int = Field(default=7, ge=1)
    # A line of JSON for every request of the web service, on standard error.
    log_requests: bool = False
    # Calls of one token of the interface for other programs, within a minute.
    api_per_minute: int = Field(default=120, ge=1)

    @cached_property
    def data_folder(self) -> Path:
        """The folder that a run may write to."""
        return self.data_dir or user_data_path("gongkai", appauthor=False)

    @property
    def store_place(self) -> str | None:
        """Where the vectors lie, as `retrieval.store.open_rows` takes it; None: in the data folder.

        Raises:
            SettingsError: two places are set.
        """
        if self.chroma_url and self.milvus_uri:
            raise SettingsError("GONGKAI_CHROMA_URL 和 GONGKAI_MILVUS_URI 只能设一个，请去掉不用的。")
        return f"milvus:{self.milvus_uri}" if self.milvus_uri else self.chroma_url or None

    @property
    def shares_store(self) -> bool:
        """Whether several processes may use the vectors at once."""
        return bool(self.store_place) and "://" in str(self.store_place)

    @cached_property
    def shipped_folder(self) -> Path:
        """The folder that holds `corpus/` and `prompts/`: inside a wheel, or beside the package in a checkout."""
        package = Path(__file__).resolve().parent
        return package / "data" if (package / "data").is_dir() else package.parent

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def quiet_libraries() -> None:
    """Set what libraries read from the environment when they are loaded; a user's own setting wins.

    No telemetry of Chroma; and the threads of the embedder sleep while they wait, because by default they spin and
    starve everything else on a small machine.
    """
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def load_settings(**overrides: object) -> Settings:
    """Return the settings in force.

    Raises:
        SettingsError: an unknown key in the environment or the file, or an impossible value.
    """
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"不认识的设置 {'、'.join(unknown)}；可用的有 {'、'.join(sorted(known))}。")
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        keys = "、".join(".".join(str(part) for part in item["loc"]) for item in error.errors())
        raise SettingsError(f"设置 {keys} 的值不对或名称不认识，请检查环境变量和 gongkai.toml。") from error
    except ValueError as error:  # a gongkai.toml that is no TOML
        raise SettingsError(f"gongkai.toml 读不懂，请检查格式（{error}）。") from error
