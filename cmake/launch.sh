# Sourced by the launcher, bench/run and download-libtorch: what a JVM needs around it. Needs their function `fail`.

# Where the locale is not UTF-8 (LC_ALL=C, or nothing set, as in cron, systemd and containers), Java cannot read an argument or name a file
# that is not ASCII. So there it gets the locale C with UTF-8.
use_utf8() {
  local charset locale
  charset=$(locale charmap 2>/dev/null || true)
  if [ "$charset" != UTF-8 ]; then
    for locale in C.UTF-8 en_US.UTF-8; do
      if [ -z "$charset" ] || [ "$(LC_ALL=$locale locale charmap 2>/dev/null)" = UTF-8 ]; then # without `locale`, as in musl, there is but UTF-8
        export LC_ALL=$locale
        return
      fi
    done
  fi
}

# The libtorch that the clone $1 was built against, if it is still there.
built_libtorch() {
  local built
  built=$(sed -n 's/^MNEME_LIBTORCH_USED:INTERNAL=//p' "$1/native/target/cmake/CMakeCache.txt" 2>/dev/null || true)
  [ -f "$built/lib/libtorch_cpu.so" ] && echo "$built"
}

# Java need not ask Python where a libtorch is when the build has found one.
use_built_libtorch() {
  LIBTORCH=${LIBTORCH:-$(built_libtorch "$1" || true)}
  export LIBTORCH
}

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
