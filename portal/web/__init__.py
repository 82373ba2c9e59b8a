"""Web: between the browser and the rooms."""
