# Sourced: what may be installed with Debian's packages, and how. MILEPOST_NO_APT=1 forbids it.

may_install_debian_packages() {
    [ -z "${MILEPOST_NO_APT:-}" ] && command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || sudo -n true >/dev/null 2>&1
}

install_debian_packages() {
    may_install_debian_packages || return 1
    echo "Installing Debian packages: $*" >&2
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    # Standard input is closed: a package's question must not stop a run that nobody watches. What goes wrong is told
    # on standard error; the hundreds of lines about what goes well are not.
    { $as_root apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
        </dev/null >/dev/null
}
