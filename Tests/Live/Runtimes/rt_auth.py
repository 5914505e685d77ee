"""What a server of the Prometheus family needs to ask for a password over TLS, and its clients to pass."""

import base64
import json
import subprocess

from scene_stage import StartError

USER, PASSWORD = "scene", "scene-password"
# Of that password, at the lowest cost: each new connection is checked against it.
HASH = "$2b$04$abcdefghijklmnopqrstuu.wg6fYlCdkeNmw0638c9F/iNfpOkPl6"


def openssl(*arguments):
    made = subprocess.run(["openssl", *arguments], capture_output=True, text=True)
    if made.returncode != 0:
        raise StartError(f"openssl: {made.stderr.strip()}")


class Authority:
    """A certificate authority that nobody knows."""

    def __init__(self, stage, name):
        self.stage, self.name = stage, name
        self.file = stage.path("tls", f"{name}.pem")
        self._make(name, "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")

    def _make(self, name, *extensions, signer=()):
        file, key = (self.stage.path("tls", f"{name}.{end}") for end in ("pem", "key"))
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", f"/CN=scene {name}", "-keyout", key, "-out", file, *signer,
                *(word for extension in extensions for word in ("-addext", extension)))
        return file, key

    def certificate(self, name, *names):
        """Certificate and key of a server, for `DNS:…` and `IP:…` alone."""
        return self._make(name, "basicConstraints=critical,CA:FALSE", f"subjectAltName={','.join(names)}",
                          signer=("-CA", self.file, "-CAkey", self.stage.path("tls", f"{self.name}.key")))

    def web_config(self, name, *names):
        """A file for `--web.config.file`."""
        certificate, key = self.certificate(name, *names)
        path = self.stage.path("tls", f"{name}-web.yml")
        with open(path, "w") as file:
            json.dump({"tls_server_config": {"cert_file": certificate, "key_file": key},
                       "basic_auth_users": {USER: HASH}}, file)
        return path


def header():
    return {"Authorization": "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}
