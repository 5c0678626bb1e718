#!/usr/bin/env bash
# Prepares what packs of JPEG frames need: libturbojpeg, installed by apt-get where it is missing. Everything is said on stderr.
# Run by the program when it first needs it, and by ./test.
set -euo pipefail
root=$(cd -P -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
# shellcheck source=scripts/setup.sh
source "$root/scripts/setup.sh"

only_linux
ldconfig_has libturbojpeg.so.0 && exit
install libturbojpeg0 && ldconfig_has libturbojpeg.so.0 && exit
fail "frames are stored as JPEG by libturbojpeg, which is not there and could not be installed. To get it:
  Debian           sudo apt-get install libturbojpeg0
  Ubuntu           sudo apt-get install libturbojpeg
  Fedora           sudo dnf install turbojpeg
  Arch             sudo pacman -S libjpeg-turbo
Then run the same command again. --format raw needs none of it."
