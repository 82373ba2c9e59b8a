"""材料: the photographs and papers people hand in with what they ask."""
