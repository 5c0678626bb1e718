#!/usr/bin/env bash
# Prepares what a network needs, and prints where the bridge to it lies: finds libtorch (that of SOSIA_LIBTORCH, else the
# system's; installs it by apt-get where it is missing) and compiles native/torch against it, once for each libtorch.
# Everything else is said on stderr. Run by the program when it first needs a network, and by ./test.
set -euo pipefail
root=$(cd -P -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
# shellcheck source=scripts/setup.sh
source "$root/scripts/setup.sh"
home=${SOSIA_NATIVE-$root/.build/native} # where compiled bridges are kept

need_libtorch() {
    if [[ -n ${SOSIA_LIBTORCH-} ]]; then
        include=$SOSIA_LIBTORCH/include lib=$SOSIA_LIBTORCH/lib
        [[ -e $include/ATen/ATen.h && -e $lib/libtorch_cpu.so ]] && return
        fail "SOSIA_LIBTORCH=$SOSIA_LIBTORCH is no libtorch: it must hold include/ATen/ATen.h and lib/libtorch_cpu.so
(that of a PyTorch installed by pip: python3 -c 'import torch; print(torch.__path__[0])')"
    fi

    local missing=()
    find_libtorch || missing+=(libtorch-dev)
    has_blas || missing+=(libopenblas0-pthread)
    [[ ! -e /etc/debian_version || -e /usr/include/gloo/algorithm.h ]] || missing+=(libgloo-dev) # several processes
    ((${#missing[@]} == 0)) || install "${missing[@]}" || true
    find_libtorch || no_libtorch
    has_blas || say "without OpenBLAS a network is sixty times slower: sudo apt-get install libopenblas0-pthread"
}

# Debian's libtorch comes with the reference BLAS.
has_blas() { [[ ! -e /etc/debian_version ]] || ldconfig_has libopenblas.so.0; }

find_libtorch() {
    include=/usr/include
    [[ -e $include/ATen/ATen.h ]] || return 1
    for lib in "/usr/lib/$(uname -m)-linux-gnu" /usr/lib64 /usr/lib; do
        [[ ! -e $lib/libtorch_cpu.so ]] || return 0
    done
    return 1
}

no_libtorch() {
    fail "Sosia's networks need libtorch, which is not there and could not be installed. To get it:
  Debian, Ubuntu   sudo apt-get install libtorch-dev libgloo-dev libopenblas0-pthread g++
  elsewhere        install PyTorch by pip, and set SOSIA_LIBTORCH to the folder that this prints:
                   python3 -c 'import torch; print(torch.__path__[0])'
Then run the same command again. --model pdq needs none of it."
}

need_compiler() {
    type -P g++ nm >/dev/null && return
    install g++ && hash -r && type -P g++ nm >/dev/null && return
    fail "the bridge to libtorch is compiled on your machine, and that needs g++: sudo apt-get install g++
Then run the same command again. --model pdq needs none of it."
}

version() { sed -nE 's/^# *define +TORCH_VERSION_(MAJOR|MINOR|PATCH) +([0-9]+).*/\2/p' "$include/torch/csrc/api/include/torch/version.h" | paste -sd.; }

# Sources, libtorch, Gloo's headers and this script decide: another of them is another bridge.
stamp() { { cat "$root"/native/torch/*.* "$root/scripts/torch.sh"; stat -Lc '%n %s %Y' "$lib/libtorch_cpu.so"; ls -d "$include/gloo" 2>/dev/null; } | sha256sum | cut -c1-16; }

# Flags for what several processes need: Gloo's headers beside libtorch's, and for GPUs those of NCCL and CUDA.
process_flags() {
    local folder found=()
    if has_headers -DUSE_C10D_GLOO ProcessGroupGloo libtorch_cpu.so; then
        printf '%s\n' -DUSE_C10D_GLOO
    else
        say "no headers of Gloo (libgloo-dev) beside those of libtorch: on processors one process trains alone"
    fi
    for folder in "${CUDA_HOME:-/usr/local/cuda}/include" "$include"/../../nvidia/*/include; do
        [[ ! -d $folder ]] || found+=(-isystem "$folder")
    done
    has_headers -DUSE_C10D_NCCL ProcessGroupNCCL libtorch_cuda.so "${found[@]}" || return 0
    printf '%s\n' -DUSE_C10D_NCCL "${found[@]}"
}

has_headers() { # has_headers DEFINE NAME LIBRARY FLAG... : those of a process group, with all that they include, and its code
    [[ $1 != *GLOO || -e $include/gloo/algorithm.h ]] || return # another libtorch's may not fit
    [[ -e $lib/$3 ]] && nm -DC --defined-only "$lib/$3" | grep "c10d::$2::$2(" >/dev/null || return
    g++ "${flags[@]}" "$1" "${@:4}" -E -x c++ - <<<"#include <torch/csrc/distributed/c10d/$2.hpp>" >/dev/null 2>&1
}

compile() { # compile FOLDER
    local library libraries=(-ltorch_cpu -lc10) flags
    for library in torch_cuda c10_cuda; do
        [[ ! -e $lib/lib$library.so ]] || libraries+=("-l$library")
    done
    flags=(-std=c++17 -O2 -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -fno-plt -fno-semantic-interposition -I"$include" -I"$include/torch/csrc/api/include")
    [[ $(uname -m) != x86_64 ]] || flags+=(-mtls-dialect=gnu2) # what belongs to a thread is reached without a call
    # PyTorch before 2.6 from pip has the strings of an older C++ library.
    nm -DC --defined-only "$lib/libc10.so" | grep 'c10::Error::Error.*__cxx11' >/dev/null || flags+=(-D_GLIBCXX_USE_CXX11_ABI=0)
    local processes
    mapfile -t processes < <(process_flags)
    flags+=("${processes[@]}")
    say "compiling the bridge to libtorch $(version) (once; about half a minute) ..."
    (cd "$1" && printf '%s\0' "$root"/native/torch/*.cpp | xargs -0 -P "$(nproc)" -n 1 g++ "${flags[@]}" -c &&
        g++ -shared -o libsosia_torch.so ./*.o "-L$lib" "-Wl,-rpath,$lib" -Wl,--no-as-needed "${libraries[@]}" -ldl && rm ./*.o) 2>"$1/log" && return
    head -n 40 "$1/log" >&2
    fail "the bridge to libtorch $(version) could not be compiled; the reason stands above"
}

only_linux
need_libtorch
built=$home/$(stamp)
if [[ ! -e $built/libsosia_torch.so ]]; then
    need_compiler
    mkdir -p "$home"
    new=$(mktemp -d "$home/new.XXXXXX")
    trap 'rm -rf "$new"' EXIT
    compile "$new"
    chmod 755 "$new"
    mv -T "$new" "$built" 2>/dev/null || [[ -e $built/libsosia_torch.so ]] # another start was faster
fi
if [[ -z ${SOSIA_LIBTORCH-} ]]; then
    ln -sfn "${built##*/}" "$home/new.link.$$" && mv -T "$home/new.link.$$" "$home/current"
fi
printf '%s\n' "$built/libsosia_torch.so"
