"""Forms of the tickets' pages."""

from typing import Any

from django import forms

from apps.accounts.models import Person
from apps.core.forms import PageForm, needed
from apps.incidents.choices import State, Told
from apps.incidents.models import Category, Incident, Queue, assignable
from apps.rollouts.models import Product, Programme, Site

LEVELS = [(1, "1"), (2, "2"), (3, "3")]


class AssignForm(PageForm):
    """Whom to give it to; empty is nobody."""

    assignee = forms.ModelChoiceField(
        queryset=Person.objects.none(), required=False, to_field_name="username",
        empty_label="Nobody",
    )  # fmt: skip

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["assignee"]
        field.queryset = assignable(programme)


class StateForm(PageForm):
    """The next state."""

    state = forms.ChoiceField(
        choices=[
            (one.value, one.label)
            for one in (State.IN_PROGRESS, State.WAITING_FOR_SITE, State.WAITING_FOR_TEAM,
                        State.ACKNOWLEDGED)
        ]
    )  # fmt: skip


class NoteForm(PageForm):
    """A note among ourselves."""

    text = forms.CharField(
        label="Note", max_length=10000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stays in the portal. What identifies a person is masked.",
        error_messages=needed("Write the note."),
    )  # fmt: skip


class ResolveForm(PageForm):
    """How it ended and how the reporter learns of it."""

    resolution = forms.CharField(
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text="Write it for the reporter: what you choose to post is what they read.",
        error_messages=needed("Say how it was resolved."),
    )
    told = forms.ChoiceField(
        label="The reporter", choices=Told.choices, widget=forms.RadioSelect, initial=Told.THREAD
    )


class ReasonForm(PageForm):
    """Why."""

    reason = forms.CharField(
        max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=needed("Give the reason."),
    )  # fmt: skip


class RouteForm(ReasonForm):
    """Another queue, and why."""

    queue = forms.ModelChoiceField(
        queryset=Queue.objects.none(), empty_label="Choose a queue",
        error_messages=needed("Choose a queue."),
    )  # fmt: skip
    field_order = ["queue", "reason"]

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["queue"]
        field.queryset = Queue.objects.filter(programme=programme)


class DuplicateForm(PageForm):
    """The ticket it is a duplicate of."""

    parent = forms.CharField(
        max_length=24, label="Same as", help_text="Its number, as in RC-12; type to search.",
        error_messages=needed("Enter the number of the ticket it is the same as."),
    )  # fmt: skip


class EditForm(PageForm):
    """Facts of a ticket."""

    title = forms.CharField(max_length=200, error_messages=needed("Enter a title."))
    severity = forms.TypedChoiceField(choices=LEVELS, coerce=int)
    impact = forms.TypedChoiceField(choices=LEVELS, coerce=int)
    urgency = forms.TypedChoiceField(choices=LEVELS, coerce=int)
    site = forms.ModelChoiceField(
        queryset=Site.objects.all(), required=False, to_field_name="number",
        widget=forms.TextInput(attrs={"placeholder": "None"}),
    )  # fmt: skip
    product = forms.ModelChoiceField(
        queryset=Product.objects.none(), required=False, empty_label="None"
    )
    category = forms.ModelChoiceField(
        queryset=Category.objects.none(), required=False, empty_label="None"
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        product.queryset = Product.objects.filter(programme=programme)
        category: Any = self.fields["category"]
        category.queryset = Category.objects.filter(programme=programme)


def facts_of(incident: Incident) -> dict[str, Any]:
    """What the edit form shows at first."""
    names = ("title", "severity", "impact", "urgency", "product", "category")
    site = incident.site.number if incident.site else ""
    return {name: getattr(incident, name) for name in names} | {"site": site}


class ViewForm(PageForm):
    """A name for a filter."""

    name = forms.CharField(max_length=60, error_messages=needed("Enter a name for the view."))
