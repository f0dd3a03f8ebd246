"""Forms of the boards' pages."""

from typing import Any

from django import forms
from django.db.models import Q

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.boards.choices import BOARDS, Kind
from apps.boards.models import WorkItem
from apps.core.forms import PageForm, needed
from apps.rollouts.models import Product, Programme

SEVERITIES = [(3, "3"), (2, "2"), (1, "1")]
ESTIMATES = [("", "No estimate"), ("30 min", "30 min"), ("2 h", "2 h"), ("1 day", "1 day")]
DOES_WORK = (Role.ENGINEER, Role.DEVOPS, Role.PM, Role.DM)


def people_of(*programmes: Programme) -> Any:
    """Those who may own work in one of these programmes."""
    mine = Q(memberships__programme__in=programmes, memberships__role__in=DOES_WORK)
    return Person.objects.filter(mine, is_active=True).distinct().order_by("name")


class ItemForm(PageForm):
    """A work item: new, or changed."""

    title = forms.CharField(
        max_length=200, help_text="One line. Start with what is to be done.",
        error_messages=needed("Enter a title."),
    )  # fmt: skip
    kind = forms.ChoiceField(choices=Kind.choices)
    severity = forms.TypedChoiceField(choices=SEVERITIES, coerce=int)
    product = forms.ModelChoiceField(
        queryset=Product.objects.none(), required=False, empty_label="None in particular"
    )
    owner = forms.ModelChoiceField(
        queryset=Person.objects.none(), required=False, empty_label="Nobody"
    )
    estimate = forms.ChoiceField(choices=ESTIMATES, required=False)
    due_on = forms.DateField(
        required=False, label="Due on", widget=forms.DateInput(attrs={"type": "date"})
    )
    description = forms.CharField(
        required=False, max_length=10000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        product.queryset = Product.objects.filter(programme=programme)
        owner: Any = self.fields["owner"]
        owner.queryset = people_of(programme)


def initial_of(item: WorkItem) -> dict[str, Any]:
    """What the form of an item shows at first."""
    names = ("title", "kind", "severity", "product", "owner", "estimate", "due_on", "description")
    return {name: getattr(item, name) for name in names}


class MoveForm(PageForm):
    """Where a card is to go, by keyboard or without JavaScript."""

    column = forms.ChoiceField()
    place = forms.ChoiceField(choices=[("first", "At the top"), ("last", "At the bottom")])
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, board: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        column: Any = self.fields["column"]
        column.choices = BOARDS[board].columns
        self.fields["place"].required = False


class LinkForm(PageForm):
    """A ticket to link."""

    number = forms.CharField(
        max_length=24, label="Ticket", help_text="Its number, as in RC-12.",
        error_messages=needed("Enter the ticket's number."),
    )  # fmt: skip
