"""Reading a body: JSON of limited size and depth, and nothing else."""

import io
import json
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class BoundedJSONParser(JSONParser):
    """JSON whose nesting Python can follow and whose text is text; the size is limited when the
    body is read."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read()
        try:
            found = super().parse(io.BytesIO(body), media_type, parser_context)
            if b"\\ud" in body.lower():
                json.dumps(found, ensure_ascii=False).encode()
        except RecursionError as problem:
            raise ParseError("The JSON is nested too deeply.") from problem
        except UnicodeEncodeError as problem:  # half a surrogate pair: no database can keep it
            raise ParseError("The JSON holds a sign that is no text.") from problem
        return found
