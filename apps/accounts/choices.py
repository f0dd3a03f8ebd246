"""Roles a person may have in a programme."""

from django.db.models import TextChoices


class Role(TextChoices):
    ENGINEER = "engineer", "Engineer"
    PM = "pm", "Product Manager"
    DM = "dm", "Delivery Manager"
    DEVOPS = "devops", "DevOps"
    VIEWER = "viewer", "Viewer"
    ADMINISTRATOR = "administrator", "Administrator"
