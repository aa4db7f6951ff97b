"""How much a caller may ask and read, and what answers may cost a day."""
