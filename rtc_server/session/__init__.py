"""One learner from the offer to the summary; `pipeline.ScoringPipeline.run` is how data flows."""
