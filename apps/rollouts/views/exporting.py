"""Sites and schedule as files."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.pages import SignedIn
from apps.rollouts.exporting import HEADERS, TYPES, exported
from apps.rollouts.views.schedule import programme_of


@require_safe
def export(request: SignedIn, kind: str, form: str) -> HttpResponse:
    """Sites or schedule of a programme as CSV or XLSX; everybody who sees them may have them."""
    programme, _ = programme_of(request)
    if programme is None or kind not in HEADERS or form not in TYPES:
        raise Http404
    name = f"{programme.key}-{kind}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(exported(programme, kind, form), content_type=TYPES[form], headers=headers)
