"""Every setting, with its reason. The only reader of `config.yaml`, `.env` and the environment.

Sources, first wins: arguments (tests), environment `BOT_*`, `.env`, `config.yaml` in the working
directory, the defaults here. A name that is not a setting is refused, so that a typing mistake
does not pass for a choice.
"""

import re
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from ruamel.yaml import YAML

CONFIG_FILE = Path("config.yaml")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")


def _from_yaml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    read = cast("object", YAML(typ="safe").load(path))  # pyright: ignore[reportUnknownMemberType]
    if read is None:
        return {}
    if not isinstance(read, dict):
        raise ValueError(f"{path}: write one setting a line, as `name: value`")
    return cast("dict[str, Any]", read)


class Settings(BaseSettings):
    """What whoever runs the bot may choose."""

    model_config = SettingsConfigDict(
        env_prefix="BOT_",
        env_file=".env",
        extra="forbid",
        hide_input_in_errors=True,  # a secret under a mistyped name must not be printed
    )

    operator_name: str = Field("", description="Who runs this bot. Empty: a trial run.")
    operator_contact: str = Field(
        "", description="Phone or address where people reach the operator. Empty: a trial run."
    )
    privacy_text: str = Field(
        "",
        description="The operator's privacy text, as people read it. Empty: a trial run.",
    )
    base_url: str = Field(
        "http://127.0.0.1:8080",
        description="Where people reach the pages from outside; links in messages start with it.",
    )
    host: str = Field(
        "127.0.0.1", description="Address to listen on; only this machine until set otherwise."
    )
    port: int = Field(8080, ge=1, le=65_535, description="Port to listen on.")
    database_url: str = Field(
        "",
        description="sqlite:///… or postgresql://…; empty: the file bot.db in var_dir.",
    )
    data_dir: Path = Field(Path("data"), description="The authored content.")
    var_dir: Path = Field(Path("var"), description="What is made at run time: database, model.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged; no level ever logs what a person wrote."
    )
    parse_threads: int = Field(
        2,
        ge=1,
        le=32,
        description="Messages understood at once; more than the processor has cores gains nothing.",
    )
    nlu_engine: Literal["lexical", "rasa"] = Field(
        "lexical",
        description="What understands messages: our own model, or a Rasa server while it answers.",
    )
    rasa_url: str = Field(
        "http://127.0.0.1:5005",
        pattern=r"^https?://[^/\s]+/?$",
        description="Where `rasa run --enable-api` is asked, with nlu_engine: rasa.",
    )
    database_connections: int = Field(
        8,
        ge=1,
        le=100,
        description="Connections to PostgreSQL a process; SQLite always writes through one.",
    )
    sends_at_once: int = Field(
        8, ge=1, le=100, description="Messages on their way to a platform at once, a process."
    )

    zalo_bot_token: SecretStr = Field(
        SecretStr(""), description="Token of the Zalo bot, from «Zalo Bot Manager». Empty: no Zalo."
    )
    zalo_bot_api: str = Field(
        "https://bot-api.zaloplatforms.com", description="Where the Zalo Bot Platform is called."
    )
    zalo_bot_link: str = Field(
        "", description="The link that opens a chat with the Zalo bot, from its share tab."
    )
    zalo_bot_updates: Literal["polling", "webhook"] = Field(
        "polling",
        description="How updates of Zalo come; webhook needs a public https base_url.",
    )
    telegram_token: SecretStr = Field(
        SecretStr(""), description="Token of the Telegram bot, from @BotFather. Empty: no Telegram."
    )
    telegram_api: str = Field(
        "https://api.telegram.org", description="Where the Telegram Bot API is called."
    )
    telegram_proxy: str = Field(
        "", description="Outgoing proxy for Telegram alone, e.g. socks5://…; empty: none."
    )
    telegram_updates: Literal["polling", "webhook"] = Field(
        "polling",
        description="How updates of Telegram come; webhook as for Zalo.",
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="16 to 128 letters, digits, - or _: with it platforms prove who they are.",
    )

    @property
    def trial(self) -> bool:
        """Whether nobody answers for this bot yet: pages say so, public channels refuse."""
        return not (self.operator_name and self.operator_contact and self.privacy_text)

    @field_validator("webhook_secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr) -> SecretStr:
        """Both platforms take such a secret (Telegram: no other characters; Zalo: 8 to 256)."""
        if secret.get_secret_value() and not _SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("16 to 128 letters, digits, - or _")
        return secret

    @property
    def database(self) -> str:
        """The database's URL, the default filled in."""
        return self.database_url or f"sqlite:///{self.var_dir / 'bot.db'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put `config.yaml` after the environment."""
        from_file = InitSettingsSource(settings_cls, init_kwargs=_from_yaml(CONFIG_FILE))
        return init_settings, env_settings, dotenv_settings, from_file

    @classmethod
    def described(cls) -> dict[str, FieldInfo]:
        """Every setting with its default and sentence, for the generated pages."""
        return dict(cls.model_fields)
