"""What is kept of people: their wishes about it, how long it stays, and who looked."""
