"""Tables as people keep them: CSV of any make, XLSX. Read with line and header, written stable."""

from apps.rollouts.sheets.lines import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, BadFile, Lines
from apps.rollouts.sheets.table import NoColumn, Table, header_key, read_table
from apps.rollouts.sheets.writing import XLSX, csv_of, xlsx_of

__all__ = [
    "MOST_BYTES", "MOST_COLUMNS", "MOST_ROWS", "XLSX", "BadFile", "Lines", "NoColumn", "Table",
    "csv_of", "header_key", "read_table", "xlsx_of",
]  # fmt: skip
