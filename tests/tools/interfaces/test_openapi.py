"""docs/api/openapi.json is OpenAPI 3.1, and generated from the code."""

import ast
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from parallax.ingest import statuses
from parallax.ingest.statuses import STATUSES
from tools.interfaces.components import Components
from tools.interfaces.openapi import document

INGEST = Path("layers/parallax/parallax/ingest")


def test_the_document_is_openapi() -> None:
    """By the validator of the OpenAPI community."""
    validate(document())


def test_each_status_is_in_the_table_once() -> None:
    """In ascending order, which the page has too."""
    codes = [status.code for status in STATUSES]
    assert codes == sorted(set(codes))
    assert [int(c) for c in _responses()] == codes


def test_the_code_has_no_status_of_its_own() -> None:
    """Each rejection and each response names a constant of the table."""
    names = {name for name in vars(statuses) if name.isupper()}
    for path in INGEST.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in {"PushRejected", "Response"} and node.args:
                status = node.args[0]
                assert not isinstance(status, ast.Constant), path
                if isinstance(status, ast.Name) and status.id.isupper():
                    assert status.id in names


def test_two_schemas_of_one_name_are_an_error() -> None:
    """A document would describe one of them wrongly."""
    components = Components()
    components.add("A", {"type": "string"})
    components.add("A", {"type": "string"})
    with pytest.raises(ValueError, match="two different schemas are named A"):
        components.add("B", {"$defs": {"A": {"type": "integer"}}})


def _responses() -> list[str]:
    paths = document()["paths"]
    return list(paths["/v1/observations"]["post"]["responses"])
