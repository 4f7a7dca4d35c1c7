#!/bin/sh
# Results go to bench/results below the folder it is called in.
here=$(cd "${0%/*}" && pwd)
exec "$here/bin-node" "$here/run.mjs" "$@"
