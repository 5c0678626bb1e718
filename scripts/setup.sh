# shellcheck shell=bash
# shellcheck disable=SC2034 # dotnet is used by those who source this file
# What the machine must have: found, installed where that can be done, or named with how to get it.
# Sourced by ./sosia and ./test. Everything is said on stderr.

readonly environment_fault=4 # the exit code of a machine that lacks something

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$@"
    exit "$environment_fault"
}

only_linux() {
    [[ $(uname -s) == Linux ]] && return
    fail "Sosia runs on Linux (x64 and arm64), and this is $(uname -s).
Use a Linux machine, virtual machine or container (Debian 12 or Ubuntu 24.04 is the tried way).
To try it here all the same: get ffmpeg (macOS: brew install ffmpeg) and the .NET 10 SDK (https://dot.net; macOS: brew install dotnet),
then: dotnet run -c Release --project src/Sosia.Cli -- doctor"
}

# --- Packages -------------------------------------------------------------------------------------

may_install() {
    [[ -z ${SOSIA_NO_INSTALL-} || ${SOSIA_NO_INSTALL} == 0 ]] || return 1
    type -P apt-get >/dev/null || return 1
    ((EUID == 0)) && return
    type -P sudo >/dev/null || return 1
    [[ -t 0 ]] || sudo -n true 2>/dev/null # without a terminal nobody can type a password
}

as_root() { if ((EUID == 0)); then "$@"; else sudo "$@"; fi; }

# install PACKAGE... : by apt-get; false when it could not.
install() {
    may_install || return 1
    say "installing $* (apt-get) ..."
    local log
    log=$(mktemp)
    as_root apt-get -q update </dev/null >"$log" 2>&1 || true # an old list may still do
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends "$@" </dev/null >>"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

need_ffmpeg() {
    type -P ffmpeg >/dev/null && type -P ffprobe >/dev/null && return
    install ffmpeg && hash -r && type -P ffmpeg >/dev/null && type -P ffprobe >/dev/null && return
    fail "Sosia needs ffmpeg and ffprobe, and they are not on the PATH. To get them:
  Debian, Ubuntu   sudo apt-get install ffmpeg
  Fedora           sudo dnf install ffmpeg-free
  Arch             sudo pacman -S ffmpeg
  macOS            brew install ffmpeg
Then run the same command again."
}

# --- The .NET SDK ---------------------------------------------------------------------------------

find_dotnet() {
    local candidate
    for candidate in "$(type -P dotnet)" "${DOTNET_ROOT:+$DOTNET_ROOT/dotnet}" "${HOME-}/.dotnet/dotnet" \
        /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet /usr/lib64/dotnet/dotnet; do
        [[ -n $candidate && -x $candidate ]] || continue
        (cd / && "$candidate" --list-sdks 2>/dev/null) | grep -q '^10\.0\.[1-9][0-9][0-9]' || continue
        echo "$candidate"
        return
    done
    return 1
}

# Sets dotnet to that of a .NET 10 SDK.
need_dotnet() {
    # The compiler needs no languages, so no ICU; and it has nothing to tell anyone.
    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
    dotnet=$(find_dotnet) || install_dotnet || no_dotnet
    need_libraries
}

# Ubuntu has the SDK among its own packages, Debian has not.
install_dotnet() {
    type -P apt-cache >/dev/null && apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1 &&
        install dotnet-sdk-10.0 && dotnet=$(find_dotnet)
}

no_dotnet() {
    fail "Sosia needs the .NET 10 SDK, and none was found (dotnet on the PATH, \$DOTNET_ROOT, ~/.dotnet, /usr/share/dotnet, /usr/lib/dotnet). To get it:
  Ubuntu 24.04 on  sudo apt-get install dotnet-sdk-10.0
  Debian           https://dot.net: the package dotnet-sdk-10.0, or the archive unpacked into ~/.dotnet
  Fedora           sudo dnf install dotnet-sdk-10.0
  Arch             sudo pacman -S dotnet-sdk
  macOS            brew install dotnet
Then run the same command again."
}

# Restoring packages needs OpenSSL and certificates, which a bare Debian lacks.
need_libraries() {
    [[ -e /etc/debian_version ]] || return 0
    local missing=()
    [[ -e /etc/ssl/certs/ca-certificates.crt ]] || missing+=(ca-certificates)
    ldconfig_has libssl.so.3 || missing+=(openssl)
    ldconfig_has libstdc++.so.6 || missing+=(libstdc++6)
    ((${#missing[@]} == 0)) || install "${missing[@]}" ||
        fail "Sosia needs some packages of the system: sudo apt-get install ${missing[*]}"
}

ldconfig_has() { [[ $(PATH=$PATH:/sbin:/usr/sbin ldconfig -p) == *"$1"* ]]; }
