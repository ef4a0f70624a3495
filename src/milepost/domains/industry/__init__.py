"""Industrial clusters: what is measured, and what its words mean."""

from pathlib import Path

from milepost.registers.domain import Domain

DOMAIN = Domain.from_folder(Path(__file__).parent)
