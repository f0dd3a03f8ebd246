"""Fields of pages: groups of choices are named, and the summary leads to what can be focused."""

from django.template.loader import render_to_string

from apps.core.styleguide import SampleForm


def refused() -> SampleForm:
    form = SampleForm({"title": "Kiosk"})
    form.is_valid()
    return form


def test_the_summary_leads_to_the_first_choice_of_a_group() -> None:
    where = {label: field_id for field_id, label, _ in refused().problems}
    assert (where["The reporter"], where["Site"]) == ("id_told_0", "id_site")


def test_a_group_of_choices_is_a_fieldset_with_its_name_hint_and_error() -> None:
    page = render_to_string("components/form.html", {"form": refused()})
    group = page[page.index("<fieldset") : page.index("</fieldset>")]
    assert 'aria-describedby="id_told_error"' in group
    assert "<legend>The reporter</legend>" in group
    assert 'id="id_told_0"' in group
    assert 'aria-describedby="id_parts_helptext"' in page
    assert '<label for="">' not in page
