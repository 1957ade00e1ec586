"""How the bundled demo lesson looks and sounds; `tools/make_demo.py` puts it together."""
