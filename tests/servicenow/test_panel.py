"""What the ticket's page says of ServiceNow."""

from collections.abc import Callable
from datetime import timedelta

from django.template.loader import render_to_string

from apps.incidents.models import Incident
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from apps.servicenow.models import Link
from apps.servicenow.panels import address_of, copied, record
from tests import build
from tests.servicenow.conftest import NOW, World

Opened = Callable[..., Incident]


def shown(incident: Incident) -> str:
    fresh = Incident.objects.with_facts().get(pk=incident.pk)
    panel = record(fresh, build.person("ana"), NOW)
    assert panel is not None
    return render_to_string(panel.template, {**panel.context, "now": NOW})


def test_it_shows_the_record_and_where_it_is(world: World, opened: Opened) -> None:
    incident = opened()
    deliver_due(now=NOW)
    theirs = Link.objects.get().record
    text = shown(incident)
    assert theirs.number in text
    assert f"{world.snow.url}/nav_to.do?uri=incident.do%3Fsys_id%3D{theirs.sys_id}" in text
    assert "Being created" not in text


def test_its_address_bears_a_slash_at_the_end_of_the_base(world: World, opened: Opened) -> None:
    opened()
    deliver_due(now=NOW)
    theirs = Link.objects.get().record
    theirs.connection.base_url += "/"
    assert "//nav_to" not in address_of(theirs)


def test_it_says_that_it_is_being_created(opened: Opened) -> None:
    text = shown(opened())
    assert "Being created…" in text


def test_it_says_why_it_takes_longer(world: World, opened: Opened) -> None:
    incident = opened()
    world.snow.switch("unavailable", method="POST", times=1)
    deliver_due(now=NOW)
    text = shown(incident)
    assert "ServiceNow does not take it right now" in text
    assert Delivery.objects.get().last_error in text
    assert "Nothing is lost" in text


def test_it_says_what_was_refused_and_what_to_do(world: World, opened: Opened) -> None:
    incident = opened()
    world.snow.switch("business_rule", method="POST")
    deliver_due(now=NOW)
    text = shown(incident)
    assert "ServiceNow did not take this ticket." in text
    assert "file it by hand" in text


def test_it_says_that_it_is_held(opened: Opened) -> None:
    incident = opened()
    Delivery.objects.update(held_at=NOW + timedelta(hours=2))
    assert "Held back" in shown(incident)


def test_it_says_that_a_sent_one_is_not_linked(opened: Opened) -> None:
    incident = opened()
    Delivery.objects.update(done_at=NOW)
    assert "its record is not linked" in shown(incident)


def test_it_shows_nothing_in_a_programme_without_servicenow(world: World, opened: Opened) -> None:
    world.programme.connections.clear()
    assert record(opened(), build.person("ana"), NOW) is None


def test_it_lists_the_fields_to_copy_in_the_order_of_the_form(opened: Opened) -> None:
    incident = Incident.objects.with_facts().get(pk=opened().pk)
    fields = {one.label: one.value for one in copied(incident)}
    assert list(fields) == [
        "Category", "Impact", "Urgency", "Assignment group", "Short description", "Description",
        "Correlation ID",
    ]  # fmt: skip
    assert fields["Short description"] == incident.title
    assert fields["Assignment group"] == "Support"
    assert fields["Correlation ID"] == str(incident.key)
    assert "Veteran [name]" in fields["Description"]


def test_it_is_masked_and_escaped(opened: Opened) -> None:
    incident = opened(title="<script>alert(1)</script>")
    text = shown(incident)
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
