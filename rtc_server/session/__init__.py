"""One learner from the offer to the end, and all of them; the flow is `pipeline.coach`."""
