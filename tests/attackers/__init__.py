"""What an attacker would try, tried for real; docs/reliability.md lists it against what the program does."""
