"""Every write to on-call: rotas."""

from apps.oncall.services.drafts import LayerDraft, Place, RotaDraft, UnableToSaveRota
from apps.oncall.services.rotas import save_rota

__all__ = ["LayerDraft", "Place", "RotaDraft", "UnableToSaveRota", "save_rota"]
