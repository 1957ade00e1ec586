"""What a worker process gets of the server's environment: nothing that is secret."""

from pathlib import Path

from rtc_server.uploads.worker_process import ROOT, worker_environment

SECRETS = {
    "TANDEM_TOKEN": "an-entirely-secret-word",
    "TANDEM_HISTORY": "postgresql://tandem:secret@db.example/tandem",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "PGPASSWORD": "secret",
    "SSH_AUTH_SOCK": "/tmp/agent",
    "PYTHONSTARTUP": "/home/me/secret.py",
    "PYTHONPATH": "/home/me",
    "LD_PRELOAD": "/home/me/secret.so",
}


def test_no_secret_is_inherited() -> None:
    usual = {"PATH": "/usr/bin", "LANG": "C.UTF-8", "LC_ALL": "C", "OMP_NUM_THREADS": "2"}
    environment = worker_environment({**SECRETS, **usual, "HOME": "/home/me"}, Path("/scratch"))
    assert usual.items() <= environment.items()
    assert not {name for name in SECRETS if name != "PYTHONPATH"} & environment.keys()
    assert environment["PYTHONPATH"] == str(ROOT)
    assert {environment[name] for name in ("HOME", "TMPDIR", "TMP", "TEMP")} == {"/scratch"}
    assert "secret" not in " ".join(environment.values())
