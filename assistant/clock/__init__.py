"""Time and money by rule: working days, deadlines, fees. Every date is an argument; today is never asked for here."""
