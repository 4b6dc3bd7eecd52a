"""Cycles, appraisals, judgements, evidence, workflow and outcomes."""
