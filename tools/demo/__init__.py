"""The look and sound of the bundled demo lesson, which `tools/make_demo.py` puts together."""
