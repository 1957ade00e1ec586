"""From the network's heatmaps and part affinity fields to people."""
