# Sourced by the launcher and by bench/run: where a JDK 22 or newer is. Needs their function `fail`.

# The major version of a JDK, from its `release` file: no JVM is started to find out.
major() {
  local version
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null) && [ -n "$version" ] && echo "$version" || echo 0
}

find_jdk() {
  local candidate on_path
  on_path=$(command -v java || true)
  [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/*; do
    if [ -n "$candidate" ] && [ -x "$candidate/bin/java" ] && [ "$(major "$candidate")" -ge 22 ]; then
      echo "$candidate"
      return
    fi
  done
  fail "a JDK 22 or newer is needed; looked at JAVA_HOME, the java on the PATH and /usr/lib/jvm. Install one, or set JAVA_HOME to it."
}
