"""Whom to reach at a site. Personal data: it stands in these columns and nowhere else."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from apps.core.fields import EncryptedJSONField, EncryptedTextField
from apps.rollouts.choices import Way
from apps.rollouts.models.programmes import OfProgramme, Product, Programme
from apps.rollouts.models.sites import Site

HAS_PREFERRED = Q(preferred="")
for _way in Way.values:
    HAS_PREFERRED |= Q(preferred=_way) & ~Q(**{_way: ""})


class ContactQuerySet(OfProgramme):
    def standing(self) -> Self:
        """Those nobody has removed."""
        return self.filter(removed_at=None)


class Contact(models.Model):
    """A person at a site, or for it, as one programme knows them.

    `role` is a key of the programme's own choosing, `role_label` what pages say. What was removed
    or overwritten stays until `kept_until`, so that it can be taken back, then it is forgotten.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="contacts")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="contacts")
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts"
    )
    role = models.SlugField(max_length=40)
    role_label = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    email = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    teams = EncryptedTextField(blank=True)
    slack = EncryptedTextField(blank=True)
    preferred = models.CharField(max_length=10, choices=Way.choices, blank=True)
    note = EncryptedTextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    earlier = EncryptedJSONField(default=dict, blank=True)  # the columns before the last change
    kept_until = models.DateTimeField(null=True, blank=True, db_index=True)  # what can be undone

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["role_label", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "site", "role", "name", "product"],
                condition=Q(removed_at=None, product__isnull=False),
                name="contact_once_per_product",
            ),
            models.UniqueConstraint(
                fields=["programme", "site", "role", "name"],
                condition=Q(removed_at=None, product=None),
                name="contact_once",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(role="") & ~Q(role_label=""), name="contact_is_named"
            ),
            models.CheckConstraint(
                condition=Q(preferred__in=["", *Way.values]), name="contact_way_known"
            ),
            models.CheckConstraint(condition=HAS_PREFERRED, name="contact_can_be_reached_so"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of site {self.site_id}"  # no name: this text may reach a log

    @property
    def key(self) -> str:
        """How the ledger calls it: where and in which role, not who."""
        return f"{self.site.number} {self.role}"

    @property
    def ways(self) -> list[tuple[str, str, str]]:
        """How to reach them, the preferred way first: (key, label, address)."""
        found = [(way.value, way.label, str(getattr(self, way.value))) for way in Way]
        first = sorted(found, key=lambda one: one[0] != self.preferred)
        return [one for one in first if one[2]]

    def columns(self) -> dict[str, Any]:
        """What people may change about it."""
        names = ("role", "role_label", "name", *Way.values, "preferred", "note")
        return {name: getattr(self, name) for name in names} | {"product": self.product_id}
