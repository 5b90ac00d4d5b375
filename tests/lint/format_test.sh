#!/usr/bin/env bash
# Every C++ file is as clang-format 14 lays it out.
set -euo pipefail
cd "$(dirname "$0")/../.."
formatter=$(command -v clang-format-14 || command -v clang-format)
git ls-files '*.cpp' '*.hpp' | xargs -r "$formatter" --dry-run -Werror
