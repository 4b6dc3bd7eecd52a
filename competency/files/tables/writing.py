"""A model as a table: a workbook, or the CSV files of a folder."""

from __future__ import annotations

from pydantic import BaseModel

from competency.files.tables.cells import Grid
from competency.files.tables.csvs import csv_files
from competency.files.tables.filling import grids_of
from competency.files.tables.layout import HELP, layout_of
from competency.files.tables.notes import help_grid
from competency.files.tables.workbooks import workbook


def as_workbook(value: BaseModel) -> bytes:
    """Return the XLSX workbook of a model.

    Raises ``InvalidFile`` where a cell would be longer than a workbook can keep.
    """
    return workbook(_grids(value), layout_of(type(value)))


def as_csv_files(value: BaseModel) -> dict[str, bytes]:
    """Return the CSV files of a model by name, to be put into one folder."""
    return csv_files(_grids(value))


def _grids(value: BaseModel) -> dict[str, Grid]:
    """Return the sheets of a model, the one that explains them last."""
    return {**grids_of(value), HELP: help_grid(layout_of(type(value)))}
