"""Contacts over the API."""

from typing import Any

from rest_framework import serializers

from apps.accounts.models import Person
from apps.core.api.fields import InstantField
from apps.rollouts.choices import Way
from apps.rollouts.models import Contact, Product, Programme, Site


class ContactSerializer(serializers.ModelSerializer[Contact]):
    """Somebody to reach at a site, as one programme knows them."""

    programme = serializers.CharField(source="programme.key")
    site = serializers.CharField(source="site.number")
    product = serializers.CharField(source="product.key", allow_null=True, default=None)
    changed_at = InstantField()

    class Meta:
        model = Contact
        fields = ["id", "programme", "site", "product", "role", "role_label", "name", "email",
                  "phone", "teams", "slack", "preferred", "note", "changed_at",
                  "version"]  # fmt: skip


class EditContactForm(serializers.Serializer[Any]):
    """What may be changed; what is left out stays. Needs `context["programme"]`."""

    role = serializers.SlugField(max_length=40, required=False)
    role_label = serializers.CharField(max_length=80, required=False, allow_blank=True)
    name = serializers.CharField(max_length=120, required=False)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    teams = serializers.CharField(max_length=120, required=False, allow_blank=True)
    slack = serializers.CharField(max_length=120, required=False, allow_blank=True)
    preferred = serializers.ChoiceField(choices=Way.choices, required=False, allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    product = serializers.SlugField(required=False, allow_null=True)
    version = serializers.IntegerField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The product becomes a row of the programme; the version was looked at before."""
        attrs.pop("version", None)
        if attrs.get("product"):
            attrs["product"] = _product(self._programme(attrs), attrs["product"])
        return attrs

    def _programme(self, attrs: dict[str, Any]) -> Programme:
        programme: Programme = self.context["programme"]
        return programme


class NewContactForm(EditContactForm):
    """A new contact; `programme` is needed by those who have several. Needs `context["person"]`."""

    programme = serializers.SlugField(required=False)
    site = serializers.CharField(max_length=12)
    name = serializers.CharField(max_length=120)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Names become rows: of what the person may see."""
        attrs["programme"] = _programme(self.context["person"], attrs.get("programme", ""))
        site = Site.objects.filter(number=attrs["site"]).first()
        if site is None:
            raise serializers.ValidationError({"site": f"No site {attrs['site']!r}."})
        attrs["site"] = site
        return super().validate(attrs)

    def _programme(self, attrs: dict[str, Any]) -> Programme:
        programme: Programme = attrs["programme"]
        return programme


def _programme(person: Person, key: str) -> Programme:
    rows = Programme.objects.visible_to(person)
    found = list(rows.filter(key=key) if key else rows[:2])
    if len(found) != 1:
        words = f"No programme {key!r}." if key else "Say which programme."
        raise serializers.ValidationError({"programme": words})
    return found[0]


def _product(programme: Programme, key: str) -> Product:
    found: Product | None = Product.objects.filter(programme=programme, key=key).first()
    if found is None:
        raise serializers.ValidationError({"product": f"No product {key!r} in {programme.key}."})
    return found
