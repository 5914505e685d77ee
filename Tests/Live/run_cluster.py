"""As much of a cluster's interface as kubectl needs to get, compare and apply one kind of object: config maps of one namespace.

The answers are those of API version v1; what is asked stands in `asked`. That a server can rehearse a change is told in the protobuf form
of OpenAPI 2, which kubectl insists on before it compares.
"""

import copy
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MAPS = "/api/v1/namespaces/shop/configmaps"
LISTS = {
    "/api": {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/version": {"major": "1", "minor": "20", "gitVersion": "v1.20.2"},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
        {"name": "configmaps", "singularName": "", "namespaced": True, "kind": "ConfigMap", "shortNames": ["cm"],
         "verbs": ["create", "get", "list", "patch"]},
        {"name": "namespaces", "singularName": "", "namespaced": False, "kind": "Namespace", "verbs": ["get", "list"]}]},
    "/api/v1/namespaces/shop": {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "shop"}},
}


def field(number, content):
    """One field of a protobuf message whose content is bytes, text or a message."""
    data = content.encode() if isinstance(content, str) else content
    size, length = b"", len(data)
    while length > 127:
        size, length = size + bytes([length & 127 | 128]), length >> 7
    head = number << 3 | 2
    tag = bytes([head]) if head < 128 else bytes([head & 127 | 128, head >> 7])
    return tag + size + bytes([length]) + data


def openapi():
    """A document in which patching a config map takes `dryRun` (gnostic's OpenAPIv2.proto)."""
    query = field(2, field(3, field(4, "dryRun")))  # non-body parameter, of the query, its name
    kind = field(1, "x-kubernetes-group-version-kind") + field(2, field(2, 'group: ""\nkind: ConfigMap\nversion: v1\n'))
    patch = field(8, field(1, query)) + field(13, kind)
    path = field(2, field(1, MAPS + "/{name}") + field(2, field(8, patch)))
    return field(1, "2.0") + field(8, path)


def merged(old, new):
    """A merge patch: null takes a key away."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    out = {key: value for key, value in old.items() if new.get(key, 0) is not None}
    for key, value in new.items():
        if value is not None:
            out[key] = merged(out.get(key), value)
    return out


class LocalCluster:
    def __init__(self, folder):
        self.maps, self.asked, self.lock = {}, [], threading.Lock()
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                cluster.answer(self, "GET", None)

            def do_PATCH(self):
                cluster.answer(self, "PATCH", json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def do_POST(self):
                cluster.answer(self, "POST", json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.settings = f"{folder}/kubeconfig"
        with open(self.settings, "w") as file:
            json.dump({
                "apiVersion": "v1", "kind": "Config",
                "clusters": [{"name": "lab", "cluster": {"server": f"http://127.0.0.1:{self.server.server_port}"}}],
                "users": [{"name": "tests", "user": {}}],
                # The one that happens to be chosen is not the one that a runbook names.
                "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "tests"}},
                             {"name": "other", "context": {"cluster": "nowhere", "user": "tests"}}],
                "current-context": "other"}, file)

    def changes(self):
        """Objects that were changed, and not only rehearsed."""
        return [(method, path) for method, path, is_dry in self.asked if method != "GET" and not is_dry]

    def answer(self, handler, method, body):
        parts = urlsplit(handler.path)
        is_dry = "dryRun" in parse_qs(parts.query)
        with self.lock:
            self.asked.append((method, parts.path, is_dry))
            if parts.path == "/openapi/v2" and "protobuf" in handler.headers.get("Accept", ""):
                return self.send(handler, 200, openapi(), "application/octet-stream")
            code, found = self.found(method, parts.path, body, is_dry)
        self.send(handler, code, json.dumps(found).encode(), "application/json")

    def found(self, method, path, body, is_dry):
        if method == "GET" and path in LISTS:
            return 200, LISTS[path]
        name = path.removeprefix(MAPS).strip("/")
        if method == "POST" and path == MAPS:
            name, made = body["metadata"]["name"], copy.deepcopy(body)
            made["metadata"].update(namespace="shop", resourceVersion="1", uid="u1")
        elif not path.startswith(MAPS + "/") or name not in self.maps:
            return 404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404,
                         "message": f'configmaps "{name}" not found'}
        else:
            made = merged(copy.deepcopy(self.maps[name]), body) if method == "PATCH" else self.maps[name]
        if method != "GET" and not is_dry:
            made["metadata"]["resourceVersion"] = str(int(made["metadata"].get("resourceVersion", "1")) + 1)
            self.maps[name] = made
        return 201 if method == "POST" else 200, made

    @staticmethod
    def send(handler, code, data, kind):
        handler.send_response(code)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
