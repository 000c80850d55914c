"""Secrets come from systemd's credentials or from the environment, when they are needed."""

from pathlib import Path

import pytest

from config.credential import MissingCredential, resolve


def test_a_credential_is_the_content_of_its_file_without_the_last_newline(tmp_path: Path) -> None:
    (tmp_path / "sm4-key").write_text(" 0123 \n")
    assert resolve("${credential:sm4-key}", {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == " 0123 "


def test_a_variable_of_the_environment_is_its_value() -> None:
    assert resolve("${env:SECRET}", {"SECRET": "s"}) == "s"


@pytest.mark.parametrize("text", ["plain", "", "${credential:}", "${file:x}", "a${env:X}b"])
def test_any_other_text_is_returned_as_it_is(text: str) -> None:
    assert resolve(text, {}) == text


@pytest.mark.parametrize(
    ("template", "kind", "name"),
    [("${credential:appid}", "credential", "appid"), ("${env:APPID}", "env", "APPID")],
)
def test_what_is_missing_is_named(template: str, kind: str, name: str, tmp_path: Path) -> None:
    for environ in ({}, {"CREDENTIALS_DIRECTORY": str(tmp_path), "APPID": ""}):
        with pytest.raises(MissingCredential) as missing:
            resolve(template, environ)
        assert (missing.value.kind, missing.value.name) == (kind, name)


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (tmp_path / "secret").write_text("s")
    template = "${credential:../secret}"
    assert resolve(template, {"CREDENTIALS_DIRECTORY": str(folder)}) == template
