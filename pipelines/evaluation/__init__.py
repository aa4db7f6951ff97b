"""Evaluation: golden questions are asked, their answers graded, and what the grades say is kept and compared."""
