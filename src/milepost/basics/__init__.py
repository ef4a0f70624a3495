"""What every room uses: errors, declarations, periods, areas, units."""
