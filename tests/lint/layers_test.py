#!/usr/bin/env python3
"""Reads every #include and fails on an edge that is not in the table of layers.

The table is the architecture (docs/explanation/architecture.md): a folder, the
folders that it may include, and the packages that only it may include.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The longest matching prefix is a file's layer.
LAYERS = {
    "core": [],
    "sync": ["core", "berth"],
    "reconcilers/providers": ["core", "berth", "sync"],
    "reconcilers": ["core", "berth", "sync", "reconcilers/providers"],
    "controller/store": ["core"],
    "controller/runtime": ["core", "controller/store"],
    "controller/identity": ["core"],
    "controller/api": ["core", "berth", "controller/identity", "controller/store",
                       "controller/runtime/watch_hub.hpp"],
    "controller": ["core", "berth", "sync", "reconcilers", "reconcilers/providers",
                   "controller/identity", "controller/store", "controller/runtime",
                   "controller/api"],
    "agent": ["core", "berth", "sync", "reconcilers/providers/docker"],
    "cli": ["core", "berth"],
}
# Closed to a layer although its row would allow them.
CLOSED = {
    "reconcilers": ["core/sql", "core/http"],
    "cli": ["core/sql"],
}
# A package, and the folders that may include it.
PACKAGES = {
    r"(nlohmann|rapidjson)/": ["core/json"],
    r"yaml-cpp/": ["core/yaml"],
    r"boost/(beast|asio)": ["core/http"],
    r"boost/regex": ["core/schema"],
    r"boost/process": ["cli", "reconcilers/providers"],
    r"zlib\.h": ["core/http"],
    r"openssl/": ["core/crypto", "core/http", "cli"],
    r"spdlog/": ["core/telemetry"],
    r"prometheus/": ["core/telemetry"],
    r"sqlite3\.h": ["core/sql"],
    r"(pqxx/|libpq-fe)": ["core/sql"],
    r"cpprest/": ["cli"],
    r"CLI/": ["core/options", "cli"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)
FORBIDDEN = re.compile(r"\b(sleep_for|sleep_until|usleep|system_clock::now|steady_clock::now|s?rand\(\))")


def layer_of(path):
    return max((name for name in LAYERS if path == name or path.startswith(name + "/")),
               key=len, default=None)


def allowed(layer, path, target):
    own = layer_of(target)
    if any(target.startswith(closed + "/") for closed in CLOSED.get(layer, [])):
        return False
    if own == layer:
        return True
    return any(own == entry or
               (entry not in LAYERS and (target == entry or target.startswith(entry + "/")))
               for entry in LAYERS[layer])


def check(path, text):
    layer = layer_of(path)
    if layer is None:
        return
    for quote, target in INCLUDE.findall(text):
        if quote == '"':
            if not allowed(layer, path, target):
                yield f"{path}: {layer} may not include {target}"
            continue
        for package, homes in PACKAGES.items():
            if re.match(package, target) and not any(path.startswith(home + "/") for home in homes):
                yield f"{path}: <{target}> belongs behind {' and '.join(homes)}"
    if not path.startswith("core/"):
        for number, line in enumerate(text.splitlines(), 1):
            found = FORBIDDEN.search(line.split("//")[0])
            if found:
                yield f"{path}:{number}: {found.group(1)} outside core/; take a Clock, a Random or an Actor"


def sources():
    for folder in ("core", "sync", "reconcilers", "controller", "agent", "cli"):
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def self_test():
    assert list(check("core/base/x.cpp", '#include "controller/store/store.hpp"\n'))
    assert list(check("reconcilers/host/plan.cpp", '#include "core/sql/sqlite.hpp"\n'))
    assert list(check("controller/api/x.cpp", '#include "controller/runtime/informer.hpp"\n'))
    assert list(check("cli/get.cpp", "#include <nlohmann/json.hpp>\n"))
    assert not list(check("controller/api/x.cpp", '#include "controller/runtime/watch_hub.hpp"\n'))
    assert not list(check("reconcilers/host/x.cpp", '#include "berth/v1alpha1/host.hpp"\n'))


def main():
    self_test()
    count, problems = 0, []
    for path, text in sources():
        count += 1
        problems += check(path, text)
    print("\n".join(problems) or f"{count} files keep to the layers")
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
