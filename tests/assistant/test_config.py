"""Settings: where they come from, and which are refused."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from ruamel.yaml import YAML

from bot.config import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without any settings."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_environment_goes_before_env_file_before_yaml_before_defaults(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "config.yaml").write_text("port: 1\nhost: a\noperator_name: yaml\n")
    (elsewhere / ".env").write_text("BOT_HOST=b\nBOT_OPERATOR_NAME=env file\n")
    monkeypatch.setenv("BOT_OPERATOR_NAME", "environment")

    settings = Settings()

    assert (settings.port, settings.host, settings.operator_name) == (1, "b", "environment")
    assert settings.parse_threads == 2


@pytest.mark.parametrize("text", ["prot: 1", "port: many", "- port"])
def test_a_mistyped_setting_is_refused(elsewhere: Path, text: str) -> None:
    (elsewhere / "config.yaml").write_text(text)

    with pytest.raises((ValidationError, ValueError)):
        Settings()


def test_a_refused_setting_is_named_without_its_value(elsewhere: Path) -> None:
    (elsewhere / ".env").write_text("BOT_TELEGRAM_TOKN=7001:AAF-secret\n")

    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "telegram_tokn" in str(refused.value)
    assert "AAF-secret" not in str(refused.value)


def test_the_file_in_the_repository_names_every_setting_but_secrets_with_its_default() -> None:
    written = YAML(typ="safe").load(ROOT / "config.yaml")

    assert {name: str(value) for name, value in written.items()} == {
        name: str(field.default)
        for name, field in Settings.described().items()
        if field.annotation is not SecretStr
    }


def test_it_is_a_trial_until_somebody_answers_for_it() -> None:
    assert Settings().trial
    assert Settings(operator_name="a", operator_contact="b").trial
    assert not Settings(operator_name="a", operator_contact="b", privacy_text="c").trial
