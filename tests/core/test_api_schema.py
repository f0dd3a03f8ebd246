"""The OpenAPI document and the page that shows it."""

from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def schema() -> Any:
    reset_generator_stats()
    generator: Any = SchemaGenerator
    return generator().get_schema(request=None, public=True)


def operations(schema: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, operation)
        for path, item in schema["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_it_is_made_without_warnings_and_valid(schema: Any) -> None:
    assert schema["openapi"].startswith("3.1")
    assert not GENERATOR_STATS
    validate: Any = validate_schema
    validate(schema)  # raises


def test_every_operation_says_what_a_problem_looks_like(schema: Any) -> None:
    for path, method, operation in operations(schema):
        problem = operation["responses"]["default"]["content"]["application/problem+json"]
        assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}, f"{method} {path}"
    assert set(schema["components"]["schemas"]["Problem"]["properties"]) == {
        "type",
        "title",
        "status",
        "detail",
        "errors",
    }


def test_every_operation_takes_a_bearer_token(schema: Any) -> None:
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path, method, operation in operations(schema):
        assert {"token": []} in operation["security"], f"{method} {path}"


def test_every_operation_has_a_name_of_its_own(schema: Any) -> None:
    names = [operation["operationId"] for _, _, operation in operations(schema)]
    assert sorted(names) == sorted(set(names))


def test_a_list_takes_pages_fields_and_ordering(schema: Any) -> None:
    parameters = {
        one["name"]: one for one in schema["paths"]["/api/v1/incidents/"]["get"]["parameters"]
    }
    assert {"cursor", "page_size", "fields", "ordering"} <= set(parameters)
    assert parameters["page_size"]["schema"]["maximum"] == 200
    assert "updated_at" in parameters["ordering"]["description"]


def test_a_page_may_have_no_next_one(schema: Any) -> None:
    page = schema["components"]["schemas"]["PaginatedIncidentList"]
    assert page["properties"]["next"]["type"] == ["string", "null"]
    assert set(page["required"]) == {"next", "previous", "results"}


def test_a_keyed_post_takes_a_key(schema: Any) -> None:
    parameters = schema["paths"]["/api/v1/messages/{id}/log/"]["post"]["parameters"]
    assert ("Idempotency-Key", "header") in {(one["name"], one["in"]) for one in parameters}


def test_instants_are_instants(schema: Any) -> None:
    opened = schema["components"]["schemas"]["Incident"]["properties"]["opened_at"]
    assert opened["format"] == "date-time"


def test_it_is_served_to_everybody(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


def test_the_page_loads_nothing_from_elsewhere(client: Client) -> None:
    answer = client.get("/api/v1/docs/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "https://" not in text
    assert "<script>" not in text
    assert "data:" in answer["Content-Security-Policy"]


def test_the_page_gets_its_script_separately(client: Client) -> None:
    answer = client.get("/api/v1/docs/?script=")
    assert answer["Content-Type"].startswith("application/javascript")
    assert "/api/v1/openapi.json" in answer.content.decode()


def test_only_that_page_may_draw_data_addresses(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert "data:" not in answer["Content-Security-Policy"]
